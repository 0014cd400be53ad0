"""Options that several commands have: the same word means the same everywhere."""

from __future__ import annotations

import enum
import os
from pathlib import Path
from typing import Annotated

import typer

from slrdoctor.render import formats


class FailOn(str, enum.Enum):
    blocks = "blocks"
    misleads = "misleads"
    degrades = "degrades"
    note = "note"
    never = "never"


STANDARD_OUTPUT = Path("-")

RunDir = Annotated[Path, typer.Argument(help="The run directory.", show_default="this one")]
Format = Annotated[
    str,
    typer.Option(
        "--format", help=f"One of: {', '.join(formats())}.", autocompletion=lambda: list(formats())
    ),
]
Output = Annotated[
    Path,
    typer.Option("--output", help="Write to this file; - is standard output.", show_default="-"),
]
Select = Annotated[
    list[str] | None, typer.Option("--select", help="Only these codes or prefixes: CTC,FEA104.")
]
Verify = Annotated[str, typer.Option("--verify", help="Judge this check alone: is what it found fixed?")]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", help="Not these codes or prefixes.")]
Checks = Annotated[list[Path] | None, typer.Option("--checks", help="A folder of your own checks.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only the first sentence.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Everything, tracebacks too.")]
Tracebacks = Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks too.")]


def codes(written: list[str] | None) -> list[str]:
    """Codes and prefixes from repeatable options that may each hold several, comma separated."""
    return [code.strip().upper() for one in written or () for code in one.split(",") if code.strip()]


def one_code(written: str) -> list[str]:
    """The code of one check, as a selection; none where none is given."""
    return [written.strip().upper()] if written.strip() else []


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
