"""Whether the stored arrays run over frames first: told from sizes and from smoothness."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features.features import ClipTable
from slrdoctor.words.landmark_layouts import EMBEDDING_SIZES, is_landmark_size

FEWEST = 3  # clips


@dataclass(frozen=True)
class AxisOrder:
    """Both axes of the clips that are matrices.

    `roughness` is the median of the mean step along the first axis over that along the
    second: video moves little from frame to frame, neighbouring features differ.
    """

    clips: int
    first: int  # the size of the first axis that most clips have
    first_share: float  # share of clips that have it
    first_known: bool  # it is the size of a landmark layout or of embeddings
    second: int
    second_share: float
    second_sizes: int  # how many different ones there are
    second_known: bool
    roughness: float  # nan where nothing moves
    read_from: str

    @property
    def sentence(self) -> str:
        return (
            f"the first axis has length {self.first} in {self.first_share:.0%} of {self.clips} clips, "
            f"the second has length {self.second} in {self.second_share:.0%}"
        )


@measure
def axis_order(clips: ClipTable) -> AxisOrder:
    """Raises Unavailable where fewer than three clips are matrices [T, D]."""
    rows = [row for row in clips.rows if len(row.shape) == 2 and row.frames > 1 and row.dims > 1]
    if len(rows) < FEWEST:
        raise Unavailable(f"{clips.read_from} has fewer than {FEWEST} clips with two axes")
    firsts, seconds = Counter(row.shape[0] for row in rows), Counter(row.shape[1] for row in rows)
    [(first, with_first)], [(second, with_second)] = firsts.most_common(1), seconds.most_common(1)
    ratios = [row.adjacent / row.across for row in rows if row.across > 0 and row.adjacent > 0]
    return AxisOrder(
        clips=len(rows),
        first=first,
        first_share=with_first / len(rows),
        first_known=_is_known(first),
        second=second,
        second_share=with_second / len(rows),
        second_sizes=len(seconds),
        second_known=_is_known(second),
        roughness=median(ratios) if ratios else float("nan"),
        read_from=clips.read_from,
    )


def _is_known(size: int) -> bool:
    return is_landmark_size(size) or size in EMBEDDING_SIZES
