"""Hostile text files: whatever bytes and containers there are, an answer and no traceback."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Content, Opaque, Table, Text, Tree, Unreadable
from slrdoctor.artifacts.formats import csv_table, ctm, json_file, jsonl, stm, text, toml_file, yaml_file
from slrdoctor.artifacts.kinds.annotations import recognise_annotations, recognise_split_list
from slrdoctor.artifacts.kinds.config import recognise_config
from slrdoctor.artifacts.kinds.config.search import every_setting
from slrdoctor.artifacts.kinds.vocabulary import recognise_vocabulary

READERS = (csv_table, json_file, jsonl, yaml_file, toml_file, stm, ctm, text)
SEEDS = (
    b'{"a": [1, NaN, "x"]}',
    b"id|gloss\na|B C\n",
    b"a: [1, &x 2, *x]\nb: !!python/tuple [1]\n",
    b"[a]\nb = 1\n",
    "ক খ\n".encode(),
    "x\ty\n".encode("utf-16"),
    b'a,b\n"1,2",3\n',
    b"id 1 S 0.0 1.0 A B\n",
    b"Namespace(lr=0.1, batch_size=3)\n",
)
PIECES = (
    b"[",
    b"{",
    b'"',
    b"\n",
    b"|",
    b",",
    b"&a ",
    b"*a",
    b"!!",
    b"\0",
    b"\r",
    b"- ",
    b"\xff\xfe",
    b"\xc3",
)
NAMES = (
    "train.csv",
    "vocab.txt",
    "config.yaml",
    "labels.json",
    "log.txt",
    "x.json",
    "gloss_dict.npy",
    "args.txt",
)
KEYS: tuple[Any, ...] = (
    *(
        "id",
        "name",
        "gloss",
        "label",
        "text",
        "train",
        "dev",
        "instances",
        "subset",
        "action",
        "prefix",
        "fileid",
    ),
    *(
        "folder",
        "signer",
        "num_frames",
        "fps",
        "path",
        "vocab",
        "annotations",
        "data",
        "gloss2id",
        "lr",
        "epochs",
    ),
    *(
        "value",
        "url",
        "start",
        "end",
        "clean_text",
        "signer_id",
        "split",
        "length",
        "phrase",
        "sequence_id",
    ),
    *(
        "participant_id",
        "sign",
        "labels",
        "glosses",
        "0",
        0,
        1,
        (1, 2),
        None,
        10**5000,
        3.5,
        b"id",
        float("nan"),
    ),
)
LEAVES: tuple[Any, ...] = (
    *(
        None,
        True,
        1,
        0,
        -3,
        10**5000,
        float("nan"),
        float("inf"),
        2.5,
        "",
        "a",
        "a1",
        "A B",
        "x/b.npy",
        "train",
    ),
    *(
        "[1, 2]",
        "['A']",
        "٣",
        "\ud800",
        "x" * 500,
        b"\xff",
        np.float32(1),
        np.int64(3),
        np.array(5),
        ("a", "b"),
    ),
    *(
        np.array(["a", "b"]),
        np.array([1, 2]),
        np.zeros((2, 3)),
        np.array([], dtype=object),
        complex(1, 2),
    ),
    *(Opaque("x.y"), Opaque("argparse.Namespace", {"lr": 1, "epochs": 3}), np.datetime64("2020-01-01")),
)


def judge(name: str, format: str, content: Content) -> None:
    """Every kind looks at it; what they claim must hold what it says."""
    recognise_split_list(name, format, content)
    vocabulary = recognise_vocabulary(name, format, content)
    config = recognise_config(name, format, content)
    annotations = recognise_annotations(name, format, content)
    if vocabulary is not None:
        assert all(token is None or isinstance(token, str) for token in vocabulary.tokens)
    if config is not None:
        assert all(path for path, _ in every_setting(config.value))
    for row in annotations.rows if annotations is not None else ():
        assert isinstance(row.id, str) and row.id
        assert row.glosses is None or all(isinstance(gloss, str) and gloss for gloss in row.glosses)


def mangled(chance: random.Random) -> bytes:
    data = bytearray(chance.choice(SEEDS) * chance.randint(1, 5))
    for _ in range(chance.randint(0, 6)):
        at = chance.randrange(len(data) + 1)
        way = chance.random()
        if way < 0.4:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif way < 0.6:
            del data[at : at + chance.randint(1, 8)]
        elif way < 0.8:
            data[at:at] = chance.randbytes(chance.randint(1, 8))
        else:
            data[at:at] = chance.choice(PIECES)
    return bytes(data) if chance.random() < 0.9 else chance.randbytes(chance.randint(1, 300))


def container(chance: random.Random, depth: int = 0) -> Any:
    way = chance.random()
    if depth > 3 or way < 0.35:
        return chance.choice(LEAVES)
    if way < 0.65:
        return {chance.choice(KEYS): container(chance, depth + 1) for _ in range(chance.randint(0, 6))}
    if way < 0.8:
        keys = chance.sample(KEYS, 4)
        return [{key: container(chance, depth + 2) for key in keys} for _ in range(chance.randint(0, 5))]
    return [container(chance, depth + 1) for _ in range(chance.randint(0, 5))]


@pytest.mark.parametrize("seed", range(4))
def test_mangled_files_raise_unreadable_and_nothing_else(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(150):
        (tmp_path / "file").write_bytes(mangled(chance))
        for reader in READERS:
            try:
                content = reader.READER.read(tmp_path / "file")
            except Unreadable:
                continue
            judge(chance.choice(NAMES), reader.READER.name, content)


@pytest.mark.parametrize("seed", range(4))
def test_containers_of_anything_never_raise(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(600):
        judge(chance.choice(NAMES), chance.choice(("json", "yaml", "pickle")), Tree(container(chance)))
        rows = [
            [chance.choice(LEAVES) for _ in range(chance.randint(0, 5))]
            for _ in range(chance.randint(0, 6))
        ]
        names = tuple(str(key) for key in chance.sample(KEYS[:35], 4))
        judge(
            chance.choice(NAMES),
            chance.choice(("csv", "stm")),
            Table(chance.choice((None, names)), rows),
        )


def test_containers_that_hold_themselves_end() -> None:
    loop: list[Any] = [{"id": "a", "gloss": "B"}]
    loop.append(loop)
    for value in (loop, {"data": loop, "self": loop}):
        for name in NAMES:
            judge(name, "json", Tree(value))
    around: dict[str, Any] = {"id": "a1", "gloss": "A"}
    around["data"] = around["model"] = around["vocab"] = around
    for name in NAMES:
        judge(name, "json", Tree(around))


@pytest.mark.parametrize(
    "line",
    [
        "/" * 10**5,
        "1" * 10**5,
        "a:" + " " * 10**5 + "x",
        "Namespace(" + ")" * 10**4,
        "[" * 10**5,
        ", " * 10**4,
    ],
)
def test_very_long_lines_take_no_longer_than_reading_them(line: str) -> None:
    for name in ("train.txt", "vocab.txt", "args.txt", "text_train.txt"):
        judge(name, "text", Text([line] * 3))
    judge("train.csv", "csv", csv_table.table_of((line + "\n") * 3))
    judge("train.json", "json", Tree([{"id": line, "gloss": line, "split": line, line: 1}] * 3))


def test_files_named_in_bengali_and_arabic_with_spaces_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "আমার ফাইল" / "بيانات التدريب"
    folder.mkdir(parents=True)
    path = folder / "প্রশিক্ষণ train.csv"
    path.write_bytes("id|gloss\r\nভিডিও ১|আমি ভাত\r\nفيديو 2|شكراً\r\n".encode("utf-16"))
    content = csv_table.READER.read(path)
    found = recognise_annotations(path.relative_to(tmp_path).as_posix(), "csv", content)
    assert found is not None
    assert [(row.id, row.glosses, row.split) for row in found.rows] == [
        ("ভিডিও ১", ("আমি", "ভাত"), "train"),
        ("فيديو 2", ("شكراً",), "train"),
    ]
