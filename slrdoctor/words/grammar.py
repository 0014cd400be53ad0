"""How messages write numbers, and the small words that depend on them."""

from __future__ import annotations

import math


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 epoch`, `30 epochs`, `2 classes`; `plural` where it is not the noun and an s."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def agreeing(count: int, singular: str, plural: str) -> str:
    """The verb that agrees with a number: 1 of 10 clips `is` empty, 2 `are`."""
    return singular if count == 1 else plural


def part_of(count: int, total: int, noun: str, plural: str = "", share: str = "") -> str:
    """`1 of 10 clips`, `9 of 10 clips (90%)`; where it is the whole, `all 10 clips`, `the only clip`.

    The verb goes by `agreeing(count, ...)`. `share` is left out where the part is the whole.
    """
    if count == total:
        return f"the only {noun}" if total == 1 else f"all {counted(total, noun, plural)}"
    return f"{count} of {counted(total, noun, plural)}{f' ({share})' if share else ''}"


def share_of(share: float, digits: int = 0) -> str:
    """`50%`, and `all` where it is the whole: in `all` of the steps."""
    return "all" if share >= 1 else f"{share:.{digits}%}"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `8th`, `11th`, `23rd`."""
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def number(value: float, digits: int = 3) -> str:
    """`4.27`, `340`, `58,950`: so many digits, and never an exponent for a large number."""
    written = f"{value:.{digits}g}"
    return f"{value:,.0f}" if math.isfinite(value) and "e+" in written else written
