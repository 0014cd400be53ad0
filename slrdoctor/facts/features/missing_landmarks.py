"""In what share of the frames each landmark block is missing, over the whole data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features.features import ClipRow, ClipTable
from slrdoctor.facts.features.landmarks import Landmarks
from slrdoctor.words.grammar import counted

ALWAYS = 0.95  # share of a clip's frames without a hand from which on the clip does without it


@dataclass(frozen=True)
class HandUse:
    """How a hand is missing: from whole clips that the other hand signs, or within clips."""

    other_only: float  # share of clips without this hand in which the other is found
    within: float  # share of the frames of all other clips in which this hand is missing


@dataclass(frozen=True)
class MissingLandmarks:
    """Shares of all frames in which a block is all zero or NaN; padding at a clip's end left out."""

    shares: dict[str, float]  # by block
    both_hands: float  # of frames without any hand; nan where the layout has no hands
    frames: int
    layout: str
    read_from: str
    hands: dict[str, HandUse] = field(default_factory=dict)  # by block, where left and right are known

    @property
    def has_hands(self) -> bool:
        return any("hand" in name for name in self.shares)

    @property
    def sentence(self) -> str:
        shares = ", ".join(f"{name} {share:.1%}" for name, share in self.shares.items())
        return f"missing in {counted(self.frames, 'frame')}: {shares}"


@measure
def missing_landmarks(clips: ClipTable, landmarks: Landmarks) -> MissingLandmarks:
    """Raises Unavailable where blocks are absent and the layout is not certain enough to say which."""
    names = tuple(name for name, _, _ in landmarks.blocks)
    absent, without_hands, frames = [0.0] * len(names), 0.0, 0
    rows = [r for r in clips.rows if r.dims == landmarks.dims and len(r.missing) == len(names)]
    if len(rows) < len(clips.rows) / 2:
        raise Unavailable(
            f"only {len(rows)} of {len(clips.rows)} clips of {clips.read_from} have the layout "
            f"{landmarks.name}"
        )
    for row in rows:
        padding = row.frames - _frames(row)
        frames += _frames(row)
        without_hands += row.hands_missing * row.frames - padding
        for i, share in enumerate(row.missing):
            absent[i] += share * row.frames - padding
    if not frames:
        raise Unavailable(f"{clips.read_from} has no frame with landmarks")
    shares = {name: max(0.0, count / frames) for name, count in zip(names, absent, strict=True)}
    if not landmarks.certain and any(shares.values()):
        raise Unavailable(
            f"the {landmarks.dims} values per frame of {clips.read_from} fit several landmark layouts",
            "store arrays [T, K, C], which separate landmarks from coordinates",
        )
    has_hands = any("hand" in name for name in names)
    return MissingLandmarks(
        shares=shares,
        both_hands=max(0.0, without_hands / frames) if has_hands else float("nan"),
        frames=frames,
        layout=landmarks.name,
        read_from=clips.read_from,
        hands=_hand_use(rows, names),
    )


def _hand_use(rows: Sequence[ClipRow], names: tuple[str, ...]) -> dict[str, HandUse]:
    """One-handed signs lack a hand from end to end; a detector loses it within a clip."""
    if not {"left_hand", "right_hand"} <= set(names):
        return {}
    found = {}
    for name, other in (("left_hand", "right_hand"), ("right_hand", "left_hand")):
        mine = [_share_missing(row, names.index(name)) for row in rows]
        others = [_share_missing(row, names.index(other)) for row in rows]
        is_other_only = [m >= ALWAYS > o for m, o in zip(mine, others, strict=True)]
        used = [
            (m, _frames(r)) for m, r, only in zip(mine, rows, is_other_only, strict=True) if not only
        ]
        frames = sum(count for _, count in used)
        found[name] = HandUse(
            other_only=sum(is_other_only) / len(rows),
            within=sum(share * count for share, count in used) / frames if frames else 0.0,
        )
    return found


def _frames(row: ClipRow) -> int:
    return row.frames - (row.trailing if row.ends_in_zeros else 0)


def _share_missing(row: ClipRow, block: int) -> float:
    padding = row.frames - _frames(row)
    return (row.missing[block] * row.frames - padding) / max(1, _frames(row))
