"""Real public runs, scanned as they lie: what is known of each is what the scan says."""

from __future__ import annotations

from pathlib import Path

import pytest

import slrdoctor
from clinic import real_runs


@pytest.mark.parametrize("name", list(real_runs.EXPECTED))
def test_the_known_conclusion_appears(shared_data: Path, name: str) -> None:
    report = slrdoctor.scan(shared_data / name)

    assert not report.crashed
    assert list(real_runs.unmet(report, real_runs.EXPECTED[name])) == [], str(report)


def test_what_is_no_run_is_nothing_to_examine(shared_data: Path) -> None:
    from slrdoctor.examination.scan import CannotExamine

    with pytest.raises(CannotExamine, match="nothing to examine"):
        slrdoctor.scan(shared_data / "videos")
