"""Exit codes, and how a command ends where the doctor cannot do its job."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

FINE, FOUND, CANNOT = 0, 1, 2
UNENCODABLE = "backslashreplace"  # a name that is no UTF-8 becomes \\udcff, which JSON reads as well


def cannot(message: str) -> typer.Exit:
    """Say on standard error why the doctor cannot do its job; raise what this returns."""
    print(f"slrdoctor: {message}", file=sys.stderr)
    return typer.Exit(CANNOT)


@contextmanager
def told_plainly(verbose: bool) -> Iterator[None]:
    """Turn what ends a command into one sentence and exit code 2; --verbose shows our faults whole."""
    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        raise cannot("interrupted") from None
    except BrokenPipeError:
        raise typer.Exit(CANNOT) from None
    except Exception as error:
        if verbose:
            raise
        named = "" if _is_for_the_user(error) else f"this is a fault of ours, {type(error).__name__}: "
        raise cannot(f"{named}{error}") from None


def _is_for_the_user(error: Exception) -> bool:
    from slrdoctor.artifacts.settings import SettingsError
    from slrdoctor.examination import CannotExamine

    return isinstance(error, (SettingsError, CannotExamine, OSError))
