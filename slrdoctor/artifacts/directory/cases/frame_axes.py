"""Which axis of the stored clips is time: settled in one place, whatever file the clips lie in.

The shapes of a few clips tell what the axes may be. Of several readings, that one counts whose
values a frame are as many as the model takes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from slrdoctor.artifacts.clip_places import Entry, Member, Way, Whole
from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.directory.cases.taken_sizes import TakenSizes
from slrdoctor.artifacts.kinds.features.axes import FRAMES_FIRST, VALUES_FIRST, Axes, Shape, readings
from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.artifacts.run import Choice, Clip, FeatureSet
from slrdoctor.words.landmark_layouts import EMBEDDING_SIZES, is_landmark_size
from slrdoctor.words.splits import without_splits

LOOKED_AT = 12  # clips of a store
MOST_PARTS = 8  # of which every choice is tried
WORDS = {"T": "frames", "D": "values", "C": "coordinates", "K": "landmarks", "M": "people"}

Reading = Mapping[str, str]  # the axes of a clip by its part; by "" of one that is stored whole


def with_frames_first(
    sets: Sequence[FeatureSet], sizes: TakenSizes
) -> tuple[list[FeatureSet], dict[str, Choice]]:
    """The sets with the axes of their clips; and by its place why, where shapes alone leave doubt.

    Sets that differ by their split only are stored alike.
    """
    stores: dict[tuple[str, str], list[FeatureSet]] = {}
    for one in sets:
        stores.setdefault((without_splits(one.where), one.format), []).append(one)
    settled: dict[int, FeatureSet] = {}
    choices: dict[str, Choice] = {}
    for store in stores.values():
        reading, choice = _axes_of([clip for one in store for clip in one.clips], sizes)
        settled |= {id(one): _with_axes(one, reading) for one in store}
        choices |= {one.where: choice for one in store if choice is not None}
    return [settled[id(one)] for one in sets], choices


def _axes_of(clips: Sequence[Clip], sizes: TakenSizes) -> tuple[Reading, Choice | None]:
    by_part = {part: axes for part, shapes in _shapes(clips).items() if (axes := Axes.of(shapes))}
    may_be = {part: readings(axes) for part, axes in by_part.items()}
    likeliest, *others = (
        {part: found[min(i, len(found) - 1)] for part, found in may_be.items()}
        for i in range(max(map(len, may_be.values()), default=1))
    )
    if not others:
        return likeliest, None
    sized = [(_size(by_part, reading, sizes), reading) for reading in (likeliest, *others)]
    size, taken = max(sized, key=lambda option: sizes.strength(option[0]))
    why = sizes.taker(size)
    if not why and VALUES_FIRST in others[0].values():
        why = _landmarks_taken(by_part, sizes)
        taken = others[0] if why else likeliest
    if taken == likeliest:
        return likeliest, None
    return taken, Choice("axes of the features", _in_words(taken), (_in_words(likeliest),), why, "")


def _size(by_part: Mapping[str, Axes], reading: Reading, sizes: TakenSizes) -> int:
    """The values a frame, of all parts or of some, that the model most surely takes."""
    widths = [axes.width(reading[part]) for part, axes in by_part.items()]
    some = range(1, len(widths)) if len(widths) <= MOST_PARTS else ()
    several = (sum(parts) for n in some for parts in itertools.combinations(widths, n))
    return max((sum(widths), *several), key=sizes.strength)


def _landmarks_taken(by_part: Mapping[str, Axes], sizes: TakenSizes) -> str:
    """The layer that takes landmarks of another size than is stored, where clips may be [D, T].

    What a loader cut frames to, taking them for values, is no more than the clips are long.
    """
    if not all(axes.varies[-1] for axes in by_part.values()):
        return ""
    longest = max(axes.longest[-1] for axes in by_part.values())
    known = (n for n in sizes.of_layers if n > longest and (is_landmark_size(n) or n in EMBEDDING_SIZES))
    return next(map(sizes.taker, known), "")


def _shapes(clips: Sequence[Clip]) -> dict[str, list[Shape]]:
    """The shapes of a few clips as stored, by part; those that a format gives frames first left out."""
    shapes: dict[str, list[Shape]] = {}
    with opened_clips() as open_clip:
        for clip in clips[:: max(1, len(clips) // LOOKED_AT)][:LOOKED_AT]:
            for part, one in _arrays(clip):
                try:
                    shapes.setdefault(part, []).append(open_clip(one).shape)
                except Unreadable:  # which the features' own facts tell
                    continue
    return shapes


def _arrays(clip: Clip) -> Iterator[tuple[str, Clip]]:
    """The arrays of a clip whose axes are in doubt, by their part."""
    for part, one in ((part.key, part) for part in clip.parts) if clip.parts else (("", clip),):
        if not one.axes and not one.frames and isinstance(one.place, (Whole, Member, Way, Entry)):
            yield part, one


def _with_axes(one: FeatureSet, reading: Reading) -> FeatureSet:
    if not any(reading.values()):
        return one
    return replace(one, clips=tuple(_clip_with_axes(clip, reading) for clip in one.clips))


def _clip_with_axes(clip: Clip, reading: Reading) -> Clip:
    axes = {part: reading.get(part, FRAMES_FIRST) for part, _ in _arrays(clip)}
    if not clip.parts:
        return replace(clip, axes=axes.get("", clip.axes))
    return replace(clip, parts=tuple(replace(p, axes=axes.get(p.key, p.axes)) for p in clip.parts))


def _in_words(reading: Reading) -> str:
    """The axes in their order: `values by frames`."""
    axes = next((one for one in reading.values() if one), "TD")
    return " by ".join(WORDS[axis] for axis in axes if axis in WORDS)
