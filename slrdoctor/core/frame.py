"""The samples that findings name, as a pandas frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from slrdoctor.core.finding import Severity
from slrdoctor.core.ranking import Case, Diagnosis
from slrdoctor.extras import needed_for

if TYPE_CHECKING:
    import pandas


def frame_of(diagnoses: Iterable[Diagnosis]) -> pandas.DataFrame:
    """A row per case and sample, in the order of the ranks; raises PackageMissing without pandas."""
    with needed_for("report.to_frame()", "pandas"):
        import pandas
    severities: dict[tuple[str, str], Severity] = {}
    codes: dict[str, set[tuple[str, str]]] = {}
    for d in diagnoses:
        for case, sample in _named(d):
            row = "/".join(part for part in case if part), sample
            severities[row] = max(severities.get(row, Severity.NOTE), d.check.severity)
            codes.setdefault(d.check.code, set()).add(row)
    columns: dict[str, list[str] | list[bool]] = {
        "case": [case for case, _ in severities],
        "severity": [severity.word for severity in severities.values()],
    }
    columns |= {code: [row in named for row in severities] for code, named in codes.items()}
    return pandas.DataFrame(columns, index=pandas.Index([id for _, id in severities], name="sample"))


def _named(d: Diagnosis) -> Iterator[tuple[Case, str]]:
    """The samples of a finding, and of the same finding in other runs."""
    for one in (d, *d.likewise):
        yield from ((one.case, sample) for sample in one.finding.samples)
