"""What goes on, on standard error: a bar, a line that is overwritten, or a line a stage."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from slrdoctor.cli.streams import unguarded
from slrdoctor.words.controls import one_line

Step = Callable[[str, int, int], None]


@contextmanager
def shown_on_stderr(hidden: bool) -> Iterator[Step | None]:
    """Give a function that moves the bar, or None where nobody would see it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(file=unguarded(sys.stderr))
    if hidden or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, object] = {}

        def step(what: str, done: int, total: int) -> None:
            what = one_line(what)
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        yield step


@contextmanager
def stages_on_stderr(hidden: bool) -> Iterator[Step | None]:
    """A line on standard error: overwritten on a terminal, else one a stage."""
    if hidden:
        yield None
        return
    is_terminal = sys.stderr.isatty()
    last = ""

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        stage = what.partition(": loss")[0]
        if is_terminal:
            line = f"{one_line(what)} ({done} of {total})"
            width = min(100, _columns() - 1)
            print(f"\r\x1b[2K{line:.{width}}", end="", file=unguarded(sys.stderr), flush=True)
        elif stage != last:
            print(one_line(stage), file=sys.stderr, flush=True)
        last = stage

    try:
        yield tell
    finally:
        if is_terminal:
            print("\r\x1b[2K", end="", file=unguarded(sys.stderr), flush=True)


def lines_on_stderr(hidden: bool) -> Callable[[str], None]:
    """A function that prints a line on standard error, or none."""
    return lambda line: None if hidden else print(one_line(line), file=sys.stderr, flush=True)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80
