"""The figures of the layouts: what stays the same, and which values change the answer."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from clinic.layouts.registry import ORDER
from clinic.layouts.subjects import SUBJECTS
from clinic.layouts.writing import layout_of

Line = Mapping[str, Any]
ROUNDING = {"best score": 0.006, "error rate": 0.0001}  # of a share: logs have four places or fewer
BLEU = 100.0  # scores above one count up to so much
NUMBERS = ("joined", "width", "frames", "classes", "error rate", "best score")
WHAT = ("verdict", "first cause", "no false alarm", *NUMBERS)


def read(path: Path) -> list[Line]:
    """The last line of each key."""
    if not path.is_file():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return list({line["key"]: line for line in lines}.values())


def compared(line: Line, plain: Line) -> dict[str, bool]:
    """Whether each thing is as in the plain layout; what the plain layout does not have is left out."""
    codes = SUBJECTS[str(line["subject"])].codes
    first, own = _first(line), _first(plain)
    same = {
        "verdict": line["verdict"] == plain["verdict"],
        "first cause": first == own or first in codes,
    }
    if not codes:
        same["no false alarm"] = not line["graver"]
    for name in NUMBERS:
        wanted = plain["figures"][name]
        if wanted:
            values = line.get("figures", {}).get(name, [])
            same[name] = any(_agree(name, value, wanted[0]) for value in values)
    return same


def _first(line: Line) -> str:
    return line["roots"][0] if line["roots"] else ""


def _agree(name: str, value: Any, wanted: Any) -> bool:
    if name not in ROUNDING:
        return bool(value == wanted)
    return bool(abs(value - wanted) <= ROUNDING[name] * (BLEU if abs(wanted) > 1 else 1))


def figures(lines: Iterable[Line]) -> dict[str, Any]:
    """Totals over single values and over combinations, by axis value, and what fails."""
    lines = list(lines)
    plain = {line["subject"]: line for line in lines if line["layout"] == "plain"}
    told = [line for line in lines if line["layout"] != "plain" and line["subject"] in plain]
    written = [line for line in told if "does_not_apply" not in line]
    results = {line["key"]: compared(line, plain[line["subject"]]) for line in written}
    single = [line for line in written if len(layout_of(line["layout"])) == 1]
    drawn = [line for line in written if len(layout_of(line["layout"])) > 1]
    return {
        "subjects": len(plain),
        "skipped": len(told) - len(written),
        "single": _totals(single, results),
        "drawn": _totals(drawn, results),
        "values": _values(single, results),
        "in combinations": _in_combinations(drawn, results),
        "only together": _only_together(drawn, single, results),
        "failing": [(line, results[line["key"]]) for line in written if _fails(results[line["key"]])],
        "crashed": [line for line in written if line["crashed"]],
        "results": results,
    }


def _fails(same: Mapping[str, bool]) -> bool:
    return not all(same.values())


def _totals(lines: Sequence[Line], results: Mapping[str, Mapping[str, bool]]) -> dict[str, Any]:
    """How many were written, and of each thing how often it is the same, of how many."""
    counts: dict[str, list[int]] = {what: [0, 0] for what in WHAT}
    for line in lines:
        for what, same in results[line["key"]].items():
            counts[what][0] += same
            counts[what][1] += 1
    return {"encodings": len(lines), "crashed": sum(bool(line["crashed"]) for line in lines), **counts}


def _values(
    lines: Sequence[Line], results: Mapping[str, Mapping[str, bool]]
) -> dict[str, dict[str, list[str]]]:
    """By axis value, of those that change anything: what changes, on which subjects."""
    table: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        for what, same in results[line["key"]].items():
            if not same:
                table[line["layout"]][what].append(line["subject"])
    order = {name: place for place, name in enumerate(ORDER)}
    return dict(sorted(table.items(), key=lambda item: order[item[0].partition("=")[0]]))


def _in_combinations(
    lines: Sequence[Line], results: Mapping[str, Mapping[str, bool]]
) -> list[tuple[str, int, int]]:
    """By axis value: in how many drawn layouts the first cause changes, of how many that have it."""
    of, wrong = Counter[str](), Counter[str]()
    for line in lines:
        for axis, value in layout_of(line["layout"]).items():
            of[f"{axis}={value}"] += 1
            wrong[f"{axis}={value}"] += not results[line["key"]]["first cause"]
    rows = [(name, wrong[name], count) for name, count in of.items()]
    return sorted(rows, key=lambda row: (-row[1] / row[2], -row[2], row[0]))


def _only_together(
    drawn: Sequence[Line], single: Sequence[Line], results: Mapping[str, Mapping[str, bool]]
) -> list[Line]:
    """Of the drawn layouts with another first cause, those of whose values none changes it alone."""
    alone = {line["layout"] for line in single if not results[line["key"]]["first cause"]}
    return [
        line
        for line in drawn
        if not results[line["key"]]["first cause"]
        and not alone & {f"{axis}={value}" for axis, value in layout_of(line["layout"]).items()}
    ]


def fallen(recorded: Iterable[Line], now: Iterable[Line]) -> list[str]:
    """What the lines of now get wrong that the recorded ones of the same keys get right."""
    before, after = figures(recorded)["results"], figures(now)["results"]
    return [
        f"{key}: {what} is no longer as in the plain layout"
        for key, same in after.items()
        for what, is_same in same.items()
        if not is_same and before.get(key, {}).get(what)
    ]


def summary(found: Mapping[str, Any]) -> str:
    lines = [f"{found['subjects']} runs; {found['skipped']} encodings that do not apply"]
    for name in ("single", "drawn"):
        totals = found[name]
        shares = ", ".join(f"{w} {share(totals[w])}" for w in WHAT if totals[w][1])
        lines.append(f"{name}: {totals['encodings']} encodings, {totals['crashed']} crashed; {shares}")
    return "\n".join(lines)


def share(count: Sequence[int]) -> str:
    return f"{count[0]} of {count[1]} ({count[0] / max(1, count[1]):.3f})"
