"""For tests of checks: judge hand-made facts with one check."""

from __future__ import annotations

from pathlib import Path

from slrdoctor.core import packs
from slrdoctor.core.engine import Abstained, Facts, Judged, Outcome, judge
from slrdoctor.core.finding import Finding
from slrdoctor.core.registry import REGISTRY, Registry


def load(folder: str | Path) -> None:
    """Load a pack of the user's own; fails where a file of it cannot be imported."""
    broken = packs.load_all([Path(folder)])
    assert not broken, broken


def outcome(code: str, *facts: object) -> Outcome:
    """What a check makes of these facts and no others: nothing is measured.

    Raises LookupError for a code that no check has; `load` knows those of your own packs.
    """
    packs.load_all()
    if code not in REGISTRY.checks:
        raise LookupError(
            f"no check is called {code}: load your pack with slrdoctor.testing.load(folder)"
        )
    return judge(REGISTRY.checks[code], Facts(Registry(), facts))


def findings(code: str, *facts: object) -> tuple[Finding, ...]:
    """The findings of a check on hand-made facts; none where it abstains, as `not_judged` shows.

    Fails where the check lacked a fact or crashed.
    """
    judged = outcome(code, *facts)
    assert isinstance(judged, (Judged, Abstained)), judged
    return judged.findings if isinstance(judged, Judged) else ()


def not_judged(code: str, *facts: object) -> Abstained:
    """Why a check abstains on hand-made facts; fails where it judged, or lacked a fact."""
    abstained = outcome(code, *facts)
    assert isinstance(abstained, Abstained), abstained
    return abstained


def fine(code: str, *facts: object) -> str:
    """What a check says it saw; fails where it found something or did not judge."""
    judged = outcome(code, *facts)
    assert isinstance(judged, Judged) and not judged.findings, judged
    return judged.fine
