"""Scores that a run reports in a file beside its predictions, held against them."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

import slrdoctor
from slrdoctor.arithmetic.error_rate import error_rate


def predictions(folder: Path, split: str, seed: int) -> float:
    """300 pairs; their error rate."""
    chance = random.Random(seed)
    words = [f"GLOSS{i:02d}" for i in range(60)]
    references = [chance.choices(words, k=chance.randint(3, 8)) for _ in range(300)]
    hypotheses = [
        [word if chance.random() > 0.18 else chance.choice(words) for word in r if chance.random() > 0.2]
        for r in references
    ]
    rows = [
        f"{split}{i},{' '.join(r)},{' '.join(h)}\n"
        for i, (r, h) in enumerate(zip(references, hypotheses, strict=True))
    ]
    (folder / f"predictions_{split}.csv").write_text("id,reference,hypothesis\n" + "".join(rows))
    return error_rate([tuple(h) for h in hypotheses], [tuple(r) for r in references])


FORMS = {
    "metrics.json": lambda dev, test: json.dumps({"dev_wer": 100 * dev, "test_wer": 100 * test}),
    "reported-summary.json": lambda dev, test: json.dumps({"dev": {"wer": dev}, "test": {"wer": test}}),
    "eval_results.yaml": lambda dev, test: f"eval:\n  dev:\n    wer: {dev:.4f}\n  loss: 2.5\n",
    "dev_scores.json": lambda dev, test: json.dumps({"corpus_wer": {"wer": dev, "errors": 500}}),
}
EACH = pytest.mark.parametrize("name", FORMS)


def codes(folder: Path) -> list[str]:
    return [finding["code"] for finding in slrdoctor.scan(folder).findings]


@EACH
def test_a_reported_score_that_the_predictions_do_not_give_is_found(name: str, tmp_path: Path) -> None:
    dev, test = predictions(tmp_path, "dev", 1), predictions(tmp_path, "test", 2)
    (tmp_path / name).write_text(FORMS[name](dev - 0.15, test))

    (finding,) = slrdoctor.scan(tmp_path, select=["EVL906"]).findings

    assert f"but {name} says {100 * (dev - 0.15):.2f}%" in finding["message"]


@EACH
def test_a_reported_score_that_the_predictions_give_passes(name: str, tmp_path: Path) -> None:
    dev, test = predictions(tmp_path, "dev", 1), predictions(tmp_path, "test", 2)
    (tmp_path / name).write_text(FORMS[name](dev, test))

    assert "EVL906" not in codes(tmp_path)


def test_one_file_that_is_right_hides_no_other(tmp_path: Path) -> None:
    dev = predictions(tmp_path, "dev", 1)
    for name, reported in (("dev_summary.json", dev), ("paper_results.json", dev - 0.15)):
        (tmp_path / name).write_text(json.dumps({"dev": {"wer": reported}}))

    assert "EVL906" in codes(tmp_path)


def test_the_scores_of_other_models_are_not_the_runs(tmp_path: Path) -> None:
    dev = predictions(tmp_path, "dev", 1)
    held = {"baseline": {"dev": {"wer": 0.9}}, "corrnet": {"dev_wer": 0.1}, "target": {"dev_wer": 0.05}}
    (tmp_path / "results.json").write_text(json.dumps(held | {"dev": {"beam_wer": dev - 0.2}}))

    assert "EVL906" not in codes(tmp_path)


def test_beside_a_log_with_the_score_the_log_is_what_counts(tmp_path: Path) -> None:
    dev = predictions(tmp_path, "dev", 1)
    rows = "".join(f"{e},{3 - 0.1 * e:.2f},{1 - (1 - dev) * e / 20:.4f}\n" for e in range(21))
    (tmp_path / "log.csv").write_text("epoch,train_loss,dev_wer\n" + rows)
    (tmp_path / "metrics.json").write_text(json.dumps({"dev_wer": dev - 0.15}))

    assert "EVL906" not in codes(tmp_path)
