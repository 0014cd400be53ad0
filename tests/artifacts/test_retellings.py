"""Captions and translations beside the targets of a run: the same samples in other words."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from slrdoctor.artifacts.directory.discovery import discover
from tests.folders import write

GERMAN = [
    f"im {where} {what} es" for where in ("norden", "sueden", "osten") for what in ("regnet", "schneit")
]
COUNT = 30
OWN = {f"v{i:03}": GERMAN[i % len(GERMAN)] for i in range(COUNT)}
CAPTIONS = {key: f"a person signs something ({i})" for i, key in enumerate(OWN)}
ENGLISH = {key: f"it {'rains' if 'regnet' in said else 'snows'}" for key, said in OWN.items()}

FORMS: dict[str, Callable[[dict[str, str]], bytes]] = {
    "captions.pkl": pickle.dumps,
    "captions.json": lambda said: json.dumps(said).encode(),
    "texts/sentences.csv": lambda said: table(said).encode(),
    "backup/all.csv": lambda said: table(said).encode(),
}


def table(said: dict[str, str], header: str = "id,text") -> str:
    return header + "\n" + "".join(f"{key},{text}\n" for key, text in said.items())


def annotate(root: Path, known_by: str) -> None:
    keys = list(OWN)
    if known_by == "splits":
        rows = {key: f"{OWN[key]},{'dev' if i > 24 else 'train'}" for i, key in enumerate(keys)}
        write(root / "annotations.csv", table(rows, "id,text,split"))
        return
    write(root / "train.csv", table({key: OWN[key] for key in keys[:25]}))
    write(root / "dev.csv", table({key: OWN[key] for key in keys[25:]}))
    if known_by == "references":
        pairs = [{"id": key, "hypothesis": OWN[keys[0]], "reference": OWN[key]} for key in keys[25:]]
        write(root / "dev_predictions.json", json.dumps(pairs))
    else:
        words = sorted({word for said in OWN.values() for word in said.split()})
        write(root / "vocabulary.json", json.dumps({word: i for i, word in enumerate(words)}))


def told(root: Path) -> dict[str, set[str]]:
    [(data, _)] = discover(root).cases
    return {file.where: {row.text or "" for row in file.rows} for file in data.annotations}


@pytest.mark.parametrize("where", FORMS)
@pytest.mark.parametrize("known_by", ["references", "vocabulary", "splits"])
@pytest.mark.parametrize("said", [CAPTIONS, ENGLISH], ids=["captions", "English"])
def test_other_words_of_the_same_samples_are_left_out(
    tmp_path: Path, where: str, known_by: str, said: dict[str, str]
) -> None:
    annotate(tmp_path, known_by)
    (tmp_path / where).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / where).write_bytes(FORMS[where](said))

    assert set().union(*told(tmp_path).values()) == set(GERMAN)


@pytest.mark.parametrize("where", ["captions.json", "backup/all.csv"])
def test_the_same_words_in_another_order_of_samples_stay_a_contradiction(
    tmp_path: Path, where: str
) -> None:
    annotate(tmp_path, "references")
    shifted = dict(zip(OWN, [*[*OWN.values()][1:], GERMAN[0]], strict=True))
    (tmp_path / where).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / where).write_bytes(FORMS[where](shifted))

    assert where in told(tmp_path)


def test_nothing_is_left_out_where_nothing_tells_which_words_are_the_runs(tmp_path: Path) -> None:
    write(tmp_path / "train.csv", table(OWN))
    write(tmp_path / "captions_train.json", json.dumps(CAPTIONS))

    assert set(told(tmp_path)) == {"train.csv", "captions_train.json"}


def test_the_files_that_the_user_names_are_all_taken(tmp_path: Path) -> None:
    annotate(tmp_path, "references")
    write(tmp_path / "captions.csv", table(CAPTIONS))
    write(tmp_path / "slrdoctor.toml", '[annotations]\npath = ["train.csv", "captions.csv"]\n')

    assert set(told(tmp_path)) == {"train.csv", "captions.csv"}
