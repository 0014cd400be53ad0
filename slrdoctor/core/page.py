"""The page of one check, from its docstring and its limits: `explain` and docs/checks/."""

from __future__ import annotations

import re
import sys

from slrdoctor.core.finding import Threshold
from slrdoctor.core.registry import REGISTRY, Check

SECTIONS = ("Why it matters", "Judged by", "Fix", "References")
_SECTION = re.compile(rf"^({'|'.join(SECTIONS)}):\s*", re.MULTILINE)


def sections(check: Check) -> dict[str, str]:
    """The fixed parts of a check's docstring, by name; what a docstring lacks is not there."""
    pieces = _SECTION.split(check.doc)
    return {name: " ".join(text.split()) for name, text in zip(pieces[1::2], pieces[2::2])}


def thresholds(check: Check) -> dict[str, Threshold]:
    """The limits beside a check, by name: those of its file that its judge uses."""
    module = sys.modules[check.judge.__module__]
    found = {name: value for name, value in vars(module).items() if isinstance(value, Threshold)}
    used = _names(check.judge.__code__) | {
        inner
        for name in check.judge.__code__.co_names
        if hasattr(vars(module).get(name), "__code__")
        for inner in _names(vars(module)[name].__code__)
    }
    return {name: value for name, value in sorted(found.items()) if name in used} or dict(
        sorted(found.items())
    )


def _names(code: object) -> set[str]:
    names = set(getattr(code, "co_names", ()))
    for constant in getattr(code, "co_consts", ()):
        if hasattr(constant, "co_names"):
            names |= _names(constant)
    return names


def page(check: Check) -> str:
    """Markdown, ending without a line end."""
    lines = [f"# {check.code}: {check.name}", "", check.title, ""]
    lines += [f"Severity: **{check.severity.word}**. Confidence: **{check.confidence.word}**.", ""]
    for name, text in sections(check).items():
        lines += [f"## {name}", "", text, ""]
    limits = thresholds(check)
    if limits:
        lines += ["## Limits", ""]
        lines += [f"- `{name}` = {limit.value:g}: {limit.source}" for name, limit in limits.items()]
        lines.append("")
    explained = REGISTRY.explained(check)
    if explained:
        lines += [
            "## Explains",
            "",
            "Where both are found, this is the cause and those are its symptoms:",
            "",
        ]
        lines += [f"- {_named(code)}" for code in explained]
        lines.append("")
    needs = ", ".join(f"`{n.fact.__name__}`{' (if there)' if n.optional else ''}" for n in check.needs)
    lines += ["## Facts it judges", "", needs]
    return "\n".join(lines)


def _named(code: str) -> str:
    return f"{code} {REGISTRY.checks[code].name}" if code in REGISTRY.checks else code
