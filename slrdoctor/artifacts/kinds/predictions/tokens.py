"""What a stored hypothesis or reference says, token by token, however it was written."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.kinds.plain_values import plain

Tokens = tuple[str, ...]
Pair = tuple[str, Any, Any]  # id, hypothesis, reference as stored

PROBED = 20  # pairs that must be of tokens for a file to hold predictions
MOST_BITS = 10_000  # of a whole number: Python refuses to write out larger ones
FILLS = (-1, -100)  # what pads lists of classes; -100 is what losses leave out
# str(["A", "B"]) of Python and str(array(["A" "B"])) of numpy, as a table's cell has them
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")
_LIST = re.compile(r"""\[\s*(?:(?:'[^']*'|"[^"]*")[\s,]*)*\]""")
_NUMBERS = re.compile(r"\[[\d\s,.-]*\]")
_WHOLE = re.compile(r"(-?\d+)(?:\.0*)?")


def tokens_of(value: Any) -> Tokens:
    """The tokens of a hypothesis or reference: a sentence is cut at white space, a number is one.

    None and NaN say nothing. A list of one list is a batch of one.
    """
    value = _listed(value)
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], (str, bytes, list, tuple, np.ndarray)):
            return tokens_of(value[0])
        return tuple(_token(item) for item in value if not _is_missing(item))
    if _is_missing(value):
        return ()
    if not isinstance(value, str):
        return (_token(value),)
    text = value.strip()
    if text.startswith("[") and text.endswith("]"):
        if _LIST.fullmatch(text):
            return tuple(one.strip() or other.strip() for one, other in _QUOTED.findall(text))
        if _NUMBERS.fullmatch(text):
            return tuple(re.split(r"[\s,]+", text[1:-1].strip(" ,"))) if text[1:-1].strip() else ()
    return tuple(text.split())


def are_tokens(pairs: Sequence[Pair]) -> bool:
    """Whether the first pairs that say anything are of tokens; not of features, not of scores."""
    return all(_is_tokens(value) for pair in pairs[:PROBED] for value in pair[1:])


def _listed(value: Any) -> Any:
    """Plain values; arrays and tuples as lists."""
    value = value.tolist() if isinstance(value, np.ndarray) else plain(value)
    return list(value) if isinstance(value, tuple) else value


def _is_tokens(value: Any) -> bool:
    """Whether a value can be tokens: text, a class, or a list of them."""
    if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind not in "iuUSO":
        return False
    value = _listed(value)
    if not isinstance(value, list):
        return _is_token(plain(value))
    if len(value) == 1 and isinstance(value[0], (list, tuple, np.ndarray)):
        return _is_tokens(value[0])
    some = [plain(item) for item in value[:100]]
    # zeros and ones with a point are the probabilities of a certain model
    are_shares = len(some) > 1 and all(isinstance(item, float) and item in (0, 1) for item in some)
    return not are_shares and all(map(_is_token, some))


def _is_token(value: Any) -> bool:
    return _is_missing(value) or isinstance(value, (str, int)) or _is_whole(value)


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _token(value: Any) -> str:
    value = plain(value)
    if _is_whole(value):
        value = int(value)
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        return "a large number"
    return str(value).strip()


def without_fractions(sequences: Sequence[Tokens]) -> tuple[Tokens, ...]:
    """Class numbers that were written as floats, `3.0`, as the whole numbers that they are."""
    types = {token for tokens in sequences for token in tokens}
    if not any("." in token for token in types) or not all(map(_WHOLE.fullmatch, types)):
        return tuple(sequences)
    written = {token: match[1] for token in types if (match := _WHOLE.fullmatch(token))}
    return tuple(tuple(written[token] for token in tokens) for tokens in sequences)


def unpadded(pairs: list[Pair]) -> list[Pair]:
    """Rows of padded arrays of classes without what fills their ends.

    -1 and -100 are no classes. 0 fills where both sides have it at their ends alone, and twice
    at one of them: it is the blank then, or a padding token.
    """
    sides = [[_without_fills(_listed(pair[side])) for pair in pairs] for side in (1, 2)]
    padded = [_are_padded([_listed(pair[side]) for pair in pairs]) for side in (1, 2)]
    rest = [[_cut(v, (0,)) for v in side] if p else side for side, p in zip(sides, padded, strict=False)]
    known = any(
        _zeros_at_end(row) > 1 for side, p in zip(sides, padded, strict=False) if p for row in side
    )
    inside = any(_is_zero(t) for side in rest for row in side for t in _tokens_in(row))
    sides = rest if known and not inside else sides
    return [(pair[0], h, r) for pair, h, r in zip(pairs, *sides, strict=False)]


def _zeros_at_end(row: list[Any]) -> int:
    return len(row) - len(_cut(row, (0,)))


def _are_padded(rows: Sequence[Any]) -> bool:
    """Whether rows are lists of numbers, all as long as the first."""
    size = len(rows[0]) if isinstance(rows[0], list) else 0
    return (
        size > 1
        and len(rows) > 1
        and all(isinstance(row, list) and len(row) == size for row in rows)
        and all(isinstance(token, (int, float)) for row in rows for token in row)
    )


def _without_fills(value: Any) -> Any:
    are_numbers = isinstance(value, list) and all(isinstance(token, (int, float)) for token in value)
    return _cut(value, FILLS) if are_numbers else value


def _tokens_in(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _cut(row: list[Any], fills: Sequence[int]) -> list[Any]:
    """A row without fills at its end."""
    size = len(row)
    while size and row[size - 1] in fills:
        size -= 1
    return row[:size]


def _is_zero(token: Any) -> bool:
    return not isinstance(token, bool) and isinstance(token, (int, float)) and token == 0
