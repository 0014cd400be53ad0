"""Scan every folder of real runs and write docs/real-runs.md.

python clinic/real_runs.py [FOLDER]

The folders are public repositories' data, scanned as they lie, without a slrdoctor.toml. They are
not part of this repository.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import slrdoctor
from slrdoctor.core.report import Report

HERE = Path(__file__).resolve().parent
DEFAULT = HERE.parents[1] / "shared" / "data"


@dataclass(frozen=True)
class Expected:
    """What must be said of a folder: codes by case, as (part of the case's name, code)."""

    must: tuple[tuple[str, str], ...] = ()
    must_not: tuple[tuple[str, str], ...] = ()
    healthy: bool = False  # nothing of severity blocks or misleads, in any case
    known: str = ""  # the conclusion of whoever looked at the run


EXPECTED = {
    "Keyur-0__SIGN2SOUND_CODECREW": Expected(healthy=True, known="healthy: dev accuracy 0.14 to 0.92"),
    "biplavbarua__ISL-CSLRT-Pipeline": Expected(
        must=(("baseline_standard", "TRN504"), ("step2_reduce_capacity", "TRN502")),
        must_not=(("step2_reduce_capacity", "TRN504"), ("baseline_standard", "TRN502")),
        known="baseline memorised, dev at chance; step 2 learned nothing",
    ),
    "juanmcastroviejo__asl-cslr": Expected(
        must=(("full_transformer", "TRN504"),),
        must_not=(("hands_bilstm", "TRN504"), ("full_bilstm", "TRN504"), ("hands_pose", "TRN504")),
        healthy=True,
        known="five runs learn; full_transformer memorised; hands_transformer inserts",
    ),
    "armandobecerril__MSL-150-Dataset": Expected(healthy=True, known="usable, healthy"),
    "yulrio__VAC_CSLR_QSLR": Expected(
        must=(("", "MDL607"), ("", "SPL302")),
        known="1296 classes configured, 65 needed; dev sentences all in train",
    ),
    "AI4Bharat__OpenHands": Expected(
        must=(("GSL", "LAB201"),),
        must_not=(("autsl", "LAB201"), ("include", "LAB201"), ("wlasl", "LAB201")),
        known="GSL: 296 of 306 glosses not in the class list; the rest fine",
    ),
    "sign-language-processing__pose": Expected(
        healthy=True, known="five .pose files, versions 0.0 to 0.2"
    ),
}


def unmet(report: Report, expected: Expected) -> Iterator[str]:
    """What the report should have said and did not, or said and should not have."""
    found = [(f["case"], f["code"]) for f in report.findings]
    for case, code in expected.must:
        if not any(case in name and code == fired for name, fired in found):
            yield f"{code} is missing{f' in {case}' if case else ''}"
    for case, code in expected.must_not:
        if any(case in name and code == fired for name, fired in found):
            yield f"{code} in {case}"
    if expected.healthy:
        yield from (
            f"{f['code']} in {f['case'] or 'the run'}"
            for f in report.findings
            if f["severity"] in ("blocks", "misleads")
        )


def row(folder: Path, report: Report, expected: Expected) -> str:
    said = "<br>".join(map(_said, report.findings))
    missed = "; ".join(unmet(report, expected))
    cells = (
        folder.name,
        expected.known,
        report.verdict,
        said or "nothing",
        _did(report),
        missed or "yes",
    )
    return f"| {' | '.join(cells)} |"


def _said(finding: dict[str, Any]) -> str:
    case = finding["case"].rpartition("/")[2]
    where = f" [{case}]" if case else ""
    return f"{finding['code']} {finding['severity']}{where}: {finding['message']}"


def _did(report: Report) -> str:
    """What each run did and how it errs, in the words of its facts."""
    told = [
        f"{key.partition(' (')[2].rstrip(')').rpartition('/')[2]} {fact['sentence']}".strip()
        for key, fact in report.facts.items()
        if key.startswith(("Progress", "ErrorCounts"))
    ]
    return "<br>".join(told[:12])


def table(root: Path) -> str:
    head = [
        "| folder | what is known of it | verdict | what the scan said | as expected |",
        "|---|---|---|---|---|",
    ]
    rows = [
        row(root / name, slrdoctor.scan(root / name), expected)
        for name, expected in EXPECTED.items()
        if (root / name).is_dir()
    ]
    return "\n".join([*head, *rows])


def main() -> None:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    text = (
        "# Real runs\n\nPublic runs, scanned as they lie, without a `slrdoctor.toml`. Written by\n"
        "`python clinic/real_runs.py FOLDER`; the folders are not part of this repository.\n\n"
        f"{table(root)}\n"
    )
    (HERE.parent / "docs" / "real-runs.md").write_text(text, encoding="utf-8", newline="\n")
    print(text)


if __name__ == "__main__":
    main()
