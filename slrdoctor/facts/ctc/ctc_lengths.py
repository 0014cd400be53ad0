"""CTC geometry: how many frames the loss sees, against what the targets need.

An alignment of L glosses, R of them equal to their neighbour before, takes at least
L + R frames: one for each gloss and one blank between equal ones. From 2L + 1 frames on
every gloss can have a blank on either side.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.layer_stack import LayerStack as LayerStack
from slrdoctor.facts.features.features import ClipTable
from slrdoctor.facts.features.join import Join
from slrdoctor.facts.labels.samples import Samples, Targets
from slrdoctor.facts.labels.task import Task
from slrdoctor.words.grammar import agreeing, counted

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class CtcLengths:
    """The lengths that CTC is given, sample by sample: arrays of shape [N], N >= 1."""

    ids: tuple[str, ...]
    splits: tuple[str, ...]
    frames: Ints  # as stored
    input_lengths: Ints  # T, after the temporal layers
    target_lengths: Ints  # L >= 1
    repeats: Ints  # R, adjacent equal glosses
    stack: LayerStack
    read_from: str
    glosses: tuple[tuple[str, ...], ...] = ()

    @property
    def needed(self) -> Ints:
        """L + R: the fewest frames that have an alignment."""
        return self.target_lengths + self.repeats

    @property
    def infeasible(self) -> Mask:
        """T < L + R: no alignment exists."""
        return self.input_lengths < self.needed

    @property
    def tight(self) -> Mask:
        """L + R <= T < 2L + 1: feasible, but not every gloss can have blanks around it."""
        return ~self.infeasible & (self.input_lengths < 2 * self.target_lengths + 1)

    @property
    def safe_stride(self) -> int:
        """The largest stride, rounded down, at which no sample is infeasible; 0 if there is none."""
        return int(np.min(self.frames // self.needed))

    @property
    def comfortable_stride(self) -> int:
        """The largest stride, rounded down, at which no sample is tight; 0 if there is none."""
        return int(np.min(self.frames // (2 * self.target_lengths + 1)))

    def ids_of(self, mask: Mask) -> tuple[str, ...]:
        """The ids of the samples that are true in `mask` [N]."""
        return tuple(self.ids[i] for i in np.flatnonzero(mask))

    @property
    def worst(self) -> int:
        """The sample that lacks the most frames, or has the fewest to spare."""
        return int(np.argmin(self.input_lengths - self.needed))

    def by_split(self, mask: Mask) -> str:
        """How many samples are true in `mask` [N], split by split: "12 train, 1 dev"."""
        counts = Counter(self.splits[i] for i in np.flatnonzero(mask))
        return ", ".join(f"{count} {split or 'unsplit'}" for split, count in counts.items())

    @property
    def at(self) -> str:
        """After which layers the lengths are, in words."""
        if not self.stack.known:
            return "at stride 1 (the model's stride is unknown)"
        if self.stack.layers in ("", f"S{self.stack.stride}"):
            return f"at stride {self.stack.stride}"
        return f"after {self.stack.layers}"

    @property
    def typical(self) -> str:
        """What the median sample needs and has, in words."""
        needed, frames = np.median(self.needed), np.median(self.input_lengths)
        return f"the median target needs {needed:.0f} frames and gets {frames:.0f}"

    @property
    def advice(self) -> str:
        """Up to which stride the targets fit, in words."""
        if self.safe_stride < 1:
            return f"No stride would fit every target, as {self._beyond}"
        fits = f"Every target would fit at stride {self.safe_stride}"
        if self.comfortable_stride == self.safe_stride:
            return f"{fits}, with room for blanks"
        if not self.comfortable_stride:
            return f"{fits}, but at no stride would all have room for blanks"
        return f"{fits}, and would also have room for blanks at stride {self.comfortable_stride}"

    @property
    def strides(self) -> str:
        """Up to which stride the targets fit, as a clause."""
        if self.safe_stride < 1:
            return self._beyond
        roomy = f", with room for blanks up to stride {self.comfortable_stride}"
        fit = f"all targets fit up to stride {self.safe_stride}"
        return f"{fit}{roomy if self.comfortable_stride else ''}"

    @property
    def _beyond(self) -> str:
        """How many targets no stride can fit."""
        count = int((self.frames < self.needed).sum())
        return (
            f"{counted(count, 'target')} {agreeing(count, 'needs', 'need')} more frames than are stored"
        )

    @property
    def sentence(self) -> str:
        most = int(np.argmax(self.needed / np.maximum(self.input_lengths, 1)))
        return (
            f"{len(self.ids) - int(self.infeasible.sum())} of {len(self.ids)} targets fit {self.at}; "
            f"the tightest needs {counted(int(self.needed[most]), 'frame')} and gets "
            f"{self.input_lengths[most]}; {self.strides}"
        )


def repeats_in(glosses: Sequence[str]) -> int:
    """How many glosses equal the one before: between two such, CTC needs a blank."""
    return sum(a == b for a, b in itertools.pairwise(glosses))


@measure
def ctc_lengths(
    task: Task,
    run: TrainingRun,
    targets: Targets,
    stack: LayerStack,
    samples: Samples,
    join: Join | None,
    clips: ClipTable | None,
) -> CtcLengths:
    """From the stored features; from the annotated frame counts where there are none."""
    _refuse_other_tasks(task, run, targets, samples)
    glosses = dict(zip(zip(targets.splits, targets.ids, strict=True), targets.glosses, strict=True))
    measured, read_from = list(_stored(glosses, join, clips)), "the stored features"
    if not measured:
        measured, read_from = list(_annotated(glosses, samples)), "the annotated frame counts"
    # an empty clip, like an empty target, is a fault of its own and says nothing of strides
    measured = [entry for entry in measured if entry[2] and entry[3]]
    if not measured:
        raise Unavailable(
            f"looked for features of the {len(targets.ids)} annotated samples, and for their frame "
            f"counts in {samples.read_from}",
            "give the doctor the features, or a frames column in the annotations",
        )
    frames = np.array([entry[2] for entry in measured], dtype=np.int64)
    return CtcLengths(
        ids=tuple(entry[0] for entry in measured),
        splits=tuple(entry[1] for entry in measured),
        frames=frames,
        input_lengths=stack.input_lengths(frames),
        target_lengths=np.array([len(entry[3]) for entry in measured], dtype=np.int64),
        repeats=np.array([repeats_in(entry[3]) for entry in measured], dtype=np.int64),
        stack=stack,
        read_from=f"{read_from} and {targets.read_from}",
        glosses=tuple(entry[3] for entry in measured),
    )


def _refuse_other_tasks(task: Task, run: TrainingRun, targets: Targets, samples: Samples) -> None:
    """Raises Unavailable where the annotated targets are not what CTC was trained on."""
    if task.name != "ctc":
        raise Unavailable(
            f"the task is {task.name} ({task.known_by}), not CTC",
            'if the model is trained with CTC, put task = "ctc" under [model] in slrdoctor.toml',
        )
    others = samples.excerpt or _sequences_elsewhere(run, targets)
    if others:
        raise Unavailable(
            f"{others}: CTC was trained on other targets than the annotated ones",
            "give the doctor the annotations and features that the run was trained on",
        )


def _sequences_elsewhere(run: TrainingRun, targets: Targets) -> str:
    """How it is seen that single signs are annotated but sentences were recognised; or ""."""
    if not targets.are_single:
        return ""
    for predictions in run.predictions:
        several = sum(len(reference) > 1 for reference in predictions.references)
        if 2 * several > len(predictions.references):
            return f"glosses are annotated one by one, but {predictions.where} has sequences of them"
    return ""


Entry = tuple[str, str, int, tuple[str, ...]]  # id, split, frames, glosses
Glosses = dict[tuple[str, str], tuple[str, ...]]  # by (split, id)


def _stored(glosses: Glosses, join: Join | None, clips: ClipTable | None) -> Iterator[Entry]:
    if join is None or clips is None:
        return
    frames = {(row.split, row.id): row.frames for row in clips.rows}
    for pair in join.pairs:
        place = (pair.split, pair.row.id)
        stored = frames.get(place)
        if stored is not None:
            # a container may pad its arrays and store how many frames are real
            length = stored if pair.clip.length is None else min(stored, pair.clip.length)
            yield pair.row.id, pair.split, length, pair.row.glosses or glosses.get(place, ())


def _annotated(glosses: Glosses, samples: Samples) -> Iterator[Entry]:
    for row in samples.rows:
        if row.frames is not None and row.frames > 0:
            yield row.id, row.split, row.frames, row.glosses or glosses.get((row.split, row.id), ())
