"""What in the id of a sample names the sample: not its file's suffix, nor the folder of its split."""

from __future__ import annotations

import re

from slrdoctor.words.splits import split_of_word

ARRAY_SUFFIXES = (
    ".npy", ".npz", ".pt", ".pth", ".pkl", ".pickle", ".h5", ".hdf5", ".parquet", ".pose", ".json",
    ".csv", ".mat", ".feather", ".skels",
)  # fmt: skip
VIDEO_SUFFIXES = (
    ".mp4",
    ".avi",
    ".mov",
    ".mkv",
    ".webm",
    ".mpg",
    ".mpeg",
    ".m4v",
    ".flv",
    ".wmv",
    ".gif",
)
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
_LINK = re.compile(r"^(?:[a-z]+://|www\.)", re.IGNORECASE)
_SUFFIX = re.compile(
    "(?:" + "|".join(map(re.escape, (*ARRAY_SUFFIXES, *VIDEO_SUFFIXES, *IMAGE_SUFFIXES))) + ")$",
    re.IGNORECASE,
)


def is_link(text: str) -> bool:
    """Whether a path is an address on the web: many clips may be cut from one."""
    return bool(_LINK.match(text.strip()))


def suffix_of(text: str) -> str:
    """The suffix of an array, video or image file that a text ends in, in lower case, or ""."""
    found = _SUFFIX.search(text.strip())
    return found[0].lower() if found else ""


def without_suffix(text: str) -> str:
    """The text without the suffix of an array, video or image file."""
    return _SUFFIX.sub("", text)


def bare_id(text: str) -> str:
    """An id without suffix and without a leading folder that only names its split."""
    plain = without_suffix(text.strip().replace("\\", "/"))
    first, slash, rest = plain.partition("/")
    return rest if slash and rest and split_of_word(first) else plain
