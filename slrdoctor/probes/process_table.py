"""What the system tells of processes: which are of an experiment, their memory, their time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "SLRDOCTOR_EXPERIMENT"


class OwnTime:
    """Seconds that a process and all below it used, or slept without wanting the processor.

    What other work on a busy machine takes from it does not count. Where the system does not say
    (no /proc) these are the seconds of a clock.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._looked = time.monotonic()
        self._used = 0.0
        self._seconds = 0.0

    def seconds(self) -> float:
        """So far. To be asked often: between two looks it either used the processor or slept."""
        now = time.monotonic()
        passed, self._looked = now - self._looked, now
        pids = [self._pid, *below(self._pid)]
        used = sum(map(_processor_seconds, pids))
        own = min(max(used - self._used, 0.0), passed)
        self._used = max(used, self._used)
        self._seconds += own if own or any(map(_wants_processor, pids)) else passed
        return self._seconds


def _processor_seconds(pid: int) -> float:
    """Of the process and of those below it that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return 0.0


def _wants_processor(pid: int) -> bool:
    """Whether a thread of it runs, waits for its turn, or for the disk."""
    for task in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            state = task.read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            continue
        if state in ("R", "D"):
            return True
    return False


def marked(mark: str) -> Iterator[int]:
    """Processes with the mark in their environment, where the system shows it (Linux)."""
    sought = f"{MARK}={mark}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes()
            state = (entry / "stat").read_bytes().rpartition(b")")[2].split()[0]
        except (OSError, IndexError):
            continue
        if sought in environment.split(b"\0") and state != b"Z":
            yield int(entry.name)


def below(pid: int) -> dict[int, str]:
    """The processes that it and those below it started, each with the time of its start (Linux)."""
    found: dict[int, str] = {}
    ahead = [pid]
    while ahead:
        for child in children(ahead.pop()):
            found[child] = start_of(child)
            ahead.append(child)
    return found


def start_of(pid: int) -> str:
    """When a process started, in ticks; "" for one that is gone or only waits to be collected."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (OSError, ValueError):
        return ""
    return "" if fields[0] in ("Z", "X") else fields[19]


def memory(pid: int, mark: str) -> int:
    """Resident bytes of the child and all that it started; 0 where the system does not say."""
    own = resident(pid)
    # to look through all processes takes long: only where the child has any of its own
    if not children(pid):
        return own
    return max(own, sum(map(resident, marked(mark))))


def children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        return [int(one) for task in tasks for one in task.read_text(encoding="ascii").split()]
    except (OSError, ValueError):
        return []


def resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
