"""Ids that several clips fit equally well: `0` where every folder counts from 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.features.clip_names import key_of, tails
from slrdoctor.artifacts.run import FeatureSet, Row
from slrdoctor.words.grammar import agreeing, part_of

SHOWN = 3  # clips of one id that are named


@dataclass(frozen=True)
class Ambiguous:
    """Annotated samples whose clip cannot be said, although clips of their id are stored."""

    rows: tuple[Row, ...] = ()
    clips: tuple[str, ...] = ()  # that the first of them may mean
    annotated: int = 0

    @classmethod
    def of(cls, fits: Mapping[int, Sequence[str]], rows: Sequence[Row]) -> Ambiguous:
        """Of the rows that several clips fit; `fits` has the clips of each."""
        return cls(tuple(rows[i] for i in fits), tuple(next(iter(fits.values()), ())), len(rows))

    @property
    def sentence(self) -> str:
        """`all 24 ids are ambiguous: 0 may be signer1/0, signer2/0 or signer3/0`; "" for none."""
        if not self.rows:
            return ""
        *others, last = self.clips[:SHOWN]
        more = " and others" if len(self.clips) > SHOWN else ""
        count = len(self.rows)
        ids = (
            f"{part_of(count, self.annotated, 'annotated id')} {agreeing(count, 'is', 'are')} ambiguous"
        )
        return f"{ids}: {self.rows[0].id} may be {', '.join(others)} or {last}{more}"

    @property
    def enable(self) -> str:
        """What would tell them apart."""
        return f"write ids with the folders that tell them apart, such as {self.clips[0]}"


NONE_AMBIGUOUS = Ambiguous()


def ambiguous(
    sets: Sequence[FeatureSet],
    rows: Sequence[Row],
    left: Iterable[int],
    claimed: Sequence[AbstractSet[int]],
) -> Mapping[int, Sequence[str]]:
    """Of the rows that are left, those whose whole id ends the names of several clips: which clips.

    A clip of another split does not count, nor one that another row has (`claimed`, by set), nor
    a mere number inside a name.
    """
    by_tail: dict[str, dict[str, list[str]]] = {}  # split of the set -> tail -> keys
    for found, others in zip(sets, claimed, strict=True):
        of_split = by_tail.setdefault(found.split, {})
        free = (clip for j, clip in enumerate(found.clips) if j not in others)
        for clip in () if found.counted else free:
            for tail in tails(key_of(clip.key)):
                of_split.setdefault(tail, []).append(clip.key)
    fits: dict[int, Sequence[str]] = {}
    for i in left:
        row = rows[i]
        splits = (row.split, "") if row.split else tuple(by_tail)
        name = key_of(row.id)
        keys = [key for split in dict.fromkeys(splits) for key in by_tail.get(split, {}).get(name, ())]
        if len(set(keys)) > 1:
            fits[i] = list(dict.fromkeys(keys))
    return fits
