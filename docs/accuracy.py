"""The figures of the clinic from its lines: detection, the first cause, false alarms, confidence."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Line = Mapping[str, Any]
GOALS = {  # what the measured half must reach
    "detected": 0.97,
    "first": 0.85,
    "among three": 0.95,
}
MOST_DEGRADES = 0.05  # share of healthy runs with a finding of severity degrades
CONFIDENT = {"certain": 0.99, "likely": 0.85, "possible": 0.50}


def read(path: Path) -> list[Line]:
    """The last line of each run that was made and shows its fault."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [line for line in {line["key"]: line for line in lines}.values() if "findings" in line]


def figures(lines: Iterable[Line], tuned: set[str], tuned_families: Sequence[str]) -> dict[str, Any]:
    """Every figure of the page; the measured half is of what nothing was tuned on."""
    lines = list(lines)
    sick = [line for line in lines if line["expected"]]
    healthy = [line for line in lines if not line["expected"]]

    def is_measured(line: Line) -> bool:
        return line["fault"] not in tuned and line["family"] not in tuned_families

    halves = {
        "tuned": [line for line in sick if line["fault"] in tuned],
        "faults not tuned on": [line for line in sick if line["fault"] not in tuned],
        "faults and families not tuned on": [line for line in sick if is_measured(line)],
    }
    return {
        "runs": len(lines),
        "faults": len({line["fault"] for line in sick}),
        "halves": {name: _right(half) for name, half in halves.items()},
        "healthy": _alarms(healthy),
        "by area": {
            area: _right([line for line in sick if line["expected"][0][:3] == area])
            for area in sorted({line["expected"][0][:3] for line in sick})
        },
        "by family": {
            family: _right([line for line in sick if line["family"] == family])
            for family in sorted({line["family"] for line in sick})
        },
        "by convention": {
            way: _right([line for line in sick if line["convention"] == way])
            for way in sorted({line["convention"] for line in sick})
        },
        "by tier": _tiers(sick),
        "confidence": _confidence([line for line in lines if line["fault"] not in tuned]),
        "checks": _checks(lines),
        "wrong": [line for line in sick if not _first_is_right(line)],
    }


def roots(line: Line) -> list[str]:
    """The root causes that are more than notes, in their order; notes after them."""
    found = [f for f in line["findings"] if f["root"]]
    graver = [f["code"] for f in found if f["severity"] != "note"]
    return graver + [f["code"] for f in found if f["severity"] == "note"]


def _first_is_right(line: Line) -> bool:
    return bool(roots(line)) and roots(line)[0] in line["expected"]


def _right(lines: Sequence[Line]) -> dict[str, float]:
    count = len(lines)
    if not count:
        return {"runs": 0}
    fired = [{f["code"] for f in line["findings"] if f["severity"] != "note"} for line in lines]
    anywhere = [{f["code"] for f in line["findings"]} & set(line["expected"]) for line in lines]
    return {
        "runs": count,
        "detected": sum(bool(f or a) for f, a in zip(fired, anywhere)) / count,
        "named": sum(map(bool, anywhere)) / count,
        "first": sum(map(_first_is_right, lines)) / count,
        "among three": sum(bool(set(roots(line)[:3]) & set(line["expected"])) for line in lines) / count,
    }


def _alarms(lines: Sequence[Line]) -> dict[str, Any]:
    def having(*severities: str) -> list[Line]:
        return [line for line in lines if any(f["severity"] in severities for f in line["findings"])]

    count = max(1, len(lines))
    return {
        "runs": len(lines),
        "blocks or misleads": len(having("blocks", "misleads")),
        "degrades": len(having("degrades")) / count,
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
        codes = [(line["tiers"].get(tier, []), line["expected"]) for line in told]
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
    """By word: root causes graver than a note that are right, of all. A symptom's cause is right too."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        for f in line["findings"]:
            if not f["root"] or f["severity"] == "note":
                continue
            right = bool({f["code"], *f["explains"]} & set(line["expected"]))
            counts[f["confidence"]][0] += right
            counts[f["confidence"]][1] += 1
    return {word: (right, of) for word, (right, of) in counts.items()}


def _checks(lines: Sequence[Line]) -> dict[str, dict[str, int]]:
    """By code: right, missed, a root beside the fault, fired on a healthy run."""
    table: dict[str, dict[str, int]] = defaultdict(lambda: Counter())
    for line in lines:
        fired = {f["code"]: f for f in line["findings"]}
        main = line["expected"][0] if line["expected"] else ""
        for code, f in fired.items():
            if f["severity"] == "note" and code != main:
                continue
            right = code in line["expected"] or not f["root"]
            table[code][
                "right" if line["expected"] and right else "healthy" if not main else "wrong root"
            ] += 1
        if main and not set(fired) & set(line["expected"]):
            table[main]["missed"] += 1
    return {code: dict(row) for code, row in sorted(table.items())}


def is_good(figures: Mapping[str, Any]) -> bool:
    """Whether the half that was only measured reaches the goals, and healthy runs are left in peace."""
    half = figures["halves"]["faults not tuned on"]
    healthy = figures["healthy"]
    return (
        all(half.get(name, 1.0) >= goal for name, goal in GOALS.items())
        and not healthy["blocks or misleads"]
        and healthy["degrades"] <= MOST_DEGRADES
    )


def summary(figures: Mapping[str, Any]) -> str:
    lines = [f"{figures['runs']} runs, {figures['faults']} faults"]
    for name, half in figures["halves"].items():
        told = ", ".join(f"{k} {v:.3f}" for k, v in half.items() if k != "runs")
        lines.append(f"{name}: {half['runs']} runs, {told}")
    healthy = figures["healthy"]
    lines.append(
        f"healthy: {healthy['runs']} runs, {healthy['blocks or misleads']} with blocks or misleads, "
        f"{healthy['degrades']:.1%} with degrades"
    )
    for word, (right, of) in figures["confidence"].items():
        lines.append(f"{word}: {right} of {of} right, {right / of:.1%}")
    lines += [f"  not first: {line['key']}: {' '.join(roots(line))}" for line in figures["wrong"]]
    return "\n".join(lines)


def page(figures: Mapping[str, Any]) -> str:
    healthy = figures["healthy"]
    parts = [
        "# How often it is right",
        "",
        "Written by `make clinic` (docs/clinic.py) from docs/accuracy.jsonl, a line a run. Every run is "
        "made by `slrdoctor simulate`: really trained, with one known fault, or healthy with a trap.",
        "",
        f"{figures['runs']} runs with {figures['faults']} faults. *Detected*: anything "
        "graver than a note "
        "was found. *Named*: the fault's own code was found. *First*: the first root cause is the "
        "fault. Limits and edges were tuned on every second fault of each family of "
        "codes, with one model "
        "family a task; the others were only measured.",
        "",
        _table("half", figures["halves"]),
        "",
        f"Healthy runs: {healthy['runs']}; with a finding that blocks or misleads: "
        f"{healthy['blocks or misleads']}; with one that degrades: {healthy['degrades']:.1%}.",
        "",
        *(f"- {what}: {count}" for what, count in healthy["what"]),
        "",
        "## By family of codes, model and convention",
        "",
        _table("codes", figures["by area"]),
        "",
        _table("model", figures["by family"]),
        "",
        _table("convention", figures["by convention"]),
        "",
        "## Words of confidence",
        "",
        "Root causes graver than a note, on faults that nothing was tuned on and on healthy runs.",
        "",
        "| word | right | of | share | goal |",
        "|---|---|---|---|---|",
        *(
            f"| {word} | {right} | {of} | {right / of:.1%} | {CONFIDENT[word]:.0%} |"
            for word, (right, of) in figures["confidence"].items()
        ),
        "",
    ]
    if figures["by tier"]:
        parts += ["## With fewer artifacts", "", _table("tier", figures["by tier"]), ""]
    parts += [
        "## Check by check",
        "",
        "| code | right | missed | root beside the fault | on healthy runs |",
        "|---|---|---|---|---|",
        *(
            f"| {code} | {row.get('right', 0)} | {row.get('missed', 0)} | {row.get('wrong root', 0)} "
            f"| {row.get('healthy', 0)} |"
            for code, row in figures["checks"].items()
        ),
        "",
        "## Where the first cause is another",
        "",
        *(
            f"- {line['key']}: expected {' or '.join(line['expected'])}, said "
            f"{', '.join(roots(line)[:4]) or 'nothing'}"
            for line in figures["wrong"]
        ),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _table(name: str, rows: Mapping[str, Mapping[str, float]]) -> str:
    columns = [
        c
        for c in ("runs", "detected", "named", "first", "among three")
        if any(c in r for r in rows.values())
    ]
    lines = [f"| {name} | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for key, row in rows.items():
        cells = [str(int(row.get("runs", 0)))]
        cells += [f"{row[c]:.3f}" if c in row else "" for c in columns if c != "runs"]
        lines.append(f"| {key} | {' | '.join(cells)} |")
    return "\n".join(lines)
