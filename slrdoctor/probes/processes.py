"""Run an experiment in a child process that may hang, exit, print or allocate without end.

The child is a session of its own, with a mark in its environment that all it starts inherit.
However it ends, what bears the mark is killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from slrdoctor.probes.process_table import MARK, OwnTime, below, children, marked, memory, start_of
from slrdoctor.probes.typed_json import from_json
from slrdoctor.python_path import child_command, child_environment

T = TypeVar("T")
POLL = 0.05  # seconds between two looks at the child's memory
KEPT = 40  # lines of what it printed
GIB = 1 << 30
RESULT, ERROR, PROGRESS = "result.json", "error.json", "progress.json"
SO_FAR = "so_far.json"  # a result that stands if what comes after it does not end well


@dataclass(frozen=True)
class Progress:
    """What a child is at, which it writes again and again."""

    what: str
    done: int = 0
    total: int = 1


@dataclass(frozen=True)
class Failure:
    """Why a child has no result; `left` where it ended itself, as a parser of arguments does."""

    message: str
    traceback: str = ""
    left: bool = False


class ExperimentFailed(Exception):
    """The child did not come to a result. The message is a sentence for the user."""

    def __init__(self, message: str, printed: str = "", trace: str = "") -> None:
        super().__init__(message)
        self.printed = printed
        self.trace = trace


@dataclass(frozen=True)
class Limits:
    """What a child and all that it starts may take; seconds are its own, as `OwnTime` counts them."""

    seconds: float
    memory: int  # bytes
    silence: float = 60.0  # seconds without a word of progress: it hangs


Tell = Callable[[str, int, int], None]


def run_in_child(
    module: str, folder: Path, limits: Limits, *, cwd: Path | None = None, tell: Tell | None = None
) -> dict[str, Any]:
    """Call `main` of the module with `folder` as its argument; what it wrote to result.json there.

    A child that took too long or too much, died, or raised gives what it wrote to so_far.json, with
    the reason under `stopped`. Raises ExperimentFailed with that reason where there is none.
    """
    mark = uuid.uuid4().hex
    child = subprocess.Popen(
        child_command(module, str(folder)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**child_environment(), MARK: mark, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"},
        start_new_session=True,
        cwd=cwd,
    )
    lines: deque[str] = deque(maxlen=KEPT)
    reader = threading.Thread(target=_drain, args=(child.stdout, lines), daemon=True)
    reader.start()
    started: dict[int, str] = {}
    try:
        stopped = _watch(child, folder, limits, mark, started, tell)
    finally:
        _end(child, mark, started)
        reader.join(timeout=1.0)
    try:
        return _result(child, folder, limits, stopped, "".join(lines))
    except ExperimentFailed as failed:
        so_far = _plain(folder / SO_FAR)
        if not so_far:
            raise
        return so_far | {"stopped": str(failed)}


def _watch(
    child: subprocess.Popen[bytes],
    folder: Path,
    limits: Limits,
    mark: str,
    started: dict[int, str],
    tell: Tell | None,
) -> str:
    """Wait for the child; why it was stopped, or "" where it ended by itself.

    `started` is filled with the processes below it: such as may have thrown away the mark.
    """
    own, heard = OwnTime(child.pid), 0.0
    before: Progress | None = None
    while child.poll() is None:
        clock = own.seconds()
        if clock > limits.seconds:
            return "time"
        if clock > heard + limits.silence:
            return "silence"
        if children(child.pid):
            started |= below(child.pid)
        if memory(child.pid, mark) > limits.memory:
            return "memory"
        now = _read(Progress, folder / PROGRESS)
        if now is not None and now != before:
            before, heard = now, clock
            if tell is not None:
                tell(now.what, now.done, now.total)
        time.sleep(POLL)
    return ""


def _result(
    child: subprocess.Popen[bytes], folder: Path, limits: Limits, stopped: str, printed: str
) -> dict[str, Any]:
    at = (_read(Progress, folder / PROGRESS) or Progress("starting")).what
    if stopped:
        why = {
            "time": f"no result within {limits.seconds:.0f} s",
            "silence": f"no progress for {limits.silence:.0f} s",
            "memory": f"it used over {limits.memory / GIB:.1f} GiB of memory",
        }[stopped]
        raise ExperimentFailed(f"{why}: it was stopped at: {at}", printed)
    failure, result = _read(Failure, folder / ERROR), _plain(folder / RESULT)
    # what it said before it left, as a parser of arguments does
    last = next((line for line in reversed(printed.splitlines()) if line.strip()), "")
    words = f"; the last that it printed: {one_line(last)}" if last else ""
    if failure is not None:
        said = f"{failure.message}{words if failure.left else ''}"
        raise ExperimentFailed(said, printed, failure.traceback)
    if not result:
        words = words if child.returncode >= 0 else ""
        raise ExperimentFailed(f"{_how_it_ended(child.returncode)} at: {at}{words}", printed)
    return result


def one_line(text: str, most: int = 300) -> str:
    """Of what others wrote: no line ends, nothing that a terminal would obey, and no more than fits."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    words = " ".join(plain.split())
    return words if len(words) <= most else f"{words[: most - 4]} ..."


def end_with_the_parent(parent: int, folder: Path) -> None:
    """In a child: where the doctor was killed, end too, with all that was started, and leave nothing."""
    while os.getppid() == parent:
        time.sleep(10 * POLL)
    shutil.rmtree(folder, ignore_errors=True)
    for pid in marked(os.environ.get(MARK, "")):
        if pid != os.getpid():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    os._exit(1)


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"the process ended itself with exit code {code} before there was a result,"
    with contextlib.suppress(ValueError):
        return f"the process was ended by {signal.Signals(-code).name} before there was a result,"
    return f"the process was ended by signal {-code} before there was a result,"


def _read(kind: type[T], path: Path) -> T | None:
    try:
        return from_json(kind, path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # not there yet, or just being written


def _plain(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _drain(stream: IO[bytes] | None, lines: deque[str]) -> None:
    """Keep the last lines: a model that prints without end must neither block nor fill anything."""
    while stream is not None:
        try:
            chunk = stream.readline(4096)
        except (OSError, ValueError):
            return
        if not chunk:
            return
        lines.append(chunk.decode("utf-8", "replace"))


def _end(child: subprocess.Popen[bytes], mark: str, started: dict[int, str]) -> None:
    """Kill the child's group, whatever else bears its mark, and what was seen below it."""
    for _ in range(20):
        started |= below(child.pid)
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
        left = {pid for pid in marked(mark) if pid != os.getpid()}
        # a number may be another's by now: the time of its start tells
        left |= {pid for pid, since in started.items() if start_of(pid) == since}
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if child.poll() is None:
            with contextlib.suppress(OSError):
                child.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=5)
        if not left:
            break
        time.sleep(POLL)
