"""Two really trained models: one that learns, one whose features belong to other samples."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import slrdoctor
from slrdoctor.core.report import Report

pytestmark = pytest.mark.slow
LOG_PROBS = Path("outputs", "epoch_18", "dev", "log_probs")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders `healthy` and `shuffled` of trained_ctc.py."""
    import torch

    from tests.runs import trained_ctc

    threads = torch.get_num_threads()
    folder = tmp_path_factory.mktemp("trained")
    trained_ctc.main(folder)
    torch.set_num_threads(threads)
    return folder


@pytest.fixture
def blank_phase(trained: Path, tmp_path: Path) -> Path:
    """The healthy run, with outputs that are blank in every frame and have the glosses beneath.

    The blank is half as likely again as the likeliest gloss: how blank an early epoch of a real
    training is differs from seed to seed.
    """
    root = tmp_path / "blank_phase"
    shutil.copytree(trained / "healthy", root, ignore=shutil.ignore_patterns("outputs"))
    for path in sorted((trained / "healthy" / LOG_PROBS).iterdir()):
        held = np.load(path)
        raised = held["log_probs"].copy()
        raised[:, 0] = np.maximum(raised[:, 0], raised[:, 1:].max(axis=1) + np.log(1.5))
        raised -= np.log(np.exp(raised).sum(axis=1, keepdims=True))
        slrdoctor.dump_outputs(
            root / "outputs" / "dev", held["ids"], references=held["references"],
            hypotheses=[""] * len(held["ids"]),
            log_probs=np.split(raised, np.cumsum(held["lengths"])[:-1]),
        )  # fmt: skip
    return root


def codes(report: Report) -> set[str]:
    assert not report.crashed, report.crashed
    return {d.check.code for d in report.diagnoses if d.check.severity > 0}


def test_the_healthy_model_is_healthy(trained: Path) -> None:
    report = slrdoctor.scan(trained / "healthy")

    assert not codes(report)


def test_the_loss_of_its_stored_outputs_is_the_loss_that_it_logged(trained: Path) -> None:
    report = slrdoctor.scan(trained / "healthy", select=("CTC415",))

    last = json.loads((trained / "healthy" / "history.json").read_text(encoding="utf-8"))[-1]
    outputs = report.facts["LogProbs"]
    measured = re.search(r"with a loss of ([\d.]+) per token", outputs["sentence"])
    assert outputs["wer"] == pytest.approx(last["dev_wer"], abs=0.01)
    # the sentence has two decimals
    assert measured and float(measured[1]) == pytest.approx(last["dev_loss"], abs=0.01)


@pytest.mark.parametrize("whole_log", [True, False])
def test_ctc411_is_quiet_on_its_blank_phase_under_the_floor(blank_phase: Path, whole_log: bool) -> None:
    history = json.loads((blank_phase / "history.json").read_text(encoding="utf-8"))
    if not whole_log:
        # as if it had stood there for longer than a blank phase may take, well under the floor of 2.8
        reached = next(row for row in history if row["dev_loss"] < 1.0) | {"dev_wer": 1.0}
        still = [{**reached, "epoch": epoch} for epoch in range(4, 10)]
        (blank_phase / "history.json").write_text(json.dumps(history[:3] + still), encoding="utf-8")

    report = slrdoctor.scan(blank_phase)

    decoded = report.facts["DecodedOutput"]
    assert decoded["empty_share"] == 1.0 and decoded["blank_share"] == 1.0
    assert not codes(report) & {"CTC411", "CTC412", "TRN502"}


def test_ctc412_fires_on_features_shuffled_among_samples(trained: Path) -> None:
    report = slrdoctor.scan(trained / "shuffled")

    assert {"CTC411", "CTC412", "TRN502"} <= codes(report)
    [root] = {d.check.code for d in report.diagnoses if d.is_root and d.check.severity > 1}
    assert root == "FEA114"  # the features themselves say it, and explain the rest


def test_ctc412_fires_on_stored_outputs_alone(trained: Path, tmp_path: Path) -> None:
    """No history: log-probabilities on train and dev tell it."""
    root = tmp_path / "run"
    shutil.copytree(trained / "shuffled", root, ignore=shutil.ignore_patterns("history.json", "outputs"))
    stored = trained / "shuffled" / LOG_PROBS
    constant = np.load(sorted(stored.iterdir())[0])["log_probs"][:60]
    for split in ("train", "dev"):
        names = [p.stem for p in sorted((root / "features" / split).iterdir())]
        frames = [len(np.load(root / "features" / split / f"{name}.npy")) for name in names]
        clips = [np.resize(constant.mean(axis=0), (length, 13)) for length in frames]
        clips = [c - np.log(np.exp(c).sum(-1, keepdims=True)) for c in clips]
        slrdoctor.dump_outputs(root / "outputs" / split, names, log_probs=clips)

    assert {"CTC411", "CTC412"} <= codes(slrdoctor.scan(root))


def test_ctc415_fires_where_the_config_names_another_blank(trained: Path, tmp_path: Path) -> None:
    root = tmp_path / "run"
    shutil.copytree(trained / "healthy", root)
    (root / "slrdoctor.toml").write_text("[vocabulary]\nblank = 12\n", encoding="utf-8")

    report = slrdoctor.scan(root)

    assert "CTC415" in {d.check.code for d in report.diagnoses if d.is_root}


def test_ctc416_fires_where_logits_are_stored_as_log_probabilities(
    trained: Path, tmp_path: Path
) -> None:
    root = tmp_path / "run"
    shutil.copytree(trained / "healthy", root)
    for path in (root / LOG_PROBS).iterdir():
        held = dict(np.load(path))
        np.savez(path, **(held | {"log_probs": held["log_probs"] * 2 + 1}))

    assert "CTC416" in codes(slrdoctor.scan(root))
