"""TOML, STM, CTM and plain text."""

from __future__ import annotations

from pathlib import Path

import pytest

from slrdoctor.artifacts.content import Content, Table, Text, Tree, Unreadable
from slrdoctor.artifacts.formats import ctm, reader_of, stm, text, toml_file


def written(tmp_path: Path, name: str, data: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return path


def table(content: Content) -> Table:
    assert isinstance(content, Table)
    return content


def test_toml_is_plain_containers_with_dates_as_text(tmp_path: Path) -> None:
    content = toml_file.read(
        written(tmp_path, "a.toml", "[model]\nlr = 1e-3\nday = 2021-02-03\nat = [07:32:00]\n")
    )
    assert content == Tree({"model": {"lr": 1e-3, "day": "2021-02-03", "at": ["07:32:00"]}})


@pytest.mark.parametrize("data", ["a = [1", "a == 1\n", "a = 1\na = 2\n", "x = " + "[" * 5000])
def test_what_is_no_toml_is_unreadable(tmp_path: Path, data: str) -> None:
    with pytest.raises(Unreadable):
        toml_file.read(written(tmp_path, "a.toml", data))


def test_stm_keeps_the_transcript_whole(tmp_path: Path) -> None:
    lines = (
        ";; a comment\n01April-0 1 Signer04 0.0 1.79769e+308 ABEND  MITTE\n"
        "02 1 S 0.00 2.5 <o,f0,male> REGEN\nempty 1 S 0 1\nbroken line\n"
    )
    found = table(stm.read(written(tmp_path, "dev.stm", lines)))
    assert found.columns == ("id", "channel", "speaker", "start", "end", "gloss")
    assert [list(row) for row in found.rows] == [
        ["01April-0", "1", "Signer04", "0.0", "1.79769e+308", "ABEND  MITTE"],
        ["02", "1", "S", "0.00", "2.5", "REGEN"],
        ["empty", "1", "S", "0", "1", ""],
        ["broken", "line"],
    ]


def test_ctm_keeps_the_order_of_the_tokens_and_drops_the_confidence(tmp_path: Path) -> None:
    found = table(
        ctm.read(
            written(tmp_path, "dev.ctm", ";; x\na 1 0.00 0.01 REGEN 0.9\r\na 1 0.01 0.01 MORGEN\r\n")
        )
    )
    assert found.columns == ("id", "channel", "start", "duration", "token")
    assert [row[4] for row in found.rows] == ["REGEN", "MORGEN"]


@pytest.mark.parametrize("read", [stm.read, ctm.read])
def test_prose_is_neither_stm_nor_ctm(tmp_path: Path, read: object) -> None:
    assert callable(read)
    with pytest.raises(Unreadable):
        read(written(tmp_path, "x.stm", "these are some words only of prose\nand more\n"))


@pytest.mark.parametrize(
    "name", ["log.txt", "train.log", "gls.vocab", "dev.hyp.gls", "train.gloss", "log", "slurm.out"]
)
def test_text_files_are_found_by_their_names(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, "Zeile 1\r\nZeile 2\rZeile 3\n")
    reader = reader_of(path)
    assert reader is not None
    assert reader.read(path) == Text(["Zeile 1", "Zeile 2", "Zeile 3"], "utf-8")


def test_binary_under_the_name_of_text_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as error:
        text.read(written(tmp_path, "x.txt", bytes(range(256)) * 10))
    assert error.value.fault == "encoding"
