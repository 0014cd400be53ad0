"""The outline: one headline, each fault once, what was not judged, and what every format prints."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import replace

import jsonschema
import pytest

from slrdoctor.core.engine import Crashed, Judged, Outcome, Skipped
from slrdoctor.core.finding import Confidence, Evidence, Finding, Fix, Severity
from slrdoctor.core.ranking import Case
from slrdoctor.core.record import Answer, Run
from slrdoctor.core.registry import Check
from slrdoctor.core.report import Report, build, schema
from slrdoctor.render import render

RUN = {"path": "/runs/my run", "task": "ctc", "artifacts": []}
STUCK = Run("", "WER 100.0% to 100.0%", "", "learned nothing", "dev WER is 100.0%", "the WER is 100%")


def check(code: str, title: str, severity: Severity, explains: tuple[str, ...] = ()) -> Check:
    def judge() -> Iterator[Finding]:
        yield from ()

    judge.__doc__ = title
    return Check(code, judge, (), severity, Confidence.LIKELY, explains, "")


def fired(one: Check, message: str, case: Case = ("",)) -> tuple[Case, Outcome]:
    evidence = (Evidence("a share", 0.5, "here", "share"),)
    return case, Judged(one, (Finding(message, evidence, (Fix("Fix it."),)),))


def fine(one: Check, case: Case) -> tuple[Case, Outcome]:
    return case, Judged(one, ())


def skipped(code: str, reason: str, enable: str) -> tuple[Case, Outcome]:
    return ("",), Skipped(check(code, "A fault.", Severity.NOTE), "Fact", reason, enable)


def report(*outcomes: tuple[Case, Outcome], runs: tuple[Run, ...] = ()) -> Report:
    made = build("0", RUN, outcomes, (), (), {}, runs=runs)
    jsonschema.validate(made.as_dict(), schema())
    return made


STRIDE = check("AAA001", "The stride is too large.", Severity.BLOCKS, ("BBB001",))
GRADIENTS = check("DDD001", "The gradients explode.", Severity.DEGRADES, ("BBB001",))
BLIND = check("BBB001", "The decoder ignores its input.", Severity.BLOCKS, ("CCC001",))
EMPTY = check("CCC001", "Everything is empty.", Severity.BLOCKS)


def test_a_fault_of_several_runs_is_one_finding_that_lists_them() -> None:
    made = report(
        fired(STRIDE, "5 of 10 targets in a are too long", ("", "a")),
        fired(STRIDE, "6 of 10 targets in b are too long", ("", "b")),
    )
    [finding] = made.findings

    assert finding["cases"] == ["a", "b"] and finding["case"] == "a"
    assert [one["message"] for one in finding["likewise"]] == ["6 of 10 targets in b are too long"]
    assert str(made).count("too long") == 1 and "[a, b]" in str(made)


def test_two_faults_of_one_check_stay_two() -> None:
    made = report(fired(STRIDE, "the stride is 8", ("", "a")), fired(STRIDE, "the pool is 8", ("", "b")))

    assert [finding["cases"] for finding in made.findings] == [["a"], ["b"]]


def test_a_symptom_is_folded_only_where_the_same_causes_explain_it() -> None:
    made = report(
        fired(STRIDE, "too large", ("", "a")),
        fine(STRIDE, ("", "b")),
        fired(BLIND, "ignores", ("", "a")),
        fired(BLIND, "ignores", ("", "b")),
    )

    assert [(f["code"], f["cases"], f["root_cause"]) for f in made.findings] == [
        ("AAA001", ["a"], True),
        ("BBB001", ["b"], True),
        ("BBB001", ["a"], False),
    ]


def test_a_symptom_is_folded_where_its_cause_was_not_judged_in_one_of_its_runs() -> None:
    made = report(
        fired(STRIDE, "too large", ("", "a")),
        fired(BLIND, "ignores", ("", "a")),
        fired(BLIND, "ignores", ("", "b")),
    )

    assert [(f["code"], f["cases"], f["root_cause"]) for f in made.findings] == [
        ("AAA001", ["a"], True),
        ("BBB001", ["a", "b"], False),
    ]


def test_causes_are_a_tree_of_ranks_and_each_symptom_stands_once() -> None:
    made = report(fired(STRIDE, "x"), fired(GRADIENTS, "y"), fired(BLIND, "z"), fired(EMPTY, "w"))
    ranks = {f["code"]: f["rank"] for f in made.findings}
    [first, second] = made.outline.causes

    assert (first.rank, second.rank) == (ranks["AAA001"], ranks["DDD001"])
    [blind] = first.explains
    assert blind.rank == ranks["BBB001"] and [s.rank for s in blind.explains] == [ranks["CCC001"]]
    assert second.explains == ()


def test_the_headline_is_the_fault_and_repeats_no_message() -> None:
    made = report(fired(STRIDE, "53 of 114 targets are longer than their input"))

    assert made.outline.headline == "The stride is too large (AAA001)."


def test_a_mild_cause_does_not_hide_its_graver_symptom() -> None:
    headline = report(fired(GRADIENTS, "x"), fired(BLIND, "y")).outline.headline

    assert headline == (
        "The decoder ignores its input (BBB001). The gradients explode (DDD001), which may be why."
    )


def test_a_score_that_never_moved_is_never_passed_over() -> None:
    assert report(runs=(STUCK,)).outline.headline.endswith("The WER is 100%.")
    several = (STUCK, replace(STUCK, name="b"), replace(STUCK, name="c", never_moved=""))
    assert "In 2 of 3 runs the WER is 100%." in report(runs=several).outline.headline


def test_a_fault_of_some_runs_says_of_how_many() -> None:
    runs = tuple(replace(STUCK, name=name, never_moved="") for name in "abc")
    outcomes = [fired(STRIDE, "x", ("", name)) for name in "ab"]

    assert report(*outcomes, runs=runs).outline.headline == (
        "In 2 of 3 runs: the stride is too large (AAA001)."
    )


def test_where_nothing_is_wrong_the_headline_says_what_was_not_judged() -> None:
    passed = (("",), Judged(EMPTY, ()))
    headline = report(passed).outline.headline

    assert headline.startswith("1 check found nothing wrong. Not judged: the features, the labels")


def test_a_crash_is_said_in_the_headline() -> None:
    crashed = (("",), Crashed(EMPTY, "KeyError: 'x'", "Traceback"))

    assert report(crashed).outline.headline.endswith(" 1 crashed (--verbose).")
    assert "1 crashed" in report(crashed).outline.summary


def test_what_would_help_comes_first_and_has_the_path_of_the_run() -> None:
    made = report(
        skipped("EEE001", "there is no log", ""),
        skipped("EEE002", "there is no log", ""),
        skipped("EEE003", "no model was run", "slrdoctor overfit RUN_DIR --samples 5"),
    )
    first, second = made.outline.not_judged

    assert first.enable == "slrdoctor overfit '/runs/my run' --samples 5"
    assert second.codes == ("EEE001", "EEE002")
    assert first.enable in str(made)


def test_the_answer_of_an_experiment_is_badge_and_headline_in_every_format() -> None:
    answer = Answer(
        "model at fault", "Your model drops its input.", "Next: look.", ("how",), (("a", "b"),)
    )
    made = replace(report(fired(STRIDE, "x")), answer=answer)
    document = made.as_dict()
    jsonschema.validate(document, schema())

    assert document["outline"]["badge"] == "model at fault"
    assert document["outline"]["headline"] == "Your model drops its input."
    assert str(made).startswith("MODEL AT FAULT  Your model drops its input.\nNext: look.")


def test_files_of_which_the_same_is_to_be_said_are_one_line() -> None:
    problems = [
        {"path": f"{folder}/training_args.bin", "kind": "checkpoint", "fault": fault, "message": message}
        for fault, message in (("imports", "a.B, c.D, e.F, g.H"), ("damaged", "it ends early"))
        for folder in ("x", "y", "z")
    ]
    made = build("0", RUN | {"problems": problems}, (), (), (), {})

    assert made.outline.problems == (
        "x/training_args.bin and 2 more: refused to import a.B, c.D, e.F and 1 more",
        "x/training_args.bin and 2 more: could not be read: it ends early",
    )


def test_what_was_looked_at_is_counted_and_not_listed() -> None:
    sizes = [("features", "dev", 24), ("features", "train", 90), ("history", "", 30)]
    artifacts = [
        {"kind": kind, "split": split, "path": "p", "format": "npy", "samples": count}
        for kind, split, count in sizes
    ]
    made = build("0", RUN | {"artifacts": artifacts}, (), (), (), {})

    assert made.outline.looked_at == "/runs/my run (CTC): features 90 train, 24 dev; history of 30 rows"


def test_verify_has_the_path_of_the_run() -> None:
    made = report(fired(STRIDE, "x"))

    assert made.findings[0]["verify"].startswith("slrdoctor scan '/runs/my run' ")


def test_the_last_line_counts_and_points_to_explain() -> None:
    made = report(fired(STRIDE, "x"), fired(BLIND, "y"), fired(EMPTY, "z"))

    assert str(made).splitlines()[-1] == (
        "BROKEN  1 cause, 2 symptoms; 0 fine; 0 not judged; explain: slrdoctor explain AAA001"
    )


def test_the_text_of_a_report_prints_nothing_by_itself() -> None:
    made = report(fired(STRIDE, "a message"))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        text = str(made)

    assert "a message" in text and printed.getvalue() == ""
    assert len(repr(made)) < 100 and "broken" in repr(made)


def test_a_notebook_gets_html_whose_causes_unfold() -> None:
    html = report(fired(STRIDE, "x < y"), fired(BLIND, "z"))._repr_html_()

    assert "<details open>" in html and "x &lt; y" in html and "50%" in html
    assert html.count("<details") == 2, "the symptom unfolds within its cause"


def test_an_unknown_severity_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(ValueError, match="did you mean 'blocks'"):
        report().raise_for("blokcs")


OUTPUT = [{"kind": "history", "split": "", "path": "h.json", "format": "json", "samples": 9, "case": ""}]


def of_folder(*kinds: str, unopened: str = "", problem: str = "") -> Report:
    artifacts = [{**OUTPUT[0], "kind": kind} for kind in kinds]
    problems = (
        [{"path": "x", "kind": problem, "fault": "corrupt", "message": "cut off"}] if problem else []
    )
    run = {**RUN, "artifacts": artifacts, "problems": problems}
    held = {"path": "x", "files": 1, "size": 9, "format": "tar", "advice": "", "how": "", "package": ""}
    rest = [{**held, "kind": unopened}] if unopened else []
    return build("0", run, [skipped("AAA001", "no features", "")], (), (), {}, unopened=rest)


@pytest.mark.parametrize(
    "kinds", [("history",), ("checkpoint", "config"), ("predictions",), ("log_probs",)]
)
def test_a_folder_of_outputs_alone_says_what_would_help_in_every_format(kinds: tuple[str, ...]) -> None:
    made = of_folder(*kinds)
    hint = made.outline.hint

    assert "neither features nor annotations" in hint
    assert hint.endswith(": slrdoctor init '/runs/my run'")
    for text in (str(made), render(made, "text"), made._repr_html_()):
        assert "neither features nor annotations" in text and "slrdoctor init" in text


@pytest.mark.parametrize(
    "made",
    [
        of_folder("history", "features"),
        of_folder("history", "annotations"),
        of_folder("history", unopened="features in shards"),
        of_folder("history", problem="annotations"),
        of_folder("config"),
        replace(of_folder("history"), answer=Answer("FINE", "It fits.", "", ())),
    ],
    ids=["features", "annotations", "unopened", "unreadable", "no outputs", "experiment"],
)
def test_no_hint_where_the_data_were_seen_or_none_were_asked_for(made: Report) -> None:
    assert made.outline.hint == ""
