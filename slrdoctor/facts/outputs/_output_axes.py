"""Which axis of stored outputs is which, and on what scale the values are: found, not assumed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.batch_axes import sample_axis
from slrdoctor.arithmetic.scales import LOG_PROBABILITIES, LOGITS, PROBABILITIES, scale_of
from slrdoctor.artifacts.clip_places import Entry, Member, Way, Whole
from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.kinds.features.clips import OpenClip, open_clip
from slrdoctor.artifacts.kinds.outputs.names import kind_of_word, says_log_probabilities
from slrdoctor.artifacts.run import Clip, OutputFile
from slrdoctor.artifacts.storage.cut_arrays import CutArrays

Array = NDArray[Any]
Floats = NDArray[np.float64]

NEAR_ONE = 0.05  # how far a row's sum may be from one: half precision keeps three digits
MOST_ROWS = 0.9  # of the rows looked at: some may be padding
PEEKED = 5  # samples of a file
LARGE = 1 << 24  # values of an array that is not taken in whole
CROSS = 16  # rows that are looked at along each axis
NAMES = {"s": "samples", "t": "frames", "c": "classes"}


@dataclass(frozen=True)
class Axes:
    """The axes of one file's arrays and the scale of their values.

    `order` has a letter an axis: s samples, t frames, c classes; 1 an axis of size one.
    """

    order: str
    classes: int
    known_by: str
    scale: str  # log-probabilities | probabilities | logits
    along: str  # the axis whose sums are one: classes | frames | samples | ""

    @property
    def sentence(self) -> str:
        named = ", ".join(NAMES[letter] for letter in self.order if letter in NAMES)
        return f"{self.scale} [{named}], {self.known_by}"


@dataclass(frozen=True)
class _Peeked:
    """Values of a clip and the shape of all of it."""

    values: Array
    shape: tuple[int, ...]


def find_axes(
    output: OutputFile,
    sizes: Iterable[int],
    samples: Iterable[int] = (),
    open_clip: OpenClip = open_clip,
) -> Axes:
    """The axes of a file.

    `sizes` are the numbers of classes that vocabulary and config allow, `samples` the
    numbers of samples that a batch may have. Raises Unreadable.
    """
    peeked = _some(output, open_clip)
    shape = peeked[0].shape
    if len(shape) not in (2, 3):
        raise Unreadable(f"an array of shape {shape}, neither [T, C] nor a batch of such", "shape")
    batch = len(output.clips) == 1 and len(shape) == 3 and 1 not in shape[:2]
    alone = -1  # the axis of size one
    if len(shape) == 3 and not batch:
        alone = 0 if all(one.shape[0] == 1 for one in peeked) else 1
        if any(one.shape[alone] != 1 for one in peeked):
            raise Unreadable(f"arrays of shape {shape}, of which one sample each is expected", "shape")
        peeked = [_Peeked(p.values.squeeze(alone), _without(p.shape, alone)) for p in peeked]
    classes, known_by = _class_axis(peeked, set(sizes))
    letters = ["t"] * len(peeked[0].shape)
    letters[classes] = "c"
    if batch:
        rest = [axis for axis in range(3) if axis != classes]
        counts = {len(output.ids), len(output.lengths), len(output.labels)} - {0} or set(samples)
        letters[_sample_axis(peeked[0], rest, counts)] = "s"
    along = _normalised_along(peeked, letters)
    scale = LOGITS if along != "classes" else _scale(peeked, classes)
    order = "".join(letters)
    order = order if alone < 0 else f"{order[:alone]}1{order[alone:]}"
    return Axes(order, peeked[0].shape[classes], known_by, scale, along)


def _some(output: OutputFile, open_clip: OpenClip) -> list[_Peeked]:
    """A few clips of a file, of the rank that most have. Raises Unreadable where none can be read."""
    found, errors = [], []
    for place in dict.fromkeys(np.linspace(0, len(output.clips) - 1, PEEKED).astype(int).tolist()):
        try:
            one = _peek(output.clips[place], open_clip)
        except Unreadable as error:
            errors.append(error)
            continue
        if one.values.size:
            found.append(one)
        else:
            errors.append(Unreadable(f"an array of shape {one.shape}, without values", "empty"))
    if not found:
        raise errors[0]
    [(rank, _)] = Counter(len(one.shape) for one in found).most_common(1)
    return [one for one in found if len(one.shape) == rank]


def _peek(clip: Clip, open_clip: OpenClip) -> _Peeked:
    """All of a clip, which may be mapped; of a large array that is read by rows, the first of them."""
    shape = _stored_shape(clip)
    if shape is not None and math.prod(shape) > LARGE:
        return _Peeked(open_clip(replace(clip, rows=(0, min(CROSS, shape[0])))), shape)
    values = open_clip(clip)
    return _Peeked(values, values.shape)


def _stored_shape(clip: Clip) -> tuple[int, ...] | None:
    """What the header of a file that is read by rows says; None for other files."""
    if clip.reader != "h5" or clip.rows is not None:
        return None
    content = read(clip.path)
    info = content.members.get(str(clip.place)) if isinstance(content, CutArrays) else None
    return info.shape if info is not None and len(info.shape) == 3 else None


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return shape[:axis] + shape[axis + 1 :]


def _class_axis(peeked: Sequence[_Peeked], sizes: set[int]) -> tuple[int, str]:
    """The axis of the classes: by its size, by its sums, by being the same in all, or the last."""
    candidates = list(range(len(peeked[0].shape)))
    vary = len({one.shape for one in peeked}) > 1
    evidence: list[tuple[str, Callable[[int], bool]]] = [
        ("known by the number of classes", lambda axis: all(p.shape[axis] in sizes for p in peeked)),
        ("known by sums of one", lambda axis: all(_sums_to_one(p, axis) for p in peeked)),
        (
            "known by the only size that never changes",
            lambda axis: vary and len({p.shape[axis] for p in peeked}) == 1,
        ),
    ]
    for words, holds in evidence:
        kept = [axis for axis in candidates if holds(axis)]
        if len(kept) == 1:
            return kept[0], words
        candidates = kept or candidates
    return candidates[-1], "the last axis is assumed to be the classes"


def _sample_axis(peeked: _Peeked, axes: Sequence[int], counts: set[int]) -> int:
    if peeked.values.shape != peeked.shape:
        by_count = [axis for axis in axes if peeked.shape[axis] in counts]
        return by_count[0] if len(by_count) == 1 else sample_axis(peeked.values, axes, ())
    return sample_axis(peeked.values, axes, counts)


def _cross_section(values: Array, axis: int) -> Floats:
    """Some whole lines along an axis: [lines, size]."""
    places = [
        np.arange(n) if a == axis else np.unique(np.linspace(0, n - 1, CROSS).astype(int))
        for a, n in enumerate(values.shape)
    ]
    lines = np.moveaxis(np.asarray(values[np.ix_(*places)], np.float64), axis, -1)
    return lines.reshape(-1, lines.shape[-1])


def _scale_along(peeked: _Peeked, axis: int) -> str:
    """The scale of most whole lines along an axis that are numbers and not all alike."""
    lines = _cross_section(peeked.values, axis)
    kept = lines[~np.isnan(lines).any(axis=1) & (lines.max(axis=1) > lines.min(axis=1))]
    return scale_of(kept, NEAR_ONE, MOST_ROWS)


def _sums_to_one(peeked: _Peeked, axis: int) -> bool:
    is_whole = peeked.values.shape[axis] == peeked.shape[axis] > 1
    return is_whole and _scale_along(peeked, axis) != LOGITS


def _normalised_along(peeked: Sequence[_Peeked], letters: Sequence[str]) -> str:
    """The axis whose sums are one: that of the classes, else another, else none."""
    for axis in sorted(range(len(letters)), key=lambda a: letters[a] != "c"):
        if all(_sums_to_one(one, axis) for one in peeked):
            return NAMES[letters[axis]]
    return ""


def _scale(peeked: Sequence[_Peeked], axis: int) -> str:
    logs = all(_scale_along(one, axis) == LOG_PROBABILITIES for one in peeked)
    return LOG_PROBABILITIES if logs else PROBABILITIES


def count_in(output: OutputFile, axes: Axes, open_clip: OpenClip = open_clip) -> int:
    """How many samples a file holds. Raises Unreadable."""
    if "s" not in axes.order:
        return len(output.clips)
    [clip] = output.clips
    shape = _stored_shape(clip) or open_clip(clip).shape
    return int(shape[axes.order.index("s")])


def sample_clip(output: OutputFile, place: int, axes: Axes) -> Clip:
    """The clip that holds one sample, cut out of a batch where its samples come first."""
    if "s" not in axes.order:
        return output.clips[place]
    [clip] = output.clips
    if axes.order[0] != "s" or not isinstance(clip.place, (Whole, Member, Way)):
        return clip
    return replace(clip, place=Entry(clip.place, place))


def frames_of(values: Array, place: int, axes: Axes) -> Array:
    """One sample's values as [T, C], a view, out of what its `sample_clip` holds."""
    order = axes.order.removeprefix("s")
    if "s" in order:
        axis = order.index("s")
        values, order = values[(slice(None),) * axis + (place,)], order.replace("s", "")
    elif "1" in order and values.ndim == 3:
        values = values.squeeze(axis=order.index("1"))
    return values.T if order.replace("1", "") == "ct" else values


def claims_logarithms(output: OutputFile) -> bool:
    """Whether the name nearest to the values calls them logarithms of probabilities."""
    parts = [*output.where.split("/"), *output.clips[0].place.parts]
    named = [part for part in parts if kind_of_word(part) == "log_probs"]
    return bool(named) and says_log_probabilities(named[-1])
