"""Measure how often the doctor is right, on runs with a known fault: `make clinic`.

Every fault of `slrdoctor simulate` is made with several seeds, model families and on-disk conventions,
really trained, and scanned; so is every healthy variant. A line a run goes to docs/accuracy.jsonl, so
that a clinic that was stopped goes on where it was. docs/accuracy.md is written from those lines.

    python docs/clinic.py [--seeds 3] [--sample N] [--tiers] [--report-only] [--jobs 2]

Limits and `explains` edges were tuned on the faults and families named in TUNED below; all others are
only measured. Both figures are printed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LINES = HERE / "accuracy.jsonl"
KINDS_OF_TIER = {  # what is taken away again, tier by tier, to see what fewer artifacts tell
    "T0": ("history", "checkpoint", "predictions", "outputs"),
    "T1": ("checkpoint", "predictions", "outputs"),
    "T2": ("predictions", "outputs"),
    "T3": ("outputs",),
}
# every second fault of an area, and the first family of a task: what the rules were tuned on
TUNED_FAMILIES = ("tcn_bilstm_ctc", "isolated_transformer", "contrastive", "sign2text")
ALL_TASKS_SEEDS = 1  # seeds with which a fault is made for the tasks that are not its usual one


@dataclass(frozen=True)
class Case:
    """One run of the clinic."""

    fault: str
    task: str
    family: str
    convention: str
    seed: int

    @property
    def key(self) -> str:
        return "/".join((self.fault, self.task, self.family, self.convention, str(self.seed)))


def plan(seeds: int) -> list[Case]:
    """Every fault with each family of its tasks, the conventions going round."""
    from slrdoctor.simulation import load_faults
    from slrdoctor.simulation.conventions import conventions_of
    from slrdoctor.simulation.recipes import FAMILIES

    cases = []
    for name, fault in load_faults().items():
        for place, task in enumerate(fault.tasks):
            families = [f for f in FAMILIES[task] if not fault.families or f in fault.families]
            ways = [c for c in conventions_of(task) if not fault.conventions or c in fault.conventions]
            for seed in range(seeds if place == 0 else ALL_TASKS_SEEDS):
                for number, family in enumerate(families):
                    # the conventions go round, so that each family meets several over the seeds
                    way = ways[(seed + number) % len(ways)]
                    cases.append(Case(name, task, family, way, seed))
    # runs of one world and recipe after one another: the training is remembered
    return sorted(cases, key=lambda c: (c.seed, c.task, c.family))


def tuned_faults() -> set[str]:
    """The half of the faults that limits and edges were tuned on: every second of each area."""
    from slrdoctor.simulation import load_faults

    areas: dict[str, list[str]] = {}
    for name, fault in load_faults().items():
        areas.setdefault(fault.area, []).append(name)
    return {name for names in areas.values() for name in sorted(names)[::2]}


def examine(case: Case, tiers: bool) -> dict[str, Any]:
    """Make the run, scan it, and say what came out."""
    import torch

    import slrdoctor
    from slrdoctor.simulation import simulate
    from slrdoctor.simulation.making import DoesNotShow

    torch.set_num_threads(1)
    start = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="slrdoctor-clinic-"))
    line: dict[str, Any] = asdict(case) | {"key": case.key}
    try:
        made = simulate(
            case.fault, folder / "run", task=case.task, family=case.family,
            convention=case.convention, seed=case.seed,
        )  # fmt: skip
        line |= {"expected": list(made.codes), "score": str(made.score), "healthy": str(made.healthy)}
        line |= said_of(slrdoctor.scan(folder / "run"))
        if tiers:
            line["tiers"] = dict(by_tier(folder / "run"))
    except DoesNotShow as error:
        line["does_not_show"] = str(error)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return line | {"seconds": round(time.monotonic() - start, 1)}


def said_of(report: Any) -> dict[str, Any]:
    return {
        "verdict": report.verdict,
        "crashed": [entry.code for entry in report.crashed],
        "findings": [
            {
                "code": d.check.code,
                "severity": d.check.severity.word,
                "confidence": d.check.confidence.word,
                "root": d.is_root,
                "explains": list(d.explains),
                "explained_by": list(d.explained_by),
            }
            for d in report.diagnoses
        ],
    }


def by_tier(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The root causes, in order, where only the artifacts of a tier and those before it are there."""
    import slrdoctor
    from slrdoctor.examination import detect

    run, _ = detect(folder)
    for tier, kinds in reversed(KINDS_OF_TIER.items()):
        for _, runs in run.cases:
            for one in runs:
                for place in where(one, kinds):
                    path = folder / place
                    if path.is_file():
                        path.unlink()
                    elif path.is_dir():
                        shutil.rmtree(path)
        try:
            report = slrdoctor.scan(folder)
        except Exception as error:  # nothing is left to examine: that is an answer too
            yield tier, [f"! {error}"]
            continue
        yield tier, [d.check.code for d in report.diagnoses if d.is_root and d.check.severity > 0]


def where(run: Any, kinds: Sequence[str]) -> Iterator[str]:
    for kind in kinds:
        plural = {"history": "histories"}.get(kind, kind if kind.endswith("s") else f"{kind}s")
        for artifact in getattr(run, plural):
            yield artifact.where


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=0, help="only so many runs, spread over the plan")
    parser.add_argument("--tiers", action="store_true", help="scan again with fewer artifacts")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=0, help="start no run after so long; 0: no end")
    parser.add_argument("--lines", type=Path, default=LINES)
    parser.add_argument("--report-only", action="store_true")
    wanted = parser.parse_args()
    if not wanted.report_only:
        run_all(wanted)
    sys.path.insert(0, str(HERE))
    import accuracy  # type: ignore[import-not-found]

    figures = accuracy.figures(accuracy.read(wanted.lines), tuned_faults(), TUNED_FAMILIES)
    print(accuracy.summary(figures))
    if wanted.lines == LINES:
        (HERE / "accuracy.md").write_text(accuracy.page(figures), encoding="utf-8")
    return 0 if accuracy.is_good(figures) else 1


def run_all(wanted: argparse.Namespace) -> None:
    lines = wanted.lines.read_text(encoding="utf-8").splitlines() if wanted.lines.is_file() else []
    done = {json.loads(line)["key"] for line in lines}
    cases = plan(wanted.seeds)
    if wanted.sample:
        step = max(1, len(cases) // wanted.sample)
        cases = cases[::step][: wanted.sample]
    left = [case for case in cases if case.key not in done]
    print(f"{len(cases) - len(left)} of {len(cases)} runs are done", file=sys.stderr)
    end = time.monotonic() + 60 * wanted.minutes if wanted.minutes else float("inf")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(wanted.jobs, mp_context=context) as pool,
        wanted.lines.open("a", encoding="utf-8") as file,
    ):
        chunks = [left[start :: wanted.jobs] for start in range(wanted.jobs)]
        waiting = iter([case for row in zip_longest(chunks) for case in row])
        running = {}
        for case in waiting:
            running[pool.submit(examine, case, wanted.tiers)] = case
            if len(running) >= wanted.jobs:
                take_one(running, file)
            if time.monotonic() > end:
                break
        while running:
            take_one(running, file)


def zip_longest(chunks: Sequence[Sequence[Case]]) -> Iterator[list[Case]]:
    for place in range(max(map(len, chunks), default=0)):
        yield [chunk[place] for chunk in chunks if place < len(chunk)]


def take_one(running: dict[Any, Case], file: Any) -> None:
    """Wait for one run to end and write its line."""
    finished = next(as_completed(running))
    case = running.pop(finished)
    line = finished.result()
    file.write(json.dumps(line) + "\n")
    file.flush()
    roots = [f["code"] for f in line.get("findings", ()) if f["root"] and f["severity"] != "note"]
    print(f"{case.key}: {line.get('does_not_show') or ' '.join(roots) or 'nothing'}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
