"""MATLAB's files, as scipy and MATLAB itself write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from slrdoctor.artifacts.content import Arrays, Tree, Unreadable
from slrdoctor.artifacts.formats import mat, read

X = np.random.default_rng(0).normal(size=(6, 9, 4))


def stored(tmp_path: Path, compress: bool = False, **values: Any) -> Any:
    savemat(tmp_path / "a.mat", values, do_compression=compress)
    return read(tmp_path / "a.mat")


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("kind", ["f8", "f4", "i2", "u1", "i4", "i8", "b1"])
def test_arrays_come_back_as_they_were(tmp_path: Path, kind: str, compress: bool) -> None:
    x = (X * 10).astype(kind)
    content = stored(tmp_path, compress, X=x, y=np.arange(6))

    assert isinstance(content, Arrays)
    assert np.array_equal(content.load("X"), x) and np.array_equal(content.load("y"), np.arange(6))
    assert content.members["X"].shape == (6, 9, 4) and content.members["y"].shape == (6,)


@pytest.mark.parametrize("compress", [False, True])
def test_cells_structs_and_texts_are_lists_dicts_and_text(tmp_path: Path, compress: bool) -> None:
    cells = np.empty(3, object)
    cells[:] = [X[0], X[1, :5], X[2, :2]]
    labels = np.array(["hello", "thanks", "çay"], object)
    content = stored(tmp_path, compress, data=cells, labels=labels, about={"fps": 25.0, "by": "s1"})

    assert isinstance(content, Tree)
    assert [x.shape for x in content.value["data"]] == [(9, 4), (5, 4), (2, 4)]
    assert content.value["labels"] == ["hello", "thanks", "çay"]
    assert content.value["about"]["by"] == "s1" and float(content.value["about"]["fps"]) == 25.0


def test_a_file_of_matlab_7_3_has_its_axes_turned_back(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "b.mat", "w", userblock_size=512) as file:
        file["X"] = X.T
        file["y"] = np.arange(6.0)[:, None]
    raw = bytearray((tmp_path / "b.mat").read_bytes())
    raw[:19] = b"MATLAB 7.3 MAT-file"
    (tmp_path / "b.mat").write_bytes(raw)

    content = read(tmp_path / "b.mat")

    assert isinstance(content, Arrays)
    assert np.array_equal(content.load("X"), X) and np.array_equal(content.load("y"), np.arange(6))


def test_a_file_of_matlab_4_says_how_to_save_it(tmp_path: Path) -> None:
    savemat(tmp_path / "old.mat", {"X": X[0]}, format="4")

    with pytest.raises(Unreadable, match="save -v7"):
        mat.READER.read(tmp_path / "old.mat")


def test_a_cut_file_says_so(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"X": X})
    (tmp_path / "a.mat").write_bytes((tmp_path / "a.mat").read_bytes()[:-90])

    with pytest.raises(Unreadable) as caught:
        mat.READER.read(tmp_path / "a.mat")
    assert caught.value.fault == "truncated"
