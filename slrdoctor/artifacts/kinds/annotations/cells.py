"""What one cell of an annotation says: an id, a gloss sequence, a class, a count, a text."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from slrdoctor.artifacts.kinds.plain_values import LARGEST, plain

_TOKEN_KEYS = ("gloss", "label", "sign", "token", "word", "name", "text")
_LONGEST_LITERAL = 1_000_000  # characters of a list that is written out in a cell
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def identifier(value: Any) -> str:
    """The value as an id; "" for what is none."""
    value = plain(value)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    # pandas turns a column of whole numbers with one gap into floats
    return str(int(value)) if abs(value) < LARGEST and value == int(value) else ""


def tokens(value: Any) -> tuple[str, ...] | None:
    """A gloss sequence: text split at white space, or a list; None for what is none.

    A list of numbers stays as their decimal strings. Commas and hyphens inside text belong
    to the glosses; only a list that is written out, `['A', 'B']`, is taken apart.
    """
    value = plain(value)
    if isinstance(value, str):
        written = value.strip()
        return (
            _literal(written)
            if written.startswith("[") and written.endswith("]")
            else tuple(written.split())
        )
    if isinstance(value, np.ndarray):
        if value.ndim != 1 or value.dtype.kind not in "iu":
            return None  # features, and no target that is missing
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        # a blank alone is a token where targets are letters
        items = [
            " " if isinstance(item, str) and item == " " else _token(item) for item in map(plain, value)
        ]
        return None if any(item is None for item in items) else tuple(item for item in items if item)
    found = _token(value)
    return None if found is None else (found,) if found else ()


def label(value: Any) -> str | None:
    """One class: text as a whole, or a number; None for what is none."""
    value = plain(value)
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    found = _token(value)
    return found or None


def number(value: Any) -> float | None:
    """A finite number, also one written as text; None for what is none."""
    value = plain(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def count(value: Any) -> int | None:
    """A whole number from 1; None for what is none."""
    found = number(value)
    return int(found) if found is not None and found >= 1 and found == int(found) else None


def words_of_text(value: Any) -> str:
    """A sentence; "" for what is none."""
    value = plain(value)
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        value = " ".join(value)
    return value.strip() if isinstance(value, str) else ""


def are_sentences(values: Iterable[Any]) -> bool:
    """Whether most texts end as sentences of a spoken language do; glosses have no full stop."""
    texts = [text for value in values if (text := words_of_text(value))]
    ended = sum(text.endswith((".", "?", "!", "。", "؟", "।")) and " " in text for text in texts)
    return bool(texts) and ended > 0.5 * len(texts)


def _token(value: Any) -> str | None:
    """One token; "" for a missing one, None for what cannot be one."""
    value = plain(value)
    if isinstance(value, dict):  # a segment with its times: {"gloss": "A", "start": 3, "end": 9}
        value = next((plain(value[key]) for key in _TOKEN_KEYS if key in value), {})
    if isinstance(value, str):
        return value.strip()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return identifier(value) or None


def _literal(written: str) -> tuple[str, ...]:
    """A list that is written out: by Python, by numpy without commas, or without quotes."""
    inner = written[1:-1]
    if "," not in inner:
        quoted = _QUOTED.findall(inner)
        if quoted and not _QUOTED.sub("", inner).strip():
            return tuple(single or double for single, double in quoted)
        items = inner.split()
        # [LAUGHS] is a gloss
        return (
            tuple(items) if all(number(item) is not None for item in items) else tuple(written.split())
        )
    if len(written) <= _LONGEST_LITERAL:
        try:
            value = ast.literal_eval(written)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            value = None
        if isinstance(value, list) and not any(isinstance(item, list) for item in value):
            found = tokens(value)
            if found is not None:
                return found
    return tuple(item.strip().strip("'\"") for item in inner.split(",") if item.strip())
