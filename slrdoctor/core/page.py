"""The page of one check, from its docstring, its limits and an example: `explain` and docs/checks/."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from slrdoctor.core.limits import limits
from slrdoctor.core.registry import REGISTRY, Check
from slrdoctor.core.roles import Symptom

SECTIONS = ("Why it matters", "Judged by", "Fix", "References")
_SECTION = re.compile(rf"^({'|'.join(SECTIONS)}):\s*", re.MULTILINE)
_ITEM = re.compile(r"^\s*- ")
MESSAGES = "messages.json"  # in the folder of a pack: by code, what the check says in one of its tests


def sections(check: Check) -> dict[str, str]:
    """The fixed parts of a check's docstring as markdown, by name; what it lacks is not there."""
    pieces = _SECTION.split(check.doc)
    return {name: _markdown(text) for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def page(check: Check) -> str:
    """Markdown, ending without a line end."""
    lines = [f"# {check.code}: {check.name}", "", check.title, ""]
    lines += [f"Severity: **{check.severity.word}**. Confidence: **{check.confidence.word}**.", ""]
    message = example(check)
    if message:
        lines += ["## Looks like", "", f"> {message}", ""]
    for name, text in sections(check).items():
        lines += [f"## {name}", "", text, ""]
    for heading, body in (("Limits", _limits(check)), ("Explains", _explains(check))):
        items = list(body)
        lines += [f"## {heading}", "", *items, ""] if items else []
    needs = ", ".join(f"`{n.fact.__name__}`{' (if there)' if n.optional else ''}" for n in check.needs)
    lines += ["## Facts it judges", "", needs]
    return "\n".join(lines)


def example(check: Check) -> str:
    """What the check says of a run that has the fault, from one of its tests; "" where none is kept."""
    file = sys.modules[check.judge.__module__].__file__
    for folder in Path(file).parents if file else ():
        if (folder / MESSAGES).is_file():
            return _messages(folder / MESSAGES).get(check.code, "")
    return ""


@cache
def _messages(path: Path) -> dict[str, str]:
    entries: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return {code: entry["message"] for code, entry in entries.items()}


def _limits(check: Check) -> Iterator[str]:
    for limit in limits(check):
        yield f"- {_capital(limit.name)}: **{limit.value}**. {_capital(limit.source.rstrip('.'))}."


def _explains(check: Check) -> Iterator[str]:
    """Codes by name, and roles in words: fourteen codes that are always the same say less."""
    if check.explains:
        yield from ("Where both are found, this is the cause and those are its symptoms:", "")
    for one in check.explains:
        if isinstance(one, Symptom):
            yield f"- everything that shows that {one.value}"
        else:
            yield f"- {one} {REGISTRY.checks[one].name}" if one in REGISTRY.checks else f"- {one}"


def _markdown(text: str) -> str:
    """Paragraphs and lists of a docstring, each paragraph and each item on one line."""
    blocks: list[str] = []
    continues = False
    for line in text.strip().splitlines():
        if not line.strip():
            continues = False
        elif _ITEM.match(line):
            blocks.append(f"- {_capital(_ITEM.sub('', line).strip())}")
            continues = True
        elif continues:
            blocks[-1] += f" {line.strip()}"
        else:
            blocks.append(_capital(line.strip()))
            continues = True
    lines: list[str] = []
    for block in blocks:
        # items stand together, paragraphs by themselves
        if lines and not (block.startswith("- ") and lines[-1].startswith("- ")):
            lines.append("")
        lines.append(block)
    return "\n".join(lines)


def _capital(text: str) -> str:
    """A sentence begins with a capital; code and names such as `zero_infinity` stay as they are."""
    word = text.split(" ")[0].rstrip(",:;")
    return text[:1].upper() + text[1:] if word.replace("-", "").isalpha() else text
