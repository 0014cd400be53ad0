"""FEA109: do all clips have the same number of values per frame?"""

from collections import Counter

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    ClipRow,
    ClipTable,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Threshold,
    agreeing,
    check,
    counted,
    part_of,
)

CLIPS_OF_ONE_SIZE = Threshold(
    2, "Arithmetic: a size is common, and others differ from it, only if at least two clips share it."
)
SIZES_SHOWN = 4
PER_FRAME = " values per frame"
WITH_PEOPLE = 4  # axes of [T, people, K, C]
KINDS = {"f": "fractions", "i": "whole numbers", "u": "whole numbers", "b": "booleans"}


@check("FEA109", severity=BLOCKS, confidence=CERTAIN, explains=("MDL604", NOTHING_LEARNED))
def feature_sizes_differ(clips: ClipTable) -> Findings:
    """Clips differ in the number of values per frame.

    Why it matters: A model has one input size. A clip of another size cannot be batched with the
    rest. Where a loader cuts or pads it, a dimension means something else from sample to sample.

    Judged by: Precision (float32 or float64) and the number of frames may differ. Where no two clips
    agree, the files are not one data set, and nothing is reported. All clips should share:
    - the shape after the first axis, apart from the number of people in a frame;
    - the number of axes;
    - the kind of value: fractions, whole numbers or booleans.

    Fix: Extract the clips that differ again, with the settings of the others.

    References: torch.utils.data.default_collate, which stacks only equal shapes,
    https://pytorch.org/docs/stable/data.html
    """
    rows = [row for row in clips.rows if row.frames and row.dims]
    sizes = Counter(_size(row) for row in rows)
    strays = [item for item in clips.unreadable if item[2] == "wrong-rank"]
    if not sizes:
        raise NotJudged("no clip with values could be read")
    if len(sizes) == 1 and not strays:
        return f"{len(rows)} clips have {_frame(next(iter(sizes)))}"
    [(usual, count)] = sizes.most_common(1)
    if count < CLIPS_OF_ONE_SIZE.value and len(rows) > 2:
        # files side by side, each of its own kind
        raise NotJudged(
            f"{len(rows)} clips have {len(sizes)} sizes, and no size is the usual one",
            "name the features that are used under [features] in slrdoctor.toml",
        )
    kinds = {(axes, kind) for axes, _, kind in sizes}  # named where they differ
    words = _words if len(kinds) > 1 else _frame
    named = sizes.most_common()[1:SIZES_SHOWN]
    others = [
        f"{n} ({_named(n, next(row.id for row in rows if _size(row) == size))}) "
        f"{agreeing(n, 'has', 'have')} {words(size).removesuffix(PER_FRAME)}"
        for size, n in named
    ]
    others += [_of_strays(strays)] if strays else []
    more = f" and {len(sizes) - SIZES_SHOWN} more sizes" if len(sizes) > SIZES_SHOWN else ""
    affected = len(rows) - count + len(strays)
    yield Finding(
        f"{part_of(count, len(rows) + len(strays), 'clip')} {agreeing(count, 'has', 'have')} "
        f"{words(usual)}, but {', '.join(others)}{more}",
        tuple(Evidence(_words(size), n, clips.read_from, "clips") for size, n in sizes.most_common(6))
        + tuple(Evidence("other axes", len(strays), clips.read_from, "clips") for _ in strays[:1]),
        (
            Fix("Extract the clips that differ again, with the settings of the others."),
            Fix("Leave them out until then.", f"keep = [x for x in clips if x.shape[1:] == {usual[1]}]"),
        ),
        tuple([row.id for row in rows if _size(row) != usual] + [id for id, *_ in strays]),
        affected,
        len(rows) + len(strays),
    )


def _named(count: int, first: str) -> str:
    return first if count == 1 else f"such as {first}"


def _of_strays(strays: list[tuple[str, str, str, str]]) -> str:
    count, (first, _, _, shape) = len(strays), strays[0]
    verb = agreeing(count, "has", "have")
    return f"{count} ({_named(count, first)}) {verb} another number of axes ({shape})"


def _size(row: ClipRow) -> tuple[int, tuple[int, ...], str]:
    """Axes, shape of a frame, kind of values. Of [T, people, K, C], people may vary."""
    axes = len(row.shape)
    frame = row.shape[2 if axes == WITH_PEOPLE else min(1, axes - 1) :]
    kind = row.dtype.lstrip("<>=|")
    return axes, frame, KINDS.get("b" if kind == "bool" else kind[0], kind)


def _words(size: tuple[int, tuple[int, ...], str]) -> str:
    return f"{_frame(size)} ({size[2]}, arrays with {counted(size[0], 'axis', 'axes')})"


def _frame(size: tuple[int, tuple[int, ...], str]) -> str:
    values = " x ".join(map(str, size[1])) or "1"
    return f"{values} value per frame" if values == "1" else values + PER_FRAME
