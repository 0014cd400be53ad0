"""What a file was taken for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file, a folder of clips, or several files under one pattern were taken for, and why."""

    where: str
    kind: str  # features, annotations ... as the report calls them; "" where nothing was recognised
    why: str
    is_taken: bool  # whether the scan uses it: of several candidates only one may be
    others: tuple[str, ...] = ()  # the kinds that it looks like as well
    count: int = 1  # files
    size: int = 0  # bytes of them
