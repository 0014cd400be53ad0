"""Children that hang, allocate, fork and print: a sentence each, and nothing left running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from slrdoctor.probes.process_table import OwnTime
from slrdoctor.probes.processes import (
    PROGRESS,
    RESULT,
    SO_FAR,
    ExperimentFailed,
    Limits,
    run_in_child,
)

GIB = 1 << 30


def child(folder: Path, body: str) -> str:
    """A module of that body, found by the name that is given back."""
    name = f"child_{abs(hash(body))}"
    (folder / f"{name}.py").write_text(
        "import json, os, sys, time\nfrom pathlib import Path\n\n"
        "def main():\n    folder = Path(sys.argv[1])\n" + textwrap.indent(f"{body}\n", "    "),
        encoding="utf-8",
    )
    return name


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


DONE = f"(folder / {RESULT!r}).write_text(json.dumps({{'answer': 42}}))"


def test_gives_what_the_child_wrote(folder: Path) -> None:
    assert run_in_child(child(folder, DONE), folder, Limits(30, GIB)) == {"answer": 42}


def test_a_child_that_prints_without_end_is_not_held_up(folder: Path) -> None:
    body = "for _ in range(2000): print('x' * 10_000)\n" + DONE

    assert run_in_child(child(folder, body), folder, Limits(60, GIB)) == {"answer": 42}


@pytest.mark.parametrize("hanging", ["time.sleep(600)", "while True: pass"])
def test_a_child_that_hangs_is_stopped(folder: Path, hanging: str) -> None:
    with pytest.raises(ExperimentFailed, match=r"no progress for 1 s"):
        run_in_child(child(folder, hanging), folder, Limits(60, GIB, silence=1.0))


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        ("time.sleep(600)", "no progress for 1 s: it was stopped at: starting"),
        ("os._exit(3)", "the process ended itself with exit code 3"),
    ],
)
def test_a_result_so_far_outlives_what_comes_after_it(folder: Path, ending: str, why: str) -> None:
    body = DONE.replace(RESULT, SO_FAR) + f"\n{ending}"
    given = run_in_child(child(folder, body), folder, Limits(60, GIB, silence=1.0))

    assert given["answer"] == 42 and given["stopped"].startswith(why)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="both are put on one core")
def test_what_a_busy_machine_takes_from_a_process_is_not_its_own_time() -> None:
    busy = [sys.executable, "-c", "while True: pass"]
    core = {min(os.sched_getaffinity(0))}
    with subprocess.Popen(busy) as greedy, subprocess.Popen(["nice", "-n", "19", *busy]) as modest:
        for process in (greedy, modest):
            os.sched_setaffinity(process.pid, core)
        own, start = OwnTime(modest.pid), time.monotonic()
        while time.monotonic() < start + 2.0:
            own.seconds()
            time.sleep(0.05)
        taken = own.seconds()
        greedy.kill()
        modest.kill()

    assert taken < 1.0  # of two seconds, of which it had a fiftieth


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="elsewhere it is a clock's time")
def test_a_process_that_sleeps_is_given_its_time() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as asleep:
        own, start = OwnTime(asleep.pid), time.monotonic()
        while own.seconds() < 0.5 and time.monotonic() < start + 60:
            time.sleep(0.05)
        taken = own.seconds()
        asleep.kill()

    assert taken >= 0.5


def test_a_child_that_goes_on_for_ever_is_stopped(folder: Path) -> None:
    body = (
        "for i in range(100000):\n"
        f"    (folder / {PROGRESS!r}).write_text(json.dumps({{'what': 'step', 'done': i}}))\n"
        "    time.sleep(0.05)"
    )
    with pytest.raises(ExperimentFailed, match=r"no result within 5 s: it was stopped at"):
        run_in_child(child(folder, body), folder, Limits(5, GIB, silence=60))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is watched through /proc")
def test_a_child_that_allocates_without_end_is_stopped(folder: Path) -> None:
    body = "held = []\nwhile True:\n    held.append(bytearray(1 << 24))"
    with pytest.raises(ExperimentFailed, match=r"used over 0\.2 GiB of memory"):
        run_in_child(child(folder, body), folder, Limits(60, GIB // 5))


def test_a_child_that_ends_itself_is_named(folder: Path) -> None:
    with pytest.raises(ExperimentFailed, match=r"exit code 7"):
        run_in_child(child(folder, "os._exit(7)"), folder, Limits(30, GIB))


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_child_that_is_killed_is_named(folder: Path) -> None:
    with pytest.raises(ExperimentFailed, match=r"SIGSEGV"):
        run_in_child(child(folder, "os.kill(os.getpid(), 11)"), folder, Limits(30, GIB))


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc")
def test_what_a_child_starts_does_not_outlive_it(folder: Path) -> None:
    pid = folder / "pid"
    body = (
        "import subprocess\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], "
        "start_new_session=True)\n"
        f"Path({str(pid)!r}).write_text(str(p.pid))\n" + DONE
    )
    run_in_child(child(folder, body), folder, Limits(30, GIB))

    left = Path(f"/proc/{pid.read_text()}/stat")
    assert not left.exists() or left.read_text().rpartition(")")[2].split()[0] in ("Z", "X")


def test_a_module_of_the_users_own_name_does_not_stand_in_for_ours(folder: Path) -> None:
    body = "import json as again; assert 'own' not in vars(again)\n" + DONE
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "json.py").write_text("own = 1", encoding="utf-8")

    found = run_in_child(child(folder, body), folder, Limits(30, GIB), cwd=folder / "elsewhere")
    assert json.dumps(found) == '{"answer": 42}'


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
def test_what_throws_the_mark_away_does_not_outlive_the_child(folder: Path) -> None:
    pid = folder / "pid"
    body = (
        "import subprocess\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], "
        "start_new_session=True, env={})\n"
        f"Path({str(pid)!r}).write_text(str(p.pid))\ntime.sleep(0.5)\n" + DONE
    )
    run_in_child(child(folder, body), folder, Limits(30, GIB))

    left = Path(f"/proc/{pid.read_text()}/stat")
    assert not left.exists() or left.read_text().rpartition(")")[2].split()[0] in ("Z", "X")


def test_a_child_that_leaves_is_named_with_what_it_said(folder: Path) -> None:
    body = "print('usage: \\x1b[1mtrain.py\\nerror: --data is required')\nsys.exit(2)"
    with pytest.raises(ExperimentFailed, match=r"exit code 2 .*printed: error: --data is required$"):
        run_in_child(child(folder, body), folder, Limits(30, GIB))
