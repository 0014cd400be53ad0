"""Exit codes, and how a command ends where the doctor cannot do its job."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from slrdoctor.words.controls import one_line

FINE, FOUND, CANNOT = 0, 1, 2
ENDINGS = ("SIGTERM", "SIGHUP")  # a job's time is over, a terminal is closed
UNENCODABLE = "backslashreplace"  # a name that is no UTF-8 becomes \\udcff, which JSON reads as well


def cannot(message: str) -> typer.Exit:
    """Say on standard error why the doctor cannot do its job; raise what this returns."""
    print(f"slrdoctor: {one_line(message)}", file=sys.stderr)
    return typer.Exit(CANNOT)


@contextmanager
def told_plainly(verbose: bool) -> Iterator[None]:
    """Turn what ends a command into one sentence and exit code 2; --verbose shows our faults whole."""
    try:
        with _ended_like_an_interrupt():
            yield
    except typer.Exit:
        raise
    except KeyboardInterrupt as by:
        raise cannot(f"interrupted{f' ({by})' if str(by) else ''}") from None
    except BrokenPipeError:
        raise typer.Exit(CANNOT) from None
    except Exception as error:
        if verbose:
            raise
        named = "" if _is_for_the_user(error) else f"this is a fault of ours, {type(error).__name__}: "
        raise cannot(f"{named}{_said(error)}") from None


@contextmanager
def _ended_like_an_interrupt() -> Iterator[None]:
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


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror[:1].lower()}{error.strerror[1:]}"
    return str(error)


def _is_for_the_user(error: Exception) -> bool:
    from slrdoctor.artifacts.settings.read import SettingsError
    from slrdoctor.examination.scan import CannotExamine
    from slrdoctor.extras import PackageMissing

    return isinstance(error, (SettingsError, CannotExamine, PackageMissing, OSError))
