"""For tests of checks: judge hand-made facts with one check."""

from __future__ import annotations

from slrdoctor.core import packs
from slrdoctor.core.engine import Facts, Judged, Outcome, judge
from slrdoctor.core.finding import Finding
from slrdoctor.core.registry import REGISTRY, Registry


def outcome(code: str, *facts: object) -> Outcome:
    """What a check makes of these facts and no others: nothing is measured."""
    packs.load_all()
    return judge(REGISTRY.checks[code], Facts(Registry(), facts))


def findings(code: str, *facts: object) -> tuple[Finding, ...]:
    """The findings of a check on hand-made facts; fails where the check did not judge."""
    judged = outcome(code, *facts)
    assert isinstance(judged, Judged), judged
    return judged.findings
