"""docs/layouts.md, from the figures of the layouts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clinic.layouts import registry
from clinic.layouts.figures import WHAT, share
from clinic.layouts.subjects import SUBJECTS

HEAD = """\
# The same run, however it is written

Written by `make layouts` (clinic/layouts/) from clinic/layouts/lines.jsonl, a line per encoding. Small
runs, healthy and broken, are written in many layouts, and each is compared with the plain layout of the
same run: the verdict, the first cause, and the figures that do not depend on the way of writing. A
value that cannot be written of a run, or not with the other values, is skipped and counted.

*First cause*: the first root cause is that of the plain layout, or another right one. *No false alarm*:
nothing that blocks or misleads, on healthy runs. *Joined*: annotated samples with features, per split.
*Width*: values per frame. *Frames*: of all clips. The figures are those of the report.

To add a value, write a function in the module of its axis in clinic/layouts/axes/, with the decorator
`value` and an example for a docstring: `python -m clinic.layouts --only AXIS=NAME` says what it changes,
and `python -m clinic.layouts --write 'ctc|AXIS=NAME' DIR` writes the folder.
"""
FIRST = """\
## First measurement

Before any reader was changed for it, with two healthy runs and one or two broken ones to a value: 48 of
236 values changed something, 34 the first cause, and 16 raised a false alarm.

| the same | one axis | several |
|---|---|---|
| encodings | 906 | 120 |
| verdict | 832 of 906 (0.918) | 100 of 120 (0.833) |
| first cause | 833 of 906 (0.919) | 76 of 120 (0.633) |
| no false alarm | 421 of 451 (0.933) | 17 of 24 (0.708) |
| joined | 809 of 906 (0.893) | 70 of 120 (0.583) |
| width | 822 of 906 (0.907) | 81 of 120 (0.675) |
| frames | 833 of 906 (0.919) | 83 of 120 (0.692) |
| classes | 869 of 871 (0.998) | 101 of 104 (0.971) |
| error rate | 893 of 906 (0.986) | 109 of 120 (0.908) |
| best score | 890 of 906 (0.982) | 108 of 120 (0.900) |
"""


def page(found: Mapping[str, Any]) -> str:
    parts = [HEAD, FIRST, *_totals(found), *_subjects(), *_values(found), *_combined(found)]
    parts += [*_only_together(found), *_crashes(found), *_axes()]
    return "\n".join(parts).rstrip() + "\n"


def _totals(found: Mapping[str, Any]) -> list[str]:
    single, drawn = found["single"], found["drawn"]
    rows = [f"| {what} | {share(single[what])} | {share(drawn[what])} |" for what in WHAT]
    return [
        "## Totals",
        "",
        f"{found['subjects']} runs. {single['encodings']} encodings with one axis changed, "
        f"{drawn['encodings']} with several axes, drawn by a seed; {found['skipped']} did not apply. "
        f"{single['crashed'] + drawn['crashed']} with a crash.",
        "",
        "| the same | one axis | several |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _subjects() -> list[str]:
    rows = [
        f"| {name} | {made.fault} | {' or '.join(made.codes) or 'healthy'} |"
        for name, made in SUBJECTS.items()
    ]
    return [
        "## The runs",
        "",
        "| run | fault of `slrdoctor simulate` | right first |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _values(found: Mapping[str, Any]) -> list[str]:
    rows = []
    for layout, wrong in found["values"].items():
        axis, _, value = layout.partition("=")
        told = "; ".join(f"{what}: {_names(names)}" for what, names in wrong.items())
        rows.append(f"| {axis} | {value} | {_example(axis, value)} | {told} |")
    return [
        "## Values that change the answer alone",
        "",
        f"{len(rows)} of {_count()} values.",
        "",
        "| axis | value | looks like | not the same, of which runs |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{len(names)} runs"


def _combined(found: Mapping[str, Any]) -> list[str]:
    rows = [f"| {name} | {wrong} | {of} |" for name, wrong, of in found["in combinations"] if wrong][:40]
    if not rows:
        return []
    return [
        "## Values in combinations",
        "",
        "In how many drawn layouts with the value the first cause is another; the worst forty.",
        "",
        "| value | another | of |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _only_together(found: Mapping[str, Any]) -> list[str]:
    """The drawn layouts with another first cause of whose values none fails alone."""
    lines = [
        f"- {line['subject']}, said {' '.join(line['roots'][:3]) or 'nothing'}: {line['layout']}"
        for line in found["only together"]
    ]
    if not lines:
        return []
    return [
        "## Layouts with another first cause, of whose values none changes it alone",
        "",
        *lines,
        "",
    ]


def _crashes(found: Mapping[str, Any]) -> list[str]:
    lines = [f"- {line['key']}: {line['crashed'][0]}" for line in found["crashed"]]
    return ["## Crashes", "", *lines, ""] if lines else []


def _axes() -> list[str]:
    lines = ["## The axes", ""]
    for axis in registry.load().values():
        lines += [f"### {axis.name}", ""]
        lines += [f"- {name}: {_example(axis.name, name)}" for name in axis.values]
        lines.append("")
    return lines


def _example(axis: str, value: str) -> str:
    return (registry.load()[axis].values[value].__doc__ or "").strip().replace("|", "\\|")


def _count() -> int:
    return sum(len(axis.values) - 1 for axis in registry.load().values())
