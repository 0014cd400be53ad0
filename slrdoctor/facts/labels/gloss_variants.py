"""Glosses that are written in several ways, and marks that stand where glosses do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from slrdoctor.arithmetic.gloss_forms import folded, is_mark, trimmed, without_marks
from slrdoctor.core.registry import measure
from slrdoctor.facts.labels.samples import Targets

_FOLDS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("white space or Unicode form", trimmed),
    ("case", folded),
    ("annotation marks", lambda gloss: folded(without_marks(gloss))),
)


@dataclass(frozen=True)
class Variants:
    """Glosses that become one when something is ignored."""

    glosses: tuple[str, ...]  # the most frequent first
    by: str  # white space or Unicode form | case | annotation marks


@dataclass(frozen=True)
class GlossVariants:
    """Over the targets of all splits."""

    variants: tuple[Variants, ...]
    marks: tuple[tuple[str, int], ...]  # (mark, occurrences) of tokens that are no glosses
    types: int
    tokens: int
    read_from: str

    @property
    def sentence(self) -> str:
        return (
            f"{len(self.variants)} of {self.types} glosses are written in several ways, "
            f"{len(self.marks)} are annotation marks"
        )


@measure
def gloss_variants(targets: Targets) -> GlossVariants:
    """Groups of glosses that merge, each under what first merges any two of them."""
    counts = Counter(gloss for target in targets.glosses for gloss in target)
    found: list[Variants] = []
    seen: set[str] = set()
    for by, fold in _FOLDS:
        groups: dict[str, list[str]] = {}
        for gloss in counts:
            groups.setdefault(fold(gloss), []).append(gloss)
        for glosses in groups.values():
            if len(glosses) > 1 and not seen.issuperset(glosses):
                seen.update(glosses)
                found.append(Variants(tuple(sorted(glosses, key=lambda g: (-counts[g], g))), by))
    marks = [(gloss, count) for gloss, count in counts.most_common() if is_mark(gloss)]
    return GlossVariants(tuple(found), tuple(marks), len(counts), counts.total(), targets.read_from)
