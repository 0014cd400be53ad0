"""Glosses in a column that is called `Sentence`, and sentences that stay texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import slrdoctor
from slrdoctor.artifacts.run import AnnotationFile
from tests.folders import only_case, write

SIGNS = ("BUCH", "HAUS", "BAUM", "ZUG")
COUNT = 24


def target(i: int) -> str:
    return f"{SIGNS[i % 4]} {SIGNS[(i // 2) % 4]} {SIGNS[(i + 1) % 4]}"


def run(
    root: Path,
    column: str = "Sentence",
    targets: list[str] | None = None,
    tokens: tuple[str, ...] = ("<blank>", *SIGNS),
    score: str = "dev_wer",
    config: str = "model:\n  name: tcn\n",
    references: list[str] | None = None,
) -> Path:
    targets = targets or [target(i) for i in range(COUNT)]
    (root / "features").mkdir(parents=True)
    for i in range(COUNT):
        clip = np.random.default_rng(i).normal(size=(30 + i, 42))
        np.save(root / "features" / f"v{i:03}.npy", clip.astype(np.float32))
    rows = "".join(f"v{i:03},{targets[i]},{'dev' if i > 17 else 'train'}\n" for i in range(COUNT))
    write(root / "annotations.csv", f"Video ID,{column},Split\n{rows}")
    write(root / "vocabulary.json", json.dumps({token: i for i, token in enumerate(tokens)}))
    write(root / "history.csv", f"epoch,train_loss,{score}\n1,4,1\n2,3,0.8\n3,2,0.7\n")
    write(root / "config.yaml", config)
    if references is not None:
        pairs = [
            {"id": f"v{i:03}", "hypothesis": SIGNS[0], "reference": references[i]}
            for i in range(18, COUNT)
        ]
        write(root / "dev_predictions.json", json.dumps(pairs))
    return root


def annotated(root: Path) -> AnnotationFile:
    [file] = only_case(root)[0].annotations
    return file


@pytest.mark.parametrize("column", ["Sentence", "Satz", "sentence text", "Sentence (glossed)", "frase"])
@pytest.mark.parametrize(
    "known_by",
    [
        {},
        {"score": "dev_loss"},
        {"tokens": SIGNS},
        {"references": [target(i) for i in range(COUNT)]},
    ],
    ids=["both", "blank", "error rate", "references"],
)
def test_sentences_of_listed_glosses_are_glosses(
    tmp_path: Path, column: str, known_by: dict[str, Any]
) -> None:
    file = annotated(run(tmp_path, column, **known_by))

    assert [row.glosses for row in file.rows] == [tuple(target(i).split()) for i in range(COUNT)]
    assert all(row.text is None for row in file.rows)


@pytest.mark.parametrize(
    "spoken",
    [
        {"targets": [f"{target(i)}." for i in range(COUNT)]},
        {"score": "dev_bleu"},
        {"config": "task: translation\nmodel:\n  name: transformer\n"},
        {"config": "model:\n  loss: {translation_loss_weight: 1.0}\n"},
        {"tokens": ("<blank>", "EIS", "SEE", "TAL")},
        {"tokens": SIGNS, "score": "dev_loss"},
        {"references": [f"{target(i)} HAUS" for i in range(COUNT)]},
    ],
    ids=["full stops", "BLEU", "task", "loss", "other tokens", "no token or error rate", "references"],
)
def test_sentences_stay_texts_where_anything_speaks_against_glosses(
    tmp_path: Path, spoken: dict[str, Any]
) -> None:
    file = annotated(run(tmp_path, **spoken))

    assert all(row.glosses is None and row.text for row in file.rows)


def test_sentences_beside_glosses_stay_texts(tmp_path: Path) -> None:
    root = run(tmp_path)
    rows = "".join(f"v{i:03},{target(i)},{target(i + 1)}\n" for i in range(COUNT))
    write(root / "annotations.csv", f"id,gloss,sentence\n{rows}")

    assert annotated(root).rows[0].text == target(1)


@pytest.mark.parametrize("column", ["Sentence", "Satz", "frase"])
def test_an_unknown_gloss_is_found_in_sentences(tmp_path: Path, column: str) -> None:
    unknown = [target(i) if i % 3 else "WOLKE REGEN HAUS" for i in range(COUNT)]
    found = {}
    for name, targets in (("sound", None), ("unknown", unknown)):
        report = slrdoctor.scan(run(tmp_path / name, column, targets)).as_dict()
        found[name] = {one["code"] for one in report["findings"] if one["severity"] != "note"}

    assert "LAB201" not in found["sound"]
    assert "LAB201" in found["unknown"]


@pytest.mark.parametrize("column", ["target", "labels", "annotation", "y"])
def test_targets_of_a_run_that_is_scored_by_bleu_are_sentences(tmp_path: Path, column: str) -> None:
    file = annotated(run(tmp_path, column, tokens=SIGNS, score="dev_bleu"))

    assert [row.text for row in file.rows] == [target(i) for i in range(COUNT)]
    assert all(row.glosses is None for row in file.rows)


@pytest.mark.parametrize(
    "glosses",
    [
        {"column": "gloss"},
        {"column": "orth"},
        {"score": "dev_wer"},
        {"tokens": ("<blank>", *SIGNS)},
        {"config": "model:\n  loss: ctc\n"},
        {"targets": [SIGNS[i % 4] for i in range(COUNT)]},
    ],
    ids=["column", "column of PHOENIX", "error rate", "blank", "loss", "single signs"],
)
def test_targets_stay_glosses_where_anything_calls_them_so(
    tmp_path: Path, glosses: dict[str, Any]
) -> None:
    given = {"column": "target", "tokens": SIGNS, "score": "dev_bleu", **glosses}

    assert all(row.glosses for row in annotated(run(tmp_path, **given)).rows)


@pytest.mark.parametrize(
    "files", [("train.txt", "dev.txt"), ("train/text.txt", "dev/text.txt"), ("annotations/all.txt",)]
)
@pytest.mark.parametrize("score", ["dev_bleu", "dev_wer"])
def test_lines_of_ids_and_words_are_sentences_in_a_run_that_is_scored_by_bleu(
    tmp_path: Path, files: tuple[str, ...], score: str
) -> None:
    root = run(tmp_path, tokens=SIGNS, score=score)
    (root / "annotations.csv").unlink()
    for number, name in enumerate(files):
        mine = range(number, COUNT, len(files))
        write(root / name, "".join(f"v{i:03} {target(i)}\n" for i in mine))

    rows = [row for file in only_case(root)[0].annotations for row in file.rows]

    wanted = {f"v{i:03}": target(i) for i in range(COUNT)}
    if score == "dev_bleu":
        assert {row.id: row.text for row in rows} == wanted and not any(row.glosses for row in rows)
    else:
        assert {row.id: " ".join(row.glosses or ()) for row in rows} == wanted


def test_lines_of_ids_and_words_in_a_file_of_glosses_stay_glosses(tmp_path: Path) -> None:
    root = run(tmp_path, tokens=SIGNS, score="dev_bleu")
    (root / "annotations.csv").unlink()
    write(root / "train.gloss.txt", "".join(f"v{i:03} {target(i)}\n" for i in range(COUNT)))

    assert all(row.glosses for row in annotated(root).rows)


@pytest.mark.parametrize("place", ["validations.txt", "txt/validations.txt"])
@pytest.mark.parametrize(("wer", "is_text"), [("-1.00", True), ("61.50", False)])
def test_an_error_rate_that_signjoey_did_not_compute_is_no_score_of_glosses(
    tmp_path: Path, place: str, wer: str, is_text: bool
) -> None:
    root = run(tmp_path, "annotation", tokens=SIGNS)
    (root / "history.csv").unlink()
    lines = (
        f"Steps: {15 * i}\tRecognition Loss: -1.00000\tTranslation Loss: {4 - 0.3 * i:.5f}\t"
        f"Eval Metric: bleu\tWER {wer}\t(DEL: {wer},\tINS: {wer},\tSUB: {wer})\tBLEU-4 {3.5 * i:.2f}\t"
        "CHRF 20.00\tROUGE 20.00\tLR: 0.00200000\n"
        for i in range(1, 9)
    )
    write(root / place, "".join(lines))

    rows = annotated(root).rows

    assert all(bool(row.text) == is_text and (row.glosses is None) == is_text for row in rows)


@pytest.mark.parametrize("column", ["labels", "target", "annotation"])
@pytest.mark.parametrize("is_of_targets", [True, False])
def test_captions_of_the_same_samples_do_not_keep_sentences_from_being_texts(
    tmp_path: Path, column: str, is_of_targets: bool
) -> None:
    """The references are the targets; where they are the captions, these are the texts."""
    captions = [f"a person signs something ({i})" for i in range(COUNT)]
    references = [target(i) for i in range(COUNT)] if is_of_targets else captions
    root = run(tmp_path, column, tokens=SIGNS, score="dev_bleu", references=references)
    write(root / "captions.json", json.dumps({f"v{i:03}": text for i, text in enumerate(captions)}))

    files = only_case(root)[0].annotations

    texts = {row.text for file in files for row in file.rows if row.text}
    assert texts == set(map(target, range(COUNT)) if is_of_targets else captions)


@pytest.mark.parametrize("name", ["classes.txt", "labels.txt", "class_names.txt"])
def test_a_list_that_is_called_for_classes_may_be_of_the_glosses(tmp_path: Path, name: str) -> None:
    run(tmp_path)
    (tmp_path / "vocabulary.json").unlink()
    write(tmp_path / name, "".join(f"{i}\t{t}\n" for i, t in enumerate(("<blank>", *SIGNS))))

    assert [row.glosses for row in annotated(tmp_path).rows] == [
        tuple(target(i).split()) for i in range(COUNT)
    ]
