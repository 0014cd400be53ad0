"""Write docs/checks/ and docs/formats.md from the checks and readers, and the table of docs/simulate.md.

python clinic/pages.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from slrdoctor.artifacts.content import Reader
from slrdoctor.artifacts.formats import readers
from slrdoctor.core import packs
from slrdoctor.core.page import page
from slrdoctor.core.registry import REGISTRY
from slrdoctor.extras import EXTRAS
from slrdoctor.simulation import load_faults
from slrdoctor.words.foreign_formats import FOREIGN

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "checks"
SIMULATIONS = FOLDER.parent / "simulate.md"
FORMATS = FOLDER.parent / "formats.md"
MARK = "<!-- written by clinic/pages.py from the faults themselves -->\n"


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    packs.load_all()
    checks = [c for _, c in sorted(REGISTRY.checks.items()) if c.pack == "builtin"]
    rows = [
        f"| [{c.code}]({c.code}.md) | {c.name} | {c.severity.word} | {c.confidence.word} | {c.title} |"
        for c in checks
    ]
    index = [
        "# The checks",
        "",
        "| code | name | severity | confidence | fault |",
        "|---|---|---|---|---|",
        *rows,
    ]
    return {"README.md": "\n".join(index) + "\n"} | {f"{c.code}.md": page(c) + "\n" for c in checks}


def simulations() -> str:
    """docs/simulate.md: what stands above the mark, and the table of faults."""
    above = SIMULATIONS.read_text(encoding="utf-8").partition(MARK)[0]
    faults = sorted(load_faults().values(), key=lambda f: (f.is_healthy, f.codes))
    rows = [
        f"| `{f.name}` | {', '.join(_linked(code) for code in f.codes) or 'healthy'} "
        f"| {', '.join(f.tasks)} | {f.sentence} |"
        for f in faults
    ]
    header = ["| name | codes | tasks | what is wrong |", "|---|---|---|---|"]
    return above + MARK + "\n" + "\n".join([*header, *rows]) + "\n"


def _linked(code: str) -> str:
    return f"[{code}](checks/{code}.md)"


def formats() -> str:
    """docs/formats.md: the readers, each in the words of its module, and the formats without one."""
    read = [
        f"| {_names(reader)} | {_title(reader)} | {'yes' if reader.clip_suffixes else ''} "
        f"| {f'`[{EXTRAS[reader.needs].extra}]`' if reader.needs else ''} |"
        for reader in sorted(readers(), key=lambda reader: reader.name)
    ]
    foreign = [
        f"| {one.name} | {', '.join(map('`{}`'.format, one.patterns))} | {one.holds} | {one.advice} |"
        for one in FOREIGN
    ]
    return "\n".join(
        [
            "# File formats",
            "",
            "The content of a file decides whether it is features, annotations or a history, not its",
            "format: any of these may hold any of them.",
            "",
            "| files | what they are | may be one clip each | extra |",
            "|---|---|---|---|",
            *read,
            "",
            "## Formats that are named and not read",
            "",
            "The report names such files (RUN101) with their size and how to export them. A zip, tar,",
            ".mat or joblib file is read where it holds arrays, and named where it does not.",
            "",
            "| format | files | may hold | what to do |",
            "|---|---|---|---|",
            *foreign,
            "",
            "Another format is one file: [writing a reader](writing-a-reader.md).",
            "",
        ]
    )


def _names(reader: Reader) -> str:
    patterns = (*(f"*{suffix}" for suffix in reader.suffixes), *reader.patterns)
    return ", ".join(f"`{pattern}`" for pattern in patterns) or f"folders of {reader.name}"


def _title(reader: Reader) -> str:
    doc = sys.modules[reader.example.__module__].__doc__ or ""
    return doc.partition("\n\n")[0].replace("\n", " ").strip().replace("|", "\\|")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    SIMULATIONS.write_text(simulations(), encoding="utf-8", newline="\n")
    FORMATS.write_text(formats(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
