"""One finding for one fault, however many runs of a directory show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from slrdoctor.core.ranking import Diagnosis

_NUMBER = re.compile(r"\d[\d.,]*(?:e[+-]?\d+)?%?")


def fold(ranked: Sequence[Diagnosis]) -> list[Diagnosis]:
    """Findings of one check that say the same of several runs become one, which lists the runs.

    They say the same where their messages differ in numbers and in the run's own name only, and
    where the same causes explain them. The first keeps its place; ranks are counted anew.
    """
    groups: dict[tuple[str, str, tuple[str, ...]], list[Diagnosis]] = {}
    for d in ranked:
        groups.setdefault((d.check.code, _pattern(d), d.explained_by), []).append(d)
    return [_folded(place, group) for place, group in enumerate(groups.values(), start=1)]


def _folded(place: int, group: Sequence[Diagnosis]) -> Diagnosis:
    return replace(
        group[0],
        rank=place,
        explains=_codes(code for d in group for code in d.explains),
        likewise=tuple(group[1:]),
    )


def _pattern(d: Diagnosis) -> str:
    """The message without what differs between runs that have the same fault."""
    message = d.finding.message
    for name in sorted((part for part in d.case if part), key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "@", message)
    return _NUMBER.sub("#", message)


def _codes(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))
