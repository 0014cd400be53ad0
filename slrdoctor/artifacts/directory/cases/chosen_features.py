"""Which of several stores of the same samples the model was trained on, and which of their parts.

What decides, in this order: the user's word, a config that names them, what else agrees with them
(the first layer of the checkpoint, then the size in a config, then the annotated ids), their name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from slrdoctor.artifacts.directory.cases.frame_axes import with_frames_first
from slrdoctor.artifacts.directory.cases.taken_sizes import TakenSizes, configured_parts, naming_configs
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.kinds.features.widths import width_of, widths_of_parts
from slrdoctor.artifacts.kinds.outputs.names import WEAK, kind_of_place
from slrdoctor.artifacts.run import Choice, Clip, FeatureSet
from slrdoctor.words.splits import without_splits

ALL = 0.5  # of the samples that another store has: one with fewer is not told by its size
ONLY_HERE = 0.05  # of the annotated samples: a store that alone has as many is kept beside others
MOST_PARTS = 12  # parts of which every choice is tried

_SameNumbers = frozenset[frozenset[str]]  # pairs of places


@dataclass(frozen=True)
class ChosenFeatures:
    """The feature sets that were taken, those of the same samples that were not, and why."""

    taken: tuple[FeatureSet, ...]
    left: tuple[FeatureSet, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class _Store:
    """The sets of all splits that are stored alike, and what speaks for them."""

    sets: tuple[FeatureSet, ...]
    covered: int  # annotated samples
    named: str = ""  # the setting that names them
    fits: str = ""  # what takes features of their size
    strength: int = 0  # of that

    @property
    def where(self) -> str:
        return ", ".join(one.where for one in self.sets)

    @property
    def clips(self) -> int:
        return sum(len(one.clips) for one in self.sets)

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers that name all its clips; none where some have other names."""
        names = [name for one in self.sets for name in one.names]
        return frozenset(map(int, names)) if all(map(str.isdecimal, names)) else frozenset()

    @property
    def is_called_output(self) -> bool:
        return kind_of_place(self.sets[0].where) not in ("", WEAK)


def choose_features(found: Found, ids: Sequence[str]) -> ChosenFeatures:
    """One store of the same samples: of rivals, the one that most speaks for.

    Sets with different samples are all kept: a data set may be stored in several places.
    """
    sizes = TakenSizes(found)
    wanted = {PurePosixPath(i).stem for i in ids} | set(ids)
    settled, of_axes = with_frames_first(found.features, sizes)
    sets, choices = _with_chosen_parts(settled, found, sizes)
    families: dict[str, list[FeatureSet]] = {}
    for one in sets:
        families.setdefault(without_splits(one.where), []).append(one)
    stores = [_Store(tuple(of), sum(_covered(s, wanted) for s in of)) for of in families.values()]
    same = _with_same_numbers(stores)
    if _have_rivals(stores, same):
        stores = _with_evidence(stores, found, sizes)
    stores.sort(key=_order)
    taken: list[tuple[FeatureSet, _Store]] = []
    lost: list[tuple[FeatureSet, _Store, _Store]] = []
    for store in stores:
        for one in sorted(store.sets, key=lambda s: (-_covered(s, wanted), -len(s.clips), s.where)):
            twin = next((t for s, t in taken if _is_rival(s, one, same)), None)
            if twin is None or _adds(one, [s for s, _ in taken], wanted, same):
                taken.append((one, store))
            else:
                lost.append((one, twin, store))
    choices += _choices(taken, lost, wanted)
    choices += dict.fromkeys(of_axes[one.where] for one, _ in taken if one.where in of_axes)
    return ChosenFeatures(tuple(s for s, _ in taken), tuple(s for s, *_ in lost), tuple(choices))


def _order(store: _Store) -> tuple[bool, int, int, int, bool, str]:
    first = store.sets[0].where
    size = store.covered, store.clips
    return not store.named, -store.strength, -size[0], -size[1], store.is_called_output, first


def _have_rivals(stores: Sequence[_Store], same: _SameNumbers) -> bool:
    return any(
        _is_rival(one, other, same)
        for i, store in enumerate(stores)
        for rival in stores[:i]
        for one in store.sets
        for other in rival.sets
    )


def _with_evidence(stores: Sequence[_Store], found: Found, sizes: TakenSizes) -> list[_Store]:
    """The stores with the config that names one and not all, and what takes features of their size."""
    named = [naming_configs(store.sets[0].where, found.configs) for store in stores]
    if all(named):
        named = ["" for _ in stores]
    most = max(store.covered for store in stores)
    weighed = []
    for store, why in zip(stores, named, strict=True):
        size = width_of(store.sets[0]) if store.covered >= ALL * most else 0
        weighed.append(replace(store, named=why, fits=sizes.taker(size), strength=sizes.strength(size)))
    return weighed


def _choices(
    taken: Sequence[tuple[FeatureSet, _Store]],
    lost: Sequence[tuple[FeatureSet, _Store, _Store]],
    wanted: set[str],
) -> list[Choice]:
    """What was taken instead of what, by split."""
    choices = []
    for split in dict.fromkeys(one.split for one, *_ in lost):
        others = [one for one, *_ in lost if one.split == split]
        winner = next(twin for one, twin, _ in lost if one.split == split)
        mine = [s for s, store in taken if (store is winner and s.split in (split, "")) or not split]
        mine = mine or list(winner.sets)
        own = mine[0]
        why = (
            winner.named
            or winner.fits
            or f"{len(own.clips)} clips, {_covered(own, wanted)} of them annotated"
        )
        how = f'[features]\n{split or "train"} = "{others[0].where}"'
        choices.append(
            Choice(
                "features", ", ".join(s.where for s in mine), tuple(o.where for o in others), why, how
            )
        )
    return choices


def _with_chosen_parts(
    settled: Sequence[FeatureSet], found: Found, sizes: TakenSizes
) -> tuple[list[FeatureSet], list[Choice]]:
    """The sets with the parts that are joined, in their order; and why, where some are left out."""
    sets: list[FeatureSet] = []
    choices: dict[tuple[str, ...], Choice] = {}
    for one in settled:
        if not one.parts:
            sets.append(one)
            continue
        parts, why = _parts_taken(one, found, sizes)
        sets.append(replace(one, clips=tuple(_of_parts(one, parts))) if parts != one.parts else one)
        others = tuple(part for part in one.parts if part not in parts)
        if others and not found.parts:
            how = f'[features]\nparts = "{", ".join(one.parts)}"'
            choices[parts] = Choice("parts of the features", ", ".join(parts), others, why, how)
    return sets, list(choices.values())


def _of_parts(one: FeatureSet, parts: Sequence[str]) -> list[Clip]:
    """Its clips of some of their parts."""
    clips = []
    for clip in one.clips:
        by_name = {part.key: part for part in clip.parts}
        clips.append(replace(clip, parts=tuple(by_name[part] for part in parts if part in by_name)))
    return clips


def _parts_taken(one: FeatureSet, found: Found, sizes: TakenSizes) -> tuple[tuple[str, ...], str]:
    """The parts that are joined, and why not others."""
    there = one.parts
    if found.parts and set(found.parts) & set(there):
        return tuple(part for part in found.parts if part in there), ""
    listed, why = configured_parts(there, found.configs)
    if listed:
        return listed, why
    widths = widths_of_parts(one)
    if len(there) > MOST_PARTS or sizes.taker(sum(widths.values())):
        return there, ""
    return _by_size(there, widths, sizes)


def _by_size(
    there: tuple[str, ...], widths: Mapping[str, int], sizes: TakenSizes
) -> tuple[tuple[str, ...], str]:
    """The parts that together have the size that the first layer takes, where only one choice has it."""
    by_size: dict[str, list[tuple[str, ...]]] = {}
    for number in range(1, 2 ** len(there) - 1):
        some = tuple(part for i, part in enumerate(there) if number >> i & 1)
        why = sizes.taker(sum(widths[part] for part in some))
        if why:
            by_size.setdefault(why, []).append(some)
    for why, several in by_size.items():
        if len(several) == 1:
            return several[0], why
    return there, ""


def _covered(one: FeatureSet, wanted: set[str]) -> int:
    return sum(c.key in wanted or PurePosixPath(c.key).name in wanted for c in one.clips)


def _adds(one: FeatureSet, taken: Sequence[FeatureSet], wanted: set[str], same: _SameNumbers) -> bool:
    """Whether a store of all splits, or of one, has annotated samples that what was taken lacks."""
    rivals = [other for other in taken if _is_rival(other, one, same)]
    alone = (one.names & wanted).difference(*(other.names for other in taken))
    if len(alone) <= ONLY_HERE * len(wanted) or any(other.split == one.split for other in rivals):
        return False
    return {width_of(other) for other in rivals} == {width_of(one)}


def _with_same_numbers(stores: Sequence[_Store]) -> _SameNumbers:
    """The places of stores whose clips have the same numbers, where these are ids and no counters.

    Counters start again in every split and leave none out.
    """
    same = set()
    for i, store in enumerate(stores):
        for rival in stores[:i]:
            numbers = store.numbers
            if numbers and numbers == rival.numbers and (_are_ids(store) or _are_ids(rival)):
                same |= {frozenset((a.where, b.where)) for a in store.sets for b in rival.sets}
    return frozenset(same)


def _are_ids(store: _Store) -> bool:
    """Whether numbers leave some out, and no number is in two splits."""
    if store.clips != len(store.numbers):
        return False
    return all(_have_gaps(frozenset(map(int, one.names))) for one in store.sets if one.names)


def _have_gaps(numbers: frozenset[int]) -> bool:
    return max(numbers) - min(numbers) + 1 > len(numbers)


def _is_rival(one: FeatureSet, other: FeatureSet, same: _SameNumbers) -> bool:
    """Whether two sets have the same samples, in one split or where one of them has all splits."""
    if one.split != other.split and one.split and other.split:
        return False
    a, b = one.names, other.names
    if frozenset((one.where, other.where)) in same:
        return True
    if all(n.isdigit() for n in a | b):
        # counters start again in every class; ids are numbers as well, and differ from part to part
        beside = one.where.rpartition("/")[0] == other.where.rpartition("/")[0]
        shared = {int(n) for n in a} & {int(n) for n in b}
        return beside and one.split == other.split and len(a) == len(b) and len(shared) > 0.5 * len(a)
    return len(a & b) > 0.5 * min(len(a), len(b))
