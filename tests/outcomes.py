"""A plugin: a test called `test_ctc401_fires...` must see CTC401 fire, and `..._quiet` must see it pass.

What checks came to is kept by test function, over all its parameters and all processes of pytest-xdist,
and held against the names at the end. A test that asserts nothing cannot satisfy its name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from slrdoctor.core import engine
from slrdoctor.core.engine import Abstained, Facts, Judged, Outcome
from slrdoctor.core.registry import Check

KEY = "slrdoctor_outcomes"
FIRED, QUIET = "fires", "quiet"
_judge = engine.judge
_now: list[Outcome] = []  # of the test that runs
_seen: defaultdict[str, set[str]] = defaultdict(set)  # function -> "CTC401 fires", "CTC401 quiet"
_unfinished: set[str] = set()  # functions of which a case was left out, skipped or failed
_broken: list[str] = []  # names that do not hold


def _recorded(check: Check, facts: Facts) -> Outcome:
    outcome = _judge(check, facts)
    _now.append(outcome)
    return outcome


# before anything imports it by its name
vars(engine)["judge"] = _recorded


def _function(nodeid: str) -> str:
    return nodeid.partition("[")[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _now.clear()
    result = yield
    seen = _seen[_function(item.nodeid)]
    for outcome in _now:
        if isinstance(outcome, Judged) and outcome.findings:
            seen.add(f"{outcome.check.code} {FIRED}")
        elif isinstance(outcome, (Judged, Abstained)):
            seen.add(f"{outcome.check.code} {QUIET}")
    return result


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if not report.passed:
        _unfinished.add(_function(report.nodeid))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    _unfinished.update(_function(item.nodeid) for item in items)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What a process of pytest-xdist saw."""
    output = getattr(node, "workeroutput", {}).get(KEY, {})
    for function, seen in output.get("seen", {}).items():
        _seen[function] |= set(seen)
    _unfinished.update(output.get("unfinished", ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        seen = {function: sorted(found) for function, found in _seen.items()}
        output[KEY] = {"seen": seen, "unfinished": sorted(_unfinished)}
        return
    if session.config.getoption("maxfail") and session.testsfailed:
        return
    _broken.extend(_that_do_not_hold())
    if _broken and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _that_do_not_hold() -> Iterator[str]:
    for function in sorted(set(_seen) - _unfinished):
        name = function.rpartition("::")[2]
        codes = {code.upper() for code in re.findall(r"(?<![a-z0-9])[a-z]{3}\d{3}(?=_)", name)}
        for what in (FIRED, QUIET):
            named = codes and re.search(rf"_{what}(_|$)", name)
            if named and not {f"{code} {what}" for code in codes} & _seen[function]:
                yield f"{function}: {' or '.join(sorted(codes))} was not seen to be what {what!r} says"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in _broken:
        terminalreporter.write_line(f"NAME DOES NOT HOLD {line}", red=True)
