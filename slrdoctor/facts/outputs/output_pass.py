"""One pass over the stored outputs: a sample at a time, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.ctc_forward import Columns, ctc_losses
from slrdoctor.arithmetic.greedy import ClassPath
from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.features.clips import OpenClip, opened_clips
from slrdoctor.artifacts.run import OutputFile, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.output_classes import OutputClasses
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex, Vocabulary
from slrdoctor.facts.outputs._output_axes import Axes, claims_logarithms, count_in, find_axes
from slrdoctor.facts.outputs._output_blank import OutputBlank, blank_of
from slrdoctor.facts.outputs._output_sample import SampleOutput, samples_of
from slrdoctor.facts.outputs._output_targets import ClassCoding, Glosses, coding_of, targets_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BUFFERED = 64  # samples whose columns wait for the forward pass ...
BUFFERED_VALUES = 4_000_000  # ... unless they are so many values, padding counted
PEEKED = 16  # samples that the blank is told from, where nothing else says it
ENABLE = (
    "in the evaluation loop: slrdoctor.dump_outputs('RUN_DIR/outputs/dev', ids, "
    "log_probs=log_probs, lengths=lengths, references=references)"
)
_STAGE = re.compile(r"(?:epoch|ep|step|steps|iter|iteration)[_-]?(\d+)")


@dataclass(frozen=True)
class SplitOutputs:
    """What the pass gave for one split: arrays of shape [N] over its samples.

    `paths` are the likeliest classes of all frames, one sample after the other.
    """

    split: str
    axes: Axes
    keys: tuple[str, ...]
    frames: Ints  # T
    paths: ClassPath  # [sum of T]
    glosses: tuple[Glosses, ...]  # the targets; empty where there is none
    losses: Floats  # -ln P(target), nats; nan without a class for it, inf if infeasible
    off_rows: Ints  # frames whose sum is not one
    not_finite: Ints  # frames with NaN or +Inf
    blank: OutputBlank
    coding: ClassCoding | None
    claims_logarithms: bool
    unreadable: tuple[tuple[str, str], ...]  # (key, why)
    read_from: str
    targets_from: str
    by_position: bool  # nothing names the samples: the n-th output is taken for the n-th target

    def path_of(self) -> list[ClassPath]:
        """The likeliest classes of every sample, [T] each."""
        return np.split(self.paths, np.cumsum(self.frames)[:-1])


@dataclass(frozen=True)
class OutputPass:
    """The outputs of every split, dev first."""

    splits: tuple[SplitOutputs, ...]

    @property
    def read_from(self) -> str:
        return ", ".join(split.read_from for split in self.splits)

    @property
    def sentence(self) -> str:
        counts = [f"{len(s.keys)} {s.split}".rstrip() for s in self.splits]
        return f"outputs of {', '.join(counts)} samples: {self.splits[0].axes.sentence}"


@dataclass(frozen=True)
class Known:
    """What outputs are held against, and how they are opened."""

    run: TrainingRun
    samples: Samples | None
    vocabulary: Vocabulary | None
    blank: BlankIndex | None
    sizes: frozenset[int]  # numbers of classes that vocabulary and config allow
    open_clip: OpenClip

    def counts(self, output: OutputFile) -> set[int]:
        """How many samples a batch may have."""
        counts = {len(p.ids) for p in self.run.predictions}
        if self.samples is not None:
            splits = [output.split] if output.split else self.samples.splits
            counts |= {len(self.samples.rows), *(len(self.samples.of(split)) for split in splits)}
        return counts


@measure
def output_pass(
    run: TrainingRun,
    task: Task | None,
    samples: Samples | None,
    vocabulary: Vocabulary | None,
    blank: BlankIndex | None,
    classes: OutputClasses | None,
) -> OutputPass:
    """Over the outputs of the latest epoch, of each split."""
    if task is not None and task.name != "ctc":
        raise Unavailable(f"the task is {task.name} ({task.known_by}), not CTC")
    outputs = [output for output in run.outputs if output.kind == "log_probs"]
    if not outputs:
        raise Unavailable(
            "looked for log-probabilities or logits over time: folders or npy, npz, pt, h5, pkl files "
            "named log_probs, logits, posteriors or emissions, or of as many columns as classes",
            ENABLE,
        )
    sizes = {len(vocabulary.tokens) + extra for extra in (0, 1)} if vocabulary is not None else set()
    sizes |= {classes.count} if classes is not None else set()
    with opened_clips() as open_clip:
        known = Known(run, samples, vocabulary, blank, frozenset(sizes), open_clip)
        measured = [_split(files, known) for files in _by_split(outputs)]
    splits = [split for split in measured if split is not None]
    if not splits:
        raise Unavailable(f"no array of {', '.join(o.where for o in outputs[:3])} could be read")
    return OutputPass(tuple(splits))


def _by_split(outputs: Sequence[OutputFile]) -> Iterator[list[OutputFile]]:
    """The files of each split, dev first; only those of the latest epoch where several are told."""
    for split in ("dev", "test", "", "train"):
        mine = [output for output in outputs if output.split == split]
        latest = max(map(_stage, mine), default=-1)
        kept = [output for output in mine if _stage(output) == latest]
        # log-probabilities before logits of the same samples
        yield sorted(kept, key=lambda o: (not claims_logarithms(o), o.where))


def _stage(output: OutputFile) -> int:
    numbers = _STAGE.findall(output.where.lower())
    return int(numbers[-1]) if numbers else -1


def _split(outputs: Sequence[OutputFile], known: Known) -> SplitOutputs | None:
    """The pass over the files of one split; None where there is nothing to read."""
    usable, unreadable = [], []
    for output in outputs:
        try:
            usable.append(
                (output, find_axes(output, known.sizes, known.counts(output), known.open_clip))
            )
        except Unreadable as error:
            unreadable.append((output.where, str(error)))
    usable = [(output, axes) for output, axes in usable if axes.classes == usable[0][1].classes]
    if not usable:
        return None
    reader = _Reader(known, usable, unreadable)
    reader.read()
    return reader.measured() if reader.keys else None


class _Reader:
    """What is kept of each sample, as lists that become the arrays of `SplitOutputs`."""

    def __init__(
        self,
        known: Known,
        usable: Sequence[tuple[OutputFile, Axes]],
        unreadable: list[tuple[str, str]],
    ) -> None:
        self._usable, self._unreadable = usable, unreadable
        self._open_clip = known.open_clip
        self._classes = usable[0][1].classes
        self.keys: dict[str, int] = {}
        self._frames: list[int] = []
        self._paths: list[ClassPath] = []
        self._glosses: list[Glosses] = []
        self._losses: list[float] = []
        self._bad: list[tuple[int, int]] = []
        self._waiting: list[tuple[int, Columns]] = []
        self._keys_of = _named(usable, known.open_clip)
        every = {key: label for output, keys in self._keys_of for key, label in _labelled(output, keys)}
        counted = not any(map(_has_ids, usable)) and all(key.isdecimal() for key in every)
        targets = targets_of(usable[0][0], every, known.run, known.samples, counted)
        self._targets, self._targets_from = targets.glosses, targets.read_from
        self._by_position = counted and self._targets_from != usable[0][0].where
        self._coding = coding_of(known.vocabulary, self._targets, self._classes)
        self._blank = blank_of(known.blank, self._peeked(), self._coding, self._classes)

    def _peeked(self) -> list[tuple[ClassPath, Glosses]]:
        """The paths and targets of a few samples of the first file."""
        (output, axes), (_, keys) = self._usable[0], self._keys_of[0]
        few = samples_of(output, axes, [], PEEKED, self._open_clip)
        return [(sample.path, self._targets.get(keys[place], ())) for place, sample in few]

    def read(self) -> None:
        """Read every sample that no file before has."""
        for (output, axes), (_, keys) in zip(self._usable, self._keys_of, strict=True):
            for place, sample in samples_of(output, axes, self._unreadable, open_clip=self._open_clip):
                if keys[place] not in self.keys:
                    self._add(keys[place], sample)
        self._flush()

    def _add(self, key: str, sample: SampleOutput) -> None:
        place = self.keys[key] = len(self.keys)
        glosses = self._targets.get(key, ())
        self._frames.append(len(sample.path))
        self._paths.append(sample.path)
        self._glosses.append(glosses)
        self._bad.append((sample.off_rows, sample.not_finite))
        self._losses.append(float("nan"))
        classes = self._coding.classes_of(glosses, self._blank.index) if self._coding is not None else []
        if not classes or -1 in classes or not len(sample.path):
            return
        columns = sample.columns(self._blank.index, classes)
        waiting = [*self._waiting, (place, columns)]
        longest, widest = (max(c.scores.shape[axis] for _, c in waiting) for axis in (0, 1))
        if len(waiting) > BUFFERED or len(waiting) * longest * widest > BUFFERED_VALUES:
            self._flush()
        self._waiting.append((place, columns))

    def _flush(self) -> None:
        for (place, _), loss in zip(
            self._waiting, ctc_losses([c for _, c in self._waiting]), strict=True
        ):
            self._losses[place] = float(loss)
        self._waiting.clear()

    def measured(self) -> SplitOutputs:
        output, axes = self._usable[0]
        more = f" and {len(self._usable) - 1} more" if len(self._usable) > 1 else ""
        return SplitOutputs(
            split=output.split,
            axes=axes,
            keys=tuple(self.keys),
            frames=np.array(self._frames, dtype=np.int64),
            paths=np.concatenate(self._paths),
            glosses=tuple(self._glosses),
            losses=np.array(self._losses),
            off_rows=np.array([off for off, _ in self._bad], dtype=np.int64),
            not_finite=np.array([bad for _, bad in self._bad], dtype=np.int64),
            blank=self._blank,
            coding=self._coding,
            claims_logarithms=claims_logarithms(output),
            unreadable=tuple(self._unreadable),
            read_from=output.where + more,
            targets_from=self._targets_from,
            by_position=self._by_position,
        )


def _named(
    usable: Sequence[tuple[OutputFile, Axes]], open_clip: OpenClip
) -> list[tuple[OutputFile, tuple[str, ...]]]:
    """The ids of every file's samples; batches without ids are numbered on from file to file."""
    named, counted = [], 0
    for output, axes in usable:
        count = count_in(output, axes, open_clip)
        keys: tuple[str, ...] = tuple(clip.key for clip in output.clips)
        if "s" in axes.order or len(output.ids) == len(keys) == 1:
            keys = output.ids
            if len(keys) != count:
                keys = tuple(str(counted + place) for place in range(count))
                counted += count
        named.append((output, tuple(key or str(place) for place, key in enumerate(keys))))
    return named


def _has_ids(usable: tuple[OutputFile, Axes]) -> bool:
    """Whether a file says which samples its outputs are of."""
    output, axes = usable
    if "s" in axes.order or output.ids:
        return bool(output.ids)
    keys = [clip.key for clip in output.clips]
    return output.clips[0].rows is None or keys != [str(i) for i in range(len(keys))]


def _labelled(output: OutputFile, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    labels = output.labels if len(output.labels) == len(keys) else ("",) * len(keys)
    yield from zip(keys, labels, strict=True)
