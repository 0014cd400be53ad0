"""When two annotated rows are one sample: what ids and paths can tell, and what they cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slrdoctor.artifacts.run import Row
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
_SUFFIX = re.compile(
    "(?:" + "|".join(map(re.escape, (*ARRAY_SUFFIXES, *VIDEO_SUFFIXES, *IMAGE_SUFFIXES))) + ")$",
    re.IGNORECASE,
)
_LINK = re.compile(r"^(?:[a-z]+://|www\.)", re.IGNORECASE)
_NUMBERED = re.compile(r"(.*?)(\d{1,9})(\D*)", re.DOTALL)
DENSE = 0.9  # share of a range of numbers that must be in use for it to be a count


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


def sample_key(row: Row) -> tuple[str, str]:
    """Equal for rows that tell of one sample.

    The same id at two paths is two samples; of clips cut from one video the path is the
    video's, and only the line tells them apart.
    """
    name = without_suffix(row.id.strip())
    if row.path is None:
        return name, ""
    return name, str(row.line) if is_link(row.path) else row.path


def are_counters(ids: Iterable[str]) -> bool:
    """Whether ids only count the samples of a file or class: 0, 1, 2 ... or hello_1, hello_2 ...

    Such ids start again in every split, so an id in two splits is no sample in both.
    """
    by_name: dict[tuple[str, str], set[int]] = {}
    bare = {bare_id(text) for text in ids}
    for text in bare:
        found = _NUMBERED.fullmatch(text)
        if found:
            by_name.setdefault((found[1], found[3]), set()).add(int(found[2]))
    counted = 0
    for numbers in by_name.values():
        low, high = min(numbers), max(numbers)
        if low <= 1 and len(numbers) > 1 and len(numbers) >= DENSE * (high - low + 1):
            counted += len(numbers)
    return len(bare) > 1 and counted >= DENSE * len(bare)
