"""YAML: plain values out of any tags, and no bombs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.content import Opaque, Tree, Unreadable
from slrdoctor.artifacts.formats.yaml_file import READER


def read(tmp_path: Path, text: str) -> Any:
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    content = READER.read(tmp_path / "config.yaml")
    assert isinstance(content, Tree)
    return content.value


def test_plain_values_are_read_and_1e_4_is_a_number(tmp_path: Path) -> None:
    value = read(
        tmp_path, "lr: 1e-4\nwd: 1.0e-4\nname: x\ndate: 2021-02-03\nsteps: [20, 35]\nnesterov: no\n"
    )
    assert value == {
        "lr": 1e-4,
        "wd": 1e-4,
        "name": "x",
        "date": "2021-02-03",
        "steps": [20, 35],
        "nesterov": False,
    }


def test_unknown_tags_give_their_plain_value(tmp_path: Path) -> None:
    assert read(
        tmp_path, "a: !Path /x\nb: !!python/tuple [1, 2]\nc: !Foo {d: 1}\n? [1, 2]\n: key\n"
    ) == {
        "a": "/x",
        "b": [1, 2],
        "c": {"d": 1},
        "[1, 2]": "key",
    }


def test_tags_that_build_objects_build_none(tmp_path: Path) -> None:
    value = read(tmp_path, "p: !!python/object/apply:os.system ['touch pwned']\n")
    assert value == {"p": Opaque("os.system", ["touch pwned"])}
    assert not (tmp_path / "pwned").exists()


def test_several_documents_are_a_list(tmp_path: Path) -> None:
    assert read(tmp_path, "--- {a: 1}\n--- {a: 2}\n") == [{"a": 1}, {"a": 2}]


def test_anchors_and_merges_are_resolved(tmp_path: Path) -> None:
    assert read(tmp_path, "a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n")["b"] == {"x": 1, "y": 2}


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)


@pytest.mark.parametrize("text", [BOMB, "a: &a [*a]\n", "[" * 100_000, "- " * 100_000, "{a: " * 100_000])
def test_bombs_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unreadable):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "a: !!int x\n",
        "a: !!int ''\n",
        "a: !!float abc\n",
        "a: !!bool x\n",
        "a: [1\n",
        "\ta: 1\n",
        'a: "x\n',
        "a: *undefined\n",
        "<<: 3\n",
        "!!str {a: b}\n",
        "%YAML 9.9\n---\na\n",
    ],
)
def test_what_is_no_yaml_is_unreadable_and_no_traceback(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unreadable, match="YAML"):
        read(tmp_path, text)
