"""The npy reader: headers without values, values without copies."""

from __future__ import annotations

import os
import pickle
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Arrays, Tree, Unreadable
from slrdoctor.artifacts.formats import read, reader_of


def header(described: str, shape: str, order: str = "False") -> bytes:
    text = (
        f"{{'descr': {described}, 'fortran_order': {order}, 'shape': {shape}, }}".encode("latin-1")
        + b"\n"
    )
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype="f4").reshape(3, 4),
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(3, dtype=">f8"),
        np.zeros((0, 1662)),
        np.array(2.5),
        np.arange(24, dtype="u1").reshape(2, 3, 4),
        np.array([True, False]),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_an_array_comes_back_as_it_was(array: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", array)
    content = read(tmp_path / "x.npy")
    assert isinstance(content, Arrays)
    assert content.members[""].shape == array.shape
    assert np.dtype(content.members[""].dtype) == array.dtype
    assert np.array_equal(content.load(""), array)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_version_of_the_header_is_read(version: tuple[int, int], tmp_path: Path) -> None:
    with (tmp_path / "x.npy").open("wb") as file:
        np.lib.format.write_array(file, np.arange(3), version=version)
    content = read(tmp_path / "x.npy")
    assert isinstance(content, Arrays) and content.load("").tolist() == [0, 1, 2]


def test_a_header_of_python_2_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.npy").write_bytes(header("'<f4'", "(2L, 3L)") + bytes(24))
    content = read(tmp_path / "x.npy")
    assert isinstance(content, Arrays) and content.load("").shape == (2, 3)


def test_the_first_bytes_count_and_not_the_name(tmp_path: Path) -> None:
    with (tmp_path / "features.bin").open("wb") as file:
        np.save(file, np.arange(3))
    reader = reader_of(tmp_path / "features.bin")
    assert reader is not None and reader.name == "npy"


def test_a_pickled_dict_is_a_tree(tmp_path: Path) -> None:
    np.save(tmp_path / "train_info.npy", {"prefix": "p", 0: {"fileid": "a"}}, allow_pickle=True)  # type: ignore[arg-type]
    assert read(tmp_path / "train_info.npy") == Tree({"prefix": "p", 0: {"fileid": "a"}})


def test_an_array_of_objects_is_nested_lists(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([["a", None], [1, 2]], object), allow_pickle=True)
    assert read(tmp_path / "x.npy") == Tree([["a", None], [1, 2]])


def test_an_array_of_strings_is_a_list_of_them(tmp_path: Path) -> None:
    np.save(tmp_path / "actions.npy", np.array(["hello", "ধন্যবাদ"]))
    assert read(tmp_path / "actions.npy") == Tree(["hello", "ধন্যবাদ"])


def test_an_object_array_that_would_run_code_does_not(tmp_path: Path) -> None:
    class Creator:
        def __reduce__(self) -> Any:
            return (os.mkdir, (str(tmp_path / "trap"),))

    np.save(tmp_path / "x.npy", np.array([Creator()], object), allow_pickle=True)
    content = read(tmp_path / "x.npy")
    assert isinstance(content, Tree) and content.refused == (f"{os.mkdir.__module__}.mkdir",)
    assert not (tmp_path / "trap").exists()


def test_records_are_unsupported(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros(3, dtype=[("x", "f4"), ("y", "f4")]))
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "x.npy")
    assert caught.value.fault == "unsupported"


def test_a_file_cut_anywhere_is_truncated(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(6.0))
    data = (tmp_path / "x.npy").read_bytes()
    for end in range(1, len(data)):
        (tmp_path / "y.npy").write_bytes(data[:end])
        with pytest.raises(Unreadable) as caught:
            read(tmp_path / "y.npy")
        assert caught.value.fault == "truncated"


@pytest.mark.parametrize(
    "data",
    [
        header("'<f4'", "(3)"),
        header("'<f4'", "(-1, 3)"),
        header("'<f4'", "(True, 3)") + bytes(12),
        header("'<f4'", "(1e3,)"),
        header("'<f9'", "(3,)") + bytes(99),
        header("['<f4']", "(3,)"),
        header("'<f4'", "__import__('os')"),
        header("'<f4'", "(" * 3000),
        header("'<f4'", "(1,) * 99"),
        header("'|V16'", "(1,)") + bytes(16),
        header("'<U1'", "(1,)") + b"\xff\xff\xff\xff",
        header("'|O'", "(1,)") + b"nonsense",
        b"\x93NUMPY\x09\x00\x10\x00" + bytes(40),
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(40),
    ],
    ids=range(14),
)
def test_an_unsound_header_is_unreadable(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.npy").write_bytes(data)
    with pytest.raises(Unreadable):
        read(tmp_path / "x.npy")


def test_an_object_array_of_a_pickle_that_ends_early_is_truncated(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", {"a": list(range(100))}, allow_pickle=True)  # type: ignore[arg-type]
    (tmp_path / "x.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:-30])
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "x.npy")
    assert caught.value.fault == "truncated"
    assert pickle.HIGHEST_PROTOCOL >= 5


@pytest.mark.skipif(sys.platform == "win32", reason="files are not sparse by themselves there")
def test_ten_sparse_gigabytes_cost_nothing_until_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "huge.npy"
    with path.open("wb") as file:
        file.write(header("'<f4'", "(1600000, 1662)"))
        file.truncate(file.tell() + 1600000 * 1662 * 4)
    content = read(path)
    assert isinstance(content, Arrays)
    array = content.load("")
    assert array.shape == (1600000, 1662) and not array[800_000:800_010].any()
