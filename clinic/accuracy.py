"""The figures of the clinic from its lines: detection, the first cause, false alarms, confidence."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Line = Mapping[str, Any]
GOALS = {  # what the half that nothing was tuned on must reach
    "detected": 0.97,
    "first": 0.85,
    "among three": 0.95,
}
MOST_DEGRADES = 0.05  # share of healthy runs with a finding of severity degrades
CONFIDENT = {"certain": 0.99, "likely": 0.85, "possible": 0.50}
MEASURED = "faults not tuned on"


def read(path: Path) -> list[Line]:
    """The last line of each run that was made and shows its fault."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [line for line in {line["key"]: line for line in lines}.values() if "findings" in line]


def figures(lines: Iterable[Line], tuned: set[str], tuned_families: Sequence[str]) -> dict[str, Any]:
    """Every figure of the page; the measured half is of what nothing was tuned on."""
    lines = list(lines)
    healthy = [line for line in lines if not line["expected"]]
    pairs = [line for line in lines if len(line["expected"]) > 1]
    sick = [line for line in lines if len(line["expected"]) == 1]
    new = [line for line in sick if line["fault"] not in tuned]
    half = len(tuned)

    def by(name: Callable[[Line], str]) -> dict[str, dict[str, float]]:
        return {one: _right([s for s in sick if name(s) == one]) for one in sorted(set(map(name, sick)))}

    return {
        "runs": len(lines),
        "faults": len({line["fault"] for line in sick}),
        "tuned": half,
        "halves": {
            "tuned": _right([line for line in sick if line["fault"] in tuned]),
            MEASURED: _right(new),
            "faults and families not tuned on": _right(
                [line for line in new if line["family"] not in tuned_families]
            ),
        },
        "healthy": {
            "all": _alarms(healthy),
            "variants not tuned on": _alarms([h for h in healthy if h["fault"] not in tuned]),
        },
        "pairs": _pairs(pairs),
        "by area": by(lambda line: line["expected"][0][0][:3]),
        "by family": by(lambda line: line["family"]),
        "by convention": by(lambda line: line["convention"]),
        "by tier": _tiers(sick),
        "confidence": {
            "not tuned on": _confidence([s for s in lines if s["fault"] not in tuned]),
            "all": _confidence(lines),
        },
        "checks": _checks(lines),
        "wrong": [line for line in sick if not _first_is_right(line)],
        "half found": [line for line in pairs if not _all_found(line)],
    }


def roots(line: Line) -> list[str]:
    """The root causes that are more than notes, in their order; notes after them."""
    found = [f for f in line["findings"] if f["root"]]
    graver = [f["code"] for f in found if f["severity"] != "note"]
    return graver + [f["code"] for f in found if f["severity"] == "note"]


def _expected(line: Line) -> set[str]:
    return {code for codes in line["expected"] for code in codes}


def _first_is_right(line: Line) -> bool:
    return bool(roots(line)) and roots(line)[0] in _expected(line)


def _is_detected(line: Line) -> bool:
    """Something graver than a note, or the fault itself by its code."""
    return any(f["severity"] != "note" or f["code"] in _expected(line) for f in line["findings"])


def _is_named(line: Line) -> bool:
    return any(f["code"] in _expected(line) for f in line["findings"])


def _is_among_three(line: Line) -> bool:
    return bool(set(roots(line)[:3]) & _expected(line))


def _is_alone(line: Line) -> bool:
    """Every other finding graver than a note stands beneath the cause."""
    return all(
        f["code"] in _expected(line) for f in line["findings"] if f["root"] and f["severity"] != "note"
    )


FIGURES: dict[str, Callable[[Line], bool]] = {
    "detected": _is_detected,
    "named": _is_named,
    "first": _first_is_right,
    "among three": _is_among_three,
    "no other root": _is_alone,
}


def _right(lines: Sequence[Line]) -> dict[str, float]:
    row: dict[str, float] = {"runs": len(lines)}
    if lines:
        row |= {name: sum(map(holds, lines)) / len(lines) for name, holds in FIGURES.items()}
    return row


def _all_found(line: Line) -> bool:
    """Each of several faults is a root cause."""
    return all(set(codes) & set(roots(line)) for codes in line["expected"])


def _pairs(lines: Sequence[Line]) -> dict[str, float]:
    if not lines:
        return {"runs": 0}
    return {
        "runs": len(lines),
        "both are root causes": sum(map(_all_found, lines)) / len(lines),
        "the first is one of them": sum(map(_first_is_right, lines)) / len(lines),
        "no other root": sum(map(_is_alone, lines)) / len(lines),
    }


def _alarms(lines: Sequence[Line]) -> dict[str, Any]:
    def having(*severities: str) -> list[Line]:
        return [line for line in lines if any(f["severity"] in severities for f in line["findings"])]

    return {
        "runs": len(lines),
        "blocks or misleads": len(having("blocks", "misleads")),
        "degrades": len(having("degrades")) / max(1, len(lines)),
        "what": Counter(
            f"{f['code']} on {line['fault']}"
            for line in lines
            for f in line["findings"]
            if f["severity"] != "note"
        ).most_common(),
    }


def _tiers(lines: Sequence[Line]) -> dict[str, dict[str, float]]:
    """What is found with only the artifacts of a tier and those before it."""
    table: dict[str, dict[str, float]] = {}
    told = [line for line in lines if line.get("tiers")]
    for tier in ("T0", "T1", "T2", "T3"):
        codes = [(line["tiers"].get(tier, []), _expected(line)) for line in told]
        if codes:
            table[tier] = {
                "runs": len(codes),
                "detected": sum(bool(found) for found, _ in codes) / len(codes),
                "first": sum(bool(f) and f[0] in e for f, e in codes) / len(codes),
            }
    if told:
        table["T4"] = _right(told)
    return table


def _confidence(lines: Sequence[Line]) -> dict[str, tuple[int, int]]:
    """By word, of root causes graver than a note: how many are right, of how many.

    Right is a fault's own code. On a healthy run, and beside a fault, a root is wrong.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        for f in line["findings"]:
            if f["root"] and f["severity"] != "note":
                counts[f["confidence"]][0] += f["code"] in _expected(line)
                counts[f["confidence"]][1] += 1
    return {word: (right, of) for word, (right, of) in counts.items()}


def _checks(lines: Sequence[Line]) -> dict[str, dict[str, int]]:
    """By code: right, beneath a cause, missed, a root beside the fault, fired on a healthy run."""
    table: dict[str, dict[str, int]] = defaultdict(Counter)
    for line in lines:
        fired = {f["code"]: f for f in line["findings"]}
        for code, f in fired.items():
            if code in _expected(line):
                table[code]["right"] += 1
            elif f["severity"] != "note":
                beside = "beneath" if not f["root"] else "beside"
                table[code][beside if line["expected"] else "healthy"] += 1
        for codes in line["expected"]:
            if not set(fired) & set(codes):
                table[codes[0]]["missed"] += 1
    return {code: _with_rates(row) for code, row in sorted(table.items())}


def _with_rates(row: Mapping[str, Any]) -> dict[str, Any]:
    right, wrong = row.get("right", 0), row.get("beside", 0) + row.get("healthy", 0)
    missed = row.get("missed", 0)
    return dict(row) | {
        "precision": right / (right + wrong) if right + wrong else None,
        "recall": right / (right + missed) if right + missed else None,
    }


def is_good(figures: Mapping[str, Any]) -> bool:
    """Whether the half that was only measured reaches the goals, and healthy runs are left in peace."""
    half = figures["halves"][MEASURED]
    healthy = figures["healthy"]["all"]
    return (
        all(half.get(name, 1.0) >= goal for name, goal in GOALS.items())
        and not healthy["blocks or misleads"]
        and healthy["degrades"] <= MOST_DEGRADES
    )


def fallen(recorded: Sequence[Line], now: Sequence[Line]) -> list[str]:
    """What a sample made anew does worse than the recorded lines of the same runs.

    One run may differ by the rounding of another processor; two may not.
    """
    told = []
    sick = {line["key"]: line for line in now if line["expected"]}
    before = [line for line in recorded if line["key"] in sick]
    for name, holds in FIGURES.items():
        worse = [b["key"] for b in before if holds(b) and not holds(sick[b["key"]])]
        better = [b["key"] for b in before if not holds(b) and holds(sick[b["key"]])]
        if len(worse) - len(better) > 1:
            told.append(f"{name}: no longer so for {', '.join(worse)}")
    alarms = _alarms([line for line in now if not line["expected"]])
    allowed = _alarms([line for line in recorded if not line["expected"]])
    told += [f"on a healthy run: {what}" for what in sorted(_names(alarms) - _names(allowed))]
    missing = {line["key"] for line in recorded} - {line["key"] for line in now}
    if len(missing) > 1:
        told.append(f"no longer shows its fault: {', '.join(sorted(missing))}")
    return told


def _names(alarms: Mapping[str, Any]) -> set[str]:
    return {what for what, _ in alarms["what"]}


def summary(figures: Mapping[str, Any]) -> str:
    lines = [f"{figures['runs']} runs, {figures['faults']} faults"]
    for name, half in {**figures["halves"], "pairs": figures["pairs"]}.items():
        told = ", ".join(f"{k} {v:.3f}" for k, v in half.items() if k != "runs")
        lines.append(f"{name}: {half['runs']} runs, {told}")
    for name, healthy in figures["healthy"].items():
        lines.append(
            f"healthy, {name}: {healthy['runs']} runs, {healthy['blocks or misleads']} with blocks or "
            f"misleads, {healthy['degrades']:.1%} with degrades"
        )
    lines += [f"  {what}: {count}" for what, count in figures["healthy"]["all"]["what"]]
    for which, words in figures["confidence"].items():
        for word, (right, of) in words.items():
            lines.append(f"{word}, {which}: {right} of {of} right, {right / of:.1%}")
    return "\n".join(lines)
