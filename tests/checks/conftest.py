"""Facts about features by hand: a healthy clip, and tables of clips that differ from it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from slrdoctor import testing
from slrdoctor.core import engine
from slrdoctor.examination import scan

RECORD = "SLRDOCTOR_MESSAGES"  # a file: what the checks say in these tests, for their pages


@pytest.fixture(autouse=True)
def recorded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write down the first message of every check that fires, with the test, where that is asked for."""
    if RECORD not in os.environ:
        return

    def judge(check: Any, facts: Any) -> engine.Outcome:
        outcome = engine.judge(check, facts)
        if isinstance(outcome, engine.Judged) and outcome.findings:
            line = {
                "code": check.code,
                "message": outcome.findings[0].message,
                "test": request.node.nodeid,
            }
            with Path(os.environ[RECORD]).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return outcome

    monkeypatch.setattr(testing, "judge", judge)
    monkeypatch.setattr(scan, "judge", judge)
