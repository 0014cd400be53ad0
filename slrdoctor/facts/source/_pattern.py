"""What all patterns in sources give: places that are faults, and places that are right."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.source.program import Program


@dataclass(frozen=True)
class SourceFault:
    """A fault at a place: what it is in words, the lines as they stand there, and a patch."""

    where: str  # "train.py line 41"
    what: str
    quoted: tuple[tuple[str, str], ...]  # (place, line)
    patch: str  # a unified diff


@dataclass(frozen=True)
class Pattern:
    """The places where a pattern could be, by what was seen there."""

    faults: tuple[SourceFault, ...]
    sound: tuple[str, ...]  # where it is as it should be
    read_from: str

    @property
    def quoted(self) -> tuple[tuple[str, str], ...]:
        """(place, line) of all faults."""
        return tuple(quote for fault in self.faults for quote in fault.quoted)

    @property
    def sentence(self) -> str:
        more = f" and {len(self.sound) - 1} more" if len(self.sound) > 1 else ""
        return f"{self.sound[0]}{more}" if self.sound else "nothing of the kind in the sources"


def fault(
    program: Program, nodes: list[ast.AST], what: str, edits: Mapping[int, list[str]]
) -> SourceFault:
    """A fault at the first of the nodes; all of them are quoted."""
    return SourceFault(program.place(nodes[0]), what, program.quote(*nodes), program.patch(edits))


def indent_of(program: Program, line: int) -> str:
    text = program.lines[line - 1]
    return text[: len(text) - len(text.lstrip())]
