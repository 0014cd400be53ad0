"""report.to_frame(): a row per sample that a finding names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import slrdoctor
from slrdoctor.core.report import Report
from slrdoctor.extras import PackageMissing

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def broken() -> Report:
    return slrdoctor.scan(ROOT / "examples" / "broken")


def test_every_affected_sample_of_every_finding_has_a_row(broken: Report) -> None:
    frame = broken.to_frame()
    counts = {d.check.code: d.finding.affected for d in broken.diagnoses if d.finding.samples}

    assert counts["CTC401"] == 53
    assert {code: int(frame[code].sum()) for code in counts} == counts
    assert frame.index.is_unique and frame.index.name == "sample"
    assert list(frame.columns) == ["case", "severity", *counts]


def test_the_samples_of_a_finding_can_be_left_out(broken: Report) -> None:
    frame = broken.to_frame()
    short = frame.index[frame["CTC401"]]
    train = sorted((ROOT / "examples" / "broken" / "features" / "train").glob("*.npy"))
    kept = [path for path in train if path.stem not in short]

    assert (len(train), len(kept)) == (90, 45)


def test_a_sample_has_the_worst_severity_of_its_findings(broken: Report) -> None:
    frame = broken.to_frame()

    assert set(frame.loc[frame["CTC401"], "severity"]) == {"blocks"}
    assert set(frame.loc[frame["CTC403"] & ~frame["CTC401"], "severity"]) == {"note"}


def test_a_report_whose_findings_name_no_sample_gives_an_empty_frame() -> None:
    report = slrdoctor.scan(ROOT / "examples" / "healthy", select=("FEA104",))

    assert report.to_frame().empty


def test_without_pandas_the_sentence_names_the_extra(
    broken: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(
        PackageMissing, match=r"^report\.to_frame\(\) needs pandas: pip install 'slrdoctor\[pandas\]'$"
    ):
        broken.to_frame()
