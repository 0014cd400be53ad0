"""The programs of a run as syntax trees, with what their names stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from slrdoctor.artifacts.kinds.source.evaluate import Values
from slrdoctor.artifacts.kinds.source.names import Folder
from slrdoctor.artifacts.kinds.source.program import Program, Unparsed
from slrdoctor.artifacts.kinds.source.trees import source_trees
from slrdoctor.artifacts.run import Sources
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.words.grammar import counted

ENABLE = "scan the folder that holds the training code too"


@dataclass(frozen=True, eq=False)
class SourcePrograms:
    """The folder's programs; tests, documentation and copied packages are set aside."""

    programs: tuple[Program, ...]
    unparsed: tuple[Unparsed, ...]
    read_from: str

    @cached_property
    def folder(self) -> Folder:
        return Folder(self.programs)

    @cached_property
    def values(self) -> Values:
        return Values(self.folder)

    def may_hide(self, words: str) -> bool:
        """Whether a source that has no syntax tree holds one of these, or may: its text was not read."""
        return any(
            not one.text or re.search(words, one.text)
            for one in self.unparsed
            if "installed package" not in one.reason
        )

    @property
    def sentence(self) -> str:
        skipped = f"; {counted(len(self.unparsed), 'source')} not parsed" if self.unparsed else ""
        return f"{counted(len(self.programs), 'Python source')} parsed{skipped}"


@measure
def source_programs(sources: Sources) -> SourcePrograms:
    """Nothing is imported or run: the text is parsed."""
    trees = source_trees(sources.files) if sources.trees is None else sources.trees
    programs = trees.of_the_run
    if not programs:
        reason = trees.unparsed[0] if trees.unparsed else None
        why = f" ({reason.where}: {reason.reason})" if reason is not None else ""
        raise Unavailable(f"no Python source of the run could be read{why}", ENABLE)
    names = ", ".join(program.where for program in programs[:3])
    more = f" and {len(programs) - 3} more" if len(programs) > 3 else ""
    return SourcePrograms(programs, trees.unparsed, names + more)
