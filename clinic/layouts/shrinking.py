"""What of a layout changes the answer: its values are taken back as long as it stays wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clinic.layouts.figures import compared
from clinic.layouts.judging import Line, examine, key_of
from clinic.layouts.writing import layout_of


def smallest(key: str, examine: Callable[[str], Line] = examine) -> str:
    """The key of the smallest layout that gets the same thing wrong.

    The thing is the first of verdict, first cause and so on that is wrong: the first cause before all.
    Raises ValueError where nothing is wrong.
    """
    name, _, written = key.partition("|")
    plain = examine(key_of(name, {}))
    what = _wrong(compared(examine(key), plain))
    if not what:
        raise ValueError(f"{key} is as the plain layout")
    layout = layout_of(written)
    for axis in list(layout):
        less = {other: value for other, value in layout.items() if other != axis}
        line = examine(key_of(name, less))
        if "does_not_apply" not in line and compared(line, plain).get(what) is False:
            layout = less
    return key_of(name, layout)


def _wrong(same: Mapping[str, bool]) -> str:
    order = sorted(same, key=lambda what: what != "first cause")
    return next((what for what in order if not same[what]), "")
