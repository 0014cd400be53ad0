"""The error rate of the stored hypotheses, scored again with differences of writing ignored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from slrdoctor.arithmetic.error_rate import error_rate
from slrdoctor.core.registry import measure
from slrdoctor.facts.evaluation._scored_forms import SCORED_FORMS, written_alike
from slrdoctor.facts.evaluation.stored_pairs import StoredPairs
from slrdoctor.facts.labels.vocabulary import Vocabulary

NEARLY = 0.9  # of what the strongest form removes: the slightest form that removes this much is named
SHOWN = 3


@dataclass(frozen=True)
class NormalisedScores:
    """Error rates, errors over reference tokens, by what is ignored; `forms` are cumulative.

    Only the writing is repaired: tokens that a model tells apart are not made one.
    """

    wer: float  # as stored
    forms: tuple[tuple[str, float], ...]  # (what is ignored, the error rate then)
    examples: tuple[
        tuple[str, str], ...
    ]  # (hypothesis token, reference token) of one form, commonest first
    samples: int
    are_single: bool
    read_from: str

    @property
    def best(self) -> tuple[str, float]:
        """The slightest form that removes nearly as many errors as any does."""
        most = self.wer - min(wer for _, wer in self.forms)
        return next((what, wer) for what, wer in self.forms if self.wer - wer >= NEARLY * most)

    @property
    def sentence(self) -> str:
        least = min(wer for _, wer in self.forms)
        return (
            f"the error rate of {self.samples} stored hypotheses is {self.wer:.2%} as they are written "
            f"and {least:.2%} ignoring case, accents, marks and punctuation"
        )


@measure
def normalised_scores(pairs: StoredPairs, vocabulary: Vocabulary | None) -> NormalisedScores:
    tokens = {t for t in vocabulary.tokens if t} if vocabulary is not None else set()
    forms = []
    for what, form in SCORED_FORMS:
        hypotheses, references = written_alike(pairs.hypotheses, pairs.references, form, tokens)
        forms.append((what, error_rate(hypotheses, references)))
    return NormalisedScores(
        wer=error_rate(pairs.hypotheses, pairs.references),
        forms=tuple(forms),
        examples=_examples(pairs),
        samples=len(pairs.ids),
        are_single=pairs.are_single,
        read_from=pairs.read_from,
    )


def _examples(pairs: StoredPairs) -> tuple[tuple[str, str], ...]:
    """Hypothesis tokens that no reference has, with the reference token of the same form."""
    said, meant = (Counter(t for s in side for t in s) for side in (pairs.hypotheses, pairs.references))
    found = []
    for _, form in SCORED_FORMS[1:]:
        by_form = {form(token): token for token, _ in reversed(meant.most_common())}
        for token, _ in said.most_common():
            same = by_form.get(form(token), "") if form(token) else ""
            if same and token not in meant:
                found.append((token, same))
        if found:
            break
    return tuple(found[:SHOWN])
