"""Write docs/checks/ from the checks' docstrings and limits.

python docs/generate.py
"""

from __future__ import annotations

from pathlib import Path

from slrdoctor import packs
from slrdoctor.check_page import page
from slrdoctor.registry import REGISTRY

FOLDER = Path(__file__).resolve().parent / "checks"


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


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
