"""The HDF5 reader: members, extras, and texts that libhdf5 cannot be trusted with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.formats import _h5_texts as h5_texts
from slrdoctor.artifacts.formats import read, reader_of
from slrdoctor.artifacts.storage.cut_arrays import CutArrays

h5py = pytest.importorskip("h5py")


def test_every_numeric_dataset_is_a_member_by_its_path(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(6, 4)).astype("f4")
    with h5py.File(tmp_path / "dev.h5", "w") as file:
        file["dev/01/keypoints"] = x
        file.create_dataset("packed", data=x, chunks=(2, 4), compression="gzip")
        file["flags"] = np.array([True, False])
    reader = reader_of(tmp_path / "dev.h5")
    assert reader is not None and reader.name == "h5"
    content = read(tmp_path / "dev.h5")
    assert isinstance(content, CutArrays)
    assert {name: info.shape for name, info in content.members.items()} == {
        "dev/01/keypoints": (6, 4), "packed": (6, 4), "flags": (2,),
    }  # fmt: skip
    assert np.array_equal(content.load("dev/01/keypoints"), x)
    assert np.array_equal(content.cut("packed", 2, 5), x[2:5])


def test_attributes_scalars_and_texts_are_extras(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = np.zeros((2, 3))
        file["offsets"] = np.array([0, 2])
        file["fps"] = 25.0
        file["ids"] = np.array(["কথা", "b"], dtype=h5py.string_dtype())
        file["names"] = np.array([b"ab", b"c"])
        file["one"] = "hello"
        file.attrs["signers"] = 9
        file.attrs["layout"] = "pose, hands"
        file["x"].attrs["parts"] = ["pose", "hands"]
        file["x"].attrs["sizes"] = [33, 42]
    content = read(tmp_path / "a.h5")
    assert isinstance(content, CutArrays)
    assert set(content.members) == {"x", "offsets"}
    sizes = content.extras["x/sizes"]
    assert {name: value for name, value in content.extras.items() if name != "x/sizes"} == {
        "fps": 25.0, "ids": ["কথা", "b"], "names": ["ab", "c"], "one": "hello", "signers": 9,
        "layout": "pose, hands", "x/parts": ["pose", "hands"],
    }  # fmt: skip
    assert sizes.tolist() == [33, 42]


def test_links_that_dangle_loop_or_lead_elsewhere_are_left_out(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["secret"] = np.arange(3)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["group/x"] = np.zeros(3)
        file["group/again"] = file["group"]
        file["soft"] = h5py.SoftLink("/nowhere")
        file["round"] = h5py.SoftLink("/round")
        file["outside"] = h5py.ExternalLink("other.h5", "/secret")
    content = read(tmp_path / "a.h5")
    assert isinstance(content, CutArrays) and set(content.members) == {"group/x"}


def test_data_that_lies_in_another_file_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(bytes(80))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = np.zeros(3)
        file.create_dataset("raw", (10,), "f8", external=[(str(tmp_path / "raw"), 0, 80)])
    content = read(tmp_path / "a.h5")
    assert isinstance(content, CutArrays) and set(content.members) == {"x"}


def test_a_dataset_far_larger_than_its_file_is_not_loaded_whole(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", (1 << 40, 100), "f4", chunks=(1000, 100))
    content = read(tmp_path / "a.h5")
    assert isinstance(content, CutArrays)
    assert content.cut("x", 1 << 30, (1 << 30) + 5).shape == (5, 100)
    with pytest.raises(Unreadable) as caught:
        content.load("x")
    assert caught.value.fault == "unsupported"


def test_a_file_that_holds_nothing_is_empty(tmp_path: Path) -> None:
    h5py.File(tmp_path / "a.h5", "w").close()
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "a.h5")
    assert caught.value.fault == "empty"


def test_references_and_ragged_rows_are_left_out(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = np.zeros(3)
        ragged = file.create_dataset("ragged", (2,), h5py.vlen_dtype(np.float32))
        ragged[0] = [1, 2]
        file["pointer"] = np.array([file["x"].ref], dtype=h5py.ref_dtype)
        file["x"].attrs["pointer"] = file["x"].ref
    content = read(tmp_path / "a.h5")
    assert isinstance(content, CutArrays) and set(content.members) == {"x"} and not content.extras


def test_a_file_cut_anywhere_is_unreadable(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = np.zeros((20, 3))
    data = (tmp_path / "a.h5").read_bytes()
    for end in range(1, len(data), 37):
        (tmp_path / "b.h5").write_bytes(data[:end])
        with pytest.raises(Unreadable):
            read(tmp_path / "b.h5")


def test_damaged_texts_end_in_a_sentence_and_not_in_a_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # libhdf5 2.0 loops where the free space at the end of a heap of texts has size 0
    monkeypatch.setattr(h5_texts, "SECONDS", 3.0)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["ids"] = np.array(["a", "b"], dtype=h5py.string_dtype())
    data = bytearray((tmp_path / "a.h5").read_bytes())
    heap = data.index(b"GCOL")
    for at in range(heap + 16, heap + 96, 8):
        if data[at : at + 8] == bytes(8) and data[at + 8 : at + 16] != bytes(8):
            data[at + 8 : at + 16] = bytes(8)
    (tmp_path / "a.h5").write_bytes(data)
    with pytest.raises(Unreadable):
        read(tmp_path / "a.h5")


def test_the_process_that_reads_texts_imports_nothing_from_where_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "h5py.py").write_text("open('trap', 'w')", encoding="utf-8")
    (tmp_path / "json.py").write_text("open('trap', 'w')", encoding="utf-8")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["ids"] = np.array(["a", "b"], dtype=h5py.string_dtype())
    monkeypatch.chdir(tmp_path)
    content = read(tmp_path / "a.h5")
    assert isinstance(content, CutArrays) and content.extras == {"ids": ["a", "b"]}
    assert not (tmp_path / "trap").exists()
