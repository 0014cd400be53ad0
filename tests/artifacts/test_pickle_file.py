"""The reader of pickles, bare and compressed."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Arrays, Opaque, Tree, Unreadable
from slrdoctor.artifacts.formats import read, reader_of
from slrdoctor.artifacts.storage import file_bytes

WRAPPINGS = pytest.mark.parametrize("wrap", [gzip.compress, bz2.compress, lzma.compress, zlib.compress])


@WRAPPINGS
def test_a_compressed_pickle_is_read(wrap: Callable[[bytes], bytes], tmp_path: Path) -> None:
    samples = [{"name": "train/a", "gloss": "MORGEN", "sign": np.arange(6.0).reshape(3, 2)}]
    (tmp_path / "data.pkl").write_bytes(wrap(pickle.dumps(samples)))
    content = read(tmp_path / "data.pkl")
    assert isinstance(content, Tree)
    assert content.value[0]["gloss"] == "MORGEN" and content.value[0]["sign"].tolist() == [
        [0, 1],
        [2, 3],
        [4, 5],
    ]


@pytest.mark.parametrize(
    "name", ["phoenix14t.pami0.train", "labels.dev", "x.test", "csl.pickle", "noname"]
)
def test_a_gzip_pickle_is_known_by_its_first_bytes(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(gzip.compress(pickle.dumps({"a": 1})))
    reader = reader_of(tmp_path / name)
    assert reader is not None and reader.name == "pickle"
    assert read(tmp_path / name) == Tree({"a": 1})


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol_is_read(protocol: int, tmp_path: Path) -> None:
    for value in ({"a": [1]}, [1, {"b": None}], ("x", 2)):
        (tmp_path / "x.pkl").write_bytes(pickle.dumps(value, protocol))
        assert read(tmp_path / "x.pkl") == Tree(value)
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(np.arange(3), protocol))
    assert isinstance(read(tmp_path / "x.pkl"), Arrays)


@WRAPPINGS
def test_a_compressed_pickle_that_would_run_code_does_not(
    wrap: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    class Creator:
        def __reduce__(self) -> Any:
            return (os.mkdir, (str(tmp_path / "trap"),))

    (tmp_path / "x.pkl").write_bytes(wrap(pickle.dumps([Creator()])))
    content = read(tmp_path / "x.pkl")
    assert isinstance(content, Tree) and isinstance(content.value[0], Opaque)
    assert content.refused == (f"{os.mkdir.__module__}.mkdir",)
    assert not (tmp_path / "trap").exists()


@WRAPPINGS
def test_a_compressed_pickle_cut_anywhere_is_unreadable(
    wrap: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    data = wrap(pickle.dumps([np.random.default_rng(0).normal(size=20), "x"]))
    for end in range(1, len(data) - 8, 5):
        (tmp_path / "x.pkl").write_bytes(data[:end])
        with pytest.raises(Unreadable):
            read(tmp_path / "x.pkl")


@pytest.mark.parametrize("name", ["rows.csv.gz", "x.json.gz"])
def test_a_compressed_file_that_is_no_pickle_is_unsupported(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(gzip.compress(json.dumps({"a": [1, 2]}).encode() * 1000))
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / name)
    assert caught.value.fault == "unsupported"


def test_what_decompresses_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = gzip.compress(b"\x80\x04]" + bytes(50 << 20))
    view = memoryview(bomb)
    assert len(bomb) < 100_000
    with pytest.raises(Unreadable) as caught:
        file_bytes.unwrapped(view, lambda head: True, limit=10 << 20)
    assert caught.value.fault == "refused"


def test_a_pickle_of_a_million_empty_lists_in_a_gzip_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slrdoctor.artifacts.pickles.machine.MOST_CONTAINERS", 100_000)
    (tmp_path / "x.pkl").write_bytes(gzip.compress(b"\x80\x04" + b"]" * 1_000_000 + b"."))
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "x.pkl")
    assert caught.value.fault == "refused"


def test_what_decompresses_to_much_goes_through_a_mapped_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_bytes, "KEPT_IN_MEMORY", 1000)
    x = np.random.default_rng(0).normal(size=(100, 30))
    (tmp_path / "x.pkl").write_bytes(gzip.compress(pickle.dumps({"x": x})))
    content = read(tmp_path / "x.pkl")
    assert isinstance(content, Tree) and np.array_equal(content.value["x"], x)


def test_a_large_pickle_is_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_bytes, "READ_WHOLE", 1000)
    x = np.random.default_rng(0).normal(size=(100, 30))
    (tmp_path / "x.pkl").write_bytes(pickle.dumps({"x": x}))
    content = read(tmp_path / "x.pkl")
    assert isinstance(content, Tree) and np.array_equal(content.value["x"], x)


def test_text_under_a_pickle_suffix_is_unsupported(tmp_path: Path) -> None:
    (tmp_path / "x.pkl").write_text('{"a": 1}', encoding="utf-8")
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "x.pkl")
    assert caught.value.fault == "unsupported"
