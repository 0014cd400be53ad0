"""Runs that write their isolated signs as text too: scores of n-grams say nothing of single words."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import slrdoctor

WORDS = [f"sign{i:02d}" for i in range(30)]
Pairs = Mapping[str, tuple[str, str]]  # reference and hypothesis by id


def pairs(length: int, wrong: float) -> Pairs:
    rng = random.Random(4)
    found = {}
    for number in range(120):
        reference = rng.choices(WORDS, k=length)
        hypothesis = [rng.choice(WORDS) if rng.random() < wrong else word for word in reference]
        found[f"clip_{number:03d}"] = (" ".join(reference), " ".join(hypothesis))
    return found


def log_of_bleu(folder: Path, bleu: float) -> None:
    rows = [
        {"epoch": e, "val_loss": 40 - 3 * e, "dev_bleu4": bleu * e / 10, "dev_chrf": 40.0 * e / 10}
        for e in range(1, 11)
    ]
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def as_signjoey(folder: Path, found: Pairs) -> None:
    for name, side in (("references.dev.txt", 0), ("best.IT_00001000.BW_01.A_-1.dev.txt", 1)):
        (folder / name).write_text("".join(f"{key}|{both[side]}\n" for key, both in found.items()))


def as_json(folder: Path, found: Pairs) -> None:
    rows = [{"id": k, "ref_text": r, "hyp_text": h} for k, (r, h) in found.items()]
    (folder / "dev_translations.json").write_text(json.dumps(rows))


def as_csv(folder: Path, found: Pairs) -> None:
    rows = "".join(f"{key},{r},{h}\n" for key, (r, h) in found.items())
    (folder / "dev_text_predictions.csv").write_text("id,reference,hypothesis\n" + rows)


EVERY_FORM = pytest.mark.parametrize("write", [as_signjoey, as_json, as_csv])


@EVERY_FORM
@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_bleu_of_words_without_four_grams_is_not_compared(
    write: Callable[[Path, Pairs], None], length: int, tmp_path: Path
) -> None:
    write(tmp_path, pairs(length, wrong=0.1))
    log_of_bleu(tmp_path, 20.0)

    assert not slrdoctor.scan(tmp_path, select=["EVL906", "LAB208", "LAB201"]).findings


@EVERY_FORM
def test_a_bleu_that_sentences_do_not_give_is_found(
    write: Callable[[Path, Pairs], None], tmp_path: Path
) -> None:
    write(tmp_path, pairs(9, wrong=0.3))
    log_of_bleu(tmp_path, 80.0)

    (finding,) = slrdoctor.scan(tmp_path, select=["EVL906"]).findings
    assert "BLEU" in finding["message"]


@pytest.mark.parametrize("form", ["json", "csv", "lines"])
def test_predictions_of_an_early_epoch_beside_a_far_better_log_are_found(
    form: str, tmp_path: Path
) -> None:
    found = pairs(3, wrong=0.4)
    few = dict(list(found.items())[:14])
    wrong = sum(a != b for r, h in few.values() for a, b in zip(r.split(), h.split(), strict=True))
    wers = [1.0, 0.9, 0.7, 0.5, wrong / 42, 0.2, 0.1, 0.0, 0.05, 0.02]
    rows = [{"epoch": i, "train_loss": 5 / (i + 1), "val_wer": w} for i, w in enumerate(wers)]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    signs = "".join(f"{key},{r}\n" for key, (r, _) in few.items())
    (tmp_path / "dev.csv").write_text("id,gloss\n" + signs)
    if form == "json":
        records = [{"gt": r, "pred": h} for r, h in few.values()]
        (tmp_path / "predictions.json").write_text(json.dumps(records))
    elif form == "csv":
        lines = "".join(f"{key},{r},{h}\n" for key, (r, h) in few.items())
        (tmp_path / "outputs.csv").write_text("id,reference,hypothesis\n" + lines)
    else:
        for name, side in (("dev.ref", 0), ("dev.hyp", 1)):
            (tmp_path / name).write_text("".join(f"{both[side]}\n" for both in few.values()))

    (finding,) = slrdoctor.scan(tmp_path, select=["EVL906"]).findings
    assert finding["code"] == "EVL906"
