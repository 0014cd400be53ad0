"""What file and folder names say about the folds of a cross-validation."""

from __future__ import annotations

import re
from itertools import pairwise

from slrdoctor.words.splits import split_of_word

_COUNTED = (
    "folds?|kfold|split|cv|crossval|loso|lopo|loocv|run|seed|part|partition|repeat|round|signer|subject|"
    "speaker|person|user|participant|pliegue|particion|partición|dobra"
)
# fold_0, split-2, cv3, loso_p0, fold_a: a letter alone counts only after a mark
_AFTER_WORD = re.compile(
    rf"(?<![^\W\d_])(?:{_COUNTED})(?:[\s_.-]?([a-z]{{0,2}}\d+)|[\s_.-]([a-z]))(?![^\W_])",
    re.IGNORECASE,
)
_PIECE = re.compile(r"[^\W\d_]+|\d+|[\W_]+", re.UNICODE)


def fold_of_name(where: str) -> tuple[str, str]:
    """(the folder that holds the folds, the fold's own name) of a path; two "" where it has none.

    `data/fold_0/train.csv` and `data/fold_0/val.csv` give ("data", "0"), `splits/train_3.csv`
    and `splits/val_3.csv` ("splits", "3").
    """
    parts = where.replace("\\", "/").split("/")
    for i, part in reversed(list(enumerate(parts))):
        stem = part.rpartition(".")[0] or part if i == len(parts) - 1 else part
        count = _after_word(stem) or _beside_split(stem)
        if count:
            return "/".join(parts[:i]), count
    return "", ""


def _after_word(name: str) -> str:
    found = _AFTER_WORD.search(name)
    return str(found[1] or found[2]).lower() if found else ""


def _beside_split(name: str) -> str:
    """The number right before or after a word for a split: train_0, val0, 3-train."""
    pieces: list[str] = [p for p in _PIECE.findall(name) if p.strip(" _-.")]
    for one, other in pairwise(pieces):
        for word, count in ((one, other), (other, one)):
            if count.isdigit() and split_of_word(word):
                return count
    return ""
