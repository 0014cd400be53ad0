"""What one examination found, as plain data: what every telling of it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slrdoctor.core.placeholders import with_path
from slrdoctor.core.ranking import Diagnosis
from slrdoctor.core.registry import REGISTRY
from slrdoctor.core.roles import Role


@dataclass(frozen=True)
class Run:
    """What one training run did. A text is empty where nothing tells."""

    name: str
    score: str  # "WER 100.0% to 0.0%"
    loss: str  # "train 7.97 to 0.0113, dev 2.73 to 0.0129"
    verdict: str  # learned | learned nothing | pretraining | unknown
    sentence: str
    never_moved: str = ""  # said where an error rate never got below what silence scores
    poor: str = ""  # "dev WER 62.0%, ...", where the score is nothing to stop at


@dataclass(frozen=True)
class Answer:
    """What an experiment answers: its badge, a sentence, what to do next, how that was seen."""

    badge: str
    sentence: str
    then: str
    details: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()  # what was compared, with its heads


@dataclass(frozen=True)
class Entry:
    """A check without a finding. `text` is what a passed check saw, else the reason, else the error."""

    code: str
    name: str
    text: str
    enable: str = ""
    trace: str = ""
    partly: bool = False  # passed, and not judged in every run
    missing: str = ""  # the name of the fact that a skipped check lacked


@dataclass(frozen=True, repr=False)
class Record:
    """What one scan found. `run` and `facts` are plain data already."""

    version: str
    run: Mapping[str, Any]
    verdict: str  # broken | suspect | healthy | unknown
    diagnoses: tuple[Diagnosis, ...]
    passed: tuple[Entry, ...]
    not_judged: tuple[Entry, ...]  # the check had its facts and could not judge by them
    skipped: tuple[Entry, ...]  # a fact that the check needs was missing
    ignored: tuple[Entry, ...]
    crashed: tuple[Entry, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()  # what each training run did, where anything tells
    own_model: bool = False  # whether the user's own model was run
    answer: Answer | None = None  # of an experiment
    again: str = ""  # how to judge CODE alone once more, where no folder is left to scan
    readings: tuple[Mapping[str, Any], ...] = ()  # what each file was taken for, as plain data
    unopened: tuple[Mapping[str, Any], ...] = ()  # the files that no reader opened
    undecided: tuple[Role, ...] = ()  # what must be judged before it is healthy, and was not

    @property
    def not_looked_at(self) -> tuple[Entry, ...]:
        """The checks that could not judge, for whatever reason."""
        return (*self.not_judged, *self.skipped)

    def verify(self, d: Diagnosis) -> str:
        """The command that shows whether a finding is fixed: its own, or scanning again for it."""
        if self.again:
            return self.again.replace("CODE", d.check.code)
        again = f"slrdoctor scan RUN_DIR{REGISTRY.option_for(d.check)} --verify {d.check.code}"
        return self.with_path(d.finding.verify or again)

    def with_path(self, text: str) -> str:
        """A command or a snippet with the path of the run in place of RUN_DIR."""
        return with_path(text, str(self.run["path"]))
