"""The patients' runs, each made and scanned once a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from slrdoctor.core.report import Report
from slrdoctor.examination import scan as examination
from tests.programs import loaded

PATIENTS = Path(__file__).resolve().parents[2] / "examples" / "patients"


@pytest.fixture(scope="session")
def makers() -> ModuleType:
    """examples/patients/make_patients.py, which is no package."""
    return loaded(PATIENTS / "make_patients.py")


@pytest.fixture(scope="session")
def patient(makers: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the run directory of a patient by the beginning of its name: `patient("p0")`."""
    root = tmp_path_factory.mktemp("patients")

    def made(word: str) -> Path:
        name = makers.named(word)
        folder = root / name
        return folder if folder.is_dir() else Path(makers.make(name, root))

    return made


@pytest.fixture(scope="session")
def scanned(patient: Callable[[str], Path]) -> Callable[[str], Report]:
    """Gives the report of a scan of a patient: `scanned("p0")`."""
    reports: dict[str, Report] = {}

    def report(word: str) -> Report:
        if word not in reports:
            reports[word] = examination.scan(patient(word), jobs=1)
        return reports[word]

    return report


@pytest.fixture(scope="module")
def report(request: pytest.FixtureRequest, scanned: Callable[[str], Report]) -> Report:
    """Of the patient that the module is called after."""
    return scanned(request.path.stem.removeprefix("test_"))


@pytest.fixture(scope="module")
def found(report: Report) -> dict[str, dict[str, Any]]:
    """Its findings by their codes."""
    return {finding["code"]: finding for finding in report.findings}
