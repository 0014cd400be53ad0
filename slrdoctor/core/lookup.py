"""Checks by what a user calls them: a code, the beginning of one, or a name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from slrdoctor.core.registry import Check

_CODE = re.compile(r"([A-Z]+)([0-9]*)")


def called(word: str, checks: Mapping[str, Check]) -> list[Check]:
    """The check of that code or name; else those whose code, or whose name, begins with it."""
    code, name = word.strip().upper(), word.strip().lower().replace("_", "-")
    ordered = [check for _, check in sorted(checks.items())] if code else []
    exact = [check for check in ordered if code == check.code or name == check.name]
    by_code = [check for check in ordered if check.code.startswith(code)]
    return exact or by_code or [check for check in ordered if check.name.startswith(name)]


def nearest(word: str, checks: Mapping[str, Check]) -> str:
    """What was meant where nothing is called so: ": did you mean CTC411?", or where to look."""
    code = _CODE.fullmatch(word.strip().upper())
    family = [one for one in sorted(checks) if code and re.fullmatch(rf"{code[1]}[0-9]+", one)]
    if code and code[2] and family:
        wanted = int(code[2])
        distances = {one: abs(int(one.removeprefix(code[1])) - wanted) for one in family}
        near = min(family, key=distances.__getitem__)
        if distances[near] < 10:
            return f": did you mean {near}?"
        return f": these are {family[0]} to {family[-1]}"
    names = {check.name: check.code for check in checks.values()} | {one: one for one in checks}
    close = difflib.get_close_matches(word.strip().lower().replace("_", "-"), list(names), 1, 0.6)
    close = close or difflib.get_close_matches(word.strip().upper(), list(checks), 1, 0.6)
    return f": did you mean {close[0]}?" if close else ": `slrdoctor checks` lists them"
