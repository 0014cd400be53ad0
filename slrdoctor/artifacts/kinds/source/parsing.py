"""Parse Python sources and the cells of notebooks, or say why they cannot be parsed."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.formats.notebook import cells, python_of
from slrdoctor.artifacts.kinds.source.bindings import children
from slrdoctor.artifacts.kinds.source.program import Program, Unparsed
from slrdoctor.artifacts.run import SourceFile

LARGEST = 1_000_000  # bytes of a source: anything longer was not written by hand
MOST_TOKENS = 200_000  # of commas and brackets in a source: more is a table of values
DEEPEST = 250  # levels of a syntax tree; what people write stays far below


def read_program(file: SourceFile) -> Program | Unparsed:
    """Parse a source file or the cells of a notebook; what cannot be parsed says why."""
    if file.kind == "notebook":
        return _of_notebook(file)
    try:
        size = file.path.stat().st_size
        if size > LARGEST:
            return Unparsed(file.where, f"not read: {size:,} bytes are more than a person writes")
        data = file.path.read_bytes()
    except OSError as error:
        return Unparsed(file.where, f"not read: {error.strerror or error}")
    if b"\x00" in data:
        return Unparsed(file.where, "not parsed: it holds null bytes", _replaced(data))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return Unparsed(
            file.where, "not parsed: it is not in the encoding that it says", _replaced(data)
        )
    return parse(file.where, text)


def parse(where: str, text: str, numbered: tuple[tuple[int, int], ...] = ()) -> Program | Unparsed:
    """The syntax tree of a text, or why it has none."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    if text.count(",") + text.count("[") + text.count("(") > MOST_TOKENS:
        return Unparsed(where, "not parsed: it is a table of values")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's odd escapes are not our output
            tree = ast.parse(text)
    except SyntaxError as error:
        return Unparsed(where, f"not parsed: line {error.lineno or 1} is not Python 3", text)
    except (ValueError, RecursionError, MemoryError):
        return Unparsed(where, "not parsed: it is nested too deeply", text)
    nodes: list[ast.AST] = [tree]
    parents: dict[ast.AST, ast.AST] = {}
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        below: list[ast.AST] = []
        for node in level:
            for child in children(node):
                parents[child] = node
                below.append(child)
        nodes += below
        level = below
        if not level:
            return Program(where, text, tree, nodes, parents, numbered)
    return Unparsed(where, "not parsed: it is nested too deeply", text)


def _of_notebook(file: SourceFile) -> Program | Unparsed:
    try:
        found = cells(file.path)
    except Unreadable as error:
        return Unparsed(file.where, f"not read: {error}")
    lines: list[str] = []
    numbered = []
    for cell in found:
        code = python_of(cell)
        if code and isinstance(parse(file.where, code), Program):
            numbered.append((len(lines) + 1, cell.number))
            lines += code.replace("\r\n", "\n").split("\n")
    if not numbered:
        return Unparsed(file.where, "not parsed: no cell of it is Python 3", _all_code(file))
    return parse(file.where, "\n".join(lines), tuple(numbered))


def _all_code(file: SourceFile) -> str:
    return "\n".join(python_of(cell) for cell in cells(file.path))


def _replaced(data: bytes) -> str:
    return data.decode("utf-8-sig", errors="replace")
