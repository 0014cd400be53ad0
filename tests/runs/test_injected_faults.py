"""A healthy run with one fault put in, in four layouts: the first cause is that fault."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import slrdoctor

Run = Any  # RunInMemory of conftest.py
LAYOUTS = ("npy and csv", "h5 and jsonl", "signjoey", "vac")
RNG = np.random.default_rng(3)


def some(run: Run, share: float, split: str = "train") -> list[str]:
    names = sorted(n for n, s in run.splits.items() if s == split)
    return names[: max(1, round(share * len(names)))]


def scatter_nan(run: Run) -> None:
    for name in some(run, 0.1):
        run.clips[name][3, 5] = math.nan


def lose_features(run: Run) -> None:
    for name in some(run, 0.3):
        del run.clips[name]


def rename_the_files(run: Run) -> None:
    names = sorted(run.clips)
    RNG.shuffle(names)
    new = {name: f"video{i:05d}" for i, name in enumerate(names)}
    run.clips = {new[name]: clip for name, clip in run.clips.items()}
    run.splits = {new[name]: split for name, split in run.splits.items()}


def widen_some(run: Run) -> None:
    for name in some(run, 0.2):
        run.clips[name] = np.concatenate([run.clips[name], run.clips[name][:, :9]], axis=1)


def turn_axes(run: Run) -> None:
    for name in run.clips:
        run.clips[name] = np.ascontiguousarray(run.clips[name].T)


def serve_a_stale_cache(run: Run) -> None:
    names = some(run, 0.4)
    for name in names:
        run.clips[name] = run.clips[names[0]].copy()


def stall_the_tracker(run: Run) -> None:
    for name in some(run, 0.6):
        clip = run.clips[name]
        run.clips[name] = clip[(np.arange(len(clip)) // 4) * 4]


def mix_scales(run: Run) -> None:
    for name in some(run, 0.4):
        run.clips[name] = run.clips[name] * 640


def empty_some_clips(run: Run) -> None:
    for name in some(run, 0.2):
        run.clips[name] = np.zeros_like(run.clips[name])


def lower_the_vocabulary(run: Run) -> None:
    run.vocabulary = [token.lower() for token in run.vocabulary]


def take_a_huge_vocabulary(run: Run) -> None:
    run.vocabulary += [f"UNSEEN{i}" for i in range(300)]
    run.config["model"]["num_classes"] = len(run.vocabulary)


def annotate_the_blank(run: Run) -> None:
    run.rows = [(n, s, [*g, run.vocabulary[0]]) for n, s, g in run.rows]


def lose_some_targets(run: Run) -> None:
    run.rows = [(n, s, [] if i % 5 == 0 else g) for i, (n, s, g) in enumerate(run.rows)]


def contradict(run: Run) -> None:
    run.rows += [(n, s, [*g[::-1], "GO"]) for n, s, g in run.rows if n in some(run, 0.2)]


def leak_dev_into_train(run: Run) -> None:
    for name in some(run, 0.5, "dev"):
        glosses = next(g for n, _, g in run.rows if n == name)
        run.rows.append((name, "train", glosses))


def take_every_eighth_frame(run: Run) -> None:
    run.config["model"]["temporal_stride"] = 8


def silence_the_infinite(run: Run) -> None:
    take_every_eighth_frame(run)
    run.config["training"]["zero_infinity"] = True


def diverge_to_nan(run: Run) -> None:
    for row in run.history[5:]:
        row["train_loss"] = row["dev_loss"] = math.nan


def stay_at_the_floor(run: Run) -> None:
    for row in run.history:
        wobble = 0.01 * math.sin(row["epoch"])
        row |= {"train_loss": 2.75 + wobble, "dev_loss": 2.78 - wobble, "dev_wer": 1.0}


def blow_up(run: Run) -> None:
    for row in run.history[8:]:
        row |= {"train_loss": 40.0 + row["epoch"], "dev_loss": 45.0 + row["epoch"], "dev_wer": 1.0}


def learn_by_heart(run: Run) -> None:
    for row in run.history:
        row |= {"dev_loss": 2.7 + 0.1 * row["epoch"], "dev_wer": 0.95 - 0.001 * row["epoch"]}


def crash_the_scorer(run: Run) -> None:
    for row in run.history:
        row["dev_wer"] = 1.0


def write_two_runs_into_one_file(run: Run) -> None:
    again = [row | {"train_loss": row["train_loss"] * 1.3 + 0.1} for row in run.history]
    run.history = [row for pair in zip(run.history, again) for row in pair]


def never_begin(run: Run) -> None:
    run.history = []


Put = Callable[[Run], None]
FAULTS: list[tuple[str, Put, tuple[str, ...]]] = [
    ("FEA104", scatter_nan, ()),
    ("FEA102", lose_features, ("signjoey",)),  # there a sample without features is no record at all
    ("FEA101", rename_the_files, ("signjoey",)),
    ("FEA109", widen_some, ()),
    ("FEA116", turn_axes, ()),
    ("FEA113", serve_a_stale_cache, ()),
    ("FEA110", stall_the_tracker, ()),
    ("FEA111", mix_scales, ()),
    ("FEA105", empty_some_clips, ()),
    ("LAB201", lower_the_vocabulary, ()),
    ("LAB202", take_a_huge_vocabulary, ()),
    ("LAB204", annotate_the_blank, ("signjoey", "vac")),  # there index 0 has another name, or none
    ("LAB205", lose_some_targets, ()),
    ("LAB208", contradict, ()),
    ("SPL301", leak_dev_into_train, ()),
    ("CTC401", take_every_eighth_frame, ()),
    ("CTC401", silence_the_infinite, ()),
    ("TRN501", diverge_to_nan, ()),
    ("EVL913", stay_at_the_floor, ()),  # a probe of the sound features does what the run does not
    ("TRN503", blow_up, ()),
    ("EVL913", learn_by_heart, ()),
    ("EVL901", crash_the_scorer, ()),
    ("TRN510", write_two_runs_into_one_file, ("vac",)),  # a list of values has no epochs to repeat
    ("TRN511", never_begin, ("vac", "npy and csv")),  # no json history has rows to lack
]
CASES = [
    pytest.param(code, put, layout, id=f"{put.__name__}-{layout}")
    for code, put, without in FAULTS
    for layout in LAYOUTS
    if layout not in without
]


@pytest.mark.parametrize(("code", "put", "layout"), CASES)
def test_the_first_cause_is_the_fault_that_was_put_in(
    healthy_run: Run, written: Callable[[Run, str], Path], code: str, put: Put, layout: str
) -> None:
    run = healthy_run.copy()
    put(run)

    report = slrdoctor.scan(written(run, layout))

    assert not report.crashed, report.crashed
    said = [(d.check.code, d.finding.message) for d in report.diagnoses]
    assert said and said[0][0] == code, said


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_healthy_run_is_healthy_in_every_layout(
    healthy_run: Run, written: Callable[[Run, str], Path], layout: str
) -> None:
    report = slrdoctor.scan(written(healthy_run, layout))

    assert report.verdict == "healthy", str(report)
    assert {d.check.severity.word for d in report.diagnoses} <= {"note"}


def test_two_unrelated_faults_are_both_roots(
    healthy_run: Run, written: Callable[[Run, str], Path]
) -> None:
    run = healthy_run.copy()
    contradict(run)
    take_every_eighth_frame(run)

    report = slrdoctor.scan(written(run, "npy and csv"))

    assert {"LAB208", "CTC401"} <= {d.check.code for d in report.diagnoses if d.is_root}


def test_what_silences_the_infeasible_samples_stands_beneath_them(
    healthy_run: Run, written: Callable[[Run, str], Path]
) -> None:
    run = healthy_run.copy()
    silence_the_infinite(run)

    report = slrdoctor.scan(written(run, "h5 and jsonl"))

    silenced = next(d for d in report.diagnoses if d.check.code == "CTC404")
    assert silenced.explained_by == ("CTC401",)
