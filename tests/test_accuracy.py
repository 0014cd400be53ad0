"""The figures of the clinic, from hand-made lines whose figures are counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clinic import accuracy, accuracy_page, limits

ROOT = Path(__file__).resolve().parents[1]


def found(code: str, root: bool = True, severity: str = "blocks", confidence: str = "likely") -> Any:
    return {"code": code, "root": root, "severity": severity, "confidence": confidence, "explains": []}


def line(fault: str, expected: list[list[str]], *findings: Any, seed: int = 0, **more: Any) -> Any:
    key = f"{fault}/ctc/bilstm_ctc/plain/{seed}"
    return {
        "key": key, "fault": fault, "task": "ctc", "family": "bilstm_ctc", "convention": "plain",
        "seed": seed, "expected": expected, "findings": list(findings),
    } | more  # fmt: skip


RIGHT = line("a", [["FEA104"]], found("FEA104", confidence="certain"), found("EVL904", root=False))
SECOND = line("b", [["FEA105", "FEA106"]], found("EVL904"), found("FEA106"))
MISSED = line("c", [["TRN509"]])
NOTED = line("d", [["TRN509"]], found("TRN509", severity="note"))
HEALTHY = line("healthy", [], found("SPL302", severity="note"))
ALARMED = line("healthy-x", [], found("FEA111", severity="degrades"))
PAIR = line("a+b", [["FEA104"], ["FEA105"]], found("FEA104"), found("FEA105"))
HALF = line("a+b", [["FEA104"], ["FEA105"]], found("FEA104"), found("FEA105", root=False), seed=1)


def figures(*lines: Any, tuned: tuple[str, ...] = ()) -> Any:
    return accuracy.figures(lines, set(tuned), ())


def test_counts_what_was_detected_named_and_put_first() -> None:
    told = figures(RIGHT, SECOND, MISSED, NOTED)["halves"]["faults not tuned on"]

    assert told == {
        "runs": 4, "detected": 0.75, "named": 0.75, "first": 0.5, "among three": 0.75,
        "no other root": 0.75,
    }  # fmt: skip


def test_keeps_what_was_tuned_on_apart() -> None:
    told = figures(RIGHT, SECOND, MISSED, tuned=("a",))["halves"]

    assert told["tuned"]["runs"] == 1 and told["faults not tuned on"]["runs"] == 2


def test_both_of_two_faults_must_be_root_causes() -> None:
    told = figures(PAIR, HALF)["pairs"]

    assert told["both are root causes"] == 0.5 and told["the first is one of them"] == 1


def test_counts_alarms_on_healthy_runs_and_no_notes() -> None:
    told = figures(HEALTHY, ALARMED)["healthy"]["all"]

    assert (told["runs"], told["blocks or misleads"], told["degrades"]) == (2, 0, 0.5)
    assert told["what"] == [("FEA111 on healthy-x", 1)]


def test_words_of_confidence_count_roots_graver_than_a_note() -> None:
    told = figures(RIGHT, SECOND, ALARMED)["confidence"]["all"]

    assert told == {"certain": (1, 1), "likely": (1, 3)}


def test_tells_what_each_check_gets_right_and_wrong() -> None:
    told = figures(RIGHT, SECOND, MISSED, ALARMED)["checks"]

    assert told["FEA104"]["precision"] == told["FEA104"]["recall"] == 1
    assert told["EVL904"]["beneath"] == 1 and told["EVL904"]["beside"] == 1
    assert told["TRN509"]["missed"] == 1 and told["FEA111"]["healthy"] == 1


def test_a_sample_may_differ_in_one_run_and_not_in_two() -> None:
    before = [RIGHT, line("e", [["FEA104"]], found("FEA104")), HEALTHY]
    worse = [dict(one, findings=[]) if one["expected"] else one for one in before]

    assert not accuracy.fallen(before, before)
    assert not accuracy.fallen(before, [worse[0], *before[1:]])
    assert any(told.startswith("first") for told in accuracy.fallen(before, worse))


def test_a_new_alarm_on_a_healthy_run_is_a_fall() -> None:
    alarmed = dict(HEALTHY, findings=[found("FEA111", severity="degrades")])

    assert accuracy.fallen([HEALTHY], [alarmed]) == ["on a healthy run: FEA111 on healthy"]


def test_reads_the_last_line_of_each_run_that_shows_its_fault(tmp_path: Path) -> None:
    silent = {"key": "x", "does_not_show": "no harm"}
    path = tmp_path / "lines.jsonl"
    lines = [dict(RIGHT, findings=[]), RIGHT, silent]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")

    assert accuracy.read(path) == [RIGHT]


def test_the_page_has_every_figure() -> None:
    page = accuracy_page.page(figures(RIGHT, SECOND, MISSED, PAIR, HEALTHY, ALARMED))

    assert "| faults not tuned on | 3 |" in page
    assert "expected FEA105 or FEA106, said EVL904, FEA106" in page
    assert "- FEA111 on healthy-x: 1" in page


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, (0.25, 4.0)),
        ({"0.5": {}, "2.0": {}}, (0.67, 1.5)),
        ({"0.9": {}}, (1.0, 4.0)),
        ({"0.25": {}, "1.1": {}}, (0.33, 1.0)),
    ],
)
def test_the_stretch_of_a_limit_ends_before_the_nearest_change(
    changed: Any, expected: tuple[float, float]
) -> None:
    assert limits.stretch({"changed": changed}) == expected


def test_moving_a_limit_is_undone_and_says_what_it_changed() -> None:
    from slrdoctor.core.registry import REGISTRY

    told = limits.of_run(ROOT / "examples" / "broken")

    assert told["CTC401 SHARE_TOO_LONG"]["fires"] is True
    assert all(one["changed"].keys() <= set(map(str, limits.FACTORS)) for one in told.values())
    assert limits.of_run(ROOT / "examples" / "broken") == told and REGISTRY.checks
