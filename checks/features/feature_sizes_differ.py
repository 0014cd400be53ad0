"""FEA109: do all clips have one size of frame?"""

from collections import Counter
from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    ClipRow,
    ClipTable,
    Evidence,
    Finding,
    Fix,
    Threshold,
    check,
)

SHARED = Threshold(2, "arithmetic: a size that two clips share, for the others to differ from")
NAMED = 4  # sizes that the message names
WITH_PEOPLE = 4  # axes of [T, people, K, C]
KINDS = {"f": "fractions", "i": "whole numbers", "u": "whole numbers", "b": "booleans"}


@check("FEA109", severity=BLOCKS, confidence=CERTAIN, explains=("MDL604", *NOTHING_LEARNED))
def feature_sizes_differ(clips: ClipTable) -> Iterator[Finding]:
    """Samples disagree on the size of a frame.

    Why it matters: a model has one input size. Clips of another cannot be put into a batch
    with the rest, and where a loader cuts or fills them up, dimensions change their meaning
    from sample to sample.

    Judged by: the shape after the first axis (people in a frame left out), the number of axes,
    and whether values are fractions, whole numbers or booleans. Precision (float32 against
    float64) is no difference; nor is the number of frames. Where no two clips agree they are
    no data set, and nothing is said.

    Fix: extract the clips that differ with the settings of the others.

    References: torch.utils.data.default_collate, which stacks only equal shapes,
    https://pytorch.org/docs/stable/data.html
    """
    rows = [row for row in clips.rows if row.frames and row.dims]
    sizes = Counter(_size(row) for row in rows)
    strays = [item for item in clips.unreadable if item[2] == "wrong-rank"]
    if not sizes or (len(sizes) == 1 and not strays):
        return
    [(usual, count)] = sizes.most_common(1)
    if count < SHARED.value and len(rows) > 2:
        return  # files side by side, each of its own kind
    kinds = {(axes, kind) for axes, _, kind in sizes}  # said where they differ
    words = _words if len(kinds) > 1 else _frame
    others = [f"{n} have {words(size)}" for size, n in sizes.most_common()[1:NAMED]]
    others += [f"{len(strays)} are of another rank ({strays[0][3]})"] if strays else []
    more = f" and {len(sizes) - NAMED} more sizes" if len(sizes) > NAMED else ""
    affected = len(rows) - count + len(strays)
    yield Finding(
        f"{count} of {len(rows) + len(strays)} clips have {words(usual)}, but {', '.join(others)}{more}",
        tuple(Evidence(_words(size), n, clips.read_from, "clips") for size, n in sizes.most_common(6))
        + tuple(Evidence("another rank", len(strays), clips.read_from, "clips") for _ in strays[:1]),
        (
            Fix(f"Extract the {affected} clips that differ again, with the settings of the others."),
            Fix("Leave them out until then.", f"keep = [x for x in clips if x.shape[1:] == {usual[1]}]"),
        ),
        tuple([row.id for row in rows if _size(row) != usual] + [id for id, *_ in strays])[:5],
        affected,
        len(rows) + len(strays),
    )


def _size(row: ClipRow) -> tuple[int, tuple[int, ...], str]:
    """Axes, shape of a frame, kind of values. Of [T, people, K, C], people may vary."""
    axes = len(row.shape)
    frame = row.shape[2 if axes == WITH_PEOPLE else min(1, axes - 1) :]
    kind = row.dtype.lstrip("<>=|")
    return axes, frame, KINDS.get("b" if kind == "bool" else kind[0], kind)


def _words(size: tuple[int, tuple[int, ...], str]) -> str:
    axes, _, kind = size
    return f"{_frame(size)}, {kind} in arrays of {axes} axes"


def _frame(size: tuple[int, tuple[int, ...], str]) -> str:
    return f"frames of {' x '.join(map(str, size[1])) or 1} values"
