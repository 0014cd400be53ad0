"""Hold each phase of the phased recipe against its targets.

The targets come from the data: from 1 - L/T, the blank share of a model that gives each gloss
one frame, from the input-blind floor and the best constant answer, and from the phase before.
A fixed blank percentage says nothing: 96% is perfect at T = 250 and L = 10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slrdoctor.retraining.anchors import Anchors
from slrdoctor.retraining.recipe import PHASES

Row = Mapping[str, Any]

LEFT_FLOOR = 0.9  # of the floor: a dev loss under it has used its input (as TRN502 has it)
EXPLORED, CONSOLIDATED, TUNED = 0.5, 0.8, 0.9  # shares of glosses printed, of reference length decoded
TOO_LONG = 1.2  # decoded over reference length
HALF = 0.5  # of the best constant answer's WER
SLACK = 0.02  # WER and loss that may be lost in fine-tuning, of the phase before


@dataclass(frozen=True)
class Target:
    """What a phase is to reach, and what it reached in its last epoch."""

    phase: str
    what: str
    value: float
    limit: float
    below: bool  # the value is to be at most the limit, else at least
    why: str

    @property
    def held(self) -> bool:
        return self.value <= self.limit if self.below else self.value >= self.limit


def targets(history: Sequence[Row], anchors: Anchors, glosses: int) -> list[Target]:
    """Every target of every phase that has an epoch. `glosses` occur in dev's references."""
    last = {row["phase"]: row for row in history if "phase" in row}
    found: list[Target] = []
    for name, _ in PHASES:
        if name in last:
            before = last.get("consolidation")
            found += _OF[name](name, last[name], before, anchors, glosses)
    return found


def _warmup(name: str, row: Row, before: Row | None, anchors: Anchors, glosses: int) -> Iterator[Target]:
    yield Target(
        name, "dev loss", row["dev_loss"], (anchors.start + anchors.floor) / 2, True,
        f"half way from the start, {anchors.start:.2f}, to the loss without the input, "
        f"{anchors.floor:.2f}",
    )  # fmt: skip


def _exploration(
    name: str, row: Row, before: Row | None, anchors: Anchors, glosses: int
) -> Iterator[Target]:
    yield Target(
        name, "dev loss", row["dev_loss"], LEFT_FLOOR * anchors.floor, True,
        f"{LEFT_FLOOR} of the loss without the input, {anchors.floor:.2f}",
    )  # fmt: skip
    yield _blanks(name, row, anchors, EXPLORED)
    yield _distinct(name, row, glosses, EXPLORED)
    yield Target(name, "dev WER", row["dev_wer"], anchors.blind, True, "the best constant answer")


def _consolidation(
    name: str, row: Row, before: Row | None, anchors: Anchors, glosses: int
) -> Iterator[Target]:
    yield _blanks(name, row, anchors, CONSOLIDATED)
    yield _distinct(name, row, glosses, CONSOLIDATED)
    yield from _length(name, row, CONSOLIDATED)
    yield Target(
        name, "dev WER", row["dev_wer"], HALF * anchors.blind, True,
        f"half of the best constant answer's {anchors.blind:.1%}",
    )  # fmt: skip


def _tuning(name: str, row: Row, before: Row | None, anchors: Anchors, glosses: int) -> Iterator[Target]:
    yield _blanks(name, row, anchors, TUNED)
    yield _distinct(name, row, glosses, TUNED)
    yield from _length(name, row, TUNED)
    if before is not None:
        yield Target(
            name, "dev WER", row["dev_wer"], before["dev_wer"] + SLACK, True,
            f"{100 * SLACK:.0f} points over consolidation's",
        )  # fmt: skip


_OF = {
    "warmup": _warmup,
    "exploration": _exploration,
    "consolidation": _consolidation,
    "fine-tuning": _tuning,
}


def _blanks(name: str, row: Row, anchors: Anchors, share: float) -> Target:
    """A share of the glosses printed for one frame each leaves 1 - share (L/T) of blanks."""
    limit = 1 - share * (1 - anchors.peaky)
    why = f"1 - {share} L/T; a peaky model: {anchors.peaky:.1%}"
    return Target(name, "blank share", row["dev_blank_share"], limit, True, why)


def _distinct(name: str, row: Row, glosses: int, share: float) -> Target:
    why = f"{share:.0%} of the {glosses} glosses in dev"
    return Target(name, "distinct glosses", row["dev_distinct_glosses"], share * glosses, False, why)


def _length(name: str, row: Row, share: float) -> Iterator[Target]:
    ratio = row["dev_length_ratio"]
    yield Target(name, "decoded over reference length", ratio, share, False, "deletions")
    yield Target(name, "decoded over reference length", ratio, TOO_LONG, True, "insertions")


def told(found: Sequence[Target]) -> list[str]:
    """A line a target, beneath a line a phase."""
    lines: list[str] = []
    for name in dict.fromkeys(target.phase for target in found):
        mine = [target for target in found if target.phase == name]
        lines.append(f"{name}: {sum(t.held for t in mine)} of {len(mine)} targets held")
        for t in mine:
            sign = "at most" if t.below else "at least"
            verdict = "held  " if t.held else "MISSED"
            value, limit = (_number(t.what, number) for number in (t.value, t.limit))
            lines.append(f"  {verdict} {t.what} {value}, wanted {sign} {limit} ({t.why})")
    return lines


def _number(what: str, value: float) -> str:
    if what in ("blank share", "dev WER"):
        return f"{value:.1%}"
    return f"{value:.0f}" if what == "distinct glosses" and value == int(value) else f"{value:.2f}"
