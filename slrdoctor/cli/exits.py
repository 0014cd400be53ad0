"""Exit codes, and how a command ends where the doctor cannot do its job."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from slrdoctor.cli.interrupts import ended_like_an_interrupt
from slrdoctor.words.controls import one_line

if TYPE_CHECKING:
    from slrdoctor.examination.ending import Ending

FINE, FOUND, CANNOT = 0, 1, 2
UNENCODABLE = "backslashreplace"  # a name that is no UTF-8 becomes \\udcff, which JSON reads as well


class ReaderGone(Exception):
    """Whoever reads what we write has closed the pipe, as `head` does."""


def cannot(message: str) -> typer.Exit:
    """Say on standard error why the doctor cannot do its job; raise what this returns."""
    print(f"slrdoctor: {one_line(message)}", file=sys.stderr)
    return typer.Exit(CANNOT)


def code_of(ending: Ending) -> int:
    """The exit code of an ending, the same for every command."""
    return {"fine": FINE, "found": FOUND}.get(ending.value, CANNOT)


@contextmanager
def told_plainly(verbose: bool) -> Iterator[None]:
    """Turn what ends a command into one sentence and exit code 2; --verbose shows our faults whole."""
    try:
        with ended_like_an_interrupt():
            yield
    except typer.Exit:
        raise
    except KeyboardInterrupt as by:
        raise cannot(f"interrupted{f' ({by})' if str(by) else ''}") from None
    except (BrokenPipeError, ReaderGone):
        raise typer.Exit(CANNOT) from None
    except Exception as error:
        if verbose:
            raise
        named = (
            ""
            if _is_for_the_user(error)
            else f"internal error, please report it: {type(error).__name__}: "
        )
        raise cannot(f"{named}{_said(error)}") from None


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror[:1].lower()}{error.strerror[1:]}"
    return str(error)


def _is_for_the_user(error: Exception) -> bool:
    from slrdoctor.artifacts.settings.read import SettingsError
    from slrdoctor.examination.scan import CannotExamine
    from slrdoctor.extras import PackageMissing
    from slrdoctor.retraining.plan import CannotRetrain

    return isinstance(error, (SettingsError, CannotExamine, CannotRetrain, PackageMissing, OSError))
