"""numpy's .npz: a zip of npy files, one a name; so is a folder of them that was packed as .zip."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Reader, Tree, Unreadable
from slrdoctor.artifacts.formats import read_head
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP
from slrdoctor.artifacts.formats.npy import (
    LONGEST_HEADER,
    Header,
    array_at,
    is_numeric,
    is_short,
    read_header,
    tree_at,
)
from slrdoctor.artifacts.pickles.torch_archive import ZIP_MAGIC
from slrdoctor.artifacts.storage.file_bytes import (
    MOST_BYTES,
    READ_WHOLE,
    ZIP_ERRORS,
    file_bytes,
    member_bytes,
)

LARGEST_COMPANION = 64 << 20  # bytes of strings or objects, which are taken in whole
MOST_MEMBERS = 200_000


def _read(path: Path) -> Content:
    read_head(path)
    with _opened(path) as archive:
        found = _npy_members(archive)
        headers = {info.filename.removesuffix(".npy"): (info, _header(archive, info)) for info in found}
        members: dict[str, ArrayInfo] = {}
        others: dict[str, Any] = {}
        refused: list[str] = []
        for name, (info, header) in headers.items():
            if is_numeric(header.dtype) and header.shape:
                members[name] = header.info
            else:
                others[name] = _companion(archive, info, header, refused)

    def load(name: str) -> NDArray[Any]:
        info, header = headers[name]
        return _load(path, info, header)

    if refused or any(_holds_arrays(value) for value in others.values()):
        return Tree({**others, **{name: load(name) for name in members}}, tuple(dict.fromkeys(refused)))
    return Arrays(members, load, others)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except ZIP_ERRORS as error:
        raise Unreadable("a zip file that ends early or is damaged", "truncated") from error


def _npy_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = [info for info in archive.infolist() if info.filename.endswith(".npy")]
    if not found:
        raise Unreadable("a zip file without an npy array in it", "unsupported")
    if len(found) > MOST_MEMBERS:
        raise Unreadable(f"{len(found)} arrays in one file", "unsupported")
    return found


def _header(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Header:
    try:
        with archive.open(info) as file:
            header = read_header(file.read(LONGEST_HEADER + 12))
    except ZIP_ERRORS as error:
        raise Unreadable(f"{info.filename} in it is damaged: {error}") from error
    short = None if header.dtype.hasobject else is_short(header, info.file_size)
    if short is not None:
        raise short
    return header


def _companion(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, header: Header, refused: list[str]
) -> Any:
    """A member that is no array of numbers: a scalar, strings, or pickled objects."""
    largest = MOST_BYTES if header.dtype.hasobject else LARGEST_COMPANION
    if info.file_size > largest:
        raise Unreadable(
            f"{info.filename} holds {info.file_size >> 20} MiB of no numbers", "unsupported"
        )
    try:
        view = memoryview(archive.read(info))
    except ZIP_ERRORS as error:
        raise Unreadable(f"{info.filename} in it is damaged: {error}") from error
    if is_numeric(header.dtype):
        return array_at(view, header).item()
    tree = tree_at(view, header)
    refused += tree.refused
    return tree.value


def _load(path: Path, info: zipfile.ZipInfo, header: Header) -> NDArray[Any]:
    """The values of a member: checked against their sum where small, mapped where large and stored."""
    if header.size > MOST_BYTES and info.compress_type != zipfile.ZIP_STORED:
        raise Unreadable(f"{info.filename} decompresses to over {MOST_BYTES >> 20} MiB", "refused")
    with _opened(path) as archive:
        try:
            if info.file_size <= READ_WHOLE:
                with archive.open(info) as file:
                    return array_at(memoryview(file.read(header.start + header.size)), header)
            return array_at(member_bytes(archive, info, file_bytes(path)), header)
        except ZIP_ERRORS as error:
            raise Unreadable(f"{info.filename} in it is damaged: {error}") from error


def _holds_arrays(value: Any) -> bool:
    """Whether pickled objects hold arrays, and so may be clips."""
    if isinstance(value, dict):
        return any(map(_holds_arrays, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_holds_arrays, value))
    return isinstance(value, np.ndarray)


def _example(folder: Path) -> Path:
    path = folder / "clip.npz"
    np.savez(path, keypoints=EXAMPLE_CLIP, fps=np.array(25), signer=np.array("s1"))
    return path


READER = Reader(
    name="npz",
    suffixes=(".npz", ".zip"),
    read=_read,
    example=_example,
    magic=(ZIP_MAGIC,),
    clip_suffixes=(".npz",),
    likely="features",
)
