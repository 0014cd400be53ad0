"""Lists that say which sample is in which split."""

from __future__ import annotations

import pytest

from slrdoctor.artifacts.content import Text, Tree
from slrdoctor.artifacts.formats.csv_table import table_of
from slrdoctor.artifacts.kinds.annotations import recognise_annotations, recognise_split_list


def test_csl_daily_split_file() -> None:
    text = Text(["name|split", "S000000_P0000_T00|train", "S000001_P0000_T00|dev"])
    assert recognise_split_list("split_1.txt", "text", text) == {
        "S000000_P0000_T00": "train",
        "S000001_P0000_T00": "dev",
    }


def test_lists_of_ids_by_split() -> None:
    value = {"train": ["a1", "a2"], "validation": ["b1"], "test": [3]}
    assert recognise_split_list("splits.json", "json", Tree(value)) == {
        "a1": "train",
        "a2": "train",
        "b1": "dev",
        "3": "test",
    }
    assert recognise_split_list("s.json", "json", Tree({"a1": "train", "a2": "dev", "a3": "val"})) == {
        "a1": "train",
        "a2": "dev",
        "a3": "dev",
    }


def test_tables_of_ids_and_splits_with_and_without_header() -> None:
    assert recognise_split_list("s.csv", "csv", table_of("video_id,subset\na1,Train\na2,Val\n")) == {
        "a1": "train",
        "a2": "dev",
    }
    assert recognise_split_list("s.csv", "csv", table_of("a1,train\na2,test\n")) == {
        "a1": "train",
        "a2": "test",
    }


def test_a_text_file_of_ids_takes_its_split_from_its_name() -> None:
    assert recognise_split_list("lists/train.txt", "text", Text(["a1", "a2", ""])) == {
        "a1": "train",
        "a2": "train",
    }


def test_names_with_blanks_are_listed_where_they_begin_alike() -> None:
    names = ["clip 12", "clip 7", "clip 31"]
    assert recognise_split_list("train.txt", "text", Text(names)) == dict.fromkeys(names, "train")
    dated = [f"11 August 2010 tagesschau {n}" for n in range(4)]
    assert recognise_split_list("lists/dev.txt", "text", Text(dated)) == dict.fromkeys(dated, "dev")
    records = [f"v{n} REGEN WIND{n}" for n in range(4)]
    assert recognise_split_list("train.txt", "text", Text(records)) is None
    assert recognise_split_list("train.txt", "text", Text(["1 0.5", "1 0.4", "1 0.3", "1 0.2"])) is None


@pytest.mark.parametrize("name", ["videos/v{}.mp4", "v{}.mp4", "D:\\data\\v{}.avi"])
def test_names_by_split_are_no_samples_of_the_classes_train_and_dev(name: str) -> None:
    listed = {split: [name.format(n) for n in range(3)] for split in ("train", "val")}
    listed["val"] = [name.format(n) for n in range(3, 5)]
    assert recognise_annotations("splits.json", "json", Tree(listed)) is None
    by_class = {**listed, "house": [name.format(9)]}
    assert recognise_annotations("samples.json", "json", Tree(by_class)) is not None


def test_annotations_vocabularies_and_others_are_no_split_lists() -> None:
    for where, text in (
        ("train.csv", "id,split,gloss\na1,train,A B\nb1,dev,C\n"),
        ("history.csv", "epoch,split,id\n1,train,a\n2,dev,b\n"),
    ):
        assert recognise_split_list(where, "csv", table_of(text)) is None
    assert recognise_split_list("train.gloss", "text", Text(["A B", "C D"])) is None
    assert recognise_split_list("vocab.txt", "text", Text(["a1", "a2"])) is None
    assert recognise_split_list("x.json", "json", Tree({"train": [{"id": "a1"}], "dev": []})) is None
    assert recognise_split_list("x.json", "json", Tree([1, 2])) is None


@pytest.mark.parametrize("name", ["{}.mp4", "videos/{}.avi", "{}.npy", "{}"])
@pytest.mark.parametrize("words", [("train", "val"), ("Train", "Dev"), ("training", "testing")])
def test_files_by_split_are_no_files_by_class(name: str, words: tuple[str, str]) -> None:
    value = {
        word: [name.format(f"v{number + i:03}") for i in range(6)]
        for number, word in zip((0, 50), words, strict=True)
    }
    assert recognise_annotations("splits.json", "json", Tree(value)) is None
    listed = recognise_split_list("splits.json", "json", Tree(value))
    assert listed is not None and len(listed) == 12 and len(set(listed.values())) == 2


def test_files_by_class_stay_annotations() -> None:
    value = {word: [f"{word}_{i:03}.mp4" for i in range(6)] for word in ("BOOK", "TRAIN", "HOUSE")}
    found = recognise_annotations("splits.json", "json", Tree(value))
    assert found is not None and len(found.rows) == 18
