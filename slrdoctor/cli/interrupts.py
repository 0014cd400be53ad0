"""Signals that would end the process at once become an interrupt, which cleans up first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ENDINGS = ("SIGTERM", "SIGHUP")  # a job's time is over, a terminal is closed


@contextmanager
def ended_like_an_interrupt() -> Iterator[None]:
    """Let what would end the process at once clean up first: children, folders, the terminal."""

    def interrupt(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    numbers = [getattr(signal, name) for name in ENDINGS if hasattr(signal, name)]
    # whoever handles one already, or ignores it as nohup does, goes on doing so
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    taken = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
