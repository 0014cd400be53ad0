"""The reader of torch files: which files are its own."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from slrdoctor.artifacts.content import Arrays, Tree, Unreadable
from slrdoctor.artifacts.formats import read, reader_of

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".ckpt", ".tar", ".bin", ".pth.tar", ".xyz", ""])
@pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "legacy"])
def test_a_torch_file_is_known_by_its_first_bytes(suffix: str, is_zip: bool, tmp_path: Path) -> None:
    path = tmp_path / f"best{suffix}"
    torch.save({"epoch": 3}, path, _use_new_zipfile_serialization=is_zip)
    reader = reader_of(path)
    assert reader is not None and reader.name == "torch"
    assert read(path) == Tree({"epoch": 3})


def test_a_bare_tensor_is_arrays(tmp_path: Path) -> None:
    torch.save(torch.arange(6.0).reshape(3, 2), tmp_path / "clip.pt")
    content = read(tmp_path / "clip.pt")
    assert isinstance(content, Arrays) and content.members[""].shape == (3, 2)
    assert content.load("").tolist() == [[0, 1], [2, 3], [4, 5]]


def test_a_plain_pickle_under_a_torch_suffix_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(pickle.dumps({"a": np.zeros(2)}))
    content = read(tmp_path / "x.pt")
    assert isinstance(content, Tree) and content.value["a"].tolist() == [0, 0]


def test_a_torch_file_under_a_pickle_suffix_is_read(tmp_path: Path) -> None:
    torch.save([1, 2], tmp_path / "x.pkl", _use_new_zipfile_serialization=False)
    assert read(tmp_path / "x.pkl") == Tree([1, 2])


@pytest.mark.parametrize("name", ["data.tar", "weights.bin", "x.pt"])
def test_what_is_no_torch_file_is_unsupported(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"just some text in a file of a misleading name")
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / name)
    assert caught.value.fault == "unsupported"


def test_a_zip_of_videos_is_unsupported(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "videos.bin", "w") as archive:
        archive.writestr("a.mp4", b"x")
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "videos.bin")
    assert caught.value.fault == "unsupported"


def test_real_checkpoints_are_read(shared_data: Path) -> None:
    torch_files = sorted((shared_data / "Keyur-0__SIGN2SOUND_CODECREW").rglob("*.pth"))
    assert torch_files
    for path in torch_files:
        content = read(path)
        assert isinstance(content, Tree) and content.refused == ()
        expected = torch.load(path, map_location="cpu", weights_only=True)
        state, plain = expected, content.value
        for key in ("model_state_dict", "state_dict", "model"):
            if key in expected:
                state, plain = expected[key], content.value[key]
        for name, tensor in state.items():
            assert np.array_equal(plain[name], tensor.numpy()), name
