"""Write a run in a layout, scan it, and put down in a line what the doctor says of it."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from clinic.layouts.draft import DoesNotApply
from clinic.layouts.subject import Subject
from clinic.layouts.subjects import subject
from clinic.layouts.writing import layout_of, name_of, write

Line = Mapping[str, Any]
Planned = tuple[Sequence[str], int]  # keys, and how many encodings of them are wanted


def examined(planned: Sequence[Planned], kept: Mapping[str, Line], jobs: int) -> Iterator[list[Line]]:
    """The lines of each plan in its turn; those that are kept are not made anew."""
    own = [(keys, count, {key: kept[key] for key in keys if key in kept}) for keys, count in planned]
    if jobs == 1:
        yield from map(first_that_apply, own)
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(first_that_apply, own, chunksize=2)


def first_that_apply(plan: tuple[Sequence[str], int, Mapping[str, Line]]) -> list[Line]:
    """The lines of so many encodings as can be written, and of those before them that cannot."""
    keys, count, kept = plan
    lines: list[Line] = []
    for key in keys:
        lines.append(kept.get(key) or examine(key))
        count -= "does_not_apply" not in lines[-1]
        if not count:
            break
    return lines


def examine(key: str) -> Line:
    """The line of a subject in a layout, as in `ctc|features=pkl`."""
    name, _, layout = key.partition("|")
    start = time.monotonic()
    line: dict[str, Any] = {"key": key, "subject": name, "layout": layout}
    with tempfile.TemporaryDirectory(prefix="slrdoctor-layouts-") as temporary:
        folder = Path(temporary) / "run"
        try:
            write(subject(name), layout_of(layout), folder)
        except DoesNotApply as error:
            return line | {"does_not_apply": str(error)}
        line |= said_of(folder)
    return line | {"seconds": round(time.monotonic() - start, 2)}


def key_of(who: Subject | str, layout: Mapping[str, str]) -> str:
    return f"{who if isinstance(who, str) else who.name}|{name_of(dict(layout))}"


def said_of(folder: Path) -> dict[str, Any]:
    """The verdict, the root causes in order, and the figures of the report."""
    import slrdoctor
    from slrdoctor.examination.scan import CannotExamine

    try:
        report = slrdoctor.scan(folder).as_dict()
    except CannotExamine as error:
        said = str(error).replace(str(folder), "run")
        return {"verdict": "cannot examine", "roots": [], "graver": [], "crashed": [], "said": said}
    except Exception as error:  # a crash is what is looked for, of whatever kind
        crash = f"{type(error).__name__}: {error}"
        return {"verdict": "crashed", "roots": [], "graver": [], "crashed": [crash]}
    findings = report["findings"]
    return {
        "verdict": report["verdict"],
        "roots": [f["code"] for f in findings if f["root_cause"] and f["severity"] != "note"],
        "graver": [f["code"] for f in findings if f["severity"] in ("blocks", "misleads")],
        "crashed": [f"{c['code']}: {c['error']}" for c in report["crashed"]],
        "figures": dict(figures_of(report["facts"])),
    }


def figures_of(facts: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Each figure as the cases of the report have it, in their order."""
    for name, (fact, read) in FIGURES.items():
        values: list[Any] = []
        for key, content in facts.items():
            if key.split(" ")[0] == fact and isinstance(content, Mapping):
                value = read(content)
                values += [value] if value is not None and value not in values else []
        yield name, values


def _joined(stored: Mapping[str, Any]) -> Any:
    return {split: joined[0] for split, joined in sorted(stored["covered"].items())}


def _width(table: Mapping[str, Any]) -> Any:
    rows = table["rows"]
    rows = rows.get("first", []) if isinstance(rows, Mapping) else rows
    return rows[0]["dims"] if rows else None


def _frames(table: Mapping[str, Any]) -> Any:
    return int(table["sentence"].split()[-2])


def _errors(counts: Mapping[str, Any]) -> Any:
    wrong = counts["substitutions"] + counts["deletions"] + counts["insertions"]
    return round(wrong / max(1, counts["reference_tokens"]), 4)


FIGURES = {  # by what they are called: the fact, and how it is read
    "joined": ("StoredFeatures", _joined),
    "width": ("ClipTable", _width),
    "frames": ("ClipTable", _frames),
    "classes": ("VocabularySize", lambda size: size["needed"]),
    "error rate": ("ErrorCounts", _errors),
    "best score": ("Progress", lambda progress: progress["best_metric"]),
}
