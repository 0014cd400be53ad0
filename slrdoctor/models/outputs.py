"""What a model gave: its tensors by name, which of them are scores, and which axis is which."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from slrdoctor.arithmetic.scales import scale_of

LENGTHS = re.compile(r"len|lgt|size|num_frames|n_frames", re.IGNORECASE)
OF_TARGETS = re.compile(r"label|target|tgt|gloss|gls|text|txt|trg|max|hidden", re.IGNORECASE)
_SCORES = re.compile(r"logit|log_?prob|log_?softmax|prob|score|output|pred|seq", re.IGNORECASE)

Size = tuple[int, int]  # samples, frames


@dataclass(frozen=True)
class Layout:
    """Which of a model's outputs are the scores, and what their axes are: B, T and C."""

    axes: str  # TBC, BTC, BCT ...; BC for one score a class and sample
    key: str  # "" for the only output
    lengths_key: str  # "" where it gives no output lengths
    scale: str  # log-probabilities | probabilities | logits
    stride: int  # frames a frame of output; 0 where there is none that explains every size


def is_of_lengths(name: str) -> bool:
    """Whether a parameter or an output by that name holds numbers of frames."""
    return bool(LENGTHS.search(name)) and not OF_TARGETS.search(name)


def tensors_in(given: Any) -> dict[str, Tensor]:
    """All tensors that a model gave, by name or place; those in containers below it too."""
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


def read_layout(
    given: Sequence[Mapping[str, Tensor]],
    sizes: Sequence[Size],
    classes: Collection[int],
    ranks: Collection[int],
    axes: str = "",
) -> Layout | None:
    """The layout that explains what a model gave for batches of several sizes; None where none does.

    `classes` are the numbers of classes that there may be, `ranks` how many axes scores may have,
    `axes` the user's word. The first two sizes differ in samples, the first and third in frames.
    """
    fitting: list[tuple[tuple[bool, bool, bool, int], str, str]] = []
    lengths_key = ""
    for place, (key, value) in enumerate(given[0].items()):
        shapes = [one[key].shape for one in given if key in one]
        if len(shapes) != len(sizes):
            continue
        if not value.is_floating_point() or (value.ndim == 1 and is_of_lengths(key)):
            follows = [tuple(shape) for shape in shapes] == [(samples,) for samples, _ in sizes]
            lengths_key = lengths_key or (key if follows else "")
            continue
        letters = _letters(shapes, sizes) if value.ndim in ranks else ""
        if letters and axes in ("", letters):
            is_unlikely = value.shape[letters.index("C")] not in classes
            order = (is_unlikely, not _SCORES.search(key), "T" not in letters, place)
            fitting.append((order, key, letters))
    if not fitting:
        return None
    _, key, letters = min(fitting)
    rows = given[0][key].detach().movedim(letters.index("C"), -1).flatten(0, -2)
    scale = scale_of(rows.double().cpu().numpy())
    place = letters.find("T")
    out = [one[key].shape[place] for one in given]
    stride = _stride([frames for _, frames in sizes], out) if place >= 0 else 0
    return Layout(letters, key, lengths_key, scale, stride)


def _letters(shapes: Sequence[Sequence[int]], sizes: Sequence[Size]) -> str:
    """A letter an axis; empty where the shapes do not follow those of the input."""
    (samples, frames), (fewer, _), (_, others) = sizes
    letters = ""
    for first, second, third in zip(*shapes, strict=False):
        if (first, second, third) == (samples, fewer, samples):
            letters += "B"
        elif first == second and first != third:
            letters += "T" if (third > first) == (others > frames) else "?"
        else:
            letters += "C" if first == second else "?"
    return letters if sorted(letters) in (["B", "C"], ["B", "C", "T"]) else ""


def _stride(frames: Sequence[int], out: Sequence[int]) -> int:
    """By how many each frame more of input makes one more of output; 0 where it is not so simple."""
    stride = round(abs(frames[2] - frames[0]) / max(1, abs(out[2] - out[0])))
    rounded = ([-(-n // stride) for n in frames], [n // stride for n in frames]) if stride else ()
    return stride if list(out) in rounded else 0


def largest_scores(given: Mapping[str, Tensor], samples: int, classes: Collection[int]) -> str | None:
    """Which output the scores are, where a model can be called with one size alone: [B, T, C], [B, C].

    By its number of classes, its name, its size; None where nothing has as many rows as there are
    samples.
    """
    fitting = {
        key: value
        for key, value in given.items()
        if value.is_floating_point() and value.ndim in (2, 3) and samples in value.shape[:2]
    }
    return max(
        fitting,
        key=lambda key: (
            fitting[key].shape[-1] in classes,
            bool(_SCORES.search(key)),
            fitting[key].numel(),
        ),
        default=None,
    )


def in_proportion(lengths: Tensor, stored: int, frames: int) -> Tensor:
    """How many of the output's frames are real: as many in proportion as of the input's.

    `stored` frames went in, some of them padding, and `frames` came out.
    """
    longest = max(int(lengths.max()), 1)
    # a model that packs its input has no frames behind the longest clip: its stride tells
    whole = min((stored, longest), key=lambda n: abs(n / frames - round(n / frames)))
    scaled = -(-lengths.long() * frames // whole)
    return torch.as_tensor(scaled).clamp(1, frames)
