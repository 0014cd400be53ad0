"""Whole histories, judged by every check of training and evaluation: healthy, faulty, public."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import DataSet, HistoryFile, Scalar, Sources, TrainingRun
from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core import packs
from slrdoctor.core.engine import Crashed, Facts, Judged, judge
from slrdoctor.core.finding import Finding, Severity
from slrdoctor.core.registry import REGISTRY
from slrdoctor.facts.ctc.blind_floor import BlindFloor
from slrdoctor.facts.ctc.uniform_start import UniformStart
from slrdoctor.facts.labels.task import Task

packs.load_all()
CODES = [c for c in sorted(REGISTRY.checks) if c.startswith("TRN") or c in ("EVL901", "EVL905")]
SEEDS = range(40)

Floats = NDArray[np.float64]
Series = dict[str, Floats]


def found(run: TrainingRun, *given: object) -> dict[str, tuple[Finding, ...]]:
    """What the checks of a training run find, by code; none may crash."""
    facts = Facts(REGISTRY, (Settings(), Sources(), run, *given))
    outcomes = {code: judge(REGISTRY.checks[code], facts) for code in CODES}
    for code, outcome in outcomes.items():
        assert not isinstance(outcome, Crashed), (code, outcome)
    return {c: o.findings for c, o in outcomes.items() if isinstance(o, Judged) and o.findings}


def grave(run: TrainingRun, task: str) -> set[str]:
    codes = found(run, DataSet("", Path()), Task(task, "by hand", "by hand"))
    return {c for c in codes if REGISTRY.checks[c].severity >= Severity.MISLEADS}


def run_of(series: Series, epochs: Sequence[float] | None = None, **file: Any) -> TrainingRun:
    """A run with one history: `dev_wer` is the WER of dev."""
    scalars = []
    for name, values in series.items():
        at = np.arange(1.0, len(values) + 1) if epochs is None else np.asarray(epochs)
        split, _, quantity = name.partition("_")
        scalars.append(Scalar(name, split, quantity, tuple(at.tolist()), tuple(values.tolist())))
    return TrainingRun(
        "", Path(), histories=(HistoryFile("history.csv", "csv", tuple(scalars), **file),)
    )


def classifier(rng: np.random.Generator, epochs: int, classes: int, samples: int) -> Series:
    """A run that learns: accuracies as shares of whole samples, a dev loss that may rise again."""
    t = np.arange(1, epochs + 1)
    pace = rng.uniform(0.03, 0.3) * epochs + 0.5
    best, end = rng.uniform(0.6, 0.99), rng.choice([0.001, 0.05, 0.3])
    start = np.log(classes) * rng.uniform(0.85, 1.1)
    accuracy = 1 / classes + (best - 1 / classes) * (1 - np.exp(-t / pace))
    accuracy = np.clip(accuracy + rng.normal(0, 0.02, epochs), 0, 1)
    overconfident = np.linspace(1, rng.choice([1.0, 2.0]), epochs)
    return {
        "train_loss": end + (start - end) * np.exp(-t / pace + rng.normal(0, 0.08, epochs)),
        "dev_loss": start * (1 - accuracy) * rng.uniform(0.6, 0.95) * overconfident + 0.02,
        "dev_accuracy": np.round(accuracy * samples) / samples,
        "train_accuracy": np.clip(accuracy + rng.uniform(-0.1, 0.1), 0, 1),
    }


def recogniser(rng: np.random.Generator, epochs: int) -> Series:
    """A CTC run that learns: from its start to the floor, a blank phase, and on below it."""
    t = np.arange(1, epochs + 1)
    pace, floor = rng.uniform(0.03, 0.15) * epochs + 0.5, rng.uniform(2, 7)
    blank, end = rng.uniform(0, 0.15) * epochs, rng.uniform(0.005, 0.38)
    wer = end + (1 - end) / (1 + np.exp((t - blank - pace) / pace * 2)) + rng.normal(0, 0.01, epochs)
    wer[t <= max(1, blank)] = 1.0
    falling = 2 * floor / (1 + np.exp((t - blank) / pace)) + 1e-3
    start = floor * rng.uniform(1, 7) * np.exp(-t * rng.uniform(1, 3))
    return {
        "train_loss": (falling + start) * np.exp(rng.normal(0, 0.05, epochs)),
        "dev_loss": np.maximum(0.1, floor * wer * rng.uniform(0.5, 0.95)),
        "dev_wer": np.clip(wer, 0, 1.2),
    }


def schedule(rng: np.random.Generator, epochs: int) -> Floats:
    t, peak = np.arange(epochs), 10 ** rng.uniform(-4.5, -2.2)
    shapes: list[Floats] = [
        (1 + np.cos(np.pi * t / max(1, epochs - 1))) / 2,
        np.minimum(1, t / max(1, 0.2 * epochs)),
        np.power(0.1, np.searchsorted([0.5 * epochs, 0.75 * epochs], t).astype(np.float64)),
        np.minimum(t / (0.3 * epochs), (epochs - t) / (0.7 * epochs)),
        (1 + np.cos(np.pi * (t % max(2, epochs // 3)) / max(2, epochs // 3))) / 2,
    ]
    rates = peak * shapes[int(rng.integers(len(shapes)))]
    return np.round(rates, 4) if rng.random() < 0.2 else rates  # some logs print four digits


@pytest.mark.parametrize("seed", SEEDS)
def test_no_classifier_that_learns_gets_a_grave_finding(seed: int) -> None:
    rng = np.random.default_rng(seed)
    epochs, classes = int(rng.integers(6, 120)), int(rng.choice([10, 25, 97, 226, 1000]))
    series = classifier(rng, epochs, classes, int(rng.choice([93, 200, 600, 2000])))
    series["train_learning_rate"] = schedule(rng, epochs)
    series["train_grad_norm"] = series["train_loss"] * np.exp(rng.normal(0, 0.5, epochs))
    series["train_loss"][int(rng.integers(1, epochs - 1))] *= rng.choice([1, 20])  # a spike
    batches = int(rng.integers(20, 200))
    if rng.random() < 0.5:  # sums over an epoch's batches, of which dev has fewer
        series["train_loss"] = series["train_loss"] * batches
        series["dev_loss"] = series["dev_loss"] * max(4, batches // 4)
    facts = {"num_classes": classes} if rng.random() < 0.5 else {}
    assert not grave(run_of(series, batches=batches, facts=facts), "classification")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_ctc_run_that_learns_gets_a_grave_finding(seed: int) -> None:
    rng = np.random.default_rng(seed)
    series = recogniser(rng, int(rng.integers(6, 120)))
    factor = rng.choice([1, 11.5, 500])  # a token, a sample, a sum
    series = {name: v * factor if "loss" in name else v for name, v in series.items()}
    if rng.random() < 0.4:
        del series["dev_loss"]
    assert not grave(run_of(series), "ctc")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_resumed_run_gets_no_grave_finding(seed: int) -> None:
    rng = np.random.default_rng(seed)
    series = classifier(rng, 40, 25, 600)
    back = int(rng.integers(2, 12))
    epochs = [*range(1, 31), *range(31 - back, 41)]
    resumed = {n: np.concatenate([v[:30], v[30 - back : 40] * 1.01]) for n, v in series.items()}
    resumed["dev_accuracy"] = np.minimum(1, resumed["dev_accuracy"])
    assert not grave(run_of(resumed, epochs), "classification")


Fault = Callable[[np.random.Generator], tuple[TrainingRun, str]]


def loss_lost(rng: np.random.Generator) -> tuple[TrainingRun, str]:
    series, at = classifier(rng, 30, 25, 600), int(rng.integers(1, 29))
    series["train_loss"][at:] = series["dev_loss"][at:] = np.nan
    series["dev_accuracy"][at:] = 1 / 25
    return run_of(series), "classification"


def at_chance(rng: np.random.Generator) -> tuple[TrainingRun, str]:
    classes, samples, epochs = int(rng.choice([10, 25, 97])), 977, int(rng.integers(6, 60))
    flat = np.log(classes) + rng.normal(0, 0.01, (2, epochs))
    accuracy = rng.binomial(samples, 1 / classes, epochs) / samples
    series = {"train_loss": flat[0], "dev_loss": flat[1], "dev_accuracy": accuracy}
    return run_of(series, facts={"num_classes": classes}), "classification"


def at_ctc_floor(rng: np.random.Generator) -> tuple[TrainingRun, str]:
    epochs, floor = int(rng.integers(12, 60)), rng.uniform(3, 7)
    flat = floor * (1 + rng.normal(0, 0.01, (2, epochs)))
    flat[0] += 5 * floor * np.exp(-np.arange(epochs))
    return run_of({"train_loss": flat[0], "dev_loss": flat[1], "dev_wer": np.ones(epochs)}), "ctc"


def blown_up(rng: np.random.Generator) -> tuple[TrainingRun, str]:
    series, at = classifier(rng, 40, 25, 600), int(rng.integers(8, 28))
    series["train_loss"][at:] = series["train_loss"][0] * rng.uniform(0.9, 5)
    series["dev_accuracy"][at:] = 1 / 25
    return run_of(series), "classification"


def by_heart(rng: np.random.Generator) -> tuple[TrainingRun, str]:
    t, floor = np.arange(50), rng.uniform(3, 7)
    wer = 1 - rng.uniform(0.1, 0.4) * (1 - np.exp(-t / 5)) + rng.normal(0, 0.005, 50)
    loss = 3 * floor * np.exp(-t / 6) + 0.01
    return run_of({"train_loss": loss, "dev_wer": wer, "dev_loss": floor * (1 + t / 100)}), "ctc"


def pinned(rng: np.random.Generator) -> tuple[TrainingRun, str]:
    series = recogniser(rng, 40)
    del series["dev_loss"]
    return run_of(series | {"dev_wer": np.ones(40)}), "ctc"


def two_runs(rng: np.random.Generator) -> tuple[TrainingRun, str]:
    first, second = classifier(rng, 20, 25, 600), classifier(rng, 20, 25, 600)
    both = {name: np.concatenate([first[name], second[name]]) for name in first}
    return run_of(both, [*range(1, 21), *range(1, 21)]), "classification"


def sum_and_mean(rng: np.random.Generator) -> tuple[TrainingRun, str]:
    series = classifier(rng, 40, 25, 600)
    series["train_loss"] = series["train_loss"] * 75
    return run_of(series, batches=75, facts={"num_classes": 25}), "classification"


def no_rate(rng: np.random.Generator) -> tuple[TrainingRun, str]:
    run, task = at_chance(rng)
    (file,) = run.histories
    series = {s.name: np.array(s.values) for s in file.series}
    rates = np.zeros(len(series["train_loss"]))
    return run_of(series | {"train_learning_rate": rates}, facts=file.facts), task


FAULTS: dict[str, Fault] = {
    "TRN501": loss_lost,
    "TRN502": at_chance,
    "TRN503": blown_up,
    "TRN504": by_heart,
    "TRN506": no_rate,
    "TRN510": two_runs,
    "TRN512": sum_and_mean,
    "EVL901": pinned,
    "EVL905": at_chance,
}


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_is_found_by_its_check(code: str, seed: int) -> None:
    run, task = FAULTS[code](np.random.default_rng(seed))
    assert code in found(run, DataSet("", Path()), Task(task, "by hand", "by hand"))


@pytest.mark.parametrize("seed", range(10))
def test_a_ctc_run_at_its_floor_learned_nothing_also_where_the_floor_is_not_known(seed: int) -> None:
    run, task = at_ctc_floor(np.random.default_rng(seed))
    codes = found(run, DataSet("", Path()), Task(task, "by hand", "by hand"))
    assert "TRN502" in codes and "EVL901" not in codes


def test_a_log_that_stopped_before_its_first_epoch_was_never_trained() -> None:
    run = TrainingRun("", Path(), histories=(HistoryFile("log.txt", "text", (), started=False),))
    assert set(found(run, DataSet("", Path()))) == {"TRN511"}


def public(folder: Path) -> Iterator[tuple[str, dict[str, tuple[Finding, ...]]]]:
    """The findings of each training run of a public repository, as discovery finds them."""
    directory = discover(folder)
    for data, runs in directory.cases:
        for run in runs:
            if run.histories:
                yield run.histories[0].where, found(run, data)


def test_two_public_runs_at_chance_are_told_apart(shared_data: Path) -> None:
    told = {w.split("/")[-2]: set(f) for w, f in public(shared_data / "biplavbarua__ISL-CSLRT-Pipeline")}
    assert told["baseline_standard"] == {"TRN504", "EVL905"}
    assert told["step2_reduce_capacity"] == {"TRN502", "EVL905"}


def test_of_six_public_ctc_runs_one_memorised(shared_data: Path) -> None:
    told = {w.split("/")[-2]: set(f) for w, f in public(shared_data / "juanmcastroviejo__asl-cslr")}
    assert len(told) == 6
    assert "TRN504" in told.pop("full_transformer")
    assert all(not codes for codes in told.values()), told


@pytest.mark.parametrize("name", ["Keyur-0__SIGN2SOUND_CODECREW", "armandobecerril__MSL-150-Dataset"])
def test_public_classifiers_that_learn_get_no_finding_beyond_a_note(
    shared_data: Path, name: str
) -> None:
    told = list(public(shared_data / name))
    assert told
    for where, codes in told:
        assert all(REGISTRY.checks[code].severity == Severity.NOTE for code in codes), (where, codes)


def test_a_fall_from_the_uniform_start_to_the_floor_learned_nothing() -> None:
    """Two signs, one a clip, 2001 classes: 725 is the start over 96 frames, and 1.7 the floor."""
    series = {
        "train_loss": np.array([724.98, 240, 60, 18, 8.8, 5.1, 3.9, 3.2, 2.8, 2.56]),
        "dev_loss": np.array([367.14, 80, 10.07, 10.4, 11, 11.9, 12.1, 12.6, 12.9, 13.1]),
        "dev_accuracy": np.zeros(10),
    }
    start = UniformStart(721.3, 721.3, 2001, 20, 1.0, 96.0, "features")
    floor = BlindFloor("ctc", 1.69, 1.69, 2001, 0.99, 1.0, np.nan, np.nan, 20, True, "labels")
    codes = found(run_of(series), DataSet("", Path()), Task("ctc", "", ""), start, floor)
    assert "TRN502" in codes and "TRN504" not in codes
