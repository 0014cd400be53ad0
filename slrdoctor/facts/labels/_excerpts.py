"""Whether the clips on disk are an excerpt of a data set that is elsewhere."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable

from slrdoctor.artifacts.run import Row

FEW = 20  # clips: nobody trains on fewer, but a repository may show as many
GAPS = 2.0  # times as many clips as there are, by their numbers
HIGHEST = 1000  # beyond it a number is a name, not a count
_NUMBER = re.compile(r"(\d{1,9})\D{0,40}$")


def excerpt_of(rows: Iterable[Row]) -> str:
    """How it is seen that the clips of labelled folders are a few of many; "" where it is not.

    A few clips a class numbered 10, 11, 13 say that there are at least 13: what they do
    not show, the data set may well have.
    """
    numbers: dict[str, list[int]] = {}
    for row in rows:
        found = _NUMBER.search(row.id)
        for label in row.glosses or ():
            numbers.setdefault(label, []).append(int(found[1]) if found else HIGHEST + 1)
    here = sum(map(len, numbers.values()))
    if not 0 < here < FEW or max(map(max, numbers.values())) > HIGHEST:
        return ""
    # numbers from 0 on reach one further than their highest
    first = 0 if any(0 in n for n in numbers.values()) else 1
    reach = [max(n) + 1 - first for n in numbers.values()]
    if statistics.median(r / len(n) for r, n in zip(reach, numbers.values(), strict=False)) <= GAPS:
        return ""
    highest = max(map(max, numbers.values()))
    return f"{here} clips are here, numbered up to {highest} within a class: an excerpt"
