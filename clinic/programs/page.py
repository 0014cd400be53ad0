"""docs/programs.md, from the lines of the programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clinic.programs.judging import PROGRAMS, Line, figures, rank_of_cause

HEAD = """\
# Faults in the program

Written by `make programs` (clinic/programs/) from clinic/programs/lines.jsonl, a line per program. Small
training programs, in six styles, are really run, in seconds, on made-up data that can be learned. The
whole program lies in the run folder beside what it wrote. A fault is one edit of a sound program, never
of the data; the healthy ones are the sound programs, and those that look like a fault and have none.

*Right*: a root cause that names the fault. Where no file shows it, EVL913: a plain probe of the features
does far better on dev than the run, so that the fault lies between the files and the model. *Score*: the
best that the run logged of itself, an accuracy or an error rate. Some faults do little harm here.

`python -m clinic.programs --write plain-rate-zero DIR` writes a program and runs it. To add one, write
its edits in clinic/programs/faulty.py or healthy.py.
"""
FIRST = """\
## First measurement

Before any check was changed for it.
"""
FIRST_FIGURES: Mapping[str, tuple[int, int]] = {
    "first cause right": (18, 48),
    "right among the first three": (20, 48),
    "another cause first": (13, 48),
    "broken, called healthy": (15, 48),
    "healthy, called healthy": (20, 20),
    "healthy, with a false block or mislead": (0, 20),
}


def page(lines: Sequence[Line]) -> str:
    parts = [HEAD, FIRST, *_totals(FIRST_FIGURES), "## Totals", "", *_totals(figures(lines))]
    parts += ["## By kind of fault", "", *_kinds(lines)]
    parts += ["## The programs with a fault", "", *_faulty(lines), "## The healthy programs", ""]
    return "\n".join([*parts, *_healthy(lines)]).rstrip() + "\n"


def _totals(found: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    yield from ("| programs | count |", "|---|---|")
    for what, (count, of) in found.items():
        yield f"| {what} | {count} of {of} ({count / of:.2f}) |" if of else f"| {what} | - |"
    yield ""


def _kinds(lines: Sequence[Line]) -> Iterator[str]:
    yield from (
        "| kind | right first | right among three | called healthy | of |",
        "|---|---|---|---|---|",
    )
    for kind in dict.fromkeys(program.kind for program in PROGRAMS.values() if program.right):
        found = figures(
            [line for line in lines if _is_faulty(line) and PROGRAMS[line["name"]].kind == kind]
        )
        first, of = found["first cause right"]
        three, healthy = found["right among the first three"][0], found["broken, called healthy"][0]
        yield f"| {kind} | {first} | {three} | {healthy} | {of} |"
    yield ""


def _faulty(lines: Sequence[Line]) -> Iterator[str]:
    yield from ("| program | right | said | place | verdict | score |", "|---|---|---|---|---|---|")
    for line in filter(_is_faulty, lines):
        right = PROGRAMS[line["name"]].right
        rank = rank_of_cause(line, right)
        yield (
            f"| {line['name']} | {' or '.join(right)} | {' '.join(line['roots'][:4]) or 'nothing'} "
            f"| {rank or '-'} | {line['verdict']} | {_score(line)} |"
        )
    yield ""


def _healthy(lines: Sequence[Line]) -> Iterator[str]:
    yield from ("| program | looks like | said | verdict | score |", "|---|---|---|---|---|")
    for line in lines:
        if line["name"] in PROGRAMS and not _is_faulty(line):
            said = " ".join(line["roots"][:4]) or "nothing"
            kind = PROGRAMS[line["name"]].kind
            yield f"| {line['name']} | {kind} | {said} | {line['verdict']} | {_score(line)} |"


def _is_faulty(line: Line) -> bool:
    return line["name"] in PROGRAMS and bool(PROGRAMS[line["name"]].right)


def _score(line: Line) -> str:
    return "-" if line["score"] is None else f"{line['score']:.3g}"
