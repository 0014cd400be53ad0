"""Lists that lie beside arrays of many samples: ids, labels, lengths."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Arrays, Content, Text, Tree
from slrdoctor.artifacts.kinds.plain_values import are_one_hot
from slrdoctor.words.splits import split_of_name

MOST_ENTRIES = 5_000_000
MOST_DIGITS = 18  # of a length: more is no number of frames, and Python refuses to read thousands
NOT_A_FILE = ("classes", "gloss", "glosses", "video", "name", "id", "key")  # a vocabulary, say
SUFFIXES = (".npy", ".json", ".txt", ".pt", ".pkl")


def names_beside(stem: str, names: Sequence[str]) -> Iterator[str]:
    """Files that may have such a list: dev_ids.json for dev_log_probs.npy, then ids.json."""
    pieces = re.split(r"[_\-.]", stem)
    split = next((p for p in pieces if split_of_name(p)), "")
    for name in names:
        if name in NOT_A_FILE:
            continue
        for form in (f"{split}_{name}", f"{name}_{split}", name) if split else (name,):
            yield from (f"{form}{suffix}" for suffix in SUFFIXES)


def listed_content(content: Content | None) -> tuple[str, ...]:
    """The list that a file holds; () where it holds something else."""
    if isinstance(content, Arrays) and set(content.members) == {""}:
        return listed(content.load(""))
    if isinstance(content, Tree):
        return listed(content.value)
    if isinstance(content, Text):
        return tuple(line.strip() for line in content.lines if line.strip())
    return ()


def listed(value: Any) -> tuple[str, ...]:
    """A list of texts or whole numbers as texts; a label of several glosses is joined by spaces.

    None and NaN stand for what is not known, and become "".
    """
    if isinstance(value, np.ndarray):
        if value.ndim == 2 and value.shape[1] == 1:
            value = value[:, 0]
        if are_one_hot(value):
            value = value.argmax(axis=1)
        if value.ndim != 1 or value.size > MOST_ENTRIES:
            return ()
        if value.dtype.kind not in "iufUSO":
            return ()
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        return ()
    texts = []
    for item in value:
        if isinstance(item, (list, tuple)):
            item = " ".join(map(str, item))
        if isinstance(item, np.ndarray):
            item = " ".join(map(str, item.ravel().tolist()))
        if isinstance(item, bytes):
            item = item.decode("utf-8", "replace")
        if isinstance(item, float) and (math.isnan(item) or item.is_integer()):
            item = "" if math.isnan(item) else int(item)
        if item is None:
            item = ""
        if not isinstance(item, (str, int)) or isinstance(item, bool):
            return ()
        texts.append(str(item))
    return tuple(texts) if any(texts) else ()


def numbers(texts: Sequence[str]) -> tuple[int, ...]:
    """The texts as whole numbers; () where one is none."""
    are_lengths = all(n.isdecimal() and len(n) <= MOST_DIGITS for n in texts)
    return tuple(map(int, texts)) if are_lengths else ()
