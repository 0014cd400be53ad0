"""Write docs/checks/ from the checks' docstrings and limits, and the table of docs/simulate.md.

python clinic/pages.py
"""

from __future__ import annotations

from pathlib import Path

from slrdoctor.core import packs
from slrdoctor.core.page import page
from slrdoctor.core.registry import REGISTRY
from slrdoctor.simulation import load_faults

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "checks"
SIMULATIONS = FOLDER.parent / "simulate.md"
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


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    SIMULATIONS.write_text(simulations(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
