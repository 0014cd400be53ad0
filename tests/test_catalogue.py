"""`slrdoctor checks`, `explain`, and the help: what they list, and what a name may be."""

from __future__ import annotations

import json
import re

import pytest

from slrdoctor.core import packs
from slrdoctor.core.lookup import called, nearest
from slrdoctor.core.page import page, sections
from slrdoctor.core.registry import REGISTRY
from tests.programs import command

packs.load_all()
COMMANDS = ("scan", "overfit", "retrain", "simulate", "checks", "explain", "models", "init")


def run(*words: str, code: int = 0) -> str:
    done = command(*words)
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize("word", ["CTC411", "ctc411", "blank-collapse", "blank_collapse", "blank-c"])
def test_a_check_is_called_by_its_code_or_its_name(word: str) -> None:
    assert [check.code for check in called(word, REGISTRY.checks)] == ["CTC411"]


def test_the_beginning_of_a_code_names_all_of_them() -> None:
    codes = [check.code for check in called("CTC40", REGISTRY.checks)]

    assert codes == ["CTC401", "CTC402", "CTC403", "CTC404", "CTC405"]
    assert called("", REGISTRY.checks) == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("CTC406", ": did you mean CTC405?"),
        ("CTC999", ": these are CTC401 to CTC418"),
        ("blank-colapse", ": did you mean blank-collapse?"),
        ("zzz", ": `slrdoctor checks` lists them"),
    ],
)
def test_what_was_meant_is_near_in_number_or_in_spelling(word: str, said: str) -> None:
    assert nearest(word, REGISTRY.checks) == said


def test_explain_takes_names_and_lists_families() -> None:
    assert run("explain", "blank-collapse").startswith("# CTC411: blank-collapse")
    listed = run("explain", "EMB").splitlines()
    assert [line.split()[0] for line in listed] == ["EMB701", "EMB702", "EMB703", "EMB704"]
    assert "did you mean" in run("explain", "blank-colapse", code=2)


def test_checks_are_listed_with_their_names_and_as_json() -> None:
    assert "target-longer-than-input" in run("checks", "--select", "CTC401")
    listed = json.loads(run("checks", "--select", "CTC401,LAB", "--format", "json"))

    assert listed[0]["name"] == "target-longer-than-input" and listed[0]["family"] == "CTC"
    assert {entry["code"][:3] for entry in listed} == {"CTC", "LAB"}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_no_emoji_and_what_is_to_be_typed(command: str) -> None:
    text = run(command, "--help")

    assert not re.search("[\U0001f300-\U0001faff]", text)
    if command in ("scan", "overfit"):
        assert "file.py:factory" in text
    if "--format" in text:
        assert "json" in text


def test_sections_of_a_page_begin_with_capitals_and_have_lists() -> None:
    lower = [
        (code, name)
        for code, check in REGISTRY.checks.items()
        for name, text in sections(check).items()
        if text.split(" ")[0].isalpha() and text[0].islower()
    ]
    assert not lower
    judged = sections(REGISTRY.checks["CTC411"])["Judged by"].splitlines()
    assert len([line for line in judged if line.startswith("- ")]) == 2


def test_a_page_shows_limits_by_what_is_measured_and_roles_in_words() -> None:
    text = page(REGISTRY.checks["CTC401"])

    assert "- Share of such targets: **1%**." in text and "SHARE_TOO_LONG" not in text
    assert "everything that shows that nothing was learned" in text and "EMB701" not in text
    assert "## Looks like\n\n> " in text
