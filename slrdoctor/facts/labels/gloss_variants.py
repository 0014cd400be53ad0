"""Glosses that are written in several ways, and comments among the glosses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from slrdoctor.arithmetic.gloss_forms import folded, is_comment, trimmed, without_marks
from slrdoctor.core.registry import measure
from slrdoctor.facts.labels.samples import Targets
from slrdoctor.words.grammar import counted

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
    comments: tuple[tuple[str, int], ...]  # (token, occurrences) of tokens that are not signed
    types: int
    tokens: int
    read_from: str

    @property
    def sentence(self) -> str:
        several = f"{len(self.variants)} of {self.types} glosses are written in several ways"
        return f"{several}; {counted(len(self.comments), 'comment')} among the glosses"


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
    comments = tuple((gloss, count) for gloss, count in counts.most_common() if is_comment(gloss))
    return GlossVariants(tuple(found), comments, len(counts), counts.total(), targets.read_from)
