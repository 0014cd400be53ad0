"""The pages of the patients show what the scan says of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from slrdoctor.core.report import Report

pytestmark = pytest.mark.slow

PAGES = Path(__file__).resolve().parents[2] / "docs" / "patients"


def test_every_patient_has_a_page_with_the_causes_that_the_scan_finds(
    makers: ModuleType, scanned: Callable[[str], Report]
) -> None:
    for name in makers.names():
        page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
        shown = re.findall(r"^\d+\. ([A-Z]{3}\d{3}) ", page, re.MULTILINE)
        roots = [d.check.code for d in scanned(name).diagnoses if d.is_root]

        assert (shown[0], set(shown)) == (roots[0], set(roots)), f"run `make patients`: {name}"
        assert f"({name}.md)" in (PAGES / "README.md").read_text(encoding="utf-8")


def test_no_page_names_a_place_of_the_machine_it_was_made_on() -> None:
    for page in PAGES.glob("*.md"):
        assert not re.search(
            r"(?<![\w.])/(?:home|tmp|work|Users|root)/", page.read_text(encoding="utf-8")
        )
