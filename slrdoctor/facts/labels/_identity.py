"""When two annotated rows are one sample: what ids and paths can tell, and what they cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slrdoctor.artifacts.run import Row
from slrdoctor.words.sample_ids import bare_id, is_link, without_suffix

_NUMBERED = re.compile(r"(.*?)(\d{1,9})(\D*)", re.DOTALL)
DENSE = 0.9  # share of a range of numbers that must be in use for it to be a count


def sample_key(row: Row) -> tuple[str, str]:
    """Equal for rows that tell of one sample.

    The same id at two paths is two samples, and so are two places of an array; of clips cut
    from one video the path is the video's, and only the line tells them apart.
    """
    name = without_suffix(row.id.strip())
    if row.stored is not None:
        return name, f"{row.stored[0]}[{row.stored[1]}]"
    if row.path is None:
        return name, ""
    return name, str(row.line) if is_link(row.path) else row.path


def are_counters(ids: Iterable[str]) -> bool:
    """Whether ids only count the samples of a file or class: 0, 1, 2 ... or hello_1, hello_2 ...

    Such ids start again in every split, so an id in two splits is no sample in both.
    """
    by_name: dict[tuple[str, str], set[int]] = {}
    bare = {bare_id(text) for text in ids}
    for text in bare:
        found = _NUMBERED.fullmatch(text)
        if found:
            by_name.setdefault((found[1], found[3]), set()).add(int(found[2]))
    counted = 0
    for numbers in by_name.values():
        low, high = min(numbers), max(numbers)
        if low <= 1 and len(numbers) > 1 and len(numbers) >= DENSE * (high - low + 1):
            counted += len(numbers)
    return len(bare) > 1 and counted >= DENSE * len(bare)
