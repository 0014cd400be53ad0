"""What the pass gives for some clips: it adds up, so that clips can be measured in any process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.features.clips import OpenClip
from slrdoctor.facts.features._clip_pass import measure_clip
from slrdoctor.facts.features.features import ClipMoments, ClipRow, Moments
from slrdoctor.facts.features.landmarks import Landmarks
from slrdoctor.facts.features.used_clips import UsedClip

MOMENTS_KEPT = 1 << 19  # dimensions of all moments together: 60 MB, however many sizes there are


@dataclass
class Passed:
    """What the pass gave for some clips; passes add up in the order of their clips."""

    rows: list[ClipRow] = field(default_factory=list)
    unreadable: list[tuple[str, str, str, str]] = field(default_factory=list)
    moments: dict[tuple[str, int], Moments] = field(default_factory=dict)  # by split and dimension
    over_clips: dict[tuple[str, int], ClipMoments] = field(default_factory=dict)

    def extend(self, other: Passed) -> None:
        self.rows += other.rows
        self.unreadable += other.unreadable
        for key, moments in other.moments.items():
            self.add_moments(key, moments, other.over_clips[key])

    def add_moments(self, key: tuple[str, int], moments: Moments, over_clips: ClipMoments) -> None:
        if key in self.moments:
            self.moments[key] = self.moments[key] + moments
            self.over_clips[key] = self.over_clips[key] + over_clips
        elif sum(dims for _, dims in self.moments) + key[1] <= MOMENTS_KEPT:
            self.moments[key], self.over_clips[key] = moments, over_clips


def pass_over(clips: Sequence[UsedClip], landmarks: Landmarks | None, open_clip: OpenClip) -> Passed:
    """Measure some clips in this process, one after the other."""
    passed = Passed()
    for used in clips:
        try:
            row, moments = measure_clip(used.clip, used.id, used.split, landmarks, open_clip)
        except Unreadable as error:
            passed.unreadable.append((used.id, used.split, error.fault, str(error)))
            continue
        passed.rows.append(row)
        if moments is not None:
            with np.errstate(all="ignore"):  # hostile values overflow
                over_clips = ClipMoments.of(moments)
                passed.add_moments((row.split, row.dims), moments, over_clips)
    return passed
