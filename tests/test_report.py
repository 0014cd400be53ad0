"""The report: verdicts, what passed and what was not looked at, finite numbers."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from rich.console import Console

from slrdoctor.core.engine import Abstained, Crashed, Judged, Outcome, Skipped
from slrdoctor.core.finding import Confidence, Evidence, Finding, Fix, Severity
from slrdoctor.core.plain import plain
from slrdoctor.core.ranking import Case
from slrdoctor.core.registry import Check
from slrdoctor.core.report import FailedRun, Report, build, schema
from slrdoctor.core.roles import Role
from slrdoctor.core.verification import is_fixed, verified
from slrdoctor.render import formats, render, text

RUN = {"path": "runs/x", "task": "ctc", "artifacts": []}


def nothing() -> Iterator[Finding]:
    yield from ()


COUNTS = {"FEA104": Role.DATA, "LAB205": Role.LABELS, "TRN502": Role.OUTCOME, "EVL904": Role.OUTCOME}


def check(code: str, severity: Severity = Severity.BLOCKS) -> Check:
    return Check(code, nothing, (), severity, Confidence.LIKELY, (), "", counts=COUNTS.get(code))


def finding(message: str = "a fault", value: float = 1.0) -> Finding:
    return Finding(message, (Evidence("x", value, "here"),), (Fix("mend it"),), ("s1",), 1, 2)


def report(*outcomes: tuple[Case, Outcome]) -> Report:
    return build("0", RUN, outcomes, (), (), {})


def fine(*codes: str, case: Case = ("",)) -> list[tuple[Case, Outcome]]:
    return [(case, Judged(check(code), ())) for code in codes]


def abstained(code: str, case: Case = ("",), looks_ill: bool = False) -> tuple[Case, Outcome]:
    return case, Abstained(check(code), "three epochs", "train for five", looks_ill)


SOUND = fine("FEA104", "LAB205", "TRN502")


def test_healthy_needs_data_labels_and_an_outcome_to_have_been_judged() -> None:
    assert report(*SOUND).verdict == "healthy"
    assert report(*fine("FEA104", "LAB205")).verdict == "unknown"
    assert report(*fine("FEA104", "TRN502")).verdict == "unknown"
    assert report(*fine("LAB205", "TRN502")).verdict == "unknown"


def test_a_check_that_decides_nothing_makes_no_run_healthy() -> None:
    assert report(*fine("FEA104", "LAB205", "TRN501", "CTC411", "EMB701")).verdict == "unknown"


@pytest.mark.parametrize("code", ["FEA104", "LAB205", "TRN502"])
def test_what_abstained_was_not_judged(code: str) -> None:
    rest = [(case, o) for case, o in SOUND if o.check.code != code]

    assert report(*rest, abstained(code)).verdict == "unknown"


def test_outputs_that_show_that_something_was_learned_stand_in_for_a_short_history() -> None:
    assert report(*fine("FEA104", "LAB205", "EVL904"), abstained("TRN502")).verdict == "healthy"


def test_a_history_that_looks_ill_is_never_healthy_whatever_else_is_fine() -> None:
    ill = abstained("TRN502", looks_ill=True)

    assert report(*fine("FEA104", "LAB205", "EVL904"), ill).verdict == "unknown"


def test_every_run_of_a_directory_must_have_been_judged_before_it_is_healthy() -> None:
    data = fine("FEA104", "LAB205", case=("d",))
    learned = fine("TRN502", case=("d", "a"))

    assert report(*data, *learned).verdict == "healthy"
    assert report(*data, *learned, abstained("TRN502", ("d", "b"))).verdict == "unknown"


@pytest.mark.parametrize(
    ("severity", "verdict"),
    [
        (Severity.BLOCKS, "broken"),
        (Severity.MISLEADS, "broken"),
        (Severity.DEGRADES, "suspect"),
        (Severity.NOTE, "healthy"),
    ],
)
def test_the_worst_finding_makes_the_verdict(severity: Severity, verdict: str) -> None:
    fired = (("",), Judged(check("SPL301", severity), (finding(),)))

    assert report(*fine("FEA104", "LAB205", "TRN502"), fired).verdict == verdict


def test_a_crash_is_never_a_clean_bill() -> None:
    crashed = (("",), Crashed(check("CTC401"), "boom", "Traceback"))

    assert report(*fine("FEA104", "LAB205", "TRN502"), crashed).verdict == "unknown"


def test_a_check_that_was_skipped_for_one_run_says_so_where_it_passed_for_another() -> None:
    both: list[tuple[Case, Outcome]] = [
        (("", "a"), Judged(check("TRN503"), ())),
        (("", "b"), Skipped(check("TRN503"), "History", "no log", "")),
    ]
    made = report(*both)

    assert (
        [e.code for e in made.passed] == ["TRN503"]
        and "1 of 2" in made.passed[0].text
        and "no log" in made.passed[0].text
    )
    assert not made.skipped


def test_a_check_that_judged_one_run_and_abstained_in_another_says_so() -> None:
    one = (("", "a"), Judged(check("TRN503"), (), "loss 0.4"))
    made = report(one, abstained("TRN503", ("", "b")))

    assert [e.code for e in made.passed] == ["TRN503"] and not made.not_judged
    assert made.passed[0].text == "loss 0.4 (judged in 1 of 2, not in b: three epochs)"


def test_what_was_not_judged_is_told_with_its_reason_and_what_would_help() -> None:
    document = json.loads(render(report(abstained("TRN502")), "json"))

    assert document["not_judged"] == [
        {"code": "TRN502", "name": "nothing", "reason": "three epochs", "enable": "train for five"}
    ]
    assert not document["passed"] and not document["skipped"]
    jsonschema.validate(document, schema())
    assert "TRN502: three epochs" in render(report(abstained("TRN502")), "text")


def test_what_was_skipped_names_the_fact_that_was_missing() -> None:
    missing = Skipped(check("TRN502"), "History", "no log", "log every epoch")
    document = json.loads(render(report((("",), missing)), "json"))

    assert document["skipped"][0]["missing"] == "History"
    jsonschema.validate(document, schema())


def test_a_passed_check_says_what_it_saw_or_nothing() -> None:
    seen = (("",), Judged(check("TRN502"), (), "loss 0.4"))

    assert [e.text for e in report(seen, *fine("TRN501")).passed] == ["loss 0.4", ""]


def test_numbers_that_are_not_finite_become_null() -> None:
    fired = (("",), Judged(check("TRN501"), (finding(value=math.nan),)))
    document = json.loads(render(report(fired), "json"))

    assert document["findings"][0]["evidence"][0]["value"] is None
    jsonschema.validate(document, schema())


@dataclass(frozen=True)
class Wide:
    values: np.ndarray[tuple[int], np.dtype[np.float64]]
    names: tuple[str, ...]


def test_long_facts_are_summarised() -> None:
    made = plain(Wide(np.arange(1000.0), tuple(map(str, range(1000)))))

    assert made["values"] == {"count": 1000, "min": 0.0, "median": 500.0, "max": 999.0}
    assert made["names"] == {"count": 1000, "first": ["0", "1", "2"]}


def test_raise_for_stops_a_job() -> None:
    made = report((("",), Judged(check("TRN501"), (finding("the loss is NaN"),))))

    with pytest.raises(FailedRun, match="TRN501: the loss is NaN"):
        made.raise_for("blocks")
    report((("",), Judged(check("TRN509", Severity.NOTE), (finding(),)))).raise_for("degrades")


@pytest.mark.parametrize("format", formats())
def test_every_format_writes_glosses_of_any_script(format: str) -> None:
    fired = (("",), Judged(check("LAB201"), (finding("বাংলা and عربي are not in the vocabulary"),)))

    assert "বাংলা" in render(report(fired), format)


def test_a_finding_without_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="needs evidence"):
        Finding("a fault", (), (Fix("fix it"),))


def test_the_verify_command_works_from_any_folder() -> None:
    fired = (("",), Judged(check("LAB201"), (finding(),)))
    made = report(fired)
    spaced = replace(made, run={**RUN, "path": "runs/my run"})

    assert (
        made.verify(made.diagnoses[0]) == f"slrdoctor scan {Path('runs/x').absolute()} --verify LAB201"
    )
    assert f"scan '{Path('runs/my run').absolute()}' --verify" in spaced.verify(made.diagnoses[0])


def test_without_a_folder_to_scan_verify_is_the_call_that_was_made() -> None:
    made = report((("",), Judged(check("LAB201"), (finding(),))))
    again = replace(made, again='slrdoctor.examine(model, loader, select=["CODE"])')

    assert again.verify(again.diagnoses[0]) == 'slrdoctor.examine(model, loader, select=["LAB201"])'
    assert "slrdoctor scan" not in render(again, "json")


def test_a_fault_is_fixed_where_its_check_finds_nothing_whatever_others_find() -> None:
    seen = (("",), Judged(check("CTC401"), (), "114 of 114 targets fit"))
    made = verified(report(seen, (("",), Judged(check("TRN501"), (finding(),)))), "CTC401")

    assert is_fixed(made)
    assert made.outline.headline == "CTC401 is fixed: 114 of 114 targets fit."


@pytest.mark.parametrize("severity", Severity)
def test_a_fault_is_not_fixed_where_its_check_still_fires_however_mild(severity: Severity) -> None:
    still = verified(report((("",), Judged(check("CTC401", severity), (finding(),)))), "CTC401")

    assert not is_fixed(still) and still.outline.headline == "CTC401 still fires: a fault."


def test_a_fault_that_could_not_be_judged_is_not_fixed() -> None:
    missing = (("",), Skipped(check("CTC401"), "Targets", "no annotations", "add train.csv"))
    for outcome, why in ((missing, "no annotations"), (abstained("CTC401"), "three epochs")):
        made = verified(report(outcome), "CTC401")

        assert not is_fixed(made)
        assert made.outline.headline.startswith(f"CTC401 could not be judged: {why}. To enable: ")
    assert not is_fixed(verified(report(), "CTC401"))


def of_a_mild_cause() -> Report:
    cause = replace(check("FEA105", Severity.DEGRADES), explains=("DEC801",))
    share = Evidence("share", 0.9, "here")
    grave = Finding("44 of 48 are one sentence", (share,), (Fix("see the decoder"),))
    symptom = Judged(check("DEC801", Severity.BLOCKS), (grave,))
    return report((("",), Judged(cause, (finding(),))), (("",), symptom))


def test_a_symptom_keeps_its_evidence_and_its_fix() -> None:
    made = of_a_mild_cause()
    document = json.loads(render(made, "json"))

    cause, symptom = document["findings"]
    assert (cause["code"], symptom["code"]) == ("FEA105", "DEC801")
    assert symptom["evidence"][0]["what"] == "share" and symptom["fixes"][0]["do"] == "see the decoder"
    console = Console(file=io.StringIO(), width=200)
    text.show(made, console, verbose=True)
    assert "see the decoder" in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_mild_cause_never_stands_above_a_grave_symptom_without_its_sentence_in_the_headline() -> None:
    made = of_a_mild_cause()

    assert made.diagnoses[0].check.code == "FEA105"
    assert made.outline.headline.index("DEC801") < made.outline.headline.index("FEA105")


def test_a_notebook_shows_the_report_escaped() -> None:
    fired = (("",), Judged(check("LAB201"), (finding("<script>alert(1)</script>"),)))

    assert "<script>" not in report(fired)._repr_html_()


def test_what_is_to_be_run_names_the_run_wherever_it_stands() -> None:
    overfit = Fix("Overfit five samples.", "slrdoctor overfit RUN_DIR --samples 5")
    ill = Finding("a fault", (Evidence("x", 1.0, "here"),), (overfit,), verify=overfit.how)
    doubt = Abstained(check("TRN502"), "no outputs", "slrdoctor.dump_outputs('RUN_DIR/outputs')")
    document = report((("",), Judged(check("FEA104"), (ill,))), (("",), doubt)).as_dict()

    assert "RUN_DIR" not in str(document)
    where = Path("runs/x").absolute().as_posix()
    assert document["findings"][0]["fixes"][0]["how"] == f"slrdoctor overfit {where} --samples 5"
    assert document["not_judged"][0]["enable"] == f"slrdoctor.dump_outputs('{where}/outputs')"
