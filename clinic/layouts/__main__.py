"""Measure whether the same run gets the same diagnosis however it is written: `make layouts`.

A dozen runs, healthy and broken, are simulated once, in seconds, and kept in .clinic/layouts/. Each is
written in many layouts, drawn from independent axes (clinic/layouts/axes/, a module or a folder per
axis), and scanned. What is compared with its plain layout: the verdict, the first cause, false alarms,
and the figures. First every value of every axis alone, then random combinations. A line per
encoding goes to clinic/layouts/lines.jsonl; docs/layouts.md is written from those lines.

    python -m clinic.layouts [--random 400] [--seed 1] [--jobs 1] [--subjects ctc,isolated]
    python -m clinic.layouts --only features=pkl,shape   # these values and axes; prints, writes nothing
    python -m clinic.layouts --sample 30                 # held against the recorded lines: what CI runs
    python -m clinic.layouts --write 'ctc|features=pkl' DIR
    python -m clinic.layouts --shrink 'ctc|ids=numeric,features=pkl'  # the least of it

A value of an axis is a function in one file, with the decorator `value`; its docstring is the example.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from clinic.layouts import figures, page, shrinking
from clinic.layouts.judging import Planned, examined, key_of
from clinic.layouts.subjects import SUBJECTS, subject
from clinic.layouts.writing import drawn, layout_of, single, write

HERE = Path(__file__).resolve().parent
LINES = HERE / "lines.jsonl"
PAGE = HERE.parents[1] / "docs" / "layouts.md"
# runs that are simulated in few seconds: what CI takes
QUICK = (
    "ctc",
    "isolated",
    "isolated-labels-shifted",
    "isolated-dev-copied",
    "isolated-wrong-width",
    "isolated-rate-zero",
)
MOST_DRAWS = 60  # for one encoding that applies


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--random", type=int, default=400, help="so many combinations")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-alone", action="store_true", help="leave out the values alone")
    parser.add_argument("--broken", type=int, default=3, help="so many broken runs with each value")
    parser.add_argument("--only", default="", help="axes and axis=value, separated by commas")
    parser.add_argument("--subjects", default=",".join(SUBJECTS))
    parser.add_argument("--sample", type=int, default=0, help="only so many of the recorded encodings")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--write", nargs=2, metavar=("KEY", "DIR"), help="write one encoding and stop")
    parser.add_argument(
        "--shrink", metavar="KEY", help="the least of its layout that changes the answer"
    )
    parser.add_argument("--lines", type=Path, default=LINES)
    parser.add_argument("--again", action="store_true", help="forget the lines that there are")
    parser.add_argument("--report-only", action="store_true")
    wanted = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if wanted.write:
        key, folder = wanted.write
        name, _, layout = key.partition("|")
        write(subject(name), layout_of(layout), Path(folder))
        return 0
    if wanted.shrink:
        print(shrinking.smallest(wanted.shrink))
        return 0
    if wanted.sample:
        return sample(wanted)
    if wanted.only:
        return some(wanted)
    if not wanted.report_only:
        everything(wanted)
    found = figures.figures(figures.read(wanted.lines))
    print(figures.summary(found))
    if wanted.lines == LINES:
        PAGE.write_text(page.page(found), encoding="utf-8", newline="\n")
    return 0


def everything(wanted: argparse.Namespace) -> None:
    """Every value alone, then combinations; goes on where it was stopped."""
    if wanted.again:
        wanted.lines.unlink(missing_ok=True)
    kept = {line["key"]: line for line in figures.read(wanted.lines)}
    names = wanted.subjects.split(",")
    values = () if wanted.no_alone else alone(names, wanted.broken)
    planned = [*values, *combined(names, wanted.random, wanted.seed)]
    for keys, _ in planned:
        for name in dict.fromkeys(key.partition("|")[0] for key in keys):
            subject(name)  # made before several processes would make it
    with wanted.lines.open("a", encoding="utf-8") as file:
        for lines in examined(planned, kept, wanted.jobs):
            new = [line for line in lines if line["key"] not in kept]
            kept |= {line["key"]: line for line in new}
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in new)
            file.flush()


def alone(names: Sequence[str], broken: int) -> Iterator[Planned]:
    """Each value with every healthy run, and with so many of the broken ones in turn."""
    healthy = [name for name in names if not SUBJECTS[name].codes]
    others = [name for name in names if SUBJECTS[name].codes]
    yield [key_of(name, {}) for name in names], len(names)
    for number, layout in enumerate(single()):
        yield [key_of(name, layout) for name in healthy], len(healthy)
        turned = [others[(number + i) % len(others)] for i in range(len(others))]
        yield [key_of(name, layout) for name in turned], broken


def combined(names: Sequence[str], count: int, seed: int) -> Iterator[Planned]:
    """Layouts with several axes drawn, the runs in turn; what does not apply is drawn again."""
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        yield [key_of(names[number % len(names)], drawn(rng)) for _ in range(MOST_DRAWS)], 1


def some(wanted: argparse.Namespace) -> int:
    """The values that are named, alone: what differs from the plain layout."""
    chosen = wanted.only.split(",")
    layouts = [
        layout for layout in single() for axis, value in layout.items()
        if axis in chosen or f"{axis}={value}" in chosen
    ]  # fmt: skip
    names = wanted.subjects.split(",")
    keys = [key_of(name, layout) for layout in ({}, *layouts) for name in names]
    lines = [line for lines in examined([([key], 1) for key in keys], {}, wanted.jobs) for line in lines]
    found = figures.figures(lines)
    print(figures.summary(found))
    for line, same in found["failing"]:
        wrong = ", ".join(what for what, is_same in same.items() if not is_same)
        print(f"{line['key']}: {line['verdict']} {' '.join(line['roots'][:4])}; not the same: {wrong}")
    return 1 if found["failing"] else 0


def sample(wanted: argparse.Namespace) -> int:
    """Some encodings written anew, and compared with what the committed lines say of the same."""
    recorded = [line for line in figures.read(LINES) if "does_not_apply" not in line]
    others = [line["key"] for line in recorded if line["layout"] != "plain" and line["subject"] in QUICK]
    step = max(1, len(others) // wanted.sample)
    keys = others[step // 2 :: step][: wanted.sample]
    names = dict.fromkeys(key.partition("|")[0] for key in keys)
    planned = [([key], 1) for key in (*(key_of(name, {}) for name in names), *keys)]
    now = [line for lines in examined(planned, {}, wanted.jobs) for line in lines]
    wrong = figures.fallen(recorded, now)
    print(figures.summary(figures.figures(now)))
    print("\n".join(wrong) or "no figure has fallen")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
