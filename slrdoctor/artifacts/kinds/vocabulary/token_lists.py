"""Tokens by index, from each form in which a vocabulary is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slrdoctor.artifacts.content import Table
from slrdoctor.artifacts.kinds.plain_values import name_of, plain
from slrdoctor.words.translation import in_english

LONGEST = 80  # characters of a token
MOST = 200_000  # indices
_DIGITS = re.compile(r"\d{1,9}")
_SAMPLE = re.compile(
    r"[/\\]|\.(?:mp4|mov|avi|npy|npz|pt|pkl|pose|jpg|png|json|webm|mkv)$|\d{3,}", re.IGNORECASE
)
_ENCODED = re.compile(r"""(?:'([^']*)'|"([^"]*)")\s*=>\s*(\d{1,6})""")
_INDEX_LAST = re.compile(r"(.*\S)[ \t]*[\t ,:|;=][ \t]*(\d+)")
_INDEX_FIRST = re.compile(r"(\d+)[ \t]*[\t ,:|;=.)][ \t]*(\S.*)")
_SAMPLE_COLUMNS = re.compile(
    r"(?:^|_)(?:split|subset|signer|speaker|participant|video|path|file|filename|folder|sentence|text|translation"
    r"|fps|start|end|epoch|step|loss|acc|accuracy|wer|lr|fold|precision|recall|f1|support)(?:_|$)"
)
_CONFIG_WORDS = re.compile(
    r"batch|epoch|layers?$|hidden|heads|seed|size|dim|lr$|rate|step|num_|n_|max_|min_|version"
)


@dataclass(frozen=True)
class Tokens:
    """`tokens[i]` owns index i, None where none does; tokens that claim one index together."""

    tokens: tuple[str | None, ...]
    collisions: tuple[tuple[str, ...], ...] = ()


def tokens_in_order(items: Any, surely: bool = True) -> Tokens | None:
    """A list of tokens, each at its place. Without a telling name it must look like nothing else."""
    if not isinstance(items, (list, tuple)) or not 0 < len(items) <= MOST:
        return None
    words = [plain(item) for item in items]
    if any(isinstance(w, bool) or not isinstance(w, (str, int, type(None))) for w in words):
        return None
    tokens = tuple(None if w is None else w if isinstance(w, str) else name_of(w) for w in words)
    named = [t for t in tokens if t is not None]
    strings = sum(isinstance(w, str) for w in words)
    if (
        any(len(t) > LONGEST for t in named)
        or len(set(named)) < 0.9 * len(named)
        or _are_sentences(named)
    ):
        return None
    samples = sum(bool(_SAMPLE.search(t)) for t in named)
    if surely:
        return Tokens(tokens) if 2 * strings >= len(words) and 2 * samples <= len(words) else None
    plausible = strings == len(words) >= 3 and samples <= 0.2 * len(words)
    return Tokens(tokens) if plausible else None


def tokens_by_index(value: Mapping[Any, Any], surely: bool) -> Tokens | None:
    """{token: index}, {index: token} or {token: [index, count]}."""
    if not 0 < len(value) <= MOST:
        return None
    items = [(plain(key), plain(item)) for key, item in value.items()]
    # {gloss: [index, count]}, as VAC has it
    if all(isinstance(i, (list, tuple)) and len(i) == 2 and _index(i[0]) is not None for _, i in items):
        items = [(key, item[0]) for key, item in items]
    if all(isinstance(item, str) and _index(item) is None for _, item in items):
        pairs = [(item, _index(key)) for key, item in items]
        # "00012" is the id of a video
        if any(isinstance(key, str) and len(key) > 1 and key.startswith("0") for key, _ in items):
            return None
    else:
        pairs = [(name_of(key), _index(item)) for key, item in items]
    found = [(name_of(token), index) for token, index in pairs if index is not None]
    if len(found) < len(pairs) or not _is_numbering([index for _, index in found], surely):
        return None
    tokens = [token for token, _ in found]
    if any(len(token) > LONGEST for token in tokens) or _are_sentences(tokens):
        return None
    distinct = len({index for _, index in found})
    numbered = sum(any(c.isdecimal() for c in token) for token in tokens)
    if distinct < 0.9 * len(found) and numbered > 0.8 * len(found):
        return None  # the classes of samples by their ids
    if not surely and (len(set(tokens)) < 0.9 * len(tokens) or _are_settings(tokens)):
        return None
    return _placed(found)


def tokens_in_lines(lines: Sequence[str]) -> Tokens | None:
    """A token a line, at the line's number; or a token and its index on each line.

    White space around a token is left out: it cannot be seen in the file. A blank line
    owns its index with no token; blank lines at the end are none.
    """
    encoder = _label_encoder(lines)
    if encoder is not None:
        return encoder
    words = [line.strip().lstrip("\ufeff") for line in lines]
    while words and not words[-1]:
        words.pop()
    if not words:
        return Tokens(())
    if words[0].startswith(("{", "[")) and not words[0].endswith("]"):
        return _in_json(lines)
    filled = [word for word in words if word]
    if any(len(word) > LONGEST + 10 for word in filled):
        return None
    found = _numbered_lines(filled)
    if found is not None:
        return found
    last = [match[1] for word in filled if (match := _INDEX_LAST.fullmatch(word))]
    if len(last) == len(filled) > 1 and not _are_ids(last):  # a token and how often it occurs
        words = filled = last
    if _are_sentences(filled) or any(len(word) > LONGEST for word in filled):
        return None
    if len(set(filled)) < 0.9 * len(filled):
        return None
    if sum(bool(_SAMPLE.search(word)) for word in filled) > 0.5 * len(filled):
        return None
    return Tokens(tuple(word or None for word in words))


def _label_encoder(lines: Sequence[str]) -> Tokens | None:
    """What speechbrain's CTCTextEncoder saves: `'HAUS' => 3` a line, and its settings below a rule."""
    found: list[tuple[str, int]] = []
    for line in lines:
        match = _ENCODED.fullmatch(line.strip())
        if match is None:
            is_rule = len(line.strip()) > 3 and not line.strip("= \t\r")
            return _placed(found) if found and is_rule else None
        found.append((match[1] or match[2] or "", int(match[3])))
    return _placed(found) if found else None


def tokens_in_table(table: Table, named: bool) -> Tokens | None:
    """A class list: a column that numbers the rows, and one that names them, each once."""
    width = len(table.columns) if table.columns is not None else max(map(len, table.rows), default=0)
    names = [
        in_english(name_of(name)).strip().lower().replace(" ", "_")
        for name in table.columns or [""] * width
    ]
    if not 0 < width <= 6 or any(_SAMPLE_COLUMNS.search(name) for name in names):
        return None
    rows = [[name_of(cell).strip() for cell in row] for row in table.rows[: MOST + 1]]
    if not rows:
        return Tokens(()) if named and table.columns is not None and width <= 4 else None
    if any(len(row) < width for row in rows):
        return None
    columns = [[row[i] for row in rows] for i in range(width)]
    if any(_is_of_samples(column) for column in columns):
        return None
    if width == 1:
        return tokens_in_order(columns[0]) if named else None
    return _in_columns(columns, names, named)


def _in_columns(columns: Sequence[Sequence[str]], names: Sequence[str], named: bool) -> Tokens | None:
    count = len(columns[0])
    numbering = [i for i, column in enumerate(columns) if _numbers(column)]
    numbering.sort(key=lambda i: not re.search(r"id|index|idx|class", names[i]))
    words = [
        i
        for i, column in enumerate(columns)
        if not any(_is_number(cell) for cell in column) and len(set(column)) >= 0.9 * count
    ]
    words.sort(
        key=lambda i: names[i] not in ("gloss", "token", "word", "name", "label", "sign", "class")
    )
    if not words or _are_sentences(columns[words[0]]):
        return None
    tokens = columns[words[0]]
    if numbering and count > 1:
        return _placed(
            [(token, int(i)) for token, i in zip(tokens, columns[numbering[0]], strict=False)]
        )
    counts = len(columns) == 2 and all(_DIGITS.fullmatch(cell) for cell in columns[1 - words[0]])
    return tokens_in_order(list(tokens)) if named and counts and not _are_ids(tokens) else None


def _index(value: Any) -> int | None:
    """A class index, also one that is written as text or as 3.0; None for anything else."""
    if isinstance(value, str):
        return int(value) if _DIGITS.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if 0 <= value < 10**9 and value == int(value) else None


def _is_numbering(indices: Sequence[int], surely: bool) -> bool:
    """Whether numbers are indices of a vocabulary: nearly each once, from near 0, with few gaps."""
    distinct = set(indices)
    if max(distinct) >= MOST:
        return False
    if surely:  # one that was cut down keeps its indices, with gaps
        return len(distinct) >= 0.5 * len(indices) and max(distinct) < 30 * len(distinct) + 100
    compact = max(distinct) < 1.1 * len(distinct) + 10 and min(distinct) <= 5
    return len(indices) >= 5 and len(distinct) >= 0.95 * len(indices) and compact


def _are_settings(tokens: Sequence[str]) -> bool:
    return sum(bool(_CONFIG_WORDS.search(token.lower())) for token in tokens) >= 2


def _placed(pairs: Iterable[tuple[str, int]]) -> Tokens:
    owners: dict[int, list[str]] = {}
    for token, index in pairs:
        owners.setdefault(index, []).append(token)
    size = max(owners) + 1
    collisions = tuple(tuple(tokens) for _, tokens in sorted(owners.items()) if len(tokens) > 1)
    return Tokens(tuple(owners[i][0] if i in owners else None for i in range(size)), collisions)


def _numbers(column: Sequence[str]) -> bool:
    """Whether a column numbers its rows: whole numbers, each once, from 0 or 1 without large gaps."""
    found = [int(cell) for cell in column if _DIGITS.fullmatch(cell)]
    if len(found) < len(column) or len(set(found)) < len(found):
        return False
    return min(found) <= 1 and max(found) < 1.1 * len(found) + 2


def _is_of_samples(column: Sequence[str]) -> bool:
    return sum(bool(_SAMPLE.search(cell) and not cell.isdecimal()) for cell in column) > 0.2 * len(
        column
    )


def _numbered_lines(lines: Sequence[str]) -> Tokens | None:
    """Lines of a token and its index, whichever comes first."""
    for pattern, token, index in ((_INDEX_LAST, 1, 2), (_INDEX_FIRST, 2, 1)):
        found = [match for line in lines if (match := pattern.fullmatch(line))]
        if len(found) == len(lines) > 1 and _numbers([match[index] for match in found]):
            return _placed([(match[token], int(match[index])) for match in found])
    return None


def _are_ids(tokens: Sequence[str]) -> bool:
    """Whether most "tokens" have digits, as the ids of samples do."""
    return sum(any(c.isdecimal() for c in token) for token in tokens) > 0.2 * len(tokens)


def _are_sentences(tokens: Sequence[str]) -> bool:
    """Whether most "tokens" are of several words: then they are texts, and no glosses or classes."""
    return sum(len(token.split()) > 1 for token in tokens) > 0.5 * len(tokens)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _in_json(lines: Sequence[str]) -> Tokens | None:
    try:
        value = json.loads("\n".join(lines))
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        return tokens_by_index(value, surely=True)
    return tokens_in_order(value)
