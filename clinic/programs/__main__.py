"""Measure whether the cause is named when the fault is in the program: `make programs`.

Small training programs with a fault, and healthy ones, are run once, in seconds each, and kept in
.clinic/programs/; a changed program is run again after `--again`. Each is scanned. A line per program
goes to clinic/programs/lines.jsonl, and docs/programs.md is written from those lines.

    python -m clinic.programs [--again] [--jobs 2]
    python -m clinic.programs --only plain,zero-grad  # parts of names; prints, writes nothing
    python -m clinic.programs --write plain-rate-zero DIR
    python -m clinic.programs --report-only
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from clinic.programs import page
from clinic.programs.judging import PROGRAMS, Line, examine, figures, rank_of_cause
from clinic.programs.running import train

HERE = Path(__file__).resolve().parent
LINES = HERE / "lines.jsonl"
PAGE = HERE.parents[1] / "docs" / "programs.md"
KEPT = HERE.parents[1] / ".clinic" / "programs"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--again", action="store_true", help="run the programs again")
    parser.add_argument("--only", default="", help="parts of names, separated by commas")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--write", nargs=2, metavar=("NAME", "DIR"), help="write and run one, and stop")
    parser.add_argument("--report-only", action="store_true", help="the page, from the lines there are")
    wanted = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if wanted.write:
        name, folder = wanted.write
        train(PROGRAMS[name], Path(folder).resolve())
        return 0
    parts = [part for part in wanted.only.split(",") if part]
    names = [name for name in PROGRAMS if not parts or any(part in name for part in parts)]
    if wanted.again:
        for name in names:
            shutil.rmtree(KEPT / name, ignore_errors=True)
    lines = read() if wanted.report_only else list(examined(names, wanted.jobs))
    for what, (count, of) in figures(lines).items():
        print(f"{what}: {count} of {of}")
    if not parts:
        if not wanted.report_only:
            texts = [json.dumps(line) + "\n" for line in lines]
            LINES.write_text("".join(texts), encoding="utf-8", newline="\n")
        PAGE.write_text(page.page(lines), encoding="utf-8", newline="\n")
    return 0


def examined(names: Sequence[str], jobs: int) -> Iterator[Line]:
    """A line per program, printed as it comes."""
    import torch  # for the processes that are forked

    torch.set_num_threads(1)
    KEPT.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(jobs) as pool:
        for line in pool.map(partial(examine, kept=KEPT), [PROGRAMS[name] for name in names]):
            right = PROGRAMS[line["name"]].right
            place = rank_of_cause(line, right) if right else "healthy"
            print(
                f"{line['name']}: {place}; {line['verdict']}, {' '.join(line['roots'][:4])}", flush=True
            )
            yield line


def read(path: Path = LINES) -> list[Line]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
