"""What the doctor says is plain English: no pattern of words that a reader stumbles over.

The strings of checks and facts are read from their syntax trees, f-strings with their values left
out. A family of checks joins by its name in SCOPE.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCOPE = (
    *(f"checks/{p.name}" for p in sorted((ROOT / "checks").iterdir()) if p.is_dir()),
    *(f"slrdoctor/facts/{p.name}" for p in sorted((ROOT / "slrdoctor/facts").iterdir()) if p.is_dir()),
    "slrdoctor/artifacts",
    "slrdoctor/cli",
    "slrdoctor/core",
    "slrdoctor/examination",
    "slrdoctor/models",
    "slrdoctor/probes",
    "slrdoctor/render",
    "slrdoctor/retraining",
    "slrdoctor/simulation",
)
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "limits.md"),
]
VALUE = "\N{REPLACEMENT CHARACTER}"  # stands for a value in an f-string
UNITS = "token|sample|gloss|clip|label|batch|frame|epoch|file|row|word|class|step|parameter"
REFUSED = {
    r"(?<!here )\b(?:is|are) no (?!longer\b)": "is not a",  # but "there is no checkpoint"
    r"(?<!here )\b(?:is|are) none\b": "there is no, or is not",
    r"\btold\b": "unknown, distinguished, said",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\bby heart\b": "memorise",
    r"\(s\)": "a singular or a plural, as the number is",
    rf"(?:\d|{VALUE}|nats|loss|frames|tokens|mean) an? (?:{UNITS})\b(?! of)": "per",
    rf"(?:\d|{VALUE})\. (?=[a-z])": "an ordinal: 8th",
    r"(?<![\w./-])(?:wer|cer|bleu)(?![\w./:(=\[])": "WER",
    r"(?<=\d)e\+\d": "58,950",
    r"\bnot known\b": "unknown",
    r"\brule of thumb\b": "a choice, a measurement or a paper",
    r"\bwhat was judged\b": "the name of what was measured",
    r"\blimits\.py\b": "what it says",
    r"\bthe floor\b": "what a model reaches without its input",
    r"\binput-blind floor\b": "what a model reaches without its input",
    r"\bapart from the others\b": "separately",
    r"\bheld? against\b": "compared with",
    r"\btrain anew\b": "retrain",
    r"\b1 of \d+ [\w ]+? (?:have|are|get|need|contain|do|differ|change|occur)\b": "a singular verb",
    r"\b(?P<all>\d+) of (?P=all)\b": "all 50, or the only one",
    r"\blast 100%|\b100% of (?:the )?\d": "the whole, or all",
    r"\b(?:are|end in|with) equal\b(?! to| length| size| weight)": "identical, of arrays and frames",
    r"\bwithout regard to\b": "ignoring",
    r"\bright way round\b": "in the right order, or divided by what",
    r"\bguessing: ": "chance, or always answering the same",
}
TWO_COLONS = r": [^:;.]*?: (?!\d)"  # a sentence of a message has one at most
CODE = ("how",)  # arguments that are code, not English


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a file that a person may read, with its line; values of f-strings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            skipped |= {id(part) for part in _code(node)}
        elif isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and not _is_page(node):
            skipped |= {id(stated.value) for stated in node.body if isinstance(stated, ast.Expr)}
        elif isinstance(node, ast.Subscript):
            skipped.add(id(node.slice))
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            yield node.lineno, "".join(_text(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_prose(node.value):
            yield node.lineno, node.value


def _is_prose(text: str) -> bool:
    """Whether a string is neither one word nor a pattern nor a table of words."""
    return " " in text and "(?P<" not in text and not re.fullmatch(r"\n[a-z0-9_\s]+", text)


def _text(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else VALUE


def _code(call: ast.Call) -> Iterator[ast.AST]:
    """The arguments of a call that hold code or patterns."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    parts: list[ast.expr] = [k.value for k in call.keywords if k.arg in CODE]
    if name == "Fix":
        parts += call.args[1:2]
    elif name in ("compile", "search", "match", "fullmatch", "findall", "sub", "finditer"):
        parts += call.args[:2]
    for part in parts:
        yield from ast.walk(part)


def _is_page(node: ast.AST) -> bool:
    """Whether a docstring is a page of `explain`: that of a function that is a check."""
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(d, ast.Call) and getattr(d.func, "id", "") == "check" for d in node.decorator_list
    )


def faults(text: str) -> list[str]:
    return [
        f"{found[0]!r} ({better})"
        for pattern, better in REFUSED.items()
        for found in re.finditer(pattern, text)
    ]


@pytest.mark.parametrize("folder", SCOPE)
def test_what_is_said_has_none_of_the_awkward_patterns(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {fault} in {' '.join(text.split())[:90]!r}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, text in strings(path)
        for fault in faults(text)
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_prose_of_a_page_has_none_of_them_either(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```|`[^`]*`|^ {4}.*?$|^\|.*?$", "", text, flags=re.DOTALL | re.MULTILINE)

    assert not faults(" ".join(prose.split()))


def test_no_message_of_a_check_has_any_of_them() -> None:
    messages = json.loads((ROOT / "checks" / "messages.json").read_text(encoding="utf-8"))

    wrong = {code: found for code, entry in messages.items() if (found := faults(entry["message"]))}
    assert not wrong
    assert re.search(TWO_COLONS, "best.pt: the head was never updated: head.weight")
    assert not [code for code, one in messages.items() if re.search(TWO_COLONS, one["message"])]


COMMANDS = r"(?:slrdoctor|pip|git|tail|sclite|ffmpeg|ffprobe|find|chmod|rm) |\["


def snippets(path: Path) -> Iterator[tuple[int, str]]:
    """The code of the fixes of a file, with 1 for every value."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fix":
            for code in [*node.args[1:2], *(k.value for k in node.keywords if k.arg == "how")]:
                if isinstance(code, ast.JoinedStr):
                    yield code.lineno, "".join(_text(part) for part in code.values).replace(VALUE, "1")
                elif isinstance(code, ast.Constant):
                    yield code.lineno, str(code.value)


@pytest.mark.parametrize("family", sorted(p.name for p in (ROOT / "checks").iterdir() if p.is_dir()))
def test_the_code_of_every_fix_is_python_or_a_command(family: str) -> None:
    for path in sorted((ROOT / "checks" / family).rglob("*.py")):
        for line, code in snippets(path):
            if not re.match(COMMANDS, code) and not re.fullmatch(r"\w+: \w+", code):  # or yaml
                try:
                    ast.parse(code)
                except SyntaxError as error:
                    pytest.fail(f"{path.name}:{line}: {code!r}: {error}")


@pytest.mark.parametrize(
    "text",
    [
        "x is no folder",
        "optimizer not told",
        "which no change of loss mends",
        "learned by heart",
        "2 split(s)",
        "4.2 nats a token",
        f"{VALUE} clips of {VALUE} a label",
        f"every {VALUE}. frame",
        "best dev wer",
        "5.895e+04 parameters",
        "the blank is not known",
        "rule of thumb, docs/limits.py",
        "1 of 10 clips have 226 values per frame",
        "1 of 2 dev signers are in train",
        "18 of 18 sequences",
        "0 in the last 100% of the run",
        "100% of the 64 units",
        "c0 and c1 are equal",
        "25.0% without regard to case",
        "accuracy 2.2% (guessing: 1.0%)",
    ],
)
def test_the_patterns_are_found(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "it is no longer below",
        "4.2 nats per token",
        "a mean per sample",
        "jiwer.wer(r, h)",
        "8th",
        "1 of 10 clips has 226 values per frame",
        "9 of 10 clips have 225 values per frame",
        "1 of 10 clips is empty: 1 without frames",
    ],
)
def test_plain_english_passes(text: str) -> None:
    assert not faults(text)


def test_only_what_a_person_reads_is_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text(
        '"""A module is no page."""\n'
        "FIX = Fix('Mend it now.', 'wer is no code')\n"
        "@check('X')\ndef judge():\n    '''It is no good.'''\n    f'{a} is no b'\n",
        encoding="utf-8",
    )

    assert [text for _, text in strings(file)] == ["Mend it now.", "It is no good.", f"{VALUE} is no b"]
