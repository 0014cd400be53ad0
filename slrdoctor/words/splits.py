"""What file and folder names say about splits."""

from __future__ import annotations

import re

_WORDS = {
    "train": ("train", "training", "trn", "tr"),
    "dev": ("dev", "val", "valid", "validation", "develop", "development"),
    "test": ("test", "testing", "tst", "eval", "evaluation"),
}
SPLIT_OF = {word: split for split, words in _WORDS.items() for word in words}
_PIECE = re.compile(r"[^\W\d_]+|\d+|[\W_]+", re.UNICODE)
_PATHS = re.compile(r"[/\\]")


def split_of_word(word: str) -> str:
    """train, dev or test for a word that means one; "" for any other."""
    return SPLIT_OF.get(word.strip().lower(), "")


def split_of_name(where: str) -> str:
    """The split that a path tells of, its last word for one winning; "" where it tells nothing.

    `data/train/x.npy`, `phoenix14t.pami0.dev`, `gsl_split_SI_test.csv`, `X_train.npy`.
    """
    for part in reversed(_PATHS.split(where)):
        found = {split_of_word(piece) for piece in _PIECE.findall(_camel_apart(part))} - {""}
        if len(found) == 1:
            return found.pop()
    return ""


def without_splits(where: str) -> str:
    """The path with each word for a split replaced by `*`: equal for files of the same family."""
    return "".join("*" if split_of_word(piece) else piece for piece in _PIECE.findall(where))


def _camel_apart(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
