"""The samples of a run as a model is trained on them: features with their target's class indices."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.kinds.features.clips import OpenClip, open_clip
from slrdoctor.artifacts.run import Clip
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.ctc_lengths import repeats_in
from slrdoctor.facts.ctc.layer_stack import LayerStack
from slrdoctor.facts.features.features import ClipRow, ClipTable
from slrdoctor.facts.features.join import Join, Pair
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex, Vocabulary
from slrdoctor.words.grammar import counted

MOST_IN = 0.5  # share of gloss types that must be tokens for the vocabulary to be the targets'
SHOWN = 5


@dataclass(frozen=True)
class Sample:
    """One sample: its stored features, not yet opened, and what is to be put out for it."""

    id: str
    split: str
    clip: Clip
    frames: int  # as stored, without padding
    tokens: tuple[str, ...]  # glosses, the class, or the words of the text
    target: tuple[int, ...]  # class indices; empty for texts, whose tokenizer is trained


@dataclass(frozen=True)
class Trainable:
    """What a model can be trained on, and what was left out and why."""

    task: str
    samples: tuple[Sample, ...]
    classes: int  # with the blank, for CTC
    blank: int  # -1 where there is none
    tokens: tuple[str | None, ...]  # by class index
    dims: int  # of a frame, all axes after the first together
    trailing: tuple[int, ...]  # those axes: (D,), or (points, coordinates)
    refused: Mapping[str, tuple[str, ...]]  # why, with its code -> ids
    read_from: str

    def of(self, split: str) -> tuple[Sample, ...]:
        return tuple(sample for sample in self.samples if sample.split == split)

    @property
    def training(self) -> tuple[Sample, ...]:
        return self.of("train") or self.samples

    @property
    def refusals(self) -> str:
        """What was refused, in words; empty where nothing was."""
        return "; ".join(
            f"{len(ids)} left out: {why} ({', '.join(ids[:SHOWN])}{' ...' if len(ids) > SHOWN else ''})"
            for why, ids in self.refused.items()
        )

    @property
    def sentence(self) -> str:
        refused = f"; {self.refusals}" if self.refused else ""
        return f"{counted(len(self.samples), 'sample')} to train on, {self.classes} classes{refused}"


@measure
def trainable(
    task: Task,
    join: Join,
    samples: Samples,
    clips: ClipTable,
    vocabulary: Vocabulary | None,
    blank: BlankIndex | None,
    stack: LayerStack | None,
) -> Trainable:
    """The annotated samples whose features can be read and whose target a model can put out."""
    rows = {(row.split, row.id): row for row in clips.rows}
    pairs = [pair for pair in join.pairs if (pair.split, pair.row.id) in rows]
    words = {id(pair): _words(task.name, pair) for pair in pairs}
    coding = _coding(task.name, words.values(), vocabulary, blank)
    commonest = Counter(rows[pair.split, pair.row.id].dims for pair in pairs).most_common(1)
    if not commonest:
        raise Unavailable("no annotated sample has features that can be read")
    dims, refused, kept = commonest[0][0], dict[str, list[str]](), list[Sample]()
    for pair in pairs:
        row = rows[pair.split, pair.row.id]
        length = pair.clip.length
        frames = row.frames if length is None else min(row.frames, length)
        tokens = words[id(pair)]
        target = coding.of(tokens)
        why = _unfit(row, dims) or _refusal(task.name, frames, tokens, target, stack)
        if why:
            refused.setdefault(why, []).append(pair.row.id)
        else:
            kept.append(Sample(pair.row.id, pair.split, pair.clip, frames, tokens, target or ()))
    return Trainable(
        task=task.name,
        samples=tuple(kept),
        classes=coding.classes,
        blank=coding.blank,
        tokens=coding.tokens,
        dims=dims,
        trailing=_trailing(kept, dims),
        refused={why: tuple(ids) for why, ids in refused.items()},
        read_from=f"{join.read_from} and {samples.read_from}",
    )


def frames_of(sample: Sample, dims: int, open_clip: OpenClip = open_clip) -> NDArray[np.float32]:
    """The features of a sample as [T, D], without padding. Raises Unreadable.

    What is left of NaN are landmarks that were not detected, as some formats write them: zeros.
    """
    values = open_clip(sample.clip)[: sample.frames]
    with np.errstate(over="ignore", invalid="ignore"):
        flat = np.ascontiguousarray(values.reshape(len(values), dims), dtype=np.float32)
    return np.nan_to_num(flat)  # a copy: a mapped file is read-only


def _trailing(samples: Sequence[Sample], dims: int) -> tuple[int, ...]:
    shape = open_clip(samples[0].clip).shape[1:] if samples else ()
    return tuple(int(n) for n in shape) if math.prod(shape) == dims and shape else (dims,)


def _words(task: str, pair: Pair) -> tuple[str, ...]:
    texts = task == "translation" or (task == "retrieval" and pair.row.text)
    if texts:
        return tuple((pair.row.text or " ".join(pair.row.glosses or ())).split())
    return pair.row.glosses or ((pair.row.text,) if pair.row.text else ())


def _unfit(row: ClipRow, dims: int) -> str:
    """Why features cannot be trained on; empty where they can."""
    if row.dims != dims:
        return f"{row.dims} dimensions where others have {dims} (FEA109)"
    return "NaN or Inf in the features (FEA104)" if row.bad_values else ""


def _refusal(
    task: str,
    frames: int,
    tokens: tuple[str, ...],
    target: tuple[int, ...] | None,
    stack: LayerStack | None,
) -> str:
    """Why a sample cannot be trained on; empty where it can."""
    if not frames:
        return "no frames (FEA105)"
    if not tokens:
        return "an empty target (LAB205)"
    if target is None:
        return "glosses that the vocabulary lacks (LAB201)"
    if task == "ctc":
        given = int(stack.input_lengths(np.array([frames]))[0]) if stack is not None else frames
        if given < len(target) + repeats_in(tokens):
            return "a target longer than its input (CTC401)"
    return ""


@dataclass(frozen=True)
class _Coding:
    """How tokens become class indices. Without `indices`, texts are left to their tokenizer."""

    classes: int
    blank: int
    tokens: tuple[str | None, ...]
    indices: Mapping[str, int] | None

    def of(self, tokens: Sequence[str]) -> tuple[int, ...] | None:
        if self.indices is None:
            return ()
        found = [self.indices.get(token) for token in tokens]
        known = [index for index in found if index is not None]
        return tuple(known) if len(known) == len(tokens) else None


def _coding(
    task: str,
    targets: Iterable[tuple[str, ...]],
    vocabulary: Vocabulary | None,
    blank: BlankIndex | None,
) -> _Coding:
    types = sorted({token for target in targets for token in target})
    if task == "translation":
        return _Coding(0, -1, (), None)
    own = [None, *types] if task in ("ctc", "retrieval") else list(types)  # 0: blank, or padding
    if task != "retrieval" and vocabulary is not None and vocabulary.tokens:
        by_name = {token: i for i, token in enumerate(vocabulary.tokens) if token is not None}
        index = -1 if task != "ctc" else blank.index if blank is not None else 0
        classes = max(len(vocabulary.tokens), index + 1)
        if sum(t in by_name for t in types) > MOST_IN * len(types):
            return _Coding(classes, index, vocabulary.tokens, by_name)
        numbers = {t: int(t) for t in types if t.isdecimal() and int(t) < classes}
        if len(numbers) > MOST_IN * len(types):
            return _Coding(classes, index, vocabulary.tokens, numbers)
    indices = {token: i for i, token in enumerate(own) if token is not None}
    return _Coding(len(own), 0 if task == "ctc" else -1, tuple(own), indices)
