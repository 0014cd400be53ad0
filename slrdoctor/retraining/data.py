"""Samples as tensors: which are trained on and which held out, read lazily, batched by length."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.models.batches import Batch, batch_of
from slrdoctor.probes.trainable import Sample, Trainable, frames_of
from slrdoctor.retraining.plan import CannotRetrain

HELD_OUT = 0.1  # of the training samples, where the run has no dev split
CACHED = 1 << 30  # bytes of features that are kept in memory
MOST_CELLS = 50_000_000  # numbers of a padded batch: 200 MB
JITTER = 0.15  # of a length, so that batches of like lengths are not the same ones in every epoch
SUBWORDS = 2000  # at most; about one for two distinct words is what little text supports
SPECIALS = ("<pad>", "<s>", "</s>", "<unk>")


@dataclass(frozen=True)
class Splits:
    """The samples to train on and to hold out, and how they were told apart."""

    train: tuple[Sample, ...]
    dev: tuple[Sample, ...]
    held_out: str  # a sentence where the run has no dev split; empty where it has


def split_samples(trainable: Trainable, seed: int) -> Splits:
    """The run's own splits; without dev, a fixed tenth of the training samples is held out."""
    train = trainable.of("train") or trainable.of("")
    dev = trainable.of("dev")
    if len(train) + len(dev) < 2 or not train:
        found = "only one training sample" if len(train) == 1 else "no training sample"
        raise CannotRetrain(
            f"{found} can be trained on" + (f": {trainable.refusals}" if trainable.refused else "")
        )
    if dev:
        return Splits(train, dev, "")
    order = np.random.default_rng(seed).permutation(len(train))
    out = set(order[: max(1, round(HELD_OUT * len(train)))].tolist())
    return Splits(
        train=tuple(s for i, s in enumerate(train) if i not in out),
        dev=tuple(s for i, s in enumerate(train) if i in out),
        held_out=f"the run has no dev samples: {len(out)} of {len(train)} training samples, drawn by "
        f"seed {seed}, are held out as dev",
    )


@dataclass(frozen=True)
class Item:
    """One sample with the ids that the model puts out for it, and the words they stand for."""

    sample: Sample
    target: tuple[int, ...]
    reference: tuple[str, ...]


@dataclass(frozen=True)
class Material:
    """All that a model is trained and judged on."""

    task: str
    train: tuple[Item, ...]
    dev: tuple[Item, ...]
    classes: int
    blank: int
    dims: int
    tokens: tuple[str | None, ...]  # by id
    tokenizer: Any = None  # of texts; trained on the training texts only

    def spelled(self, ids: Sequence[int]) -> tuple[str, ...]:
        """Ids as the tokens that they stand for."""
        if self.tokenizer is not None:
            return tuple(self.tokenizer.decode(ids).split())
        known = [self.tokens[i] if i < len(self.tokens) else None for i in ids]
        return tuple(f"<{i}>" if token is None else token for i, token in zip(ids, known, strict=True))


def material(trainable: Trainable, splits: Splits, module: ModuleType) -> Material:
    """Give every sample its ids. A text's come from a tokenizer that is trained here."""
    tokenizer, classes, tokens = None, trainable.classes, trainable.tokens
    if trainable.task == "translation":
        texts = [" ".join(sample.tokens) for sample in splits.train]
        words = len({word for text in texts for word in text.split()})
        letters = len({letter for text in texts for letter in text})
        size = 20 + max(letters, min(SUBWORDS, words // 2 + letters))
        tokenizer = module.Tokenizer.train(texts, size)
        classes = len(tokenizer)
        tokens = _subwords(tokenizer, classes)

    def items(samples: Sequence[Sample]) -> tuple[Item, ...]:
        made = []
        for sample in samples:
            ids = sample.target
            if tokenizer is not None:
                ids = tuple(tokenizer.encode(" ".join(sample.tokens)))
            made.append(Item(sample, ids, sample.tokens))
        return tuple(made)

    return Material(
        task=trainable.task,
        train=items(splits.train),
        dev=items(splits.dev),
        classes=classes,
        blank=trainable.blank,
        dims=trainable.dims,
        tokens=tokens,
        tokenizer=tokenizer,
    )


def _subwords(tokenizer: Any, classes: int) -> tuple[str | None, ...]:
    named: list[str | None] = [None] * classes
    named[: len(SPECIALS)] = SPECIALS
    for subword, index in tokenizer.index.items():
        named[index] = subword
    return tuple(named)


class Reader:
    """Opens features when they are asked for; the last ones stay in memory, up to a limit."""

    def __init__(self, dims: int, device: str = "cpu", limit: int = CACHED) -> None:
        self._dims, self._device, self._limit = dims, device, limit
        self._opened = ExitStack()
        self._open_clip = self._opened.enter_context(opened_clips())
        self._kept: OrderedDict[int, Tensor] = OrderedDict()
        self._bytes = 0

    def features(self, sample: Sample) -> Tensor:
        """[T, D]"""
        key = id(sample)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        try:
            values = torch.from_numpy(np.array(frames_of(sample, self._dims, self._open_clip)))
        except Unreadable as error:
            raise CannotRetrain(f"the features of {sample.id} can no longer be read: {error}") from error
        self._kept[key] = values
        self._bytes += values.nbytes
        while self._bytes > self._limit and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return values

    def batch(self, items: Sequence[Item]) -> Batch:
        clips = [self.features(item.sample) for item in items]
        ids = [item.sample.id for item in items]
        return batch_of(clips, [item.target for item in items], ids).to(self._device)


def batches_of(lengths: Sequence[int], dims: int, size: int, seed: int, epoch: int) -> list[list[int]]:
    """An epoch's batches as indices: every sample once, like lengths together, in random order.

    Depends on nothing but its arguments, so that a run that was interrupted goes on alike.
    """
    random = np.random.default_rng((seed, epoch))
    frames = np.asarray(lengths)
    order = np.argsort(frames * random.uniform(1 - JITTER, 1 + JITTER, len(frames)), kind="stable")
    cut = np.array_split(order, max(1, -(-len(frames) // size)))
    batches = [part for batch in cut for part in _that_fit(batch, frames, dims)]
    return [batches[i].tolist() for i in random.permutation(len(batches))]


def in_order(lengths: Sequence[int], dims: int, size: int) -> list[list[int]]:
    """Batches for evaluation: by length, always the same ones."""
    frames = np.asarray(lengths)
    order = np.argsort(frames, kind="stable")
    cut = np.array_split(order, max(1, -(-len(frames) // size)))
    return [part.tolist() for batch in cut for part in _that_fit(batch, frames, dims)]


def _that_fit(batch: Any, frames: Any, dims: int) -> Iterator[Any]:
    """A batch, halved until its padded features fit into memory."""
    if len(batch) > 1 and len(batch) * int(frames[batch].max()) * dims > MOST_CELLS:
        middle = len(batch) // 2
        yield from _that_fit(batch[:middle], frames, dims)
        yield from _that_fit(batch[middle:], frames, dims)
    else:
        yield batch
