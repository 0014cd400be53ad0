"""What a check says: findings, their evidence, their fixes, and where a limit comes from."""

from __future__ import annotations

import enum
import math
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


def chosen(value: float, why: str, same: tuple[float, float] | None = None, runs: int = 0) -> Threshold:
    """A limit that is a choice: why it was made, and how far it could be moved.

    `same` are the values between which none of the `runs` simulated runs that the check judges is
    judged otherwise (docs/limits.md); None where that was not measured. The nearest values that
    were tried are a tenth below and a tenth above.
    """
    if same is None:
        return Threshold(value, f"A choice: {why}. It was not varied on the simulated runs.")
    low, high = same
    below, above = f"{0.9 * value:g}", f"{1.1 * value:g}"
    edges = [*([below] if low == value else []), *([above] if high == value else [])]
    if low == high:
        how_far = f"At {' or '.join(edges)} some of {runs} simulated runs are judged otherwise"
    else:
        how_far = f"From {low:g} to {high:g} none of {runs} simulated runs is judged otherwise"
        how_far += f"; at {edges[0]} some are" if edges else ""
    return Threshold(value, f"A choice: {why}. {how_far}.")


def shown(value: float | int | str, unit: str = "") -> str:
    """58,950 and not 5.895e+04; a share as a percentage."""
    if isinstance(value, str):
        return value
    if unit == "share":
        return f"{shown(100.0 * value)}%"
    if isinstance(value, float) and not abs(value) >= 1_000:
        return f"{value:.4g}"
    if not math.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if isinstance(value, float) else f"{value:,}"


@dataclass(frozen=True)
class Evidence:
    """One measured value, the artifact it was read from, and the limit it broke.

    The unit "share" is shown as a percentage.
    """

    what: str
    value: float | int | str
    read_from: str
    unit: str = ""
    limit: Threshold | None = None

    @property
    def shown(self) -> str:
        """The value as a person reads it, with its unit."""
        value = shown(self.value, self.unit)
        return value if self.unit in ("", "share") else f"{value} {self.unit}"


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

    `message` is one sentence with the numbers. `samples` are the ids that it is about,
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

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"a finding needs evidence: {self.message!r} has none")

    @property
    def share(self) -> float:
        """The share of samples affected; 1 where the finding is about the whole run."""
        return self.affected / self.total if self.affected is not None and self.total else 1.0
