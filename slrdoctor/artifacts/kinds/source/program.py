"""One Python source as a syntax tree with positions, read and never run or imported."""

from __future__ import annotations

import ast
import bisect
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from slrdoctor.artifacts.kinds.source.bindings import bindings_in, own_nodes


@dataclass(frozen=True)
class Unparsed:
    """A source without a syntax tree: why, and its text where there is any."""

    where: str
    reason: str
    text: str = field(default="", repr=False)


@dataclass(frozen=True, eq=False)
class Program:
    """A source that was parsed. The code of a notebook is that of its cells, one after another."""

    where: str
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)
    nodes: list[ast.AST] = field(repr=False)  # all of the tree, level by level
    parents: Mapping[ast.AST, ast.AST] = field(repr=False)
    cells: tuple[tuple[int, int], ...] = ()  # (its first line, from 1; number) of each cell

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _own(self) -> dict[ast.AST, list[ast.AST]]:
        return {}

    def own(self, scope: ast.AST) -> list[ast.AST]:
        """All that lies in a function, a loop or the module itself, without what is defined in it."""
        if scope not in self._own:
            self._own[scope] = list(own_nodes(scope))
        return self._own[scope]

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """What names are bound to by imports: {"nn": "torch.nn", "F": "torch.nn.functional"}."""
        bound = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    bound[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    module = "." * node.level + (node.module or "")
                    bound[alias.asname or alias.name] = f"{module}.{alias.name}"
        return bound

    def scope_of(self, node: ast.AST) -> ast.AST:
        """The function or the module that a node lies in."""
        around = self.parents.get(node)
        while around is not None and not isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef)):
            around = self.parents.get(around)
        return around or self.tree

    @cached_property
    def _bound(self) -> dict[ast.AST, dict[str, list[ast.expr]]]:
        return {}

    def bindings(self, scope: ast.AST) -> dict[str, list[ast.expr]]:
        """What every name of a scope is bound to, in the order of the source.

        UNKNOWN stands for a value that no expression gives: a parameter, a loop's item, `+=`. The
        names of attributes are those as written: "self.fc".
        """
        if scope not in self._bound:
            self._bound[scope] = bindings_in(scope, self.own(scope))
        return self._bound[scope]

    @cached_property
    def given(self) -> dict[ast.AST, Any]:
        """What statements bind names to, by scope: filled by those who follow values."""
        return {}

    def place(self, node: ast.AST | int) -> str:
        """Where a node, or a line, stands: "train.py line 12", "a.ipynb cell 3 line 2"."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 0)
        if not self.cells:
            return f"{self.where} line {line}"
        first, number = self._cell(line)
        return f"{self.where} cell {number} line {line - first + 1}"

    def quote(self, *nodes: ast.AST) -> tuple[tuple[str, str], ...]:
        """(place, line) of where each node begins, in order."""
        numbers = sorted({getattr(node, "lineno", 1) for node in nodes})
        return tuple((self.place(number), self.lines[number - 1].strip()) for number in numbers)

    def patch(self, edits: Mapping[int, list[str]]) -> str:
        """A unified diff that puts other lines in the place of each given line, counted from 1."""
        first, last, name = 1, len(self.lines), self.where
        if self.cells:
            first, number = self._cell(min(edits))
            starts = [start for start, _ in self.cells if start > first]
            last = min(starts) - 1 if starts else last
            name = f"{self.where} cell {number}"
        before = self.lines[first - 1 : last]
        after: list[str] = []
        for place, line in enumerate(before, first):
            after += edits.get(place, [line])
        made = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", n=2, lineterm="")
        return "\n".join(made)

    def _cell(self, line: int) -> tuple[int, int]:
        return self.cells[max(bisect.bisect_right(self.cells, (line, 1 << 30)) - 1, 0)]


# sources that show or test a thing, and packages that were copied in: not the program that was run
_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|unit_?tests?|testing|docs?|third_?party|vendor(?:ed)?|external)/"
    r"|(?:^|/)(?:conftest|setup)\.py$"
)
_TESTS = re.compile(r"^\s*(?:import|from)\s+(?:pytest|unittest)\b", re.MULTILINE)


def is_aside(program: Program) -> bool:
    return bool(_ASIDE.search(program.where.lower()) or _TESTS.search(program.text))


@dataclass(frozen=True)
class SourceTrees:
    """The sources that were parsed, those most about training first, and those that were not."""

    programs: tuple[Program, ...]
    unparsed: tuple[Unparsed, ...]

    @property
    def of_the_run(self) -> tuple[Program, ...]:
        """Without tests, documentation and packages that were copied in."""
        return tuple(program for program in self.programs if not is_aside(program))
