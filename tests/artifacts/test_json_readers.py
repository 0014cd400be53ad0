"""JSON and JSON lines."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest

from slrdoctor.artifacts.content import Opaque, Tree, Unreadable
from slrdoctor.artifacts.formats.json_file import READER as JSON
from slrdoctor.artifacts.formats.json_file import parse
from slrdoctor.artifacts.formats.jsonl import READER as JSONL


def test_nan_and_infinity_are_floats() -> None:
    value = parse('{"loss": [1.5, NaN, Infinity, -Infinity]}')
    assert math.isnan(value["loss"][1])
    assert value["loss"][2:] == [math.inf, -math.inf]


def test_documents_one_after_another_are_a_list() -> None:
    assert parse('{"epoch": 1}\n{"epoch": 2}\n') == [{"epoch": 1}, {"epoch": 2}]
    assert parse('{\n "epoch": 1\n}{\n "epoch": 2\n}') == [{"epoch": 1}, {"epoch": 2}]


def test_a_document_that_breaks_off_is_truncated_and_names_its_line() -> None:
    whole = json.dumps(
        [{"id": f"v{i}", "gloss": "আমি"} for i in range(50)], indent=1, ensure_ascii=False
    )
    for cut in range(1, len(whole) - 1, 7):
        with pytest.raises(Unreadable) as error:
            parse(whole[:cut])
        assert error.value.fault in ("truncated", "corrupt")
    with pytest.raises(Unreadable, match=r"in line 3") as error:
        parse('[\n 1,\n "abc')
    assert error.value.fault == "truncated"


def test_what_is_no_json_names_the_line() -> None:
    with pytest.raises(Unreadable, match="line 2") as error:
        parse("{\n a: 1}")
    assert error.value.fault == "corrupt"


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 100_000, "[" * 150 + "]" * 150])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text)


def test_hundred_levels_are_read() -> None:
    assert parse("[" * 90 + "]" * 90) is not None


def test_numbers_of_ten_thousand_digits_are_no_traceback() -> None:
    if hasattr(sys, "get_int_max_str_digits"):  # this Python refuses them
        with pytest.raises(Unreadable, match="digits"):
            parse("[" + "9" * 10_000 + "]")
    else:
        assert parse("[" + "9" * 10_000 + "]") == [10**10_000 - 1]


def test_half_a_surrogate_pair_becomes_a_character_that_can_be_printed() -> None:
    value = parse(r'{"a\ud83d": ["\ud83d", "\ud83d\ude00"]}')
    value["a\ufffd"][0].encode("utf-8")
    assert value["a\ufffd"][1] == "😀"


def test_duplicate_keys_keep_the_last() -> None:
    assert parse('{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_json_in_other_encodings_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a b.json"
    path.write_bytes('{"gloss": "GRÜN"}\r\n'.encode(encoding))
    content = JSON.read(path)
    assert isinstance(content, Tree)
    assert content.value == {"gloss": "GRÜN"}


def read_lines(tmp_path: Path, text: str) -> list[object]:
    (tmp_path / "log.jsonl").write_text(text, encoding="utf-8")
    content = JSONL.read(tmp_path / "log.jsonl")
    assert isinstance(content, Tree)
    return list(content.value)


def test_a_last_line_that_breaks_off_is_left_out(tmp_path: Path) -> None:
    assert read_lines(tmp_path, '{"a": 1}\n\n{"a": 2}\n{"a"') == [{"a": 1}, {"a": 2}]


def test_a_line_in_between_that_is_no_json_keeps_its_place(tmp_path: Path) -> None:
    found = read_lines(tmp_path, '{"a": 1}\noops\n{"a": 2}\n{"a": 3}\n')
    assert isinstance(found[1], Opaque)
    assert [found[0], found[2], found[3]] == [{"a": 1}, {"a": 2}, {"a": 3}]


def test_pretty_printed_documents_are_read_as_json_lines(tmp_path: Path) -> None:
    assert read_lines(tmp_path, '{\n "a": 1\n}\n{\n "a": 2\n}\n') == [{"a": 1}, {"a": 2}]


def test_text_that_is_no_json_lines_is_corrupt(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read_lines(tmp_path, "no\njson\nhere\n")
