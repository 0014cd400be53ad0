"""The safetensors reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Arrays, Unreadable
from slrdoctor.artifacts.formats import read


def written(header: Any, values: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + values


def entry(dtype: str, shape: list[int], begin: int, end: int) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def test_tensors_come_back_as_the_library_wrote_them(tmp_path: Path) -> None:
    library = pytest.importorskip("safetensors.numpy")
    tensors = {
        "weight": np.random.default_rng(0).normal(size=(4, 3)).astype("f4"),
        "steps": np.arange(5),
        "half": np.ones(2, "f2"),
        "flags": np.array([True, False]),
        "empty": np.zeros((0, 3)),
    }
    library.save_file(tensors, tmp_path / "m.safetensors", metadata={"format": "pt"})
    content = read(tmp_path / "m.safetensors")
    assert isinstance(content, Arrays)
    assert content.extras == {"format": "pt"}
    assert set(content.members) == set(tensors)
    for name, tensor in tensors.items():
        assert content.members[name].shape == tensor.shape
        assert content.load(name).dtype == tensor.dtype and np.array_equal(content.load(name), tensor)


def test_bfloat16_is_widened_and_8_bit_floats_are_named(tmp_path: Path) -> None:
    header = {"b": entry("BF16", [2], 0, 4), "f": entry("F8_E4M3", [4], 4, 8)}
    values = (np.array([1.5, -2.0], "f4").view("u4") >> 16).astype("u2").tobytes() + bytes(4)
    (tmp_path / "m.safetensors").write_bytes(written(header, values))
    content = read(tmp_path / "m.safetensors")
    assert isinstance(content, Arrays)
    assert content.load("b").tolist() == [1.5, -2.0] and content.members["b"].dtype == "float32"
    assert content.extras == {"unread": {"f": "F8_E4M3"}}


@pytest.mark.parametrize(
    "data",
    [
        written({"x": entry("F32", [2], 0, 7)}, bytes(8)),
        written({"x": entry("F32", [2], 0, 8)}, bytes(7)),
        written({"x": entry("F32", [-2], 0, 8)}, bytes(8)),
        written({"x": entry("F32", [2], 8, 0)}, bytes(8)),
        written({"x": entry("F32", [1 << 40], 0, 1 << 42)}, bytes(8)),
        written({"x": entry("F32", ["2"], 0, 8)}, bytes(8)),  # type: ignore[list-item]
        written({"x": {"dtype": "F32"}}),
        written({"x": []}),
        written([1, 2]),
        b"\xff" * 7 + b"\x00{",
        b"\x10\x00\x00\x00\x00\x00\x00\x00{not json______}",
        b"\x08\x00\x00\x00\x00\x00\x00\x00" + b"{" * 8,
        b"x",
    ],
    ids=range(13),
)
def test_an_unsound_header_is_unreadable(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.safetensors").write_bytes(data)
    with pytest.raises(Unreadable):
        read(tmp_path / "m.safetensors")


def test_a_file_cut_anywhere_is_unreadable(tmp_path: Path) -> None:
    data = written({"x": entry("F32", [3], 0, 12)}, bytes(12))
    for end in range(1, len(data)):
        (tmp_path / "m.safetensors").write_bytes(data[:end])
        with pytest.raises(Unreadable):
            read(tmp_path / "m.safetensors")
