"""Samples that are annotated several times, with different targets."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.arithmetic.gloss_forms import same_target
from slrdoctor.artifacts.run import Row
from slrdoctor.core.registry import measure
from slrdoctor.facts.labels._identity import are_counters, sample_key
from slrdoctor.facts.labels.samples import Samples

MOST = 0.5  # share of counted ids that may contradict: beyond it two files count their own samples


@dataclass(frozen=True)
class Contradiction:
    """One sample with several targets."""

    id: str
    splits: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Contradictions:
    """Over all annotated samples; other case or annotation marks do not make another target."""

    found: tuple[Contradiction, ...]
    samples: int  # different samples
    repeated: int  # of them, annotated more than once with the same target
    read_from: str

    @property
    def sentence(self) -> str:
        again = f", {self.repeated} are annotated twice with the same one" if self.repeated else ""
        return f"{len(self.found)} of {self.samples} samples have several targets{again}"


@measure
def contradictions(samples: Samples) -> Contradictions:
    """Every sample whose rows disagree: within a split, and across splits where ids are names."""
    counted = samples.from_folders or are_counters({row.id for row in samples.rows})
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in samples.rows:
        # ids that count start again in every split, and are no names across them
        groups.setdefault((row.split if counted else "", *sample_key(row)), []).append(row)
    found = [c for rows in groups.values() if len(rows) > 1 for c in _contradiction(rows)]
    if counted and len(found) > MOST * len(groups):
        found = []
    again = sum(len(rows) > 1 for rows in groups.values()) - len(found)
    return Contradictions(tuple(found), len(groups), again, samples.read_from)


def _contradiction(rows: list[Row]) -> list[Contradiction]:
    first = rows[0]
    if all(_same(first, row) for row in rows[1:]):
        return []
    targets = dict.fromkeys(" ".join(row.glosses) if row.glosses else row.text or "" for row in rows)
    splits = dict.fromkeys(row.split for row in rows)
    return [Contradiction(first.id, tuple(splits), tuple(targets))]


def _same(one: Row, other: Row) -> bool:
    if one.glosses is not None and other.glosses is not None:
        return same_target(one.glosses, other.glosses)
    if one.text is not None and other.text is not None:
        return one.text.split() == other.text.split()
    return True
