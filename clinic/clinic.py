"""Measure how often the doctor is right, on runs with known faults: `make clinic`.

Every fault of `slrdoctor simulate` is made with several seeds, model families and on-disk conventions,
really trained, and scanned; so are pairs of faults and every healthy variant. Runs are kept in
.clinic/, and a line a run goes to clinic/accuracy.jsonl, so that a clinic that was stopped goes on where
it was, and runs can be scanned again after a change without training them again. docs/accuracy.md is
written from those lines.

    python -m clinic.clinic [--seeds 3] [--again] [--tiers] [--sample N] [--jobs 2] [--minutes M]

`explains` edges and limits were tuned on the faults of `tuned_faults` and the families named in
TUNED_FAMILIES; all others are only measured. Both figures are printed.
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
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clinic import accuracy, accuracy_page
from clinic.plan import TUNED_FAMILIES, Case, plan, tuned_faults

HERE = Path(__file__).resolve().parent
LINES = HERE / "accuracy.jsonl"
RUNS = HERE.parent / ".clinic"
KINDS_OF_TIER = {  # what is taken away again, tier by tier, to see what fewer artifacts tell
    "T0": ("history", "checkpoint", "predictions", "outputs"),
    "T1": ("checkpoint", "predictions", "outputs"),
    "T2": ("predictions", "outputs"),
    "T3": ("outputs",),
}
TIERED = 2  # the seed whose runs are scanned with fewer artifacts, too


def examine(case: Case, runs: Path, tiers: bool) -> dict[str, Any]:
    """Make the run where it is not kept, scan it, and say what came out."""
    import slrdoctor
    from slrdoctor.simulation.registry import find

    start = time.monotonic()
    line: dict[str, Any] = asdict(case) | {"key": case.key}
    home = home_of(case, runs)
    if not (home / "made.json").is_file():
        made = make(case, home)
        (home / "made.json").write_text(json.dumps(made), encoding="utf-8")
    line |= json.loads((home / "made.json").read_text(encoding="utf-8"))
    if "does_not_show" not in line:
        fault = find(case.fault)
        line["expected"] = [list(part.codes) for part in fault.parts or (fault,) if part.codes]
        line |= said_of(slrdoctor.scan(home / "run"))
        if tiers:
            line["tiers"] = dict(by_tier(home / "run"))
    return line | {"seconds": round(time.monotonic() - start, 1)}


def home_of(case: Case, runs: Path) -> Path:
    return runs / case.key.replace("/", "~")


def make(case: Case, home: Path) -> dict[str, Any]:
    """Train it; what is to be said of it."""
    import torch

    from slrdoctor.simulation import simulate
    from slrdoctor.simulation.making import DoesNotShow

    torch.set_num_threads(1)
    shutil.rmtree(home, ignore_errors=True)
    try:
        made = simulate(
            case.fault, home / "run", task=case.task, family=case.family,
            convention=case.convention, seed=case.seed,
        )  # fmt: skip
    except DoesNotShow as error:
        return {"does_not_show": str(error)}
    return {"score": str(made.score), "healthy": str(made.healthy)}


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
    from slrdoctor.examination.scan import CannotExamine, detect

    with tempfile.TemporaryDirectory(prefix="slrdoctor-clinic-") as temporary:
        copy = Path(temporary) / "run"
        shutil.copytree(folder, copy)
        run, _ = detect(copy)
        for tier, kinds in reversed(KINDS_OF_TIER.items()):
            for _, runs in run.cases:
                for one in runs:
                    remove([copy / place for place in where(one, kinds)])
            try:
                report = slrdoctor.scan(copy)
            except CannotExamine:  # nothing is left to examine: that is an answer too
                yield tier, []
                continue
            yield tier, [d.check.code for d in report.diagnoses if d.is_root and d.check.severity > 0]


def where(run: Any, kinds: Sequence[str]) -> Iterator[str]:
    for kind in kinds:
        plural = {"history": "histories"}.get(kind, kind if kind.endswith("s") else f"{kind}s")
        for artifact in getattr(run, plural):
            yield artifact.where


def remove(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--again", action="store_true", help="scan the runs that are kept once more")
    parser.add_argument("--kept", action="store_true", help="only runs that are kept")
    parser.add_argument("--tiers", action="store_true", help="scan those of seed 2 with less, too")
    parser.add_argument("--sample", type=int, default=0, help="only so many runs, spread over the plan")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=0, help="start none after so long; 0: no end")
    parser.add_argument("--only", default="", help="tuned or healthy: those runs only")
    parser.add_argument("--lines", type=Path, default=LINES)
    parser.add_argument("--runs", type=Path, default=RUNS, help="where runs are kept")
    parser.add_argument("--report-only", action="store_true")
    wanted = parser.parse_args()
    if wanted.sample:
        return sample(wanted)
    if not wanted.report_only:
        run_all(wanted, chosen(wanted))
    figures = accuracy.figures(accuracy.read(wanted.lines), tuned_faults(), TUNED_FAMILIES)
    print(accuracy.summary(figures))
    if wanted.lines == LINES:
        (HERE.parent / "docs" / "accuracy.md").write_text(accuracy_page.page(figures), encoding="utf-8")
    return 0 if accuracy.is_good(figures) else 1


def chosen(wanted: argparse.Namespace) -> list[Case]:
    cases = plan(wanted.seeds)
    if wanted.kept:
        cases = [case for case in cases if (home_of(case, wanted.runs) / "made.json").is_file()]
    if wanted.only == "tuned":
        tuned = tuned_faults()
        return [c for c in cases if set(c.fault.split("+")) <= tuned and c.family in TUNED_FAMILIES]
    if wanted.only == "healthy":
        return [case for case in cases if case.fault.startswith("healthy")]
    return cases


def sample(wanted: argparse.Namespace) -> int:
    """Some runs of the clinic made anew, held against what the committed lines say of the same."""
    recorded = {line["key"]: line for line in accuracy.read(LINES)}
    cases = [case for case in chosen(wanted) if case.key in recorded]
    step = max(1, len(cases) // wanted.sample)
    cases = cases[step // 2 :: step][: wanted.sample]
    with tempfile.TemporaryDirectory(prefix="slrdoctor-clinic-") as temporary:
        wanted.lines, wanted.runs = Path(temporary) / "lines.jsonl", Path(temporary)
        run_all(wanted, cases)
        now = accuracy.read(wanted.lines)
    fallen = accuracy.fallen([recorded[case.key] for case in cases], now)
    print(f"{len(now)} runs of the clinic made anew")
    print("\n".join(fallen) or "no figure has fallen")
    return 1 if fallen else 0


def run_all(wanted: argparse.Namespace, cases: Sequence[Case]) -> None:
    lines = wanted.lines.read_text(encoding="utf-8").splitlines() if wanted.lines.is_file() else []
    done = set() if wanted.again else {json.loads(line)["key"] for line in lines}
    left = [case for case in cases if case.key not in done]
    print(f"{len(cases) - len(left)} of {len(cases)} runs are done", file=sys.stderr)
    end = time.monotonic() + 60 * wanted.minutes if wanted.minutes else float("inf")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with (
        ProcessPoolExecutor(wanted.jobs, mp_context=multiprocessing.get_context("spawn")) as pool,
        wanted.lines.open("a", encoding="utf-8") as file,
    ):
        running: dict[Future[dict[str, Any]], Case] = {}
        for case in left:
            tiers = wanted.tiers and case.seed == TIERED
            running[pool.submit(examine, case, wanted.runs, tiers)] = case
            if len(running) >= wanted.jobs:
                take(running, file)
            if time.monotonic() > end:
                break
        while running:
            take(running, file)


def take(running: dict[Future[dict[str, Any]], Case], file: Any) -> None:
    """Wait for a run to end and write its line."""
    for finished in wait(running, return_when=FIRST_COMPLETED).done:
        case = running.pop(finished)
        line = finished.result()
        file.write(json.dumps(line) + "\n")
        file.flush()
        roots = [f["code"] for f in line.get("findings", ()) if f["root"] and f["severity"] != "note"]
        print(
            f"{case.key}: {line.get('does_not_show') or ' '.join(roots) or 'nothing'}", file=sys.stderr
        )


if __name__ == "__main__":
    sys.exit(main())
