"""How a model wants to be called and which axis of what it gives is which: found out by trying.

It is called with batches of different numbers of samples and frames; the axis that follows the
one is the batch's, the axis that follows the other is time, and the one that stays is the classes'.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from slrdoctor.probes.user_code import CannotUse, said_of

INPUTS = ("BTD", "TBD", "BDT")
POINTS = ("BTKC", "BCTK")  # for features that are stored as [T, points, coordinates]
SHAPES = ((3, 64), (2, 64), (3, 96))  # samples, frames
CLOSE = 1e-3  # probabilities that differ by less are the same
_LENGTHS = re.compile(r"len|size|sizes|num_frames|n_frames", re.IGNORECASE)
_MASK = re.compile(r"mask|pad", re.IGNORECASE)
_SCORES = re.compile(r"log_?prob|logit|score|output|seq", re.IGNORECASE)


@dataclass(frozen=True)
class Calling:
    """`takes` and `gives` name the axes by letters: B samples, T frames, D values, C classes."""

    takes: str
    takes_lengths: bool
    gives: str  # TBC, BTC, BCT ...; BC for classification
    key: str  # which of several outputs; "" for the only one
    lengths_key: str  # where it gives output lengths; "" where it does not
    scale: str = ""  # log-probabilities | probabilities | logits
    stride: float = 1.0  # frames a frame of output
    mixes: bool = False  # whether no layout was found in which samples do not touch each other

    @property
    def sentence(self) -> str:
        lengths = "and lengths" if self.takes_lengths else "without lengths"
        given = f" and lengths ({self.lengths_key})" if self.lengths_key else ""
        which = f" as {self.key}" if self.key else ""
        axes = ", ".join(self.gives)
        return (
            f"called with features [{', '.join(self.takes)}] {lengths}, the model gives "
            f"{self.scale or 'scores'} [{axes}]{which}{given}"
        )


@dataclass(frozen=True)
class Wanted:
    """What is known of the model: by the task, the data, and the user's word."""

    classes: int
    dims: int
    trailing: tuple[int, ...]
    is_sequence: bool  # CTC: an output a frame
    takes: str = ""  # the user's word
    gives: str = ""
    device: str = "cpu"


Call = Callable[[Tensor, Tensor], Any]


def find_calling(model: nn.Module, wanted: Wanted) -> Calling:
    """The first way of calling in which samples do not touch each other, else the first that works.

    Raises CannotUse with what the model raised where none works.
    """
    layouts = (
        (wanted.takes,) if wanted.takes else (*INPUTS, *(POINTS if len(wanted.trailing) == 2 else ()))
    )
    model.eval()
    works: list[Calling] = []
    errors: list[str] = []
    gave: list[str] = []
    for takes in layouts:
        for takes_lengths in (True, False):
            calling = _try(model, wanted, takes, takes_lengths, errors, gave)
            if calling is None:
                continue
            works.append(calling)
            if not _samples_touch(model, wanted, calling):
                return calling
            break
    if not works:
        raise CannotUse(_no_way(wanted, errors, gave))
    return replace(works[0], mixes=True)


def call(model: nn.Module, calling: Calling, features: Tensor, lengths: Tensor) -> Any:
    """Call the model with features [B, T, D] (any trailing axes are made as it wants them)."""
    return _call(model, calling.takes, calling.takes_lengths, features, lengths)


def scores_of(given: Any, calling: Calling) -> Tensor:
    """The scores as [T, B, C], or [B, C] for classification."""
    scores = outputs_of(given)[calling.key]
    order = "TBC" if "T" in calling.gives else "BC"
    return scores.permute(*(calling.gives.index(axis) for axis in order))


def lengths_of(given: Any, calling: Calling) -> Tensor | None:
    """The output lengths that the model gives [B]; None where it does not."""
    return outputs_of(given)[calling.lengths_key].flatten() if calling.lengths_key else None


def _try(
    model: nn.Module,
    wanted: Wanted,
    takes: str,
    takes_lengths: bool,
    errors: list[str],
    gave: list[str],
) -> Calling | None:
    given: list[dict[str, Tensor]] = []
    for samples, frames in SHAPES:
        features = _noise(wanted, samples, frames)
        lengths = torch.full((samples,), frames)
        try:
            with torch.no_grad():
                given.append(outputs_of(_call(model, takes, takes_lengths, features, lengths)))
        except Exception as error:  # a model that is called the wrong way raises anything
            errors.append(said_of(error))
            return None
    found = _read_axes(given, wanted, takes, takes_lengths)
    if found is None:
        shapes = [f"{key} {list(value.shape)}".strip() for key, value in given[0].items()]
        gave.append(", ".join(shapes) or "no tensor")
    return found


def _read_axes(
    given: list[dict[str, Tensor]], wanted: Wanted, takes: str, takes_lengths: bool
) -> Calling | None:
    found: list[tuple[tuple[bool, bool, int], str, str, Tensor]] = []
    lengths_key = ""
    for place, (key, value) in enumerate(given[0].items()):
        shapes = [one[key].shape for one in given if key in one]
        if len(shapes) != len(SHAPES):
            continue
        if not value.is_floating_point() or (value.ndim == 1 and _LENGTHS.search(key)):
            lengths_key = lengths_key or (key if shapes[0] == (3,) and shapes[1] == (2,) else "")
            continue
        axes = _axes(shapes, wanted)
        if axes is not None:
            classes = value.shape[axes.index("C")]
            rank = (classes != wanted.classes, not _SCORES.search(key), place)
            found.append((rank, key, axes, value))
    if not found:
        return None
    _, key, axes, value = min(found, key=lambda one: one[0])
    stride = SHAPES[0][1] / value.shape[axes.index("T")] if "T" in axes else 1.0
    scale = _scale(value.detach().movedim(axes.index("C"), -1))
    return Calling(takes, takes_lengths, axes, key, lengths_key, scale, stride)


def _axes(shapes: list[torch.Size], wanted: Wanted) -> str | None:
    """A letter an axis, or None where the shapes do not follow those of the input."""
    first, fewer, longer = shapes
    rank = 3 if wanted.is_sequence else 2
    if not len(first) == len(fewer) == len(longer) == rank:
        return None
    letters = ""
    for a, b, c in zip(first, fewer, longer):
        follows = {(3, 2, 3): "B"}.get((a, b, c), "")
        if not follows and a == b:
            follows = "T" if c > a else "C" if c == a else ""
        letters += follows or "?"
    expected = {"B", "T", "C"} if wanted.is_sequence else {"B", "C"}
    if wanted.gives and letters != wanted.gives:
        return None
    return letters if set(letters) == expected and len(letters) == rank else None


def _scale(rows: Tensor) -> str:
    """Log-probabilities, probabilities or logits, told from the sums of the rows [..., C]."""
    values = rows.double()
    if bool((values.exp().sum(-1) - 1).abs().max() < CLOSE):
        return "log-probabilities"
    if bool((values >= 0).all()) and bool((values.sum(-1) - 1).abs().max() < CLOSE):
        return "probabilities"
    return "logits"


def _samples_touch(model: nn.Module, wanted: Wanted, calling: Calling) -> bool:
    """Whether the output of the first sample changes with the others."""
    samples, frames = SHAPES[0]
    features, lengths = _noise(wanted, samples, frames), torch.full((samples,), frames)
    other = features.clone()
    other[1:] = _noise(wanted, samples, frames, seed=1)[1:]
    with torch.no_grad():
        one, two = (scores_of(call(model, calling, x, lengths), calling) for x in (features, other))
    if "T" in calling.gives:
        one, two = one[:, 0], two[:, 0]
    else:
        one, two = one[0], two[0]
    return bool((one.float().softmax(-1) - two.float().softmax(-1)).abs().max() > CLOSE)


def _noise(wanted: Wanted, samples: int, frames: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (samples, frames, *(wanted.trailing if len(wanted.trailing) > 1 else (wanted.dims,)))
    return torch.randn(shape, generator=generator).to(wanted.device)


def _call(model: nn.Module, takes: str, takes_lengths: bool, features: Tensor, lengths: Tensor) -> Any:
    x = features
    if len(takes) == 3:
        x = x.flatten(2)
        x = {"BTD": x, "TBD": x.transpose(0, 1), "BDT": x.transpose(1, 2)}[takes]
    elif takes == "BCTK":
        x = x.permute(0, 3, 1, 2)
    if not takes_lengths:
        return model(x)
    wanted = list(inspect.signature(model.forward).parameters.values())[1:]
    named: dict[str, Any] = {}
    for parameter in wanted:
        if _MASK.search(parameter.name):
            steps = torch.arange(features.shape[1])[None] < lengths[:, None]  # [B, T] true: real
            named[parameter.name] = (~steps if "pad" in parameter.name else steps).to(x.device)
        elif _LENGTHS.search(parameter.name):
            named[parameter.name] = lengths
    return model(x, **named) if named else model(x, lengths)


def outputs_of(given: Any) -> dict[str, Tensor]:
    """All tensors that a model gave, by name or place; those in lists below it too."""
    return dict(_flat(given, ""))


def _flat(given: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    if isinstance(given, Tensor):
        yield name, given
    elif isinstance(given, Mapping):
        for key, value in given.items():
            yield from _flat(value, f"{name}.{key}" if name else str(key))
    elif isinstance(given, (tuple, list)):
        for place, value in enumerate(given):
            yield from _flat(value, f"{name}[{place}]")
    elif hasattr(given, "__dict__"):
        yield from _flat(vars(given), name)


def _no_way(wanted: Wanted, errors: list[str], gave: list[str]) -> str:
    shape = "[frames, samples, classes] in any order" if wanted.is_sequence else "[samples, classes]"
    if gave:
        example = "TBC" if wanted.is_sequence else "BC"
        return (
            f"for 3 samples of 64 frames the model gives {gave[0]}, and scores {shape} are wanted: name "
            "a function that wraps it, or say what it takes and gives in slrdoctor.toml: [model] input "
            f'= "BTD", output = "{example}"'
        )
    return (
        f"the model could not be called with features [3, 64, {wanted.dims}] in any order of axes, with "
        f"or without lengths: {errors[0]}. Where it wants more, name a function that wraps it in a "
        "module whose forward takes features and lengths"
    )
