"""What a config says of features that is not so: a pattern or a format that no file here has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from typing import Any

from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.directory.listing import Listing
from slrdoctor.artifacts.formats import array_suffixes, clip_suffixes
from slrdoctor.artifacts.run import FeatureSet

_FEATURE_KEY = re.compile(r"feat|keypoint|landmark|pose|skelet|npy|npz")
_FORMAT_KEY = re.compile(r"(?:^|[._])(?:ext|extension|suffix|format|file_?type)$")


def hold_against_configs(found: Found, listing: Listing) -> None:
    """Set aside the features that a config's words do not name, and say which words those are."""
    for config in found.configs:
        for key, value in _strings(config.value):
            for one in list(found.features):
                if _names_another(key, value, one, listing):
                    found.features.remove(one)
                    found.beside.append(one)
                    stored = f"{one.where} contains {one.clips[0].path.suffix} files"
                    found.expected.append(
                        f"{key} = {value} in {config.where} matches no file, but {stored}"
                    )


def note_empty_folders(found: Found, listing: Listing) -> None:
    """A folder named for features that holds nothing: they are expected there, and not there."""
    if not found.features:
        found.expected += [
            f"the folder {where} is empty"
            for where in listing.empty_folders
            if _FEATURE_KEY.search(where.rpartition("/")[2].lower())
        ]


def _names_another(key: str, value: str, one: FeatureSet, listing: Listing) -> bool:
    """Whether words that are about this set's files name others than it holds."""
    suffixes = {clip.path.suffix.lower().lstrip(".") for clip in one.clips if not clip.frames}
    if one.layout != "file per sample" or not suffixes:
        return False
    said = value.strip().lower().rpartition(".")[2]
    if not _is_array_format(f".{said}") or said in suffixes:
        return False
    if _FORMAT_KEY.search(key.lower()) and value.strip().lower().lstrip(".") == said:
        return bool(_FEATURE_KEY.search(key.lower())) or key.count(".") == 0
    # a pattern such as features/train/*.npy: only where its folder is the set's own
    folder = value.replace("\\", "/").removeprefix("./").rpartition("/")[0]
    here = folder and (one.where == folder or one.where.startswith(f"{folder}/"))
    return bool(here) and not any(fnmatch(f.where, value.removeprefix("./")) for f in listing.files)


def _is_array_format(suffix: str) -> bool:
    """Whether arrays are stored in files of that suffix; text such as csv holds much else."""
    reader = clip_suffixes().get(suffix)
    return suffix in array_suffixes() or (reader is not None and bool(reader.magic))


def _strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _strings(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, (list, tuple)):
        for inner in value[:100]:
            yield from _strings(inner, key)
    elif isinstance(value, str) and len(value) < 300:
        yield key, value
