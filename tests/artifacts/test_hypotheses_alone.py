"""Hypotheses whose references are the annotations, or whose lines are all blank."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import PredictionFile
from tests.folders import write

TARGETS = {f"clip_{i:02}": words for i, words in enumerate(("A B", "C", "B C A", "A", "C B", "B"))}
SAID = {f"clip_{i:02}": words for i, words in enumerate(("A", "C", "", "A", "C A B", "B"))}


def annotate(root: Path, suffix: str = "", texts: bool = False) -> None:
    header = "id,gloss,translation\n" if texts else "id,gloss\n"
    more = {key: f",das ist {glosses.lower()}" if texts else "" for key, glosses in TARGETS.items()}
    rows = "".join(f"{key}{suffix},{glosses}{more[key]}\n" for key, glosses in TARGETS.items())
    write(root / "annotations/dev.csv", header + rows)
    others = "".join(
        f"clip_{i:02}{suffix},A B{',das ist a b' if texts else ''}\n" for i in range(20, 40)
    )
    write(root / "annotations/train.csv", header + others)


def predictions(root: Path) -> tuple[PredictionFile, ...]:
    return tuple(file for _, runs in discover(root).cases for run in runs for file in run.predictions)


def table(header: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([*([header] if header else []), *SAID.items()])
    return text.getvalue()


FORMS = {
    "dev_predictions.json": json.dumps(SAID),
    "out/hyps.dev.json": json.dumps({key: words.split() for key, words in SAID.items()}),
    "pred.json": json.dumps({key: {"hyp": words, "score": 0.5} for key, words in SAID.items()}),
    "predictions.json": json.dumps([{"id": key, "hypothesis": words} for key, words in SAID.items()]),
    "predictions/dev.txt": "".join(f"{key}|{words}\n" for key, words in SAID.items()),
    "predictions/results.txt": "".join(f"{key} {words}\n" for key, words in SAID.items()),
    "hyp.txt": "".join(f"{key}: {words}\n" for key, words in SAID.items()),
    "best.IT_00001000.BW_01.dev.gls": "".join(f"{key}|{words}\n" for key, words in SAID.items()),
    "decoded_dev.txt": "".join(f"{key}\t{words}\n" for key, words in SAID.items()),
    "dev_preds.csv": table(["id", "gloss"]),
    "dev.hyp.csv": table(["video_id", "prediction"]),
    "submission.csv": table(["id", "prediction"]),
}


@pytest.mark.parametrize("where", FORMS)
@pytest.mark.parametrize("suffix", ["", ".mp4"])
@pytest.mark.parametrize("texts", [False, True])
def test_hypotheses_by_id_are_held_against_the_annotated_glosses(
    tmp_path: Path, where: str, suffix: str, texts: bool
) -> None:
    annotate(tmp_path, suffix, texts)
    write(tmp_path / where, FORMS[where])

    [file] = predictions(tmp_path)

    assert (file.where, file.split) == (where, "dev")
    assert [" ".join(tokens) for tokens in file.hypotheses] == [*SAID.values()]
    assert [" ".join(tokens) for tokens in file.references] == [*TARGETS.values()]


def test_hypotheses_of_sentences_are_held_against_the_texts(tmp_path: Path) -> None:
    annotate(tmp_path, texts=True)
    said = {key: f"das ist {words.lower()}" for key, words in SAID.items()}
    write(tmp_path / "dev_predictions.json", json.dumps(said))

    [file] = predictions(tmp_path)

    assert file.references[0] == ("das", "ist", "a", "b")


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("dev_predictions.json", json.dumps({f"other_{i}": "A B" for i in range(6)})),
        ("dev_predictions.json", json.dumps({key: [0.25, 0.75] for key in SAID})),
        ("dev_predictions.json", json.dumps({"wer": 31.2, "clip_00": 3})),
        ("dev_list.json", json.dumps(SAID)),
        ("predictions/dev.txt", "Epoch 1 of 3\nEpoch 2 of 3\nEpoch 3 of 3\n"),
    ],
)
def test_what_is_no_hypothesis_of_an_annotated_sample_is_left(
    tmp_path: Path, where: str, text: str
) -> None:
    annotate(tmp_path)
    write(tmp_path / where, text)

    assert predictions(tmp_path) == ()


@pytest.mark.parametrize(
    ("hypotheses", "references"),
    [("dev.hyp", "dev.ref"), ("out/hyps.txt", "out/refs.txt"), ("dev.hyp.txt", "dev.ref.txt")],
)
@pytest.mark.parametrize("blank", ["\n", "\r\n", "  \n"])
def test_lines_that_are_all_blank_are_empty_hypotheses(
    tmp_path: Path, hypotheses: str, references: str, blank: str
) -> None:
    write(tmp_path / hypotheses, blank * len(TARGETS))
    write(tmp_path / references, "\n".join(TARGETS.values()) + "\n")

    [file] = predictions(tmp_path)

    assert set(file.hypotheses) == {()}
    assert [" ".join(tokens) for tokens in file.references] == [*TARGETS.values()]
    assert not discover(tmp_path).problems


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_an_empty_file_without_references_is_a_problem(tmp_path: Path, text: str) -> None:
    annotate(tmp_path)
    write(tmp_path / "dev.hyp", text)

    run = discover(tmp_path)

    assert [problem.where for problem in run.problems] == ["dev.hyp"]
    assert predictions(tmp_path) == ()


def numbered(root: Path, split: str, targets: list[str]) -> None:
    rows = "".join(f"{i},{words}\n" for i, words in enumerate(targets))
    write(root / f"annotations/{split}.csv", "id,gloss\n" + rows)


@pytest.mark.parametrize("where", ["hyps.json", "out/predictions.json", "dev_hyps.json"])
def test_numbers_that_start_again_in_every_split_are_those_of_the_split_that_has_them_all(
    where: str, tmp_path: Path
) -> None:
    dev = ["A B", "C", "B C A", "A", "C B", "B"]
    numbered(tmp_path, "train", ["C C", "B B B", "A C", "C", "B A", "A A", "B C", "C A B"])
    numbered(tmp_path, "dev", dev)
    write(tmp_path / where, json.dumps({str(i): words for i, words in enumerate(dev)}))

    [file] = predictions(tmp_path)

    assert [" ".join(tokens) for tokens in file.references] == dev


def test_numbers_that_may_be_of_two_splits_are_held_against_neither(tmp_path: Path) -> None:
    for split, first in (("dev", "A B"), ("test", "C A")):
        numbered(tmp_path, split, [first, "C B", f"{first} C", "A", first, "B A C"])
    write(tmp_path / "hyps.json", json.dumps({str(i): "A B" for i in range(6)}))

    assert predictions(tmp_path) == ()


def test_numbers_that_start_again_with_every_class_are_held_against_none(tmp_path: Path) -> None:
    rows = "".join(f"{i},{sign}\n" for sign in ("HELLO", "YES", "NO") for i in range(8))
    write(tmp_path / "labels.csv", "id,label\n" + rows)
    write(tmp_path / "predictions.json", json.dumps({str(i): "HELLO" for i in range(8)}))

    assert predictions(tmp_path) == ()


@pytest.mark.parametrize("reference_first", [True, False])
def test_of_two_columns_without_names_the_one_that_repeats_the_targets_is_the_reference(
    tmp_path: Path, reference_first: bool
) -> None:
    annotate(tmp_path)
    rows = [(key, TARGETS[key], SAID[key]) for key in TARGETS]
    if not reference_first:
        rows = [(key, said, target) for key, target, said in rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    write(tmp_path / "dev_predictions.csv", text.getvalue())
    [found] = predictions(tmp_path)
    assert [" ".join(said) for said in found.hypotheses] == list(SAID.values())
    assert [" ".join(target) for target in found.references] == list(TARGETS.values())


@pytest.mark.parametrize("head", ["", "INFO | "])
@pytest.mark.parametrize("detokenised", [True, False])
def test_what_fairseq_generates_is_read(tmp_path: Path, head: str, detokenised: bool) -> None:
    lines = ["Namespace(path='x')"] if not head else []
    for number, (key, target) in enumerate(TARGETS.items()):
        lines += [f"S-{number}\tx y", f"T-{number}\t{target}", f"H-{number}\t-0.31\t{SAID[key]}"]
        lines += [f"D-{number}\t-0.31\t{SAID[key]}"] if detokenised else []
        lines += [f"P-{number}\t-0.1 -0.2"]
    write(tmp_path / "generate-dev.txt", "".join(f"{head}{line}\n" for line in lines))
    [found] = predictions(tmp_path)
    assert found.split == "dev" and [" ".join(said) for said in found.hypotheses] == list(SAID.values())
    assert [" ".join(target) for target in found.references] == list(TARGETS.values())


@pytest.mark.parametrize("where", ["dev_predictions.csv", "out/hyps.csv", "decoded_dev.tsv"])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("texts", [False, True])
def test_the_column_that_repeats_the_targets_is_no_hypothesis_where_all_others_are_empty(
    tmp_path: Path, where: str, turned: bool, texts: bool
) -> None:
    annotate(tmp_path, texts=texts)
    columns = [(words, "") for words in TARGETS.values()]
    rows = [(key, *(pair[::-1] if turned else pair)) for key, pair in zip(TARGETS, columns, strict=True)]
    mark = "\t" if where.endswith("tsv") else ","
    write(tmp_path / where, "".join(mark.join(row) + "\n" for row in rows))

    [file] = predictions(tmp_path)

    assert set(file.hypotheses) == {()}
    assert [" ".join(tokens) for tokens in file.references] == [*TARGETS.values()]


@pytest.mark.parametrize(
    "pattern", ["features/{split}/{label}/{name}.npy", "{split}/{label}/{name}.npy"]
)
@pytest.mark.parametrize("key", ["{name}", "{label}/{name}", "{name}.npy"])
@pytest.mark.parametrize("right", [True, False])
def test_hypotheses_by_id_are_held_against_the_folders_of_the_classes(
    tmp_path: Path, pattern: str, key: str, right: bool
) -> None:
    labels = ("BOOK", "GO", "HOUSE")
    said = {}
    for split, count in (("train", 24), ("dev", 9)):
        for i in range(count):
            name, label = f"{split[0]}{i:03}", labels[i % 3]
            path = tmp_path / pattern.format(split=split, label=label, name=name)
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, np.random.default_rng(i).normal(size=(20, 42)).astype(np.float32))
            if split == "dev":
                said[key.format(label=label, name=name)] = label if right else labels[(i + 1) % 3]
    write(tmp_path / "dev_predictions.json", json.dumps(said))

    [file] = predictions(tmp_path)

    assert (file.split, len(file.ids)) == ("dev", 9)
    assert (file.hypotheses == file.references) == right


@pytest.mark.parametrize("mark", ["|", "\t", " | "])
@pytest.mark.parametrize("name", ["clip {:02}", "Anna B. take {:02}", "clip_{:02}"])
def test_an_id_with_blanks_ends_at_its_mark(tmp_path: Path, mark: str, name: str) -> None:
    rows = "".join(f"{name.format(i)},{words}\n" for i, words in enumerate(TARGETS.values()))
    write(tmp_path / "annotations/dev.csv", "id,gloss\n" + rows)
    said = "".join(f"{name.format(i)}{mark}{words}\n" for i, words in enumerate(SAID.values()))
    write(tmp_path / "predictions/dev.txt", said)

    [file] = predictions(tmp_path)

    assert [" ".join(tokens) for tokens in file.hypotheses] == [*SAID.values()]
    assert [" ".join(tokens) for tokens in file.references] == [*TARGETS.values()]
