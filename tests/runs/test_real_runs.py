"""Real public runs, scanned as they lie: what is known of each is what the scan says."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

import slrdoctor

ROOT = Path(__file__).resolve().parents[2]


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("real_runs", ROOT / "clinic" / "real_runs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


REAL = script()


@pytest.mark.parametrize("name", list(REAL.EXPECTED))
def test_the_known_conclusion_appears(shared_data: Path, name: str) -> None:
    report = slrdoctor.scan(shared_data / name)

    assert not report.crashed
    assert list(REAL.unmet(report, REAL.EXPECTED[name])) == [], str(report)


def test_what_is_no_run_is_nothing_to_examine(shared_data: Path) -> None:
    from slrdoctor.examination.scan import CannotExamine

    with pytest.raises(CannotExamine, match="nothing to examine"):
        slrdoctor.scan(shared_data / "videos")
