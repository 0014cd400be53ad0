"""What a scan says before and after `slrdoctor init`, for the tests that hold the two equal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import slrdoctor
from slrdoctor.artifacts.settings.read import NAME
from slrdoctor.examination.scan import detect
from slrdoctor.examination.settings_file import written_settings


def init(folder: Path) -> str:
    """The text of the settings that are written to the folder."""
    text = written_settings(*detect(folder))
    (folder / NAME).write_text(text, encoding="utf-8")
    return text


def take_every_guess(folder: Path) -> None:
    """Uncomment each setting that `init` wrote, but for alternatives and what is unknown."""
    heading, _, sections = (folder / NAME).read_text(encoding="utf-8").partition("\n\n")
    lines = [
        line if line.startswith("# or: ") or " = ?" in line else line.removeprefix("# ")
        for line in sections.splitlines()
    ]
    (folder / NAME).write_text("\n".join([heading, "", *lines]) + "\n", encoding="utf-8")


def document(folder: Path) -> dict[str, Any]:
    return slrdoctor.scan(folder).as_dict()


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The parts of two documents that are not the same, as (before, after)."""
    parts = dict.fromkeys((*before, *after))
    return {p: (before.get(p), after.get(p)) for p in parts if before.get(p) != after.get(p)}


def conclusions(report: dict[str, Any]) -> tuple[Any, ...]:
    """What a reader acts on: the verdict, and each finding with its numbers."""
    found = [(f["code"], f["case"], f["severity"], f["message"]) for f in report["findings"]]
    return report["verdict"], found
