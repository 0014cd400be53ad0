"""What every check owes its reader."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from slrdoctor.core import packs
from slrdoctor.core.catalogue import FAMILIES
from slrdoctor.core.finding import Threshold
from slrdoctor.core.limits import thresholds
from slrdoctor.core.page import SECTIONS, page, sections
from slrdoctor.core.registry import REGISTRY, Check
from slrdoctor.core.roles import Role

packs.load_all()
ROOT = Path(__file__).resolve().parents[1]
OURS = sorted((c for c in REGISTRY.checks.values() if c.pack == "builtin"), key=lambda c: c.code)
EVERY = pytest.mark.parametrize("check", OURS, ids=[c.code for c in OURS])
TESTS = "\n".join(
    p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests" / "checks").rglob("test_*.py"))
)


def file_of(check: Check) -> Path:
    return Path(str(sys.modules[check.judge.__module__].__file__))


@EVERY
def test_states_its_fault_in_one_sentence(check: Check) -> None:
    assert re.fullmatch(r"[A-Z0-9`].*\.", check.title), check.title
    assert len(check.title) <= 100


@EVERY
def test_has_every_part_of_a_page(check: Check) -> None:
    assert tuple(sections(check)) == SECTIONS
    assert all(len(text) > 20 for name, text in sections(check).items() if name != "References")
    assert page(check).startswith(f"# {check.code}: {check.name}")


@EVERY
def test_says_where_its_limits_come_from(check: Check) -> None:
    for name, limit in thresholds(check).items():
        assert len(limit.source.strip()) > 10, name


@EVERY
def test_judges_by_no_number_without_a_source(check: Check) -> None:
    """Limits are thresholds: a comparison with a bare number other than 0, 1 or 2 has none."""
    tree = ast.parse(file_of(check).read_text(encoding="utf-8"))
    bare = [
        node.value
        for compare in ast.walk(tree)
        if isinstance(compare, ast.Compare)
        for node in (compare.left, *compare.comparators)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and abs(node.value) not in (0, 1, 2)
    ]
    assert not bare


@EVERY
def test_is_one_file_of_its_own_named_by_its_fault(check: Check) -> None:
    """Of at most 100 lines besides its page, which is its docstring."""
    lines = file_of(check).read_text(encoding="utf-8").splitlines()

    assert file_of(check).stem == check.name.replace("-", "_")
    assert len(lines) - len(check.doc.splitlines()) <= 100


@EVERY
def test_explains_real_checks_and_not_itself(check: Check) -> None:
    codes = {what for what in check.explains if isinstance(what, str)}
    assert codes <= set(REGISTRY.checks) - {check.code}


@EVERY
def test_is_named_in_a_test_that_fires_and_one_that_is_quiet(check: Check) -> None:
    named = [
        line
        for line in TESTS.splitlines()
        if line.startswith("def test_") and check.code.lower() in line.lower()
    ]
    assert any("fires" in line for line in named), f"no test says that {check.code} fires"
    assert any("quiet" in line for line in named), f"no test says that {check.code} is quiet"


def test_the_explains_graph_has_no_circle() -> None:
    done: set[str] = set()

    def visit(code: str, above: tuple[str, ...]) -> None:
        assert code not in above, " -> ".join((*above, code))
        if code not in done:
            for below in REGISTRY.explained(REGISTRY.checks[code]):
                visit(below, (*above, code))
            done.add(code)

    for check in OURS:
        visit(check.code, ())


def test_no_limit_lies_beside_checks_without_a_source() -> None:
    for check in OURS:
        for value in vars(sys.modules[check.judge.__module__]).values():
            assert not isinstance(value, Threshold) or value.source


@EVERY
def test_belongs_to_a_family_that_has_a_title(check: Check) -> None:
    assert check.family in FAMILIES


def test_data_labels_and_an_outcome_are_each_judged_by_some_check() -> None:
    assert {check.counts for check in OURS} >= set(Role)
