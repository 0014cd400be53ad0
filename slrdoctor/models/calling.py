"""How a model wants to be called and which axis of what it gives is which: found out by trying.

It is called with batches of different numbers of samples and frames; the axis that follows the
one is the batch's, the axis that follows the other is time, and the one that stays is the classes'.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from slrdoctor.arithmetic.scales import CLOSE
from slrdoctor.models.outputs import (
    Layout,
    Size,
    is_of_lengths,
    read_layout,
    tensors_in,
)

INPUTS = ("BTD", "TBD", "BDT")
POINTS = ("BTKC", "BCTK")  # for features that are stored as [T, points, coordinates]
AS_STORED, TIME_FIRST = "BT*", "TB*"  # whatever a frame's axes are
SIZES: tuple[Size, ...] = ((3, 64), (2, 64), (3, 96))
_MASK = re.compile(r"mask|pad", re.IGNORECASE)

Example = Callable[[int, int], Tensor]  # (samples, frames) -> features [B, T, ...]


class CannotCall(Exception):
    """A model raises however it is called, or gives nothing that can be scores.

    `raised` is what it raised in the first way that was tried, `gave` the shapes of what it gave.
    """

    def __init__(self, raised: Exception | None, gave: str) -> None:
        super().__init__(f"the model gives {gave}" if gave else f"the model cannot be called: {raised}")
        self.raised = raised
        self.gave = gave


@dataclass(frozen=True)
class Calling:
    """`takes` names the axes of the input by letters: B samples, T frames, D values of a frame."""

    takes: str
    takes_lengths: bool
    layout: Layout
    mixes: bool = False  # whether no layout was found in which samples do not touch each other

    @property
    def sentence(self) -> str:
        gives = self.layout
        lengths = "and lengths" if self.takes_lengths else "without lengths"
        given = f" and lengths ({gives.lengths_key})" if gives.lengths_key else ""
        which = f" as {gives.key}" if gives.key else ""
        return (
            f"called with features [{', '.join(self.takes)}] {lengths}, the model gives "
            f"{gives.scale} [{', '.join(gives.axes)}]{which}{given}"
        )


@dataclass(frozen=True)
class Wanted:
    """What is known of the model, by the task, the data, and the user's word."""

    example: Example
    classes: Collection[int]  # the numbers of classes that there may be
    ranks: Collection[int] = (3, 2)  # 3: scores for each frame, as of CTC; 2: for each sample
    inputs: Sequence[str] = (AS_STORED,)  # layouts to try
    axes: str = ""  # of the scores, by the user's word
    sizes: tuple[Size, ...] = SIZES


def find_calling(model: Any, wanted: Wanted) -> Calling:
    """The first way of calling in which samples do not touch each other, else the first that works.

    The model must be in eval mode. Raises CannotCall where none works.
    """
    first: Calling | None = None
    for calling in ways_of(model, wanted):
        if not _samples_touch(model, wanted, calling):
            return calling
        first = first or calling
    assert first is not None  # or ways_of raises
    return replace(first, mixes=True)


def ways_of(model: Any, wanted: Wanted) -> Iterator[Calling]:
    """Each layout of the input that works, with lengths where it takes them. Raises CannotCall."""
    raised: Exception | None = None
    gave, works = "", False
    for takes in wanted.inputs:
        for takes_lengths in (False,) if may_take_lengths(model) is False else (True, False):
            try:
                given = _tried(model, takes, takes_lengths, wanted)
            except Exception as error:  # a model that is called the wrong way raises anything
                raised = raised or error
                continue
            layout = read_layout(given, wanted.sizes, wanted.classes, wanted.ranks, wanted.axes)
            if layout is not None:
                works = True
                yield Calling(takes, takes_lengths, layout)
                break
            gave = gave or _shapes(given[0])
    if not works:
        raise CannotCall(raised, gave)


@torch.no_grad()
def _tried(model: Any, takes: str, takes_lengths: bool, wanted: Wanted) -> list[dict[str, Tensor]]:
    given = []
    for samples, frames in wanted.sizes:
        lengths = torch.full((samples,), frames)
        features = wanted.example(samples, frames)
        given.append(tensors_in(called(model, takes, takes_lengths, features, lengths)))
    return given


def _shapes(given: dict[str, Tensor]) -> str:
    return ", ".join(f"{key} {list(value.shape)}".strip() for key, value in given.items()) or "no tensor"


def call(model: Any, calling: Calling, features: Tensor, lengths: Tensor) -> Any:
    """Call the model with features [B, T, ...], whose axes are brought into its own order."""
    return called(model, calling.takes, calling.takes_lengths, features, lengths)


def scores_of(given: Any, calling: Calling) -> Tensor:
    """The scores as [T, B, C], or [B, C] of a model that gives one score a class and sample."""
    axes = calling.layout.axes
    order = "TBC" if "T" in axes else "BC"
    return tensors_in(given)[calling.layout.key].permute(*(axes.index(axis) for axis in order))


def lengths_of(given: Any, calling: Calling) -> Tensor | None:
    """The output lengths that the model gives [B]; None where it does not."""
    key = calling.layout.lengths_key
    return tensors_in(given)[key].detach().flatten().cpu().long() if key else None


def _samples_touch(model: Any, wanted: Wanted, calling: Calling) -> bool:
    """Whether the output of the first sample changes with the others."""
    samples, frames = wanted.sizes[0]
    features, lengths = wanted.example(samples, frames), torch.full((samples,), frames)
    other = features.clone()
    other[1:] = -other[1:].flip(1)
    with torch.no_grad():
        one, two = (scores_of(call(model, calling, x, lengths), calling) for x in (features, other))
    if "T" in calling.layout.axes:
        one, two = one[:, 0], two[:, 0]
    else:
        one, two = one[0], two[0]
    return bool((one.float().softmax(-1) - two.float().softmax(-1)).abs().max() > CLOSE)


def called(model: Any, takes: str, takes_lengths: bool, features: Tensor, lengths: Tensor) -> Any:
    """Call with features [B, T, ...] in the order of axes that `takes` names, and with lengths."""
    x = _arranged(features, takes)
    if not takes_lengths:
        return model(x)
    named: dict[str, Any] = {}
    for parameter in _parameters(model)[1:]:
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            continue
        if is_of_lengths(parameter.name):
            named[parameter.name] = lengths
        elif _MASK.search(parameter.name):
            real = torch.arange(features.shape[1])[None] < lengths[:, None]  # [B, T]
            named[parameter.name] = (~real if "pad" in parameter.name else real).to(x.device)
    return model(x, **named) if named else model(x, lengths)


def _arranged(features: Tensor, takes: str) -> Tensor:
    if takes == AS_STORED:
        return features
    if takes == TIME_FIRST:
        return features.transpose(0, 1).contiguous()
    if len(takes) == 3:
        flat = features.flatten(2)
        return {"BTD": flat, "TBD": flat.transpose(0, 1), "BDT": flat.transpose(1, 2)}[takes]
    return features.permute(0, 3, 1, 2) if takes == "BCTK" else features


def may_take_lengths(model: Any) -> bool | None:
    """Whether a parameter is named for lengths or a mask, or a second one must be given.

    None where the parameters do not say: `*args`, or a function without a signature.
    """
    parameters = _parameters(model)
    rest = parameters[1:]
    if any(is_of_lengths(p.name) or _MASK.search(p.name) for p in rest):
        return True
    if not parameters or any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    by_place = [p for p in rest if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return bool(by_place) and by_place[0].default is inspect.Parameter.empty


def _parameters(model: Any) -> list[inspect.Parameter]:
    """Those of a model's forward, or of a function: first the features; none where they are unknown."""
    inner = getattr(model, "module", model)  # of DataParallel
    try:
        return list(inspect.signature(getattr(inner, "forward", inner)).parameters.values())
    except (TypeError, ValueError):
        return []
