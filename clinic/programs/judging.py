"""What the doctor says of a program that ran, in a line, and whether it is right."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import slrdoctor
from clinic.programs.faulty import FAULTY
from clinic.programs.healthy import HEALTHY
from clinic.programs.program import Program
from clinic.programs.running import DoesNotRun, train

Line = Mapping[str, Any]
PROGRAMS = {program.name: program for program in (*HEALTHY, *FAULTY)}
GRAVE = ("blocks", "misleads")
LONGEST = 200  # letters of a message that are kept


def examine(program: Program, kept: Path | None = None) -> Line:
    """The line of a program, run in `kept` unless it lies there, or else in a folder that goes."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="slrdoctor-programs-") as temporary:
        folder = (kept or Path(temporary)) / program.name
        if not folder.exists():
            try:
                train(program, folder)
            except DoesNotRun:
                shutil.rmtree(folder)
                raise
        line = scanned(folder)
    return {"name": program.name, **line, "seconds": round(time.monotonic() - start, 1)}


def scanned(folder: Path) -> dict[str, Any]:
    """The verdict, the root causes in their order, and the run's own best score."""
    report = slrdoctor.scan(folder).as_dict()
    findings = report["findings"]
    scores = [
        content["best_metric"]
        for key, content in report["facts"].items()
        if key.split(" ")[0] == "Progress" and isinstance(content, Mapping)
    ]
    roots = [f for f in findings if f["root_cause"] and f["severity"] != "note"]
    return {
        "verdict": report["verdict"],
        "roots": [f["code"] for f in roots],
        "messages": [f["message"][:LONGEST] for f in roots],
        "grave": [f["code"] for f in findings if f["severity"] in GRAVE],
        "crashed": [f"{c['code']}: {c['error']}" for c in report["crashed"]],
        "score": scores[0] if scores else None,
    }


def rank_of_cause(line: Line, right: Sequence[str]) -> int | None:
    """The place, from 1, of the first root cause that names the fault; None where none does."""
    said = zip(line["roots"], line.get("messages", line["roots"]), strict=True)
    return next(
        (place for place, one in enumerate(said, 1) if any(_names(*one, r) for r in right)), None
    )


def _names(code: str, message: str, right: str) -> bool:
    """Whether a finding is of the right code and, as in `MDL603: rate`, has its words."""
    wanted, _, words = right.partition(": ")
    return code == wanted and words in message


def figures(lines: Iterable[Line]) -> dict[str, tuple[int, int]]:
    """By what is counted: how many, of how many."""
    judged = [(PROGRAMS[line["name"]], line) for line in lines if line["name"] in PROGRAMS]
    faulty = [(rank_of_cause(line, who.right), line) for who, line in judged if who.right]
    healthy = [line for who, line in judged if not who.right]
    broken, sound = len(faulty), len(healthy)
    three = sum(rank is not None and rank <= 3 for rank, _ in faulty)
    another = sum(bool(line["roots"]) and rank != 1 for rank, line in faulty)
    return {
        "first cause right": (sum(rank == 1 for rank, _ in faulty), broken),
        "right among the first three": (three, broken),
        "another cause first": (another, broken),
        "broken, called healthy": (sum(line["verdict"] == "healthy" for _, line in faulty), broken),
        "healthy, called healthy": (sum(line["verdict"] == "healthy" for line in healthy), sound),
        "healthy, with a false block or mislead": (sum(bool(line["grave"]) for line in healthy), sound),
    }
