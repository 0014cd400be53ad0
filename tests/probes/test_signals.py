"""Ended in the middle, by whatever: a sentence, and nothing is left of the model's process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

DEAF = """
import signal, time, os
from pathlib import Path
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)

def build_model(input_size, num_classes):
    Path(__file__).with_name("pid").write_text(str(os.getpid()))
    while True:
        time.sleep(0.01)
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="signals, and /proc"),
]


def heed_signals() -> None:
    """What a shell that starts this in its background, or nohup, has had it ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def begun(tiny_run: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """An overfit test whose model builds without end, and the model's process."""
    (tmp_path / "deaf.py").write_text(DEAF, encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    done = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "slrdoctor",
            "overfit",
            str(tiny_run),
            "--model",
            str(tmp_path / "deaf.py"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path / "temporary")},
        preexec_fn=heed_signals,
    )
    written = tmp_path / "pid"
    while done.poll() is None and not (written.exists() and written.read_text()):
        time.sleep(0.1)
    yield done, int(written.read_text())
    done.kill()
    done.communicate()


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in ("Z", "X")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_experiment_that_is_ended_says_so_and_leaves_nothing(
    begun: tuple[subprocess.Popen[str], int], tmp_path: Path, name: str
) -> None:
    command, model = begun
    command.send_signal(getattr(signal, name))
    _, said = command.communicate()

    assert command.returncode == 2, said
    assert "slrdoctor: interrupted" in said and "Traceback" not in said
    assert gone(model)
    assert not list((tmp_path / "temporary").iterdir())


def test_a_model_does_not_outlive_a_doctor_that_is_killed(
    begun: tuple[subprocess.Popen[str], int], tmp_path: Path
) -> None:
    command, model = begun
    command.kill()
    command.communicate()
    for _ in range(3000):  # at once where the machine is idle
        if gone(model):
            break
        time.sleep(0.1)

    assert gone(model)
    assert not list((tmp_path / "temporary").iterdir())
