"""A scan after an uncorrected `slrdoctor init` says the same, however a run is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from clinic import real_runs
from tests.after_init import conclusions, differences, document, init, take_every_guess
from tests.runs.conftest import LAYOUTS, RunInMemory

Write = Callable[[RunInMemory, str], Path]


def healthy(run: RunInMemory) -> None:
    """As it is."""


def not_finite(run: RunInMemory) -> None:
    for name in list(run.clips)[::3]:
        run.clips[name][2, 3] = np.nan


def nothing_learned(run: RunInMemory) -> None:
    run.history = [{**row, "train_loss": 9.0, "dev_loss": 9.0, "dev_wer": 1.0} for row in run.history]


def gloss_unknown(run: RunInMemory) -> None:
    run.vocabulary[-1] = "SOMETHING_ELSE"


def dev_without_features(run: RunInMemory) -> None:
    for name in [name for name in run.clips if run.splits[name] == "dev"]:
        del run.clips[name]


def unchanged(folder: Path) -> bool:
    before = document(folder)
    init(folder)
    assert differences(before, document(folder)) == {}
    return True


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "change",
    [healthy, not_finite, nothing_learned, gloss_unknown, dev_without_features],
    ids=lambda f: f.__name__,
)
def test_init_changes_nothing(
    change: Callable[[RunInMemory], None], layout: str, healthy_run: RunInMemory, written: Write
) -> None:
    run = healthy_run.copy()
    change(run)

    assert unchanged(written(run, layout))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_taking_every_guess_for_the_users_word_changes_no_conclusion(
    layout: str, healthy_run: RunInMemory, written: Write
) -> None:
    folder = written(healthy_run, layout)
    before = document(folder)
    init(folder)
    take_every_guess(folder)

    assert conclusions(document(folder)) == conclusions(before)


@pytest.mark.parametrize("name", list(real_runs.EXPECTED))
def test_init_changes_nothing_of_a_real_run(shared_data: Path, name: str, tmp_path: Path) -> None:
    assert unchanged(Path(shutil.copytree(shared_data / name, tmp_path / name, symlinks=True)))
