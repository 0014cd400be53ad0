"""Two really trained models: one that learns, one whose features belong to other samples."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import slrdoctor
from slrdoctor.core.report import Report

pytestmark = pytest.mark.slow


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
def early(trained: Path, tmp_path: Path) -> Path:
    """The healthy run as it was after its third epoch, when it put out nothing but blanks."""
    root = tmp_path / "early"
    shutil.copytree(trained / "healthy", root, ignore=shutil.ignore_patterns("epoch_18"))
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
    assert outputs["wer"] == pytest.approx(last["dev_wer"])
    assert f"loss of {last['dev_loss']:.2f} per token" in outputs["sentence"]


@pytest.mark.parametrize("whole_log", [True, False])
def test_ctc411_is_quiet_on_its_blank_phase_under_the_floor(early: Path, whole_log: bool) -> None:
    history = json.loads((early / "history.json").read_text(encoding="utf-8"))
    if not whole_log:
        # as if it had stood there for longer than a blank phase may take
        still = [{**history[2], "epoch": epoch} for epoch in range(4, 10)]
        (early / "history.json").write_text(json.dumps(history[:3] + still), encoding="utf-8")

    report = slrdoctor.scan(early)

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
    stored = trained / "shuffled" / "outputs" / "epoch_18" / "dev" / "log_probs"
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
    for path in (root / "outputs" / "epoch_18" / "dev" / "log_probs").iterdir():
        held = dict(np.load(path))
        np.savez(path, **(held | {"log_probs": held["log_probs"] * 2 + 1}))

    assert "CTC416" in codes(slrdoctor.scan(root))
