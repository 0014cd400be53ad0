"""Which training glosses the vocabulary has, and what those it lacks may be meant for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from slrdoctor.arithmetic.gloss_forms import FORMS, LONGEST
from slrdoctor.core.registry import measure
from slrdoctor.facts.labels.target_coding import TargetCoding
from slrdoctor.facts.labels.vocabulary import Vocabulary

SPELLED = 20  # missing glosses that are held against every token, letter by letter
ALIKE = 85.0  # of 100: rapidfuzz.fuzz.ratio from which two glosses are one with a slip
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class NearToken:
    """A training gloss that the vocabulary lacks, and the token it is nearly written like."""

    gloss: str
    token: str
    by: str  # case | accents | look-alike letters | annotation marks | ... | spelling


@dataclass(frozen=True)
class GlossCoverage:
    """Training glosses against the vocabulary; counts of tokens are occurrences in targets."""

    types: int
    tokens: int
    missing: tuple[tuple[str, int], ...]  # (gloss, occurrences), the most frequent first
    near: tuple[NearToken, ...]  # of the missing ones, in their order
    ids: tuple[str, ...]  # training samples with a missing gloss
    samples: int  # training samples
    vocabulary: int  # glosses in the vocabulary
    read_from: str
    by: str = "names"  # names | numbers | letters: how targets are coded
    lowered: str = ""  # what says that glosses are lowered before they are looked up
    near_counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing_tokens(self) -> int:
        return sum(count for _, count in self.missing)

    @property
    def sentence(self) -> str:
        lowered = f" (in lower case: {self.lowered})" if self.lowered else ""
        contained = self.types - len(self.missing)
        return f"{contained} of {self.types} training glosses are in the vocabulary{lowered}"


@measure
def gloss_coverage(coding: TargetCoding, vocabulary: Vocabulary) -> GlossCoverage:
    """Every training gloss that no output class stands for, with its near misses."""
    counts = Counter(token for tokens in coding.tokens for token in tokens)
    known = _known(coding, vocabulary, counts)
    lacking = {t for t in counts if t not in known}
    missing = tuple((t, counts[t]) for t in sorted(lacking, key=lambda t: (-counts[t], t)))
    tokens = [token for _, token in vocabulary.glosses]
    near = () if coding.by == "numbers" else tuple(_near([t for t, _ in missing], tokens))
    return GlossCoverage(
        types=len(counts),
        tokens=counts.total(),
        missing=missing,
        near=near,
        ids=tuple(
            i for i, ts in zip(coding.ids, coding.tokens, strict=True) if lacking.intersection(ts)
        ),
        samples=len(coding.ids),
        vocabulary=len(vocabulary.glosses),
        read_from=coding.read_from,
        by=coding.by,
        lowered=coding.lowered,
        near_counts=dict(Counter(n.by for n in near)),
    )


def _known(coding: TargetCoding, vocabulary: Vocabulary, counts: Counter[str]) -> set[str]:
    """What a target may be written as: the tokens, or the numbers of those that are owned."""
    if coding.by != "numbers":
        return {token for token in vocabulary.tokens if token is not None}
    owned = {i for i, token in enumerate(vocabulary.tokens) if token is not None}
    owned.update(vocabulary.specials)
    numbers = {int(t) for t in counts}
    if 0 not in numbers and numbers and max(numbers) == len(vocabulary.tokens):
        owned = {i + 1 for i in owned}  # counted from one, as SPOTER's labels are
    return {t for t in counts if int(t) in owned}


def _near(missing: Iterable[str], tokens: list[str]) -> Iterator[NearToken]:
    by_form = [(name, form, {form(token): token for token in reversed(tokens)}) for name, form in FORMS]
    unexplained = 0
    for gloss in missing:
        found = None
        for name, form, by in by_form:
            token = by.get(form(gloss))
            if token is not None:
                found = NearToken(gloss, token, name)
                break
        if found is None and unexplained < SPELLED and len(gloss) <= LONGEST:
            unexplained += 1
            found = _by_spelling(gloss, tokens)
        if found is not None:
            yield found


def _by_spelling(gloss: str, tokens: list[str]) -> NearToken | None:
    from rapidfuzz import fuzz, process

    # other numbers are other signs, not a slip
    numbers = _DIGITS.findall(gloss)
    like = [t for t in tokens if len(t) <= LONGEST and _DIGITS.findall(t) == numbers]
    found = process.extractOne(gloss, like, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return NearToken(gloss, found[0], "spelling") if found is not None else None
