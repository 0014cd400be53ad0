"""On a GPU: the same answers as on a CPU, for every reference model, and a user's. `pytest -m gpu`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slrdoctor.examination.overfit import overfit
from slrdoctor.probes.crossover import Crossover
from slrdoctor.probes.experiment import Experiment
from slrdoctor.simulation import simulate
from slrdoctor.simulation.recipes import FAMILIES

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "tests" / "probes" / "user_models.py"
EVERY = [(task, family) for task, families in FAMILIES.items() for family in families]

pytestmark = pytest.mark.gpu


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A healthy run of a task; each is trained once."""
    known: dict[str, Path] = {}

    def run(task: str) -> Path:
        if task not in known:
            known[task] = tmp_path_factory.mktemp(task) / "run"
            simulate("healthy", known[task], task=task)
        return known[task]

    return run


@pytest.mark.parametrize(("task", "family"), EVERY)
def test_a_reference_model_reproduces_five_samples(healthy: Any, task: str, family: str) -> None:
    answer = overfit(healthy(task), experiment=Experiment(model=family, device="cuda")).crossover

    assert isinstance(answer, Crossover), answer
    assert answer.culprit == "none", answer.told
    print(f"{family}: {answer.cells[0].best.seconds:.1f} s, {answer.cells[0].best.steps} steps")


@pytest.mark.parametrize(
    ("name", "culprit"), [("Sound", "none"), ("WrongBlank", "loss"), ("Blind", "model")]
)
def test_a_users_model_gets_the_answer_that_it_gets_on_a_cpu(name: str, culprit: str) -> None:
    experiment = Experiment(model=f"{MODELS}:{name}", device="cuda")
    answer = overfit(ROOT / "examples" / "healthy", experiment=experiment).crossover

    assert isinstance(answer, Crossover) and answer.culprit == culprit


def test_auto_takes_the_gpu(healthy: Any) -> None:
    result = overfit(healthy("ctc"), experiment=Experiment(device="auto"))
    report, answer = result.report, result.crossover

    assert isinstance(answer, Crossover) and report.facts["ReferenceTrial"]["device"] != "cpu"
