"""Tables whose columns are called col1, col2, col3: told by the clips, predictions and vocabulary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import slrdoctor
from slrdoctor.artifacts.directory.discovery import discover
from tests.folders import only_case, write

SIGNS = ("BUCH", "HAUS", "BAUM", "ZUG")
COUNT = 40


def target(i: int) -> str:
    return f"{SIGNS[i % 4]} {SIGNS[(i // 2) % 4]}"


def run(root: Path, name: str = "v{:04}", predicted: bool = False, vocabulary: bool = True) -> Path:
    """Clips of two splits, and what else may tell the columns of their tables."""
    rng = np.random.default_rng(0)
    for i in range(COUNT):
        path = root / "features" / split(i) / f"{name.format(i)}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, rng.normal(size=(20 + i, 42)).astype(np.float32))
    if vocabulary:
        write(root / "vocabulary.json", json.dumps({sign: i for i, sign in enumerate(SIGNS)}))
    if predicted:
        dev = [i for i in range(COUNT) if split(i) == "dev"]
        pairs = [{"id": name.format(i), "hypothesis": SIGNS[0], "reference": target(i)} for i in dev]
        write(root / "dev_predictions.json", json.dumps(pairs))
    return root


def split(i: int) -> str:
    return "train" if i < 28 else "dev"


def rows(name: str = "v{:04}") -> list[list[str]]:
    return [[name.format(i), target(i), f"P{i % 3}", split(i)] for i in range(COUNT)]


def csv(header: str, table: list[list[str]]) -> str:
    return "\n".join([header, *(",".join(row) for row in table)]) + "\n"


def samples(root: Path) -> dict[str, tuple[str, ...] | None]:
    data, _ = only_case(root)
    return {row.id: row.glosses for file in data.annotations for row in file.rows}


@pytest.mark.parametrize("name", ["v{:04}", "clip{}", "Aufnahme_{:03}"])
@pytest.mark.parametrize("header", ["col1,col2,col3,col4", "c,d,e,f", "spalte,wort_x,p,q"])
@pytest.mark.parametrize("known_by", ["predictions", "vocabulary", "both"])
def test_what_stands_in_the_columns_tells_ids_and_targets(
    tmp_path: Path, name: str, header: str, known_by: str
) -> None:
    run(tmp_path, name, known_by != "vocabulary", known_by != "predictions")
    write(tmp_path / "annotations.csv", csv(header, rows(name)))

    assert samples(tmp_path) == {name.format(i): tuple(target(i).split()) for i in range(COUNT)}
    data, _ = only_case(tmp_path)
    assert [row.split for row in data.annotations[0].rows] == [split(i) for i in range(COUNT)]
    assert "by what is in them" in data.annotations[0].convention


@pytest.mark.parametrize("turned", range(3))
def test_the_order_of_the_columns_does_not_matter(tmp_path: Path, turned: int) -> None:
    table = [row[turned:3] + row[:turned] for row in rows()]
    for part in ("train", "dev"):
        own = [row for i, row in enumerate(table) if split(i) == part]
        write(run(tmp_path) / f"{part}.csv", csv("col1,col2,col3", own))

    assert samples(tmp_path)["v0003"] == tuple(target(3).split())


def test_records_of_json_are_told_in_the_same_way(tmp_path: Path) -> None:
    records = [dict(zip("abcd", row, strict=True)) for row in rows()]
    write(run(tmp_path) / "corpus.json", json.dumps(records))

    assert samples(tmp_path)["v0003"] == tuple(target(3).split())


def test_a_sentence_is_a_text_where_the_run_is_scored_by_bleu(tmp_path: Path) -> None:
    history = "epoch,train_loss,dev_bleu\n" + "".join(f"{i},{3 / i},{i}\n" for i in range(1, 6))
    write(run(tmp_path, predicted=True) / "history.csv", history)
    write(tmp_path / "annotations.csv", csv("col1,col2,col3,col4", rows()))
    data, _ = only_case(tmp_path)

    assert data.annotations[0].rows[3].text == target(3)


def _unsure(table: list[list[str]], kind: str) -> list[list[str]]:
    if kind == "two columns have the words":
        return [[a, b, b.split()[0], d] for a, b, _, d in table]
    if kind == "no column has the words":
        return [[a, c, c, d] for a, _, c, d in table]
    if kind == "no column has the ids":
        return [[f"x{9000 - i}y", b, c, d] for i, (_, b, c, d) in enumerate(table)]
    return [[a, a.upper(), a.title(), d] for a, _, _, d in table]


@pytest.mark.parametrize(
    "kind",
    ["two columns have the words", "no column has the words", "no column has the ids", "only ids"],
)
def test_a_table_of_which_it_is_not_clear_is_left_alone(tmp_path: Path, kind: str) -> None:
    write(run(tmp_path) / "table.csv", csv("col1,col2,col3,col4", _unsure(rows(), kind)))

    assert not only_case(tmp_path)[0].annotations


def test_a_table_beside_annotations_is_left_alone(tmp_path: Path) -> None:
    write(run(tmp_path) / "annotations.csv", csv("id,gloss,signer,split", rows()))
    write(tmp_path / "quality.csv", csv("col1,col2", [[row[0], SIGNS[0]] for row in rows()]))

    [file] = only_case(tmp_path)[0].annotations
    assert file.where == "annotations.csv"


def test_a_table_is_looked_at_in_each_of_its_files_together(tmp_path: Path) -> None:
    """Predictions are of dev alone; the table of train has its columns all the same."""
    run(tmp_path, predicted=True, vocabulary=False)
    for part in ("train", "dev"):
        own = [row[:3] for i, row in enumerate(rows()) if split(i) == part]
        write(tmp_path / f"{part}.csv", csv("col1,col2,col3", own))

    assert len(samples(tmp_path)) == COUNT


def codes(root: Path) -> set[str]:
    found: list[dict[str, Any]] = slrdoctor.scan(root).as_dict()["findings"]
    return {finding["code"] for finding in found if finding["severity"] != "note"}


@pytest.mark.parametrize("header", ["col1,col2,col3,col4", "c,d,e,f", "un,deux,trois,quatre"])
def test_faults_are_found_in_such_tables(tmp_path: Path, header: str) -> None:
    write(run(tmp_path / "sound") / "annotations.csv", csv(header, rows()))
    unknown = [[a, b if i % 4 else "WOLKE REGEN", c, d] for i, (a, b, c, d) in enumerate(rows())]
    write(run(tmp_path / "unknown") / "annotations.csv", csv(header, unknown))
    missing = [*rows(), *([f"v9{i:03}", target(i), "P1", split(i)] for i in range(COUNT // 2))]
    write(run(tmp_path / "missing") / "annotations.csv", csv(header, missing))

    assert not {"LAB201", "FEA102"} & codes(tmp_path / "sound")
    assert "LAB201" in codes(tmp_path / "unknown")
    assert "FEA102" in codes(tmp_path / "missing")


def test_it_is_said_how_such_a_table_was_read(tmp_path: Path) -> None:
    write(run(tmp_path) / "annotations.csv", csv("col1,col2,col3,col4", rows()))
    [reading] = [one for one in discover(tmp_path).readings if one.where == "annotations.csv"]

    assert (reading.kind, reading.is_taken) == ("annotations", True)


@pytest.mark.parametrize("example", ["tests/data/sample.csv", "docs/example.csv", "other/train.csv"])
def test_annotations_of_other_samples_do_not_stand_in_the_way(tmp_path: Path, example: str) -> None:
    """A few samples of a test: none of them is stored."""
    clips, targets = [f"v{i:03}" for i in range(20)], ("BUCH", "HAUS", "BAUM", "ZUG")
    (tmp_path / "features").mkdir()
    for i, name in enumerate(clips):
        frames = np.random.default_rng(i).normal(size=(20, 42)).astype(np.float32)
        np.save(tmp_path / "features" / f"{name}.npy", frames)
    rows = "".join(f"{name},{targets[i % 4]}\n" for i, name in enumerate(clips))
    write(tmp_path / "table.csv", "col1,col2\n" + rows)
    write(tmp_path / "vocab.json", json.dumps({word: i for i, word in enumerate(targets)}))
    write(tmp_path / example, "id,gloss\na1,HELLO WORLD\na2,GOOD DAY\n")

    [(data, _)] = discover(tmp_path).cases

    assert [file.where for file in data.annotations] == ["table.csv"]
    assert {row.id for file in data.annotations for row in file.rows} == set(clips)


@pytest.mark.parametrize(
    ("stored", "called"),
    [("{:05}", "{}"), ("{:04}_anna", "{:04}"), ("rec_{:03}", "{:03}"), ("v{:04}", "videos/v{:04}.mp4")],
)
def test_ids_may_be_called_otherwise_than_the_clips(tmp_path: Path, stored: str, called: str) -> None:
    table = [rows(called)[(7 * i) % COUNT] for i in range(COUNT)]
    write(run(tmp_path, stored) / "annotations.csv", csv("col1,col2,col3,col4", table))
    data, _ = only_case(tmp_path)

    assert [row.glosses for file in data.annotations for row in file.rows] == [
        tuple(target((7 * i) % COUNT).split()) for i in range(COUNT)
    ]


def test_numbers_of_rows_are_not_taken_for_ids_that_are_only_like_them(tmp_path: Path) -> None:
    table = [[str(i), target(i)] for i in range(COUNT)]
    write(run(tmp_path) / "annotations.csv", csv("col1,col2", table))

    assert not only_case(tmp_path)[0].annotations


@pytest.mark.parametrize("key", ["annotations", "data", "items"])
def test_records_under_a_key_are_told_in_the_same_way(tmp_path: Path, key: str) -> None:
    records = [dict(zip("abcd", row, strict=True)) for row in rows()]
    write(run(tmp_path) / "corpus.json", json.dumps({"version": "1.0", key: records}))

    assert samples(tmp_path)["v0003"] == tuple(target(3).split())


@pytest.mark.parametrize("has_other_references", [False, True])
def test_references_without_ids_tell_the_targets(tmp_path: Path, has_other_references: bool) -> None:
    """A vocabulary of pieces of words tells nothing."""
    run(tmp_path, vocabulary=False)
    write(tmp_path / "annotations.csv", csv("col1,col2,col3,col4", rows()))
    pairs = [
        {"hypothesis": SIGNS[0], "reference": "WOLKE " * (i + 1) if has_other_references else target(i)}
        for i in range(28, COUNT)
    ]
    write(tmp_path / "dev_predictions.json", json.dumps(pairs))

    annotations = only_case(tmp_path)[0].annotations
    assert bool(annotations) is not has_other_references
    assert all(file.rows[3].glosses == tuple(target(3).split()) for file in annotations)


@pytest.mark.parametrize("known_by", ["predictions", "vocabulary"])
@pytest.mark.parametrize("header", ["x,y,p,q", "col1,col2,col3,col4", "a,b,c,d"])
def test_captions_of_the_same_clips_do_not_take_the_place_of_the_tables(
    tmp_path: Path, header: str, known_by: str
) -> None:
    run(tmp_path, predicted=known_by == "predictions", vocabulary=known_by == "vocabulary")
    write(tmp_path / "table.csv", csv(header, rows()))
    captions = [{"id": f"v{i:04}", "caption": f"a person signs {i}"} for i in range(COUNT)]
    write(tmp_path / "captions.json", json.dumps(captions))

    data, _ = only_case(tmp_path)

    [table] = [file for file in data.annotations if file.where == "table.csv"]
    assert [row.glosses for row in table.rows] == [tuple(target(i).split()) for i in range(COUNT)]
    assert {row.split for row in table.rows} == {"train", "dev"}


def test_texts_that_are_the_references_keep_the_place_of_a_table_without_names(tmp_path: Path) -> None:
    run(tmp_path, predicted=True)
    texts = [{"id": f"v{i:04}", "text": target(i)} for i in range(COUNT)]
    write(tmp_path / "targets.json", json.dumps(texts))
    write(tmp_path / "table.csv", csv("col1,col2,col3,col4", rows()))

    data, _ = only_case(tmp_path)

    assert [file.where for file in data.annotations] == ["targets.json"]
