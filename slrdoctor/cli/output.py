"""Where a report goes: standard output, or a file that is known to be writable before any work."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from slrdoctor.artifacts.storage import whole_file
from slrdoctor.cli.exits import UNENCODABLE, cannot
from slrdoctor.cli.options import STANDARD_OUTPUT
from slrdoctor.render import formats, render
from slrdoctor.words.controls import escaped, one_line

if TYPE_CHECKING:
    from slrdoctor.core.report import Report
    from slrdoctor.examination.retraining import Retrained


def check_output(format: str, output: Path) -> None:
    """Refuse an unknown format, and a file that could not be written."""
    if format not in formats():
        raise cannot(f"no format is called {format!r}: there are {', '.join(formats())}")
    check_writable(output, "--output")


def check_writable(path: Path, option: str) -> None:
    if path == STANDARD_OUTPUT:
        return
    if path.is_dir():
        raise cannot(f"{option} {path} is a folder: name a file")
    if not path.parent.is_dir():
        raise cannot(f"{option} {path}: there is no folder {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise cannot(f"{option} {path} cannot be written: permission denied")


def write_report(report: Report, format: str, output: Path, quiet: bool, verbose: bool) -> None:
    """Print the report; or write it to a file, and say so in one line on standard error."""
    if format == "text" and output == STANDARD_OUTPUT:
        from rich.console import Console

        from slrdoctor.render import text

        text.show(report, Console(highlight=False), quiet=quiet, verbose=verbose)
    else:
        write_text(render(report, format), output)
        if output != STANDARD_OUTPUT:
            outline = report.outline
            line = f"{outline.badge.upper()}  {outline.summary}; see {output}"
            print(one_line(line), file=sys.stderr)


def write_comparison(result: Retrained, format: str) -> None:
    """Print the report of a retrained run; the JSON document has the plan and both sides too."""
    if format == "json":
        import json

        document = escaped(json.dumps(result.as_dict(), ensure_ascii=False, indent=1))
        write_text(document + "\n", STANDARD_OUTPUT)
    else:
        write_report(result.report, format, STANDARD_OUTPUT, quiet=False, verbose=False)


def write_text(text: str, output: Path) -> None:
    if output == STANDARD_OUTPUT:
        sys.stdout.write(text)
        sys.stdout.flush()  # here, where a full disk is told plainly
    else:
        whole_file.write_text(output, text, UNENCODABLE)
