"""Write docs/patients/: each case, what its author said, the report of the scan, and how to go on.

    python clinic/patients.py [p0 ...]

The words come from the docstring of the patient's module: its first line is the title, and the
paragraphs after the lines `The author said:` and `How to go on:` are sections of their own.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "docs" / "patients"
PATIENTS = HERE.parent / "examples" / "patients"
SECTIONS = ("The author said:", "How to go on:")


def makers() -> ModuleType:
    """examples/patients/make_patients.py, which is no package."""
    spec = importlib.util.spec_from_file_location("make_patients", PATIENTS / "make_patients.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(docstring: str) -> tuple[str, str, dict[str, str]]:
    """Title, case, and the sections of a patient's docstring."""
    title, _, rest = docstring.strip().partition("\n")
    parts = re.split(rf"^({'|'.join(map(re.escape, SECTIONS))})\n", rest, flags=re.MULTILINE)
    sections = {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    return title.rstrip("."), parts[0].strip(), sections


def report(folder: Path) -> str:
    """What `slrdoctor scan` prints, from beside the run so that no path of this machine is in it."""
    command = [
        sys.executable,
        "-m",
        "slrdoctor",
        "scan",
        folder.name,
        "--fail-on",
        "never",
        "--jobs",
        "1",
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=True, cwd=folder.parent
    )
    said = done.stdout.replace(f"{folder.parent.absolute().as_posix()}/", "")
    return "\n".join(line.rstrip() for line in said.rstrip().splitlines())


def page(name: str, docstring: str, said: str) -> str:
    title, case, sections = told(docstring)
    return "\n".join(
        [
            f"# {title}",
            "",
            case,
            "",
            "## What the author said",
            "",
            sections[SECTIONS[0]],
            "",
            "## What the doctor says",
            "",
            f"`python examples/patients/make_patients.py {name.partition('_')[0]}` makes the run, and "
            f"`slrdoctor scan {name}` beside it prints:",
            "",
            "```text",
            said,
            "```",
            "",
            "## How to go on",
            "",
            sections[SECTIONS[1]],
            "",
        ]
    )


def index(modules: dict[str, str]) -> str:
    rows = [f"- [{told(docstring)[0]}]({name}.md)" for name, docstring in modules.items()]
    intro = (
        "Real broken runs, made again with the figures that their authors gave: what was said of them "
        "then, and what the doctor says. Written by `make patients`; each answer is held by a test in "
        "`tests/patients/`."
    )
    return "\n".join(["# Patients", "", intro, "", *rows, ""])


def main() -> None:
    patients = makers()
    wanted = [patients.named(word) for word in sys.argv[1:]] or patients.names()
    FOLDER.mkdir(exist_ok=True)
    docstrings = {name: patients.load(name).__doc__ or "" for name in patients.names()}
    with tempfile.TemporaryDirectory() as temporary:
        for name in wanted:
            said = report(patients.make(name, Path(temporary)))
            text = page(name, docstrings[name], said)
            (FOLDER / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
    (FOLDER / "README.md").write_text(index(docstrings), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
