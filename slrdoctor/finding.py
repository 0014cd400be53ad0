"""What a check says: findings, their evidence, their fixes, and where a limit comes from."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.IntEnum):
    """What the finding costs if it is true."""

    NOTE = 0  # worth knowing
    DEGRADES = 1  # the model learns, but worse than it could
    MISLEADS = 2  # the model may be fine; the numbers about it are not
    BLOCKS = 3  # the model cannot learn

    @property
    def word(self) -> str:
        return self.name.lower()


class Confidence(enum.IntEnum):
    """How sure a check is when it fires."""

    POSSIBLE = 0  # a pattern that often means this
    LIKELY = 1  # measured, against a sourced limit
    CERTAIN = 2  # arithmetic: no healthy run can look like this

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Threshold:
    """A number that a check judges by, and where that number comes from."""

    value: float
    source: str


@dataclass(frozen=True)
class Evidence:
    """One measured value, the artifact it was read from, and the limit it broke."""

    what: str
    value: float | int | str
    read_from: str
    unit: str = ""
    limit: Threshold | None = None


@dataclass(frozen=True)
class Fix:
    """One thing to do about a finding.

    `do` is one imperative sentence; `how` a snippet, a config line or a command;
    `safe` is false where doing it can lose data or change what the scores mean.
    """

    do: str
    how: str = ""
    safe: bool = True


@dataclass(frozen=True)
class Finding:
    """One thing wrong with the run.

    `message` is one sentence with the numbers. `samples` are the first few ids,
    `affected` of `total` is how many there are. `verify` is the command that shows
    that the fix worked; empty means scanning again.
    """

    message: str
    evidence: tuple[Evidence, ...]
    fixes: tuple[Fix, ...]
    samples: tuple[str, ...] = ()
    affected: int | None = None
    total: int | None = None
    verify: str = ""

    @property
    def share(self) -> float:
        """The share of samples affected; 1 where the finding is about the whole run."""
        return self.affected / self.total if self.affected is not None and self.total else 1.0
