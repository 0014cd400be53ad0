"""A run that is killed at any moment and started again ends as one that was not."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from slrdoctor.artifacts.storage import whole_file
from slrdoctor.examination.retraining import subject_of
from slrdoctor.models import device as of_batches
from slrdoctor.retraining import session
from slrdoctor.retraining.loop import Training
from slrdoctor.retraining.plan import CannotRetrain, Options
from slrdoctor.retraining.session import Outcome

MakeRun = Callable[..., Path]
OPTIONS = Options(epochs=3, batch_size=4)
pytestmark = pytest.mark.slow
TRAIN = """
import sys
from pathlib import Path
from slrdoctor.examination.retraining import subject_of
from slrdoctor.retraining import session
from slrdoctor.retraining.plan import Options
subject, _ = subject_of(Path(sys.argv[1]), None, print)
tell = lambda line: print(line, file=sys.stderr, flush=True)
session.retrain(subject, Path(sys.argv[2]), Options(epochs=3, batch_size=4), tell=tell)
"""


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches a SIGKILL."""


def silent(line: str) -> None:
    pass


def train(run: Path, out: Path, options: Options = OPTIONS, **more: Any) -> Outcome:
    return session.retrain(subject_of(run, None, silent)[0], out, options, tell=silent, **more)


def weights(path: Path) -> dict[str, Any]:
    stored: dict[str, Any] = torch.load(path, weights_only=True)["model"]
    return stored


def assert_same(one: Path, other: Path) -> None:
    for name in ("history.json", "dev_predictions.json", "config.yaml"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    for name in ("best.pt", "last.pt"):
        left, right = weights(one / name), weights(other / name)
        assert left.keys() == right.keys()
        assert all(torch.equal(left[key], right[key]) for key in left), name
    assert not list(other.rglob("*.partial"))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, make_run: MakeRun) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    train(make_run(folder / "run", "ctc", train=12), folder / "whole")
    return folder


@pytest.fixture
def whole(trained: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A run directory, and the retraining of it that nothing interrupted."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    return tmp_path / "run", tmp_path / "whole"


# with three epochs: config, vocabulary and settings; then best, last and history of each epoch
@pytest.mark.parametrize("write", [0, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12])
def test_a_kill_in_the_middle_of_any_write_changes_nothing(
    whole: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    run, uninterrupted = whole
    out, count = tmp_path / "killed", iter(range(1000))
    real = whole_file.write_whole

    def half_written(path: Path, fill: Any) -> None:
        if next(count) == write:
            path.with_name(path.name + whole_file.PARTIAL).write_bytes(b"half of a")
            raise Killed
        real(path, fill)

    with monkeypatch.context() as patched:
        patched.setattr(whole_file, "write_whole", half_written)
        with pytest.raises(Killed):
            train(run, out)
    train(run, out)

    assert_same(uninterrupted, out)


def test_a_kill_in_the_middle_of_an_epoch_changes_nothing(
    whole: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was saved within the epoch is gone on with; nothing of it is trained twice."""
    run, uninterrupted = whole
    out, steps = tmp_path / "killed", iter(range(1000))
    real = Training._step

    def stops(self: Training, batch: Any) -> None:
        if next(steps) == 5:  # the last of the second epoch's three batches
            self._save()
            raise Killed
        real(self, batch)

    with monkeypatch.context() as patched:
        patched.setattr(Training, "_step", stops)
        with pytest.raises(Killed):
            train(run, out)
    assert torch.load(out / "last.pt", weights_only=True)["training"]["batch"] == 2
    train(run, out)

    assert_same(uninterrupted, out)


def test_a_run_of_large_batches_goes_on_with_as_many_threads_as_it_began_with(
    whole: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, uninterrupted = whole
    out = tmp_path / "killed"
    monkeypatch.setattr(of_batches, "MANY", 0)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        with pytest.raises(CannotRetrain, match="no epoch was finished"):
            train(run, out, minutes=1e-9)
        torch.set_num_threads(2)
        train(run, out)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)

    stored = torch.load(out / "last.pt", weights_only=True)["training"]
    assert stored["threads"] == 1
    assert_same(uninterrupted, out)


def test_a_killed_process_goes_on_to_the_same_end(whole: tuple[Path, Path], tmp_path: Path) -> None:
    run, uninterrupted = whole
    out = tmp_path / "killed"
    command = [sys.executable, "-c", TRAIN, str(run), str(out)]
    alone, shared = (os.environ | {"OMP_NUM_THREADS": threads} for threads in "12")
    killed = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=alone)
    assert killed.stderr is not None
    for line in killed.stderr:
        if line.startswith("epoch 1/"):
            os.kill(killed.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            break
    assert killed.wait() != 0 and not (out / "dev_predictions.json").exists()
    subprocess.run(command, check=True, capture_output=True, env=shared)

    assert_same(uninterrupted, out)


def test_a_run_whose_time_was_up_is_gone_on_with_through_all_phases(
    tmp_path: Path, make_run: MakeRun
) -> None:
    """With phases, and the time up in between: the same command goes on."""
    run = make_run(tmp_path / "run", "ctc", train=12)
    options = Options(epochs=4, batch_size=4, recipe="phased")
    train(run, tmp_path / "whole", options)
    with pytest.raises(CannotRetrain, match="no epoch was finished"):
        train(run, tmp_path / "parts", options, minutes=0.0)
    outcome = train(run, tmp_path / "parts", options)

    assert_same(tmp_path / "whole", tmp_path / "parts")
    assert outcome.is_over and {t.phase for t in outcome.phases} == {
        "warmup", "exploration", "consolidation", "fine-tuning"
    }  # fmt: skip


def test_what_dev_has_shown_is_remembered(
    tmp_path: Path, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a rate of nothing dev stands still, and the rate is halved after the fourth epoch."""
    run = make_run(tmp_path / "run", "ctc", train=8, dev=4)
    options = Options(epochs=6, batch_size=4, learning_rate=1e-9)
    train(run, tmp_path / "whole", options)
    steps, real = iter(range(1000)), Training._step

    def stops(self: Training, batch: Any) -> None:
        if next(steps) == 6:  # the first of the fourth epoch
            raise Killed
        real(self, batch)

    monkeypatch.setattr(Training, "_step", stops)
    with pytest.raises(Killed):
        train(run, tmp_path / "parts", options)
    train(run, tmp_path / "parts", options)

    history = json.loads((tmp_path / "parts" / "history.json").read_text(encoding="utf-8"))
    assert [row["learning_rate"] for row in history] == [1e-9, 1e-9, 1e-9, 1e-9, 5e-10, 5e-10]
    assert_same(tmp_path / "whole", tmp_path / "parts")


def test_what_a_kill_left_half_written_is_swept_away(whole: tuple[Path, Path]) -> None:
    run, out = whole
    left = out / ("tokenizer.json" + whole_file.PARTIAL)
    left.write_bytes(b"half of a")
    train(run, out)

    assert not left.exists()


def test_another_seed_gives_another_run(whole: tuple[Path, Path], tmp_path: Path) -> None:
    """Or else the tests above would show nothing."""
    run, out = whole
    train(run, tmp_path / "other", Options(epochs=3, batch_size=4, seed=1))

    assert (out / "history.json").read_bytes() != (tmp_path / "other" / "history.json").read_bytes()


def test_a_checkpoint_names_no_code(whole: tuple[Path, Path]) -> None:
    for name in ("best.pt", "last.pt"):
        assert torch.load(whole[1] / name, weights_only=True)["epoch"]


def test_a_finished_run_is_not_trained_again_unless_forced(whole: tuple[Path, Path]) -> None:
    run, out = whole
    session.finish(out)
    before = (out / "history.json").read_bytes()

    with pytest.raises(CannotRetrain, match="holds the finished run of this command"):
        train(run, out)
    train(run, out, force=True)
    assert (out / "history.json").read_bytes() == before


def test_a_changed_command_is_refused_with_what_changed(whole: tuple[Path, Path]) -> None:
    run, out = whole
    with pytest.raises(CannotRetrain, match=r"training\.epochs 3 there and 5 now"):
        train(run, out, Options(epochs=5, batch_size=4))


def test_a_changed_config_is_refused(whole: tuple[Path, Path]) -> None:
    run, out = whole
    config = out / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("hidden_size: 128", "hidden_size: 64"))

    with pytest.raises(CannotRetrain, match=r"model\.hidden_size 64 there and 128 now"):
        train(run, out)


def test_changed_data_are_refused(whole: tuple[Path, Path]) -> None:
    run, out = whole
    rows = (run / "train.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (run / "train.csv").write_text("".join(rows[:-1]), encoding="utf-8")

    with pytest.raises(CannotRetrain, match=r"retrain\.train 12 there and 11 now"):
        train(run, out)


def test_a_folder_of_the_user_is_left_as_it_is(tmp_path: Path, make_run: MakeRun) -> None:
    run, out = make_run(tmp_path / "run", "ctc"), tmp_path / "thesis"
    (out / "outputs").mkdir(parents=True)
    for name in ("chapter.tex", "outputs/figure.png"):
        (out / name).write_text("years of work", encoding="utf-8")

    with pytest.raises(CannotRetrain, match="is not empty and holds no retrained run"):
        train(run, out)
    train(run, out, force=True)
    for name in ("chapter.tex", "outputs/figure.png"):
        assert (out / name).read_text(encoding="utf-8") == "years of work"


@pytest.mark.parametrize("inside", ["", "retrained", "a/b"])
def test_the_new_run_may_not_lie_in_the_old_one(tmp_path: Path, make_run: MakeRun, inside: str) -> None:
    run = make_run(tmp_path / "run", "ctc")

    with pytest.raises(CannotRetrain, match="give a folder beside it"):
        train(run, run / inside, force=True)
