"""A fault of each of several families, from the training to the first root cause."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import slrdoctor
from slrdoctor.core.finding import Severity
from slrdoctor.simulation import FAULTS, load_faults, simulate
from slrdoctor.simulation.making import DoesNotShow, _make_sure, experiment
from slrdoctor.simulation.records import Written
from slrdoctor.simulation.registry import find
from slrdoctor.simulation.scoring import Score
from slrdoctor.simulation.training import train

load_faults()
ALL = "SLRDOCTOR_ALL_SIMULATIONS"
QUICK = {  # most of them leave the training alone, which is then shared with the healthy twin
    "ids-spelled-differently": "ctc",
    "dev-copied-into-train": "retrieval",
    "two-runs-in-one-history": "classification",
    "config-of-another-run": "classification",
    "predictions-of-another-run": "translation",
    "gpu-not-used": "classification",
}


def first_root(name: str, folder: Path, task: str = "") -> str:
    report = slrdoctor.scan(simulate(name, folder, task=task).folder)
    assert not report.crashed
    return next((d.check.code for d in report.diagnoses if d.is_root), "")


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_the_cause_comes_first(name: str, tmp_path: Path) -> None:
    assert first_root(name, tmp_path, QUICK[name]) in FAULTS[name].codes


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_found_first_and_healthy_variants_are_let_be(name: str, tmp_path: Path) -> None:
    if not os.environ.get(ALL):
        pytest.skip(f"a quarter of an hour for all of them: set {ALL} to run them")
    made = simulate(name, tmp_path)
    report = slrdoctor.scan(made.folder)

    assert not report.crashed
    if made.fault.is_healthy:
        assert [d.check.code for d in report.diagnoses if d.check.severity > Severity.NOTE] == []
    else:
        assert report.diagnoses[0].check.code in made.codes


@pytest.mark.slow
def test_a_fault_that_does_no_harm_is_refused(tmp_path: Path) -> None:
    fault = find("rate-zero")
    this = experiment(fault, "classification", "isolated_transformer", "plain", seed=0)
    this.recipe.epochs = 1
    this.world.samples = this.world.of("train")[:15] + this.world.of("dev")[:15]
    written = Written(train(this.world, this.recipe), tmp_path, "plain")

    with pytest.raises(DoesNotShow, match=r"rate-zero: accuracy .* it did no harm"):
        _make_sure(fault, this, written, Score("accuracy", 0.0))
    _make_sure(fault, this, written, Score("accuracy", 1.0))
