"""A text file a sample: its glosses, its class or its sentence, in a folder of labels or beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import AnnotationFile
from tests.after_init import conclusions, document, init, take_every_guess

SEQUENCES = ["RAIN SUN", "WIND", "NORTH RAIN RAIN", "SUN", "WIND NORTH", "RAIN"]
CLASSES = ["hello", "thanks", "hello", "yes", "thanks", "yes"]
NUMBERS = ["3", "0", "3", "1", "2", "0"]
TEXTS = [
    "morgen regnet es.",
    "die Sonne scheint.",
    "es ist windig im Norden.",
    "am Abend Wind.",
    "ja.",
    "nun.",
]


def clips(root: Path, place: str, split: str = "train") -> None:
    for n in range(6):
        path = root / place.format(split=split, id=f"{split}_{n:02}")
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, np.random.default_rng(n).normal(size=(20, 30)).astype(np.float32))


def labels(root: Path, place: str, said: list[str], split: str = "train") -> None:
    for n, label in enumerate(said):
        path = root / place.format(split=split, id=f"{split}_{n:02}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(label, encoding="utf-8")


def annotated(root: Path) -> dict[str, AnnotationFile]:
    return {a.where: a for data, _ in discover(root).cases for a in data.annotations}


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("labels/{split}/{id}.txt", "labels/{split}"),
        ("data/glosses/{split}/{id}.txt", "data/glosses/{split}"),
        ("{split}_labels/{id}.txt", "{split}_labels"),
        ("{split}/annotation/{id}.lab", "{split}/annotation"),
        ("features/{split}/{id}.txt", "features/{split}"),
    ],
)
def test_each_file_is_the_sample_of_its_name(place: str, where: str, tmp_path: Path) -> None:
    for split in ("train", "dev"):
        clips(tmp_path, "features/{split}/{id}.npy", split)
        labels(tmp_path, place, SEQUENCES, split)

    found = annotated(tmp_path)

    assert {file.convention for file in found.values()} == {"a text file per sample"}
    for split in ("train", "dev"):
        rows = found[where.format(split=split)].rows
        assert [(r.id, r.split, r.glosses) for r in rows] == [
            (f"{split}_{n:02}", split, tuple(words.split())) for n, words in enumerate(SEQUENCES)
        ]


@pytest.mark.parametrize("said", [CLASSES, NUMBERS], ids=["words", "numbers"])
def test_one_token_a_file_is_a_class(said: list[str], tmp_path: Path) -> None:
    clips(tmp_path, "features/{id}.npy")
    labels(tmp_path, "labels/{id}.txt", [f"{label}\n" for label in said])

    [file] = annotated(tmp_path).values()

    assert file.classification and [row.glosses for row in file.rows] == [(label,) for label in said]


def test_a_gloss_a_line_is_a_sequence(tmp_path: Path) -> None:
    clips(tmp_path, "features/{id}.npy")
    labels(tmp_path, "glosses/{id}.txt", ["\r\n".join(words.split()) for words in SEQUENCES])

    [file] = annotated(tmp_path).values()

    assert [row.glosses for row in file.rows] == [tuple(words.split()) for words in SEQUENCES]


def test_a_folder_of_sentences_has_texts(tmp_path: Path) -> None:
    clips(tmp_path, "features/{id}.npy")
    labels(tmp_path, "transcripts/{id}.txt", TEXTS)

    [file] = annotated(tmp_path).values()

    assert [row.text for row in file.rows] == TEXTS


def test_a_clip_without_a_label_stays_without_one(tmp_path: Path) -> None:
    clips(tmp_path, "features/{id}.npy")
    labels(tmp_path, "labels/{id}.txt", [*SEQUENCES[:5], ""])

    [file] = annotated(tmp_path).values()

    assert file.rows[5].id == "train_05" and not file.rows[5].glosses


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("labels/{id}.txt", ["0 0.48 0.63 0.11 0.20"] * 6),  # boxes of a detector
        ("labels/{id}.txt", ["0 1000 RAIN\n1000 2000 SUN"] * 6),  # times
        ("labels/{id}.txt", [""] * 6),
        ("labels/{id}.txt", ["word " * 2000] * 6),
        ("notes/{id}.txt", SEQUENCES),  # neither named for labels nor beside arrays
        ("hypotheses/labels/{id}.hyp", SEQUENCES),
    ],
)
def test_what_is_no_label_of_a_sample_is_none(place: str, said: list[str], tmp_path: Path) -> None:
    clips(tmp_path, "features/{id}.npy")
    labels(tmp_path, place, said)

    assert not annotated(tmp_path)


def test_every_file_of_the_folder_is_accounted_for_and_init_changes_nothing(tmp_path: Path) -> None:
    for split in ("train", "dev"):
        clips(tmp_path, "features/{split}/{id}.npy", split)
        labels(tmp_path, "labels/{split}/{id}.txt", SEQUENCES, split)
    run = discover(tmp_path)
    before = document(tmp_path)

    assert {(r.where, r.kind, r.count) for r in run.readings} == {
        (f"{kind}/{split}", {"labels": "annotations"}.get(kind, kind), 6)
        for kind in ("features", "labels")
        for split in ("train", "dev")
    }
    init(tmp_path)
    take_every_guess(tmp_path)
    assert conclusions(document(tmp_path)) == conclusions(before)
