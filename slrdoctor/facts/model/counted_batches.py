"""How many batches batch normalisation counted, against the steps that the optimizer took.

In a sound run both are equal. A model that is scored in train mode counts the batches of dev too: as
many in every epoch. Gradients that are accumulated, and two passes a step, give multiples instead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.checkpoints.weights import Weights
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.model.checkpoint import Checkpoint, CheckpointFiles, reopened
from slrdoctor.facts.training.epoch_size import EpochSize

COUNTER = "num_batches_tracked"
FEWEST_EPOCHS = 3  # over which as many batches an epoch are no coincidence
LARGEST_SHARE = 0.75  # of the batches of training: accumulation over two batches has 1 or nearly so


@dataclass(frozen=True)
class CountedBatches:
    """Counts of one checkpoint; `more` is 0 unless the batches beyond the steps are those of dev."""

    counted: int
    steps: int
    epochs: int  # 0 where the counts do not divide into epochs
    more: int  # batches an epoch that are not of a step, as many as dev has
    dev_samples: int
    read_from: str

    @property
    def sentence(self) -> str:
        return f"batch normalisation counted {self.counted:,} batches in {self.steps:,} steps"


@dataclass(frozen=True)
class Counts:
    """Batches that were counted, steps, and the epoch that a checkpoint names, which may be the last."""

    counted: int
    steps: int
    epoch: int


@measure
def counted_batches(
    files: CheckpointFiles, checkpoint: Checkpoint, size: EpochSize, run: TrainingRun
) -> CountedBatches:
    """By the counters of the layers that counted the most: frozen layers counted fewer."""
    mine = checkpoint.row
    here = _counts(checkpoint.weights, mine.epoch or 0)
    if here is None:
        raise Unavailable(
            f"{mine.where} has no batch normalisation that counts batches, or no optimizer's steps"
        )
    others = [row for row in files.rows if row.signature == mine.signature and row.epoch != mine.epoch]
    others.sort(key=lambda row: abs((row.epoch or 0) - here.epoch))
    other = _counts(reopened(run, others[-1]), others[-1].epoch or 0) if others else None
    at = next(
        (
            (epochs, more)
            for epochs in (here.epoch, here.epoch + 1)  # epochs are counted from 0 or from 1
            if (more := dev_batches(here, epochs, size, other))
        ),
        (0, 0),
    )
    return CountedBatches(here.counted, here.steps, *at, size.dev_samples or 0, mine.where)


def _counts(weights: Weights, epoch: int) -> Counts | None:
    names = [name for name in weights.tensors if name.endswith(COUNTER)]
    try:
        counted = max((int(weights.load(name).max()) for name in names), default=0)
    except (Unreadable, ValueError, OverflowError):
        return None
    remembered = [m for one in weights.parts.optimizers for m in one.remembered.values()]
    steps = max((memory.step for memory in remembered if memory.step is not None), default=0)
    return Counts(counted, round(steps), epoch) if counted and steps else None


def dev_batches(here: Counts, epochs: int, size: EpochSize, other: Counts | None = None) -> int:
    """Batches of dev that were counted in each epoch; 0 where that is not how the counts differ.

    A run that was resumed without its optimizer, whose steps begin anew, differs by as many in all of
    its checkpoints. So either another checkpoint has the same counts an epoch, or one batch size gives
    both the steps of training and the batches of dev.
    """
    more = here.counted - here.steps
    if epochs < FEWEST_EPOCHS or more <= 0 or here.steps % epochs or more % epochs:
        return 0
    trained, more = here.steps // epochs, more // epochs
    if more > LARGEST_SHARE * trained or not size.dev_samples or not size.train_samples:
        return 0
    if other is not None:
        others = other.epoch + epochs - here.epoch
        agrees = (other.steps, other.counted) == (others * trained, others * (trained + more))
        return more if agrees and _ways(size.dev_samples, more) else 0
    return more if _ways(size.dev_samples, more) & _ways(size.train_samples, trained) else 0


def _ways(samples: int, batches: int) -> set[int]:
    """The batch sizes by which so many samples make so many batches."""
    return {size for size in range(1, samples + 1) if math.ceil(samples / size) == batches}
