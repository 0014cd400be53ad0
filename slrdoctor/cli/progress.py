"""A progress bar on standard error for long work, and none where it is piped."""

from __future__ import annotations

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
