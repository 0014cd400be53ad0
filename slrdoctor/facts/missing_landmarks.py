"""In what share of the frames each landmark block is missing, over the whole data set."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.facts.features import ClipTable
from slrdoctor.facts.landmarks import Landmarks
from slrdoctor.registry import Unavailable, measure


@dataclass(frozen=True)
class MissingLandmarks:
    """Shares of all frames in which a block is all zero or NaN; padding at a clip's end left out."""

    shares: dict[str, float]  # by block
    both_hands: float  # of frames without any hand; nan where the layout has no hands
    frames: int
    layout: str
    read_from: str

    @property
    def has_hands(self) -> bool:
        return any("hand" in name for name in self.shares)

    @property
    def sentence(self) -> str:
        shares = ", ".join(f"{name} {share:.1%}" for name, share in self.shares.items())
        return f"frames without each landmark block: {shares}, of {self.frames} frames"


@measure
def missing_landmarks(clips: ClipTable, landmarks: Landmarks) -> MissingLandmarks:
    """Raises Unavailable where blocks are absent and the layout is not certain enough to say which."""
    names = tuple(name for name, _, _ in landmarks.blocks)
    absent, without_hands, frames = [0.0] * len(names), 0.0, 0
    rows = [r for r in clips.rows if r.dims == landmarks.dims and len(r.missing) == len(names)]
    if len(rows) < len(clips.rows) / 2:
        raise Unavailable(
            f"{clips.read_from}: {len(rows)} of {len(clips.rows)} clips have the layout {landmarks.name}"
        )
    for row in rows:
        padding = row.trailing if row.ends_in_zeros else 0
        frames += row.frames - padding
        without_hands += row.hands_missing * row.frames - padding
        for i, share in enumerate(row.missing):
            absent[i] += share * row.frames - padding
    if not frames:
        raise Unavailable(f"{clips.read_from}: no frame with landmarks")
    shares = {name: max(0.0, count / frames) for name, count in zip(names, absent)}
    if not landmarks.certain and any(shares.values()):
        raise Unavailable(
            f"{clips.read_from}: {landmarks.dims} dimensions fit several landmark layouts",
            "arrays [T, K, C], which tell landmarks from their coordinates",
        )
    has_hands = any("hand" in name for name in names)
    return MissingLandmarks(
        shares=shares,
        both_hands=max(0.0, without_hands / frames) if has_hands else float("nan"),
        frames=frames,
        layout=landmarks.name,
        read_from=clips.read_from,
    )
