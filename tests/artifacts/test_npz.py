"""The npz reader: arrays by name, and what stands beside them."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Arrays, Tree, Unreadable
from slrdoctor.artifacts.formats import npz, read, reader_of


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_back_by_name(save: Any, tmp_path: Path) -> None:
    x, y = np.random.default_rng(0).normal(size=(5, 4, 3)), np.arange(5)
    save(tmp_path / "d.npz", X=x, y=y, **{"a/b": y[:2]})
    reader = reader_of(tmp_path / "d.npz")
    assert reader is not None and reader.name == "npz"
    content = read(tmp_path / "d.npz")
    assert isinstance(content, Arrays)
    assert {name: info.shape for name, info in content.members.items()} == {
        "X": (5, 4, 3),
        "y": (5,),
        "a/b": (2,),
    }
    assert np.array_equal(content.load("X"), x) and np.array_equal(content.load("y"), y)


def test_scalars_strings_and_objects_are_extras(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "d.npz",
        x=np.zeros((2, 3)),
        fps=np.array(25.0),
        ids=np.array(["a", "b"]),
        meta=np.array({"signer": 3}, object),
    )
    content = read(tmp_path / "d.npz")
    assert isinstance(content, Arrays)
    assert set(content.members) == {"x"}
    assert content.extras == {"fps": 25.0, "ids": ["a", "b"], "meta": {"signer": 3}}


def test_objects_that_hold_arrays_make_it_a_tree(tmp_path: Path) -> None:
    clips = np.empty(2, object)
    clips[0], clips[1] = np.zeros((3, 2)), np.ones((5, 2))
    np.savez(tmp_path / "d.npz", X=clips, y=np.array([0, 1]))
    content = read(tmp_path / "d.npz")
    assert isinstance(content, Tree)
    assert [clip.shape for clip in content.value["X"]] == [(3, 2), (5, 2)]
    assert content.value["y"].tolist() == [0, 1]


def test_an_object_member_that_would_run_code_does_not(tmp_path: Path) -> None:
    class Creator:
        def __reduce__(self) -> Any:
            return (os.mkdir, (str(tmp_path / "trap"),))

    np.savez(tmp_path / "d.npz", x=np.zeros(3), evil=np.array([Creator()], object))
    content = read(tmp_path / "d.npz")
    assert isinstance(content, Tree) and content.refused == (f"{os.mkdir.__module__}.mkdir",)
    assert content.value["x"].tolist() == [0, 0, 0]
    assert not (tmp_path / "trap").exists()


def test_a_large_stored_member_is_mapped_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = np.random.default_rng(0).normal(size=(50, 40))
    np.savez(tmp_path / "d.npz", x=x)
    monkeypatch.setattr(npz, "READ_WHOLE", 100)
    content = read(tmp_path / "d.npz")
    assert isinstance(content, Arrays)
    array = content.load("x")
    assert np.array_equal(array, x) and not array.flags.owndata


def test_a_flipped_value_is_found_by_its_checksum(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.full(100, 7.25))
    data = bytearray((tmp_path / "d.npz").read_bytes())
    data[data.index(np.float64(7.25).tobytes()) + 80] ^= 1
    (tmp_path / "d.npz").write_bytes(data)
    with pytest.raises(Unreadable):
        read(tmp_path / "d.npz")


def test_a_zip_of_something_else_is_unsupported(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "d.npz")
    assert caught.value.fault == "unsupported"


def test_a_header_that_promises_more_than_its_member_has_is_truncated(tmp_path: Path) -> None:
    member = io.BytesIO()
    np.save(member, np.zeros(1000))
    with zipfile.ZipFile(tmp_path / "d.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", member.getvalue()[:4000])
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "d.npz")
    assert caught.value.fault == "truncated"


def test_a_file_cut_anywhere_is_unreadable(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.arange(6.0), y=np.arange(3))
    data = (tmp_path / "d.npz").read_bytes()
    for end in range(1, len(data), 3):
        (tmp_path / "e.npz").write_bytes(data[:end])
        with pytest.raises(Unreadable):
            read(tmp_path / "e.npz")
