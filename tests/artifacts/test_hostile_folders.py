"""Hostile folders and files as a whole: bounded time and memory, and a sentence for what is not read."""

from __future__ import annotations

import gzip
import os
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest

from slrdoctor import scan
from slrdoctor.artifacts.content import Table, Text, Tree, Unreadable
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.directory.listing import walk
from slrdoctor.artifacts.formats import read, read_head
from slrdoctor.artifacts.formats.csv_table import MOST_COLUMNS, MOST_LINES, table_of
from slrdoctor.artifacts.kinds.annotations.lines import recognise_lines
from slrdoctor.artifacts.kinds.history import recognise_history
from slrdoctor.artifacts.kinds.predictions.texts import pairs_of_lines
from slrdoctor.artifacts.pickles.unpickle import load_file
from slrdoctor.artifacts.settings.read import LARGEST_STRIDE, NAME, SettingsError, read_settings
from slrdoctor.artifacts.storage import file_bytes


def sparse(path: Path, size: int, head: bytes = b"") -> Path:
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)
    return path


def linked(path: Path, target: Path) -> None:
    try:
        path.symlink_to(target, target_is_directory=True)
    except (OSError, NotImplementedError):
        pytest.skip("this file system has no links")


def test_a_pattern_with_two_stars_ends_where_links_loop_and_finds_each_file_once(tmp_path: Path) -> None:
    deep = tmp_path / "feats" / "a" / "b"
    deep.mkdir(parents=True)
    for i in range(4):
        np.save(deep / f"s{i}.npy", np.ones((5, 3), np.float32))
    np.save(tmp_path / "feats" / "s9.npy", np.ones((5, 3), np.float32))
    for name in ("one", "two", "three"):
        linked(tmp_path / "feats" / name, tmp_path / "feats")
    (tmp_path / NAME).write_text("[features]\ntrain = 'feats/**/b/*.npy'\n", encoding="utf-8")
    (tmp_path / "train.csv").write_text("id,gloss\n" + "".join(f"s{i},A B\n" for i in range(4)))
    began = time.process_time()

    run = discover(tmp_path)

    [(data, _)] = run.cases
    assert [len(one.clips) for one in data.features] == [4] and time.process_time() - began < 20


@pytest.mark.parametrize("written", ["/", "/**/*.npy"])
def test_the_whole_file_system_is_no_features_folder(tmp_path: Path, written: str) -> None:
    (tmp_path / NAME).write_text(f"[features]\ntrain = '{written}'\n", encoding="utf-8")
    (tmp_path / "train.csv").write_text("id,gloss\na,A B\nb,C\n", encoding="utf-8")

    with pytest.raises(SettingsError, match="whole file system"):
        discover(tmp_path)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="folders of Linux")
@pytest.mark.parametrize("written", ["/usr", "/proc", "/proc/self/task", "/etc/", "/usr/**/*.npy"])
def test_the_folders_of_the_system_are_no_features_folder(tmp_path: Path, written: str) -> None:
    (tmp_path / NAME).write_text(f"[features]\ntrain = '{written}'\n", encoding="utf-8")
    (tmp_path / "train.csv").write_text("id,gloss\na,A B\nb,C\n", encoding="utf-8")

    with pytest.raises(SettingsError, match="belongs to the operating system"):
        discover(tmp_path)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_links_into_proc_are_not_walked_and_its_files_are_not_read(tmp_path: Path) -> None:
    linked(tmp_path / "processes", Path("/proc"))
    linked(tmp_path / "mine", Path("/proc/self"))

    assert walk(tmp_path).files == ()
    with pytest.raises(Unreadable, match="zero bytes"):
        read_head(Path("/proc/self/status"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[model]\nstride = {LARGEST_STRIDE + 1}\n", "whole number from 1 to"),
        ("[features]\ntrain = ''\n", "is empty"),
        ("x = " + "[" * 50_000, "not TOML"),
        ("#" * (2 << 20), "over 1 MiB"),
    ],
)
def test_settings_out_of_bounds_are_said(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=said):
        read_settings(tmp_path)


def test_the_largest_stride_is_allowed_and_windows_line_ends_too(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(f"[model]\r\nstride = {LARGEST_STRIDE}\r\n".encode())

    assert read_settings(tmp_path).stride == LARGEST_STRIDE


def test_settings_that_are_a_folder_or_a_link_to_nothing_are_said(tmp_path: Path) -> None:
    (tmp_path / "a" / NAME).mkdir(parents=True)
    (tmp_path / "b").mkdir()
    linked(tmp_path / "b" / NAME, tmp_path / "nothing")

    for folder in ("a", "b"):
        with pytest.raises(SettingsError, match="is not a file"):
            read_settings(tmp_path / folder)


def test_a_small_pickle_that_decompresses_to_far_more_is_refused_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_bytes, "PLAUSIBLE_BYTES", 64 << 20)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 24)
    parts = [squeeze.compress(b"\x80\x04\x8e" + struct.pack("<Q", 5 << 24))]
    parts += [squeeze.compress(zeros) for _ in range(5)]
    (tmp_path / "bomb.pkl").write_bytes(b"".join(parts) + squeeze.flush())

    with pytest.raises(Unreadable, match="more than 64 MiB") as error:
        load_file(tmp_path / "bomb.pkl")
    assert error.value.fault == "refused"


def test_a_small_pickle_of_many_zeros_is_read(tmp_path: Path) -> None:
    import pickle

    packed = gzip.compress(pickle.dumps({"a": bytes(4 << 20)}, 4))
    (tmp_path / "a.pkl").write_bytes(packed)
    content = load_file(tmp_path / "a.pkl")

    assert isinstance(content, Tree) and len(content.value["a"]) == 4 << 20


@pytest.mark.skipif(os.name == "nt", reason="files are not sparse there by themselves")
@pytest.mark.parametrize("name", ["a.pose", "train.csv", "log.txt", "events.out.tfevents.1"])
def test_ten_sparse_gigabytes_are_unreadable_at_once(tmp_path: Path, name: str) -> None:
    began = time.process_time()

    with pytest.raises(Unreadable):
        read(sparse(tmp_path / name, 10 << 30))
    assert time.process_time() - began < 10


def test_a_text_too_large_to_read_is_named_in_the_report(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("files are not sparse there by themselves")
    (tmp_path / "train.csv").write_text("id,gloss\na,A B\nb,C\n", encoding="utf-8")
    sparse(tmp_path / "training.log", 1 << 30)

    [problem] = discover(tmp_path).problems
    assert problem.where == "training.log" and "are not read" in problem.message


def test_tables_of_too_many_columns_or_lines_are_refused() -> None:
    with pytest.raises(Unreadable, match="columns"):
        table_of("," * (MOST_COLUMNS + 1) + "\n1\n")
    with pytest.raises(Unreadable, match="lines"):
        table_of("a,b\n" + "\n" * (MOST_LINES + 1))
    assert len(table_of("a," * MOST_COLUMNS + "b\n").rows) == 1


def test_a_table_of_a_hundred_thousand_columns_is_no_history() -> None:
    names = ("epoch", "loss", *(f"c{i}" for i in range(100_000)))
    began = time.process_time()

    assert recognise_history("x.csv", "csv", Table(names, [["1"] * len(names)])) == ()
    assert time.process_time() - began < 1


@pytest.mark.parametrize("word", ["1" * 3999, "/" * 3999, ".mp4" * 999])
def test_long_words_do_not_keep_the_patterns_of_lines_busy(word: str) -> None:
    began = time.process_time()

    recognise_lines("train.txt", "text", Text([word] * 300), None)
    assert time.process_time() - began < 5


def test_a_line_of_megabytes_is_no_pair_of_predictions() -> None:
    began = time.process_time()

    assert pairs_of_lines(["epoch 1 " + "1" * 50_000_000]) is None
    assert time.process_time() - began < 1


def test_a_link_that_leads_out_of_the_run_is_followed_and_said(tmp_path: Path) -> None:
    outside, run = tmp_path / "elsewhere", tmp_path / "run"
    outside.mkdir()
    run.mkdir()
    (outside / "labels.csv").write_text("id,gloss\na,X Y\nb,Y\n", encoding="utf-8")
    (run / "dev.csv").write_text("id,gloss\nc,X Y\nd,Y\n", encoding="utf-8")
    linked(run / "train.csv", outside / "labels.csv")
    linked(run / "again.csv", run / "dev.csv")
    report = scan(run)

    place = (outside / "labels.csv").resolve().as_posix()
    assert report.as_dict()["run"]["links"] == [{"path": "train.csv", "leads_to": place}]
    assert f"followed out of the run directory: train.csv to {place}" in str(report)


def test_a_link_to_what_holds_the_run_is_not_followed(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (tmp_path / "other.csv").write_text("id,gloss\na,X\n", encoding="utf-8")
    (run / "train.csv").write_text("id,gloss\na,X Y\nb,Y\n", encoding="utf-8")
    linked(run / "data", Path(tmp_path.anchor))
    linked(run / "up", tmp_path)
    listing = walk(run)

    assert [file.where for file in listing.files] == ["train.csv"]
    assert dict(listing.problems) == {
        "data": f"a link to {Path(tmp_path.anchor).as_posix()}, which holds this run directory",
        "up": f"a link to {tmp_path.resolve().as_posix()}, which holds this run directory",
    }
    assert "a link to" in str(scan(run))
