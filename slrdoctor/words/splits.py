"""What file and folder names say about splits."""

from __future__ import annotations

import re

SPLITS = ("train", "dev", "test")
# what means a split wherever it stands
_ANYWHERE = {
    "train": "train training trn tr trainset 训练",
    "dev": "dev val valid validation devel develop development valset devset 验证",
    "test": "test testing tst testset 测试",
}
# a set for evaluation is what a file is called that is left for the end ...
_OF_FILES = {"test": "eval evaluation"}
# ... and the name of a series that was evaluated while the training went on
_OF_SERIES = {"train": "fit", "dev": "vl eval evaluation evaluate validate validating evaluating"}


def _split_of(*tables: dict[str, str]) -> dict[str, str]:
    return {word: split for table in tables for split, words in table.items() for word in words.split()}


SPLIT_OF_FILE = _split_of(_ANYWHERE, _OF_FILES)
SPLIT_OF_SERIES = _split_of(_ANYWHERE, _OF_SERIES)
_PIECE = re.compile(r"[^\W\d_]+|\d+|[\W_]+", re.UNICODE)
_PATHS = re.compile(r"[/\\]")


def split_of_word(word: str) -> str:
    """train, dev or test for a word of a file name that means one; "" for any other."""
    return SPLIT_OF_FILE.get(word.strip().lower(), "")


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
