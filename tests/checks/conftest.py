"""Facts about features by hand: a healthy clip, and tables of clips that differ from it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slrdoctor import testing
from slrdoctor.core import engine
from slrdoctor.examination import scan
from slrdoctor.facts.features.features import ClipRow, ClipTable

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


HEALTHY = ClipRow(
    key="clip",
    id="clip",
    split="train",
    shape=(40, 225),
    dtype="float32",
    frames=40,
    dims=225,
    bad_values=0,
    first_bad_frame=-1,
    bad_block="",
    constant=False,
    repeated=0.0,
    trailing=0,
    zero_frames=0.0,
    missing=(0.0, 0.35, 0.35),
    low=-0.5,
    high=1.4,
    scale=0.5,
    digest="",
    mean=0.4,
    adjacent=0.01,
    across=0.2,
    hands_missing=0.07,
    distinct=500,
    reader="npy",
)

MakeRow = Callable[..., ClipRow]
MakeTable = Callable[..., ClipTable]


@pytest.fixture
def make_row() -> MakeRow:
    """`make_row("a", frames=3)`: a healthy clip with an id and what is to differ."""

    def make(id: str = "clip", **changes: Any) -> ClipRow:
        return replace(HEALTHY, **({"key": id, "id": id, "digest": f"digest of {id}"} | changes))

    return make


@pytest.fixture
def make_table(make_row: MakeRow) -> MakeTable:
    """`make_table(18, 2, constant=True)`: healthy clips and, after them, ones that differ."""

    def make(
        healthy: int = 0, sick: int = 0, table: dict[str, Any] | None = None, **changes: Any
    ) -> ClipTable:
        rows = [make_row(f"h{i}") for i in range(healthy)] + [
            make_row(f"s{i}", **changes) for i in range(sick)
        ]
        more = table or {}
        return ClipTable(
            rows=more.get("rows", tuple(rows)),
            unreadable=more.get("unreadable", ()),
            read_from="features",
            total=more.get("total", len(rows) + len(more.get("unreadable", ()))),
            length_stored=more.get("length_stored", False),
        )

    return make
