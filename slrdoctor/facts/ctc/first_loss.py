"""The first logged CTC loss, held against what an untrained model costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.uniform_start import UniformStart, implied_frames
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.dev_score import finite
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.words.grammar import number

# the largest stride in use: lengths are as stored where the model's own stride is not known
LARGEST_STRIDE = 16
AT_ONCE = 0.01  # of an epoch: a loss logged so early is that of an untrained model


@dataclass(frozen=True)
class Reduction:
    """A way to make one number of the losses, and what an untrained model then logs."""

    name: str  # "mean per token"
    low: float
    high: float


@dataclass(frozen=True)
class FirstLoss:
    """The first training loss, and the start of an untrained model under every reduction."""

    value: float
    per: str  # epoch: a mean over its steps, in which the model has learned | step
    reductions: tuple[Reduction, ...]
    frames_by_token: float  # the T that it implies as a mean per token; nan where no T does
    frames_by_sample: float  # ... as a mean per sample
    start: UniformStart
    read_from: str

    def nearest(self) -> tuple[Reduction, float]:
        """The reduction that comes closest, and the loss over its start; 1 where it is inside."""

        def ratio(reduction: Reduction) -> float:
            inside = min(max(self.value, reduction.low), reduction.high)
            return self.value / inside

        best = min(self.reductions, key=lambda r: abs(math.log(ratio(r))) if self.value > 0 else r.low)
        return best, ratio(best)

    @property
    def sentence(self) -> str:
        implied = ""
        if math.isfinite(self.frames_by_token):
            implied = f"; as a mean per token it belongs to T = {self.frames_by_token:.0f} frames"
        return (
            f"the first training loss is {number(self.value, 4)}; an untrained model starts at "
            f"{self.start.per_token:.2f} per token and {self.start.per_sample:.1f} per sample{implied}"
        )


@measure
def first_loss(task: Task, history: History, start: UniformStart, size: EpochSize | None) -> FirstLoss:
    if task.name != "ctc":
        raise Unavailable(f"the task is {task.name} ({task.known_by}), not CTC")
    curve = _first_step(history) or history.curve("train", "loss")
    values = finite(curve)[1] if curve is not None else np.empty(0)
    if curve is None or not len(values):
        raise Unavailable(
            f"no finite training loss in {history.read_from}", "log the training loss of every epoch"
        )
    value, length = float(values[0]), start.mean_target_length
    return FirstLoss(
        value=value,
        per=curve.per,
        reductions=tuple(_reductions(start, size)),
        frames_by_token=implied_frames(value * length, length, start.classes),
        frames_by_sample=implied_frames(value, length, start.classes),
        start=start,
        read_from=curve.read_from,
    )


def _first_step(history: History) -> Curve | None:
    """The losses of single steps, where the first one is logged: in an epoch's mean much is learned."""
    for curve in history.curves:
        if curve.split in ("train", "") and (curve.quantity, curve.per) == ("loss", "step"):
            at, values = finite(curve)
            # counted from 0 or 1, as steps or as epochs with the share of them that has passed
            if len(values) and at[0] < 2 and at[0] % 1 <= AT_ONCE:
                return curve
    return None


def _reductions(start: UniformStart, size: EpochSize | None) -> list[Reduction]:
    """Means and sums; a sum over a number that nothing says may be over any up to all samples."""
    shrink = 1 if start.stride_known else LARGEST_STRIDE
    token, sample = start.per_token, start.per_sample
    found = [
        Reduction("mean per token", token / shrink, token),
        Reduction("mean per sample", sample / shrink, sample),
    ]
    samples = (size.train_samples if size is not None else None) or start.samples
    batch = size.batch_size if size is not None else None
    batches = size.train_batches if size is not None else None
    if batch:
        found.append(Reduction(f"sum over {batch} samples", sample / shrink * batch, sample * batch))
    if batches:
        found.append(
            Reduction(f"sum over {batches} batches", token / shrink * batches, sample * batches)
        )
    if not batch or not batches:
        found.append(Reduction("sum over a batch or its batches", token / shrink, sample * samples))
    found.append(Reduction(f"sum over {samples} samples", sample / shrink * samples, sample * samples))
    return found
