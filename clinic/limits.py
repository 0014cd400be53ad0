"""Measure how far each limit of a check could be moved before anything is judged otherwise.

Every limit (`Threshold`) of every check is multiplied by factors from a quarter to four, and every run
that the clinic keeps in .clinic/ is judged again with it: `make limits`. What is written to
docs/limits.md is the stretch around a limit in which no run is judged otherwise, and what changes
beyond: a limit in a wide empty stretch is safe, one at its edge is not.

    python clinic/limits.py [--jobs 2] [--every 1]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RUNS = HERE.parent / ".clinic"
PAGE = HERE.parent / "docs" / "limits.md"
DATA = HERE / "limits.json"
FACTORS = (0.25, 0.33, 0.5, 0.67, 0.8, 0.9, 1.1, 1.25, 1.5, 2.0, 3.0, 4.0)
Changes = dict[str, dict[str, Any]]  # limit -> judged, fires, and the factors that change that


def of_run(folder: Path) -> Changes:
    """What moving each limit changes for one run."""
    from slrdoctor.core import packs
    from slrdoctor.core.registry import REGISTRY
    from slrdoctor.examination.scan import opened

    packs.load_all()
    _, cases = opened(folder)
    found: Changes = {}
    for check in REGISTRY.checks.values():
        module = sys.modules[check.judge.__module__]
        limits = list(limits_of(module))
        judged = [facts for _, facts in cases if fires(check, facts) is not None]
        if not limits or not judged:
            continue
        before = [fires(check, facts) for facts in judged]
        for name, limit in limits:
            changed = {}
            for factor in FACTORS:
                setattr(module, name, type(limit)(limit.value * factor, limit.source))
                now = [fires(check, facts) for facts in judged]
                if now != before:
                    changed[str(factor)] = any(now)
            setattr(module, name, limit)
            found[f"{check.code} {name}"] = {
                "value": limit.value, "source": limit.source, "fires": any(before), "changed": changed,
            }  # fmt: skip
    return found


def limits_of(module: Any) -> Iterator[tuple[str, Any]]:
    from slrdoctor.core.finding import Threshold

    for name, value in sorted(vars(module).items()):
        if isinstance(value, Threshold) and value.value:
            yield name, value


def fires(check: Any, facts: Any) -> bool | None:
    """Whether it finds anything; None where it cannot judge."""
    from slrdoctor.core.engine import Judged, judge

    outcome = judge(check, facts)
    return bool(outcome.findings) if isinstance(outcome, Judged) else None


def take(home: Path) -> tuple[str, Changes]:
    made = json.loads((home / "made.json").read_text(encoding="utf-8"))
    return home.name.split("~")[0], {} if "does_not_show" in made else of_run(home / "run")


def gathered(runs: list[tuple[str, Changes]]) -> dict[str, dict[str, Any]]:
    """By limit: on how many runs it was judged, and which runs each factor changes."""
    table: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"judged": 0, "fires": 0, "changed": defaultdict(Counter)}
    )
    for fault, limits in runs:
        for name, one in limits.items():
            row = table[name]
            row["judged"] += 1
            row["fires"] += one["fires"]
            row["value"], row["source"] = one["value"], one["source"]
            for factor, now in one["changed"].items():
                kind = "healthy" if fault.startswith("healthy") else "ill"
                row["changed"][factor][f"{'fires' if now else 'is quiet'}, {kind}"] += 1
    return {name: dict(row) for name, row in sorted(table.items())}


def stretch(row: Mapping[str, Any]) -> tuple[float, float]:
    """The factors down to and up to which nothing changes."""
    changing = {float(f) for f in row["changed"]}
    below = [f for f in FACTORS if f < 1 and all(c < f or c > 1 for c in changing)]
    above = [f for f in FACTORS if f > 1 and all(c > f or c < 1 for c in changing)]
    return min(below, default=1.0), max(above, default=1.0)


def page(table: Mapping[str, Mapping[str, Any]], runs: int) -> str:
    lines = [
        "# How far each limit could be moved",
        "",
        "Written by `make limits` (clinic/limits.py) from the runs of the clinic (docs/accuracy.md): "
        f"each limit times a quarter to four, {runs} runs judged again. *Same from .. to*: the values "
        "between which no run is judged otherwise. *Beyond*: what changes with the next value that was "
        "tried, on how many healthy runs and on how many with a fault. A limit that no run comes near "
        "is backed by its source alone.",
        "",
        "| code | limit | value | judged | fires | same from | to | beyond |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in table.items():
        low, high = stretch(row)
        beyond = []
        for side in ([f for f in FACTORS if f < low], [f for f in FACTORS if f > high]):
            nearest = (max(side) if side and side[0] < 1 else min(side)) if side else None
            what = row["changed"].get(str(nearest), {}) if nearest else {}
            beyond += [f"{row['value'] * nearest:.3g}: {_told(what)}"] if what and nearest else []
        code, limit = name.split()
        lines.append(
            f"| [{code}](checks/{code}.md) | {limit} | {row['value']:g} | {row['judged']} "
            f"| {row['fires']} | {row['value'] * low:.3g} | {row['value'] * high:.3g} "
            f"| {'; '.join(beyond)} |"
        )
    return "\n".join(lines) + "\n"


def _told(what: Mapping[str, int]) -> str:
    return ", ".join(f"{kind}: {count}" for kind, count in sorted(what.items()))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="only every so many runs")
    wanted = parser.parse_args()
    homes = sorted(path.parent for path in RUNS.glob("*/made.json"))[:: wanted.every]
    if not homes:
        print("no runs are kept in .clinic/: run clinic/clinic.py first", file=sys.stderr)
        return 2
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with ProcessPoolExecutor(wanted.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        runs = list(pool.map(take, homes))
    table = gathered(runs)
    counted = sum(bool(limits) for _, limits in runs)
    DATA.write_text(json.dumps({"runs": counted, "limits": table}, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(table, counted), encoding="utf-8")
    print(f"{len(table)} limits on {counted} runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
