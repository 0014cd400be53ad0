"""A user's model on the batches of its own loader: the scores of each sample."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from slrdoctor.arithmetic.scales import LOG_PROBABILITIES, scale_of
from slrdoctor.models.batches import Batch
from slrdoctor.models.calling import (
    AS_STORED,
    TIME_FIRST,
    Calling,
    CannotCall,
    Wanted,
    call,
    called,
    lengths_of,
    may_take_lengths,
    scores_of,
    ways_of,
)
from slrdoctor.models.loaders import NotUnderstood
from slrdoctor.models.outputs import in_proportion, is_of_lengths, largest_scores, tensors_in

Scores = list[NDArray[Any]]


class Scorer:
    """How the model is called is found out with its first batch, else told batch by batch."""

    def __init__(self, model: Any, classes: Collection[int] = ()) -> None:
        """`classes` are the numbers of classes that there may be, if any are known."""
        self._model, self._classes = model, classes
        self._calling: Calling | None = None
        self._is_tried = False

    @property
    def stride(self) -> int:
        """Frames a frame of output, as tried with the first batch; 0 where that did not show it."""
        return self._calling.layout.stride if self._calling is not None else 0

    def __call__(self, batch: Batch) -> Scores:
        """The scores [T, C] of each sample, its real frames only; [1, C] where a sample has one score.

        Raises NotUnderstood where nothing that it gives has a row a sample, and whatever it raises.
        """
        batch = batch.with_features(self._placed(batch.features))
        if not self._is_tried:
            self._calling, self._is_tried = _found(self._model, batch, self._classes), True
        scores, own = (
            self._by_size(batch) if self._calling is None else self._by_calling(batch, self._calling)
        )
        frames = len(scores)
        stored = batch.features.shape[1] if batch.features.ndim > 2 else 1
        if own is None or int(own.min()) < 1 or int(own.max()) != frames:
            own = in_proportion(batch.lengths, stored, frames)
        clips = scores.detach().transpose(0, 1).float().cpu().numpy()
        return [clip[:n] for clip, n in zip(clips, own.tolist(), strict=True)]

    def _by_calling(self, batch: Batch, calling: Calling) -> tuple[Tensor, Tensor | None]:
        given = call(self._model, calling, batch.features, batch.lengths)
        scores = scores_of(given, calling)
        return (scores if scores.ndim == 3 else scores[None]), lengths_of(given, calling)

    def _by_size(self, batch: Batch) -> tuple[Tensor, Tensor | None]:
        """For a model that takes one size alone: samples are told by their number, classes are last."""
        samples = len(batch.lengths)
        takes = TIME_FIRST if batch.time_first else AS_STORED
        with_lengths = bool(may_take_lengths(self._model))
        given = tensors_in(called(self._model, takes, with_lengths, batch.features, batch.lengths))
        key = largest_scores(given, samples, self._classes)
        if key is None:
            raise NotUnderstood("the model gave no scores with the batch among their first two axes")
        scores = given[key]
        if scores.ndim == 2:
            return scores[None], None
        both = scores.shape[0] == scores.shape[1]
        is_batch_first = not batch.time_first if both else scores.shape[0] == samples
        lengths = (
            value.flatten().cpu().long()
            for name, value in given.items()
            if value.numel() == samples and (not value.is_floating_point() or is_of_lengths(name))
        )
        return (scores.transpose(0, 1) if is_batch_first else scores), next(lengths, None)

    def _placed(self, features: Tensor) -> Tensor:
        """Where the model's weights are, in their precision."""
        parameters = self._model.parameters() if hasattr(self._model, "parameters") else iter(())
        weight = next(parameters, None)
        if weight is None:
            return features
        is_float = features.is_floating_point() and weight.is_floating_point()
        return features.to(weight.device, weight.dtype if is_float else features.dtype)


def are_log_probabilities(scores: Scores) -> bool:
    """Whether the model ends in a log-softmax, by its first sample."""
    return scale_of(scores[0]) == LOG_PROBABILITIES


def _found(model: Any, batch: Batch, classes: Collection[int]) -> Calling | None:
    """How the model is called, tried with parts of a batch; None where it takes no such parts."""
    has_frames = batch.features.ndim > 2
    frames = batch.features.shape[1] if has_frames else 1

    def example(samples: int, length: int) -> Tensor:
        rows = batch.features[torch.arange(samples) % len(batch.features)]
        return rows[:, torch.arange(length) % frames] if has_frames else rows

    takes = TIME_FIRST if batch.time_first else AS_STORED
    # a shorter clip first: what is longer than any before may be more than a model has places for
    for other in (frames - frames // 3, frames + frames // 2) if frames > 2 else (frames,):
        sizes = ((3, frames), (2, frames), (3, other))
        wanted = Wanted(example, classes, (3, 2) if frames > 2 else (2,), (takes,), sizes=sizes)
        try:
            return next(ways_of(model, wanted))
        except CannotCall:
            continue
    return None


@contextmanager
def as_in_evaluation(model: Any) -> Iterator[None]:
    """Eval mode without gradients; the mode of every module is restored, whatever happens."""
    modules = list(model.modules()) if hasattr(model, "modules") else []
    modes = [(module, module.training) for module in modules]
    try:
        if modes:
            model.eval()
        with torch.no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training
