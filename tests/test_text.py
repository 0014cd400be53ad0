"""The text report as it stands on a terminal and in a pipe."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from slrdoctor.core.engine import Judged
from slrdoctor.core.finding import Confidence, Evidence, Finding, Fix, Severity
from slrdoctor.core.record import Answer, Run
from slrdoctor.core.registry import Check
from slrdoctor.core.report import Report, build
from slrdoctor.render import render, text

MESSAGE = "53 of 114 targets need more frames than CTC is given at stride 8, " * 3
CODE = "keep = input_lengths >= target_lengths + repeats  # code that no terminal may break " * 2
FINDING = Finding(
    MESSAGE.strip(),
    (
        Evidence("targets longer than their input", 53, "features", "of 114"),
        Evidence("share of such targets", 0.4649, "features", "share"),
    ),
    (Fix("Lower the stride, " * 8 + "to 4.", CODE.strip()),),
    ("train_001",),
)
LONG_PATH = "a/very/long/path" * 8


def check(code: str, severity: Severity, explains: tuple[str, ...] = ()) -> Check:
    return Check(code, lambda: iter(()), (), severity, Confidence.LIKELY, explains, "")


def report(severity: Severity = Severity.BLOCKS) -> Report:
    cause = Judged(check("AAA001", severity, ("BBB001",)), (FINDING,))
    symptom = Judged(
        check("BBB001", Severity.BLOCKS), (replace(FINDING, message="a symptom", samples=()),)
    )
    run = {"path": LONG_PATH, "task": "ctc", "artifacts": []}
    return build("0", run, [(("",), cause), (("",), symptom)], (), (), {})


def shown(given: Report, width: int, **how: bool) -> str:
    console = Console(
        file=io.StringIO(), force_terminal=True, width=width, color_system=None, highlight=False
    )
    text.show(given, console, **how)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(("width", "widest"), [(60, 60), (80, 80), (100, 100), (200, 100)])
def test_sentences_wrap_within_the_terminal_and_within_a_hundred_columns(
    width: int, widest: int
) -> None:
    lines = shown(report(), width).splitlines()
    unbroken = [line for line in lines if CODE.strip() in line or LONG_PATH in line]

    assert unbroken and all(
        cell_len(line) <= widest for line in lines if line not in unbroken and len(line.split()) > 1
    )


@pytest.mark.parametrize("width", [40, 80, 200])
def test_code_and_commands_are_never_broken(width: int) -> None:
    given = report()
    lines = shown(given, width).splitlines()

    assert any(CODE.strip() in line for line in lines)
    assert any(given.findings[0]["verify"] in line for line in lines)


def test_what_is_piped_is_not_wrapped_and_not_padded() -> None:
    lines = render(report(), "text").splitlines()

    assert any(MESSAGE.strip() in line for line in lines)
    assert all(line == line.rstrip() for line in lines)


def test_in_a_notebook_the_text_is_returned_and_not_displayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)

    assert MESSAGE.strip() in render(report(), "text")


def test_evidence_is_a_table_whose_columns_are_aligned() -> None:
    lines = render(report(), "text").splitlines()
    [first] = [line for line in lines if "targets longer" in line]
    [second] = [line for line in lines if "share of such" in line]

    assert first.index("53 of 114") == second.index("46.49%")


def test_a_symptom_graver_than_its_cause_keeps_its_fix() -> None:
    assert shown(report(Severity.BLOCKS), 100).count(CODE.strip()) == 1
    assert shown(report(Severity.DEGRADES), 100).count(CODE.strip()) == 2
    assert shown(report(Severity.BLOCKS), 100, verbose=True).count(CODE.strip()) == 2


def test_a_badge_has_its_own_ground_and_ends_where_its_word_ends() -> None:
    console = Console(
        file=io.StringIO(), force_terminal=True, width=100, color_system="truecolor", highlight=False
    )
    text.show(report(), console, quiet=True)
    assert isinstance(console.file, io.StringIO)
    written = console.file.getvalue()

    assert "\x1b[1;38;2;255;255;255;48;2;179;38;30m BROKEN \x1b[0m" in written
    assert written.count("48;2;") == 1


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    console = Console(file=io.StringIO(), force_terminal=True, width=100, color_system="truecolor")
    text.show(report(), console)
    assert isinstance(console.file, io.StringIO)

    assert "38;2;" not in console.file.getvalue() and "\x1b[3" not in console.file.getvalue()


def test_several_runs_are_a_table() -> None:
    runs = (
        Run("lr1", "WER 100.0% to 20.0%", "train 7 to 1", "learned", ""),
        Run("lr22", "", "", "unknown", ""),
    )
    lines = render(replace(report(), runs=runs), "text").splitlines()
    [head] = [line for line in lines if line.split() == ["run", "score", "loss"]]
    [first] = [line for line in lines if line.startswith(" lr1 ")]

    assert head.index("score") == first.index("WER")
    assert any(line.split() == ["lr22", "unknown"] for line in lines)


def test_the_badge_of_an_experiment_is_its_answer() -> None:
    answer = Answer("model at fault", "Your model drops its input.", "Next: look.", ("detail",))
    lines = render(replace(report(), answer=answer), "text").splitlines()

    assert lines[0] == " MODEL AT FAULT   Your model drops its input."
    assert lines[1].strip() == "Next: look." and lines[-1].startswith(" MODEL AT FAULT ")


def test_a_terminal_without_unicode_gets_a_tree_of_ascii() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    text.show(report(), Console(file=file, force_terminal=True, width=100, color_system=None))
    file.flush()
    assert isinstance(file.buffer, io.BytesIO)

    assert b"`- BBB001" in file.buffer.getvalue()
