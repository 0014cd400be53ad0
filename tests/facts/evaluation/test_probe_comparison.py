"""A probe of the stored features, fitted on train and scored on dev, against the run's own score."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import slrdoctor
from slrdoctor.core.report import Report
from slrdoctor.examination.scan import opened
from slrdoctor.facts.evaluation.probe_comparison import ProbeComparison
from tests.facts.evaluation.probed_runs import (
    WORDS,
    Clips,
    run_of_classes,
    run_of_sentences,
    shuffled,
)


def compared(root: Path) -> ProbeComparison:
    [(_, facts)] = opened(root)[1]
    return facts.get(ProbeComparison)


def scanned(root: Path) -> Report:
    report = slrdoctor.scan(root, select=["EVL904", "EVL905", "EVL913", "TRN502", "TRN504"])
    assert not report.crashed, report.crashed
    return report


def skipped(report: Report, code: str) -> str:
    return next(entry.text for entry in report.not_looked_at if entry.code == code)


def test_a_run_at_chance_on_features_that_carry_over_has_its_break_behind_the_files(
    tmp_path: Path,
) -> None:
    report = scanned(run_of_classes(tmp_path))

    first = report.diagnoses[0]
    assert first.check.code == "EVL913" and set(first.explains) == {"EVL905", "TRN502"}
    assert "reaches 100.0% accuracy on dev" in first.finding.message
    for symptom in report.diagnoses[1:]:
        assert "look between the files and the model" in symptom.finding.message


def test_memorised_is_no_first_cause_where_the_features_carry_over(tmp_path: Path) -> None:
    report = scanned(run_of_classes(tmp_path, loss=np.geomspace(2.3, 0.01, 10).tolist()))

    assert report.diagnoses[0].check.code == "EVL913"
    assert "score the training clips" in report.diagnoses[0].finding.message
    memorised = next(d for d in report.diagnoses if d.check.code == "TRN504")
    assert memorised.explained_by == ("EVL913",)
    assert not any("smaller model" in fix.do for fix in memorised.finding.fixes)


def test_memorised_names_a_simpler_model_where_the_run_only_overfits(tmp_path: Path) -> None:
    report = scanned(run_of_classes(tmp_path, 0.3, loss=np.geomspace(2.3, 0.01, 10).tolist()))

    [memorised] = report.diagnoses
    assert memorised.check.code == "TRN504"
    assert ": a simpler model can do better" in memorised.finding.message


def test_memorised_stays_the_cause_where_no_probe_does_better(tmp_path: Path) -> None:
    falling = np.geomspace(2.3, 0.01, 10).tolist()
    report = scanned(run_of_classes(tmp_path, loss=falling, dev=shuffled))

    memorised = next(d for d in report.diagnoses if d.check.code == "TRN504")
    assert memorised.is_root
    assert "A linear probe of the training clips does no better" in memorised.finding.message
    assert "EVL913" not in {d.check.code for d in report.diagnoses}


@pytest.mark.parametrize("change", ["noise", "shuffled"])
def test_training_features_that_tell_nothing_accuse_no_model(tmp_path: Path, change: str) -> None:
    def noise(clips: Clips) -> Clips:
        return np.random.default_rng(len(clips)).normal(size=clips.shape)

    made = {"noise": noise, "shuffled": shuffled}[change]
    comparison = compared(run_of_classes(tmp_path, train=made, dev=made))

    assert comparison.probe.has_none and not comparison.is_far_better


@pytest.mark.parametrize("accuracy", [0.6, 0.9, 1.0])
def test_a_run_that_learns_is_not_accused(tmp_path: Path, accuracy: float) -> None:
    report = scanned(run_of_classes(tmp_path, accuracy, loss=np.linspace(2.3, 0.3, 10).tolist()))

    assert not report.diagnoses


def test_a_score_far_behind_that_of_the_probe_is_poor(tmp_path: Path) -> None:
    report = slrdoctor.scan(run_of_classes(tmp_path, 0.6, loss=np.linspace(2.3, 0.3, 10).tolist()))

    assert "a linear probe of the same features reaches 100.0% accuracy on dev" in report.runs[0].poor


def test_a_score_as_good_as_that_of_the_probe_is_not_poor(tmp_path: Path) -> None:
    report = slrdoctor.scan(run_of_classes(tmp_path, 0.9, loss=np.linspace(2.3, 0.3, 10).tolist()))

    assert not report.runs[0].poor


def test_a_loss_that_still_falls_is_not_judged(tmp_path: Path) -> None:
    report = scanned(run_of_classes(tmp_path, loss=np.linspace(2.3, 2.0, 10).tolist()))

    assert "still falls" in skipped(report, "EVL913")


def test_dev_clips_that_training_has_do_not_count(tmp_path: Path) -> None:
    root = run_of_classes(tmp_path)
    for path in sorted((root / "features" / "dev").iterdir()):
        copied = root / "features" / "train" / path.name.replace("dev", "train")
        path.write_bytes(copied.read_bytes())

    assert "0 dev and 0 test samples have features that training does not have" in skipped(
        scanned(root), "EVL913"
    )


def test_without_dev_features_no_probe_is_scored(tmp_path: Path) -> None:
    report = scanned(run_of_classes(tmp_path, held_out=5))

    assert "5 dev and 0 test samples have features" in skipped(report, "EVL913")


def test_a_run_that_was_scored_on_many_more_samples_is_not_held_against_the_probe(
    tmp_path: Path,
) -> None:
    root = run_of_classes(tmp_path)
    with (root / "dev.csv").open("a", encoding="utf-8") as annotations:
        annotations.writelines(f"elsewhere_{i:03d},SIGN{i % 10}\n" for i in range(140))

    assert "the run was scored on 200 samples, and 60 dev clips are stored" in skipped(
        scanned(root), "EVL913"
    )


def test_a_wer_of_a_blind_answer_is_outdone_by_a_probe_of_glosses(tmp_path: Path) -> None:
    comparison = compared(run_of_sentences(tmp_path, "gloss", {"dev_wer": 1.0}))

    assert comparison.quantity == "bags" and comparison.is_far_better
    assert "tells which glosses are in a dev clip with a balanced accuracy of 9" in comparison.reached


def test_a_wer_under_that_of_a_blind_answer_is_not(tmp_path: Path) -> None:
    assert not compared(run_of_sentences(tmp_path, "gloss", {"dev_wer": 0.6})).is_far_better


def test_what_moves_all_dev_clips_alike_is_not_carried_over(tmp_path: Path) -> None:
    falling = np.geomspace(2.3, 0.01, 10).tolist()
    report = scanned(run_of_classes(tmp_path, loss=falling, dev=lambda clips: clips * 0.3 + 4))

    assert "EVL913" not in {d.check.code for d in report.diagnoses}


@pytest.mark.parametrize(("hypothesis", "far"), [("regen regen", True), ("", True), ("right", False)])
def test_stored_gloss_sequences_count_by_the_glosses_in_them(
    tmp_path: Path, hypothesis: str, far: bool
) -> None:
    root = run_of_sentences(tmp_path, "gloss", {"dev_wer": 1.0})
    rows = [line.split(",") for line in (root / "dev.csv").read_text().splitlines()[1:]]
    stored = [
        {"id": id, "hypothesis": text if far is False else hypothesis, "reference": text}
        for id, text in rows
    ]
    (root / "dev_predictions.json").write_text(json.dumps(stored), encoding="utf-8")

    assert compared(root).is_far_better is far


@pytest.mark.parametrize(
    ("score", "quantity", "value", "far"),
    [
        ("dev_bleu", "bags", 1.5, True),
        ("dev_bleu", "bags", 40.0, False),
        ("dev_recall_at_1", "recall", 0.02, True),
        ("dev_recall_at_1", "recall", 0.8, False),
    ],
)
def test_texts_are_compared_in_the_score_of_the_run_or_by_their_words(
    tmp_path: Path, score: str, quantity: str, value: float, far: bool
) -> None:
    comparison = compared(run_of_sentences(tmp_path, "text", {score: value}))

    assert comparison.quantity == quantity and comparison.is_far_better is far


def test_the_probe_is_the_same_in_every_scan(tmp_path: Path) -> None:
    root = run_of_sentences(tmp_path, "text", {"dev_bleu": 1.0})

    assert compared(root) == compared(root)
    assert set(compared(root).probe.glosses) == set(WORDS)
