"""Every command takes the same reference model for a task."""

from __future__ import annotations

from pathlib import Path

import pytest

from slrdoctor.models import reference
from slrdoctor.models.reference import DEFAULTS, available, models_for, task_of
from slrdoctor.probes.experiment import Experiment
from slrdoctor.probes.trials import reference_for
from slrdoctor.retraining.plan import chosen_model
from slrdoctor.simulation.recipes import FAMILIES


@pytest.mark.parametrize(("task", "name"), DEFAULTS.items())
def test_the_default_is_a_model_of_its_task_and_comes_first(task: str, name: str) -> None:
    assert task_of(available()[name]) == task
    assert models_for(task)[0] == name
    assert reference_for(Experiment(), task) == chosen_model(task, "") == name


def test_every_shipped_model_is_for_a_task_with_a_default() -> None:
    assert {task_of(path) for path in available().values()} == set(DEFAULTS)
    assert {name for task in DEFAULTS for name in models_for(task)} == set(available())


def test_a_model_that_comes_first_by_the_alphabet_does_not_become_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    newcomer = tmp_path / "attention_ctc.py"
    newcomer.write_text('TASK = "ctc"\n', encoding="utf-8")
    known = {"attention_ctc": newcomer, **available()}
    monkeypatch.setattr(reference, "available", lambda: known)

    assert models_for("ctc") == ("bilstm_ctc", "attention_ctc", "tcn_bilstm_ctc", "transformer_ctc")
    assert reference_for(Experiment(), "ctc") == chosen_model("ctc", "") == "bilstm_ctc"


def test_a_task_without_models_has_none() -> None:
    assert models_for("lipreading") == ()


def test_the_simulator_trains_the_models_that_there_are() -> None:
    assert {task: set(names) for task, names in FAMILIES.items()} == {
        task: set(models_for(task)) for task in DEFAULTS
    }
