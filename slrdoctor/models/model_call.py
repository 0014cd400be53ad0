"""Call a user's model with a batch, and find its scores among what it gives."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from slrdoctor.models.batches import Array, Batch, NotUnderstood, as_array

_LENGTHS = re.compile(r"len|lgt|size")
_OF_TARGETS = re.compile(r"label|target|tgt|gloss|gls|text|txt|trg|max|hidden")
_SCORES = re.compile(r"logit|log_?prob|log_?softmax|prob|score|output|pred")
NORMALISED = 1e-3


@dataclass(frozen=True)
class _Given:
    """One array that a model gave, and what it is called or where it stands."""

    name: str
    values: Array


def outputs_of(model: Any, batch: Batch, classes: Collection[int]) -> tuple[list[Array], list[int]]:
    """The scores [T, C] of each sample, and how many of their frames are real.

    `classes` are the numbers of classes that there may be. Raises NotUnderstood where nothing
    has the batch among its first two axes, and whatever the model raises.
    """
    size = len(batch.targets)
    arrays = _arrays(_called(model, batch, slice(None)))
    scores = _scores(arrays, size, classes)
    if scores is None:
        raise NotUnderstood("the model gave no scores with the batch among their first two axes")
    values = scores.values
    if values.ndim == 2:
        values = values[:, None, :]  # one score a class and sample
    elif _sample_axis(scores, model, batch) == 1:
        values = np.swapaxes(values, 0, 1)
    lengths = _lengths(arrays, batch, values.shape[1])
    return [clip[:n] for clip, n in zip(values, lengths)], lengths


def _arrays(given: Any, name: str = "") -> list[_Given]:
    """Every array of what a model gave, in its order."""
    if isinstance(given, Mapping):
        return [a for key, value in given.items() for a in _arrays(value, f"{name}/{key}".lower())]
    if isinstance(given, (tuple, list)):
        return [a for place, value in enumerate(given) for a in _arrays(value, f"{name}/{place}")]
    array = as_array(given)
    return [_Given(name, array)] if array is not None else []


def _scores(arrays: list[_Given], size: int, classes: Collection[int]) -> _Given | None:
    """The array that has as many columns as classes, is named as scores, or is the largest."""
    fitting = [
        a
        for a in arrays
        if a.values.dtype.kind == "f" and a.values.ndim in (2, 3) and size in a.values.shape[:2]
    ]
    return max(
        fitting,
        key=lambda a: (a.values.shape[-1] in classes, bool(_SCORES.search(a.name)), a.values.size),
        default=None,
    )


def _sample_axis(scores: _Given, model: Any, batch: Batch) -> int:
    """Which axis counts samples; where both could, that which is shorter with one sample fewer."""
    size, shape = len(batch.targets), scores.values.shape
    if shape[0] != size or shape[1] != size:
        return 0 if shape[0] == size else 1
    if size > 1:
        # the longest stays, as a model may cut the frames behind it
        rest = np.delete(np.arange(size), int(batch.input_lengths.argmin()))
        again = {a.name: a.values for a in _arrays(_called(model, batch, rest))}.get(scores.name)
        if again is not None and again.shape[:2] in ((size, size - 1), (size - 1, size)):
            return 0 if again.shape[0] == size - 1 else 1
    return 1 if batch.time_first else 0


def _lengths(arrays: list[_Given], batch: Batch, frames: int) -> list[int]:
    """As the model tells them, else in proportion to those of its input."""
    size = len(batch.targets)
    for given in arrays:
        told = given.values.ravel()
        named = _LENGTHS.search(given.name) and not _OF_TARGETS.search(given.name)
        if told.size != size or not (told.dtype.kind in "iu" or named):
            continue
        if told.min() >= 1 and told.max() == frames:
            return [int(n) for n in told]
    stored = batch.features.shape[1] if batch.features.ndim > 2 else 1
    longest = max(int(batch.input_lengths.max()), 1)
    # a model that packs its input has no frames behind the longest clip: its stride tells
    whole = min((stored, longest), key=lambda n: abs(n / frames - round(n / frames)))
    return [min(frames, max(1, -(-int(n) * frames // whole))) for n in batch.input_lengths]


def _called(model: Any, batch: Batch, rows: Any) -> Any:
    """What the model gives for some samples, called with their lengths where it takes them."""
    import torch

    parameter = next(iter(model.parameters()), None) if hasattr(model, "parameters") else None
    values = np.ascontiguousarray(batch.features[rows])
    features = torch.as_tensor(np.swapaxes(values, 0, 1).copy() if batch.time_first else values)
    if parameter is not None:
        is_float = features.is_floating_point() and parameter.is_floating_point()
        features = features.to(parameter.device, parameter.dtype if is_float else features.dtype)
    lengths = torch.as_tensor(batch.input_lengths[rows])
    name = _name_of_lengths(model)
    if name is None:
        return model(features)
    return model(features, **{name: lengths}) if name else model(features, lengths)


def _name_of_lengths(model: Any) -> str | None:
    """What the model's parameter for lengths is called; "" for its second place, None without one."""
    inner = getattr(model, "module", model)  # of DataParallel
    try:
        signature = inspect.signature(getattr(inner, "forward", inner))
    except (TypeError, ValueError):
        return None
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    rest = list(signature.parameters.values())[1:]
    for parameter in rest:
        said = parameter.name.lower()
        if parameter.kind in by_name and _LENGTHS.search(said) and not _OF_TARGETS.search(said):
            return parameter.name
    if not rest or rest[0].kind not in (by_name[0], inspect.Parameter.POSITIONAL_ONLY):
        return None
    return "" if rest[0].default is inspect.Parameter.empty else None


@contextmanager
def as_in_evaluation(model: Any) -> Iterator[None]:
    """Eval mode without gradients; the mode of every module is restored, whatever happens."""
    import torch

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
