"""Whatever passes for a history beside sound data: one that shows nothing learned is not healthy."""

from __future__ import annotations

import json
import math
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from slrdoctor import scan
from slrdoctor.words.metrics import metric

HEALTHY = Path(__file__).resolve().parents[1] / "examples" / "healthy"
OUTCOMES = ("history.json", "dev_predictions.json")
NAN_LINES = "".join(f"Epoch {i}/9 took 3.2 s, accuracy nan\n" for i in range(9))
NAN_CSV = "epoch,train_loss,dev_wer\n" + "".join(f"{i},nan,nan\n" for i in range(9))
FLAT_CSV = "epoch,train_loss,dev_loss\n" + "".join(f"{i},3.21,3.21\n" for i in range(20))
TIMES_CSV = "epoch,seconds,learning_rate\n" + "".join(f"{i},12.{i},0.001\n" for i in range(20))
TRAINER = {"log_history": [{"epoch": 1.0, "loss": 3.0, "step": 10}], "global_step": 10}
PAIR = [{"id": "dev_000", "reference": "A B", "hypothesis": "A B"}]
LOG_PROBS = np.log(np.full((24, 12, 11), 1 / 11, dtype=np.float32))

KINDS: dict[str, tuple[str, bytes]] = {
    "one line of a log": ("train.log", b"Epoch 1: train loss 3.2\n"),
    "one line of a log with a good score": ("train.log", b"Epoch 1: train loss 3.2, dev WER 12.5\n"),
    "epochs whose accuracy is nan, without a loss": ("train.log", NAN_LINES.encode()),
    "epochs that only took time": ("train.log", b"".join(b"Epoch %d took 3 s\n" % i for i in range(9))),
    "a table of nan": ("history.csv", NAN_CSV.encode()),
    "a table with a head and nothing else": ("history.csv", b"epoch,train_loss,dev_wer\n"),
    "a loss that never moves": ("history.csv", FLAT_CSV.encode()),
    "a learning rate and seconds": ("history.csv", TIMES_CSV.encode()),
    "a pickle with an epoch in it": ("junk.pkl", pickle.dumps([{"epoch": 1, "loss": 3.0}])),
    "one entry of a trainer": ("trainer_state.json", json.dumps(TRAINER).encode()),
    "an empty log": ("train.log", b""),
    "a log of words": ("train.log", b"training finished successfully, everything converged\n" * 30),
    "a history of null": ("history.json", json.dumps([{"epoch": 1, "dev_wer": None}] * 9).encode()),
    "one stored prediction": ("dev_predictions.json", json.dumps(PAIR).encode()),
}


def sound_data(folder: Path) -> Path:
    shutil.copytree(HEALTHY, folder, ignore=shutil.ignore_patterns(*OUTCOMES))
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_what_shows_nothing_learned_is_not_healthy(tmp_path: Path, kind: str) -> None:
    run = sound_data(tmp_path / "run")
    name, content = KINDS[kind]
    (run / name).write_bytes(content)
    report = scan(run)

    assert report.verdict != "healthy"
    assert "HEALTHY" not in str(report)


def test_sound_data_without_any_history_are_not_healthy(tmp_path: Path) -> None:
    report = scan(sound_data(tmp_path / "run"))

    assert report.verdict == "unknown"
    assert "TRN502" in {entry.code for entry in report.not_looked_at}


def test_outputs_that_are_the_same_for_every_frame_are_not_healthy(tmp_path: Path) -> None:
    run = sound_data(tmp_path / "run")
    np.save(run / "dev_log_probs.npy", LOG_PROBS)
    assert scan(run).verdict != "healthy"


@pytest.mark.parametrize("kept", OUTCOMES)
def test_either_what_the_healthy_example_logged_or_what_it_put_out_is_enough(
    tmp_path: Path, kept: str
) -> None:
    """Else the tests above would hold of any run."""
    run = sound_data(tmp_path / "run")
    shutil.copy(HEALTHY / kept, run / kept)
    assert scan(run).verdict == "healthy"


def course(run: Path, **columns: tuple[float, float]) -> None:
    """A history of 30 epochs in which every column goes smoothly from one value to another."""
    names = list(columns)
    rows = [
        ",".join(f"{last + (first - last) * 0.8**epoch:.4f}" for first, last in columns.values())
        for epoch in range(30)
    ]
    lines = [",".join(["epoch", *names]), *(f"{epoch},{row}" for epoch, row in enumerate(rows))]
    (run / "history.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(("wer", "is_poor"), [(0.75, True), (0.37, True), (0.30, False), (0.05, False)])
def test_a_poor_score_without_a_cause_is_unknown_and_the_first_sentence_says_so(
    tmp_path: Path, wer: float, is_poor: bool
) -> None:
    run = sound_data(tmp_path / "run")
    course(run, train_loss=(8.0, 0.3), dev_loss=(8.0, 0.6), dev_wer=(1.0, wer))
    report = scan(run, select=("LAB", "FEA", "TRN501", "TRN502", "TRN503"))

    assert not [finding for finding in report.findings if finding["severity"] != "note"]
    assert report.verdict == ("unknown" if is_poor else "healthy")
    assert ("but the score is poor: dev WER" in report.outline.headline) is is_poor


@pytest.mark.parametrize(
    ("name", "score", "blind", "is_poor"),
    [
        ("wer", 0.34, 0.84, False),
        ("wer", 0.36, 0.84, True),
        ("wer", 0.20, 0.30, True),  # two thirds of what guessing makes
        ("accuracy", 0.49, 0.05, True),
        ("accuracy", 0.60, 0.05, False),
        ("accuracy", 0.60, 0.50, True),
        ("bleu", 8.0, math.nan, True),
        ("bleu", 12.0, math.nan, False),
        ("recall", 0.1, 0.001, False),  # low among thousands of candidates, and sound
        ("accuracy", math.nan, math.nan, False),
    ],
)
def test_a_score_is_poor_by_the_field_or_beside_guessing(
    name: str, score: float, blind: float, is_poor: bool
) -> None:
    assert metric(name).is_poor(score, blind) is is_poor


@pytest.mark.parametrize(
    ("best", "is_poor"),
    [(0.72, False), (0.31, False), (0.5, False), (6.0, True), (1.4, True), (24.0, False)],
)
def test_a_bleu_that_may_be_a_share_is_neither_poor_nor_healthy(
    tmp_path: Path, best: float, is_poor: bool
) -> None:
    course(tmp_path, train_loss=(8.0, 0.7), val_loss=(8.0, 1.3), val_bleu=(0.0, best))
    report = scan(tmp_path)

    assert [bool(run.poor) for run in report.runs] == [is_poor]
    assert report.verdict != "healthy"


@pytest.mark.parametrize(("kept", "is_poor"), [(1, True), (8, False)])
def test_stored_predictions_settle_whether_a_bleu_below_1_is_poor(
    tmp_path: Path, kept: int, is_poor: bool
) -> None:
    """The logged 0.6 is not their score in either unit, but they are what the run puts out."""
    words = [f"w{i}" for i in range(40)]
    lines = ["id,reference,hypothesis"]
    for i in range(30):
        reference = [words[(i * 7 + k * k) % 40] for k in range(8)]
        hypothesis = reference[:kept] + [words[(i * 11 + k * 3) % 40] for k in range(8 - kept)]
        lines.append(f"s{i},{' '.join(reference)},{' '.join(hypothesis)}")
    (tmp_path / "dev_predictions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    course(tmp_path, train_loss=(8.0, 0.7), val_loss=(8.0, 1.3), val_bleu=(0.0, 0.6))
    assert [bool(run.poor) for run in scan(tmp_path).runs] == [is_poor]
