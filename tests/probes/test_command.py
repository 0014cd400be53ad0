"""`slrdoctor overfit` as it is called: what is refused at once, and what its first sentence says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from slrdoctor.core.catalogue import family_of
from slrdoctor.core.finding import Severity
from slrdoctor.examination.ending import Ending
from slrdoctor.examination.overfit import Overfit, _answer
from slrdoctor.probes.crossover import Crossover
from tests.programs import command

HEALTHY = Path(__file__).resolve().parents[2] / "examples" / "healthy"
REPRODUCED = Crossover("none", "the samples are reproduced", "Train.", (), (), (), (), "")


def diagnosed(code: str, severity: Severity, message: str, explained_by: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(
        check=SimpleNamespace(code=code, severity=severity, family=family_of(code)),
        finding=SimpleNamespace(message=message),
        explained_by=explained_by,
        is_root=not explained_by,
    )


def result(*diagnoses: Any) -> Overfit:
    worst = max((d.check.severity for d in diagnoses), default=None)
    report: Any = SimpleNamespace(diagnoses=diagnoses, crashed=(), worst=lambda: worst)
    return Overfit(report, REPRODUCED)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--picture", "curves.xyz"), "give a name that ends in .png"),
        (("--picture", "."), "is a folder"),
        (("--picture", "gone/curves.png"), "there is no folder gone"),
        (("--output", "gone/report.json"), "there is no folder gone"),
        (("--seconds", "inf"), "must be finite"),
        (("--model", "gone.py:build_model"), "there is no file"),
        (("--samples", "0"), "greater than or equal to 1"),
    ],
)
def test_what_could_not_be_done_at_the_end_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command("overfit", HEALTHY, *options)

    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert not list(tmp_path.iterdir())


def test_scan_refuses_a_model_whose_file_is_not_there() -> None:
    done = command("scan", HEALTHY, "--model", "gone.py:build_model")

    assert done.exit_code == 2 and "there is no file" in done.stderr and not done.stdout


def test_what_blocks_is_told_by_its_cause_though_that_is_less_severe() -> None:
    answer = _answer(
        result(
            diagnosed("FEA105", Severity.DEGRADES, "all clips are empty."),
            diagnosed("FEA114", Severity.BLOCKS, "features carry no signal.", ("FEA105",)),
        )
    )

    assert answer.badge == "blocked"
    assert answer.sentence == "The data: all clips are empty. Even so, the samples are reproduced."


def test_what_blocks_in_a_model_that_reproduces_the_samples_is_told_first() -> None:
    made = result(diagnosed("ACT007", Severity.BLOCKS, "the order of the frames changes nothing"))

    assert _answer(made).sentence.startswith("The order of the frames changes nothing. Even so, ")
    assert made.ending is Ending.FOUND


def test_the_badge_of_an_experiment_is_its_answer() -> None:
    assert (_answer(result()).badge, result().ending) == ("reproduced", Ending.FINE)
    for culprit, badge, ending in (
        ("model", "model at fault", Ending.FOUND),
        ("unknown", "no answer", Ending.NO_RESULT),
    ):
        made = replace(result(), crossover=replace(REPRODUCED, culprit=culprit))
        assert (_answer(made).badge, made.ending) == (badge, ending)


@pytest.mark.slow
def test_a_model_that_gives_nan_is_not_said_to_mix_samples(tmp_path: Path) -> None:
    (tmp_path / "nan_user.py").write_text(
        "from torch import nn\n\n"
        "class Model(nn.Module):\n"
        "    def __init__(self, input_size, num_classes):\n"
        "        super().__init__()\n"
        "        self.head = nn.Linear(input_size, num_classes)\n\n"
        "    def forward(self, x):\n"
        "        return self.head(x) * float('nan')\n",
        encoding="utf-8",
    )
    done = command("scan", HEALTHY, "--model", tmp_path / "nan_user.py")

    assert done.exit_code == 2
    assert "was not looked at: " in done.stderr and "is NaN for the samples" in done.stderr
    assert "ACT005" in done.stdout and "log-probabilities change" not in done.stdout
