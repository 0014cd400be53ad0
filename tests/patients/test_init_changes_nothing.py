"""A scan of a patient says the same after an uncorrected `slrdoctor init`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from slrdoctor.core.report import Report
from tests.after_init import conclusions, document, init


@pytest.mark.parametrize("name", ["p0", "p1", "p2", "p3", "p4"])
def test_init_changes_nothing_of_a_patient(
    name: str, patient: Callable[[str], Path], scanned: Callable[[str], Report], tmp_path: Path
) -> None:
    before = scanned(name).as_dict()
    folder = Path(shutil.copytree(patient(name), tmp_path / "run"))
    init(folder)
    after = document(folder)

    assert conclusions(after) == conclusions(before)
    assert after["readings"] == before["readings"]
    # clips have whole paths, and this is a copy of the folder
    measured = json.dumps(before["facts"]).replace(str(patient(name)), str(folder))
    assert json.dumps(after["facts"]) == measured
