"""Hypotheses that say the same again and again, where no reference does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation.stored_pairs import StoredPairs

LONGEST = 8  # tokens of a phrase
COPIES = 3  # of it, one after the other
LEAST = 4  # tokens of all copies: NO NO NO is emphasis
SHOWN = 3


@dataclass(frozen=True)
class RepeatedNgrams:
    """Sequences in which a phrase stands at least three times in a row, four tokens or more.

    A phrase that a reference repeats as often is none.
    """

    looping: int  # hypotheses
    looping_references: int
    tokens: int  # of the hypotheses, in copies after the first
    hypothesis_tokens: int
    distinct: int  # tokens of the hypotheses
    samples: int
    ids: tuple[str, ...]  # of the hypotheses that loop
    phrases: tuple[tuple[str, int], ...]  # the commonest, and how many hypotheses repeat it
    read_from: str

    @property
    def share(self) -> float:
        return self.looping / self.samples

    @property
    def share_of_references(self) -> float:
        return self.looping_references / self.samples

    @property
    def sentence(self) -> str:
        return (
            f"{self.looping} of {self.samples} hypotheses and {self.looping_references} of the "
            f"references repeat a phrase {COPIES} times in a row"
        )


@measure
def repeated_ngrams(pairs: StoredPairs) -> RepeatedNgrams:
    if pairs.are_single:
        raise Unavailable(
            f"the predictions of {pairs.read_from} are single labels, which cannot repeat themselves",
            "store the hypotheses of a model that writes sequences",
        )
    meant = {loop[0] for reference in pairs.references if (loop := longest_loop(reference))}
    phrases: Counter[str] = Counter()
    ids: list[str] = []
    tokens = 0
    for name, hypothesis in zip(pairs.ids, pairs.hypotheses, strict=True):
        loop = longest_loop(hypothesis)
        if loop is not None and loop[0] not in meant:
            phrases[" ".join(loop[0])] += 1
            ids.append(name)
            tokens += len(loop[0]) * (loop[1] - 1)
    return RepeatedNgrams(
        looping=len(ids),
        looping_references=sum(longest_loop(r) is not None for r in pairs.references),
        tokens=tokens,
        hypothesis_tokens=sum(map(len, pairs.hypotheses)),
        distinct=len({token for hypothesis in pairs.hypotheses for token in hypothesis}),
        samples=len(pairs.ids),
        ids=tuple(ids),
        phrases=tuple(phrases.most_common(SHOWN)),
        read_from=pairs.read_from,
    )


def longest_loop(tokens: Sequence[str]) -> tuple[tuple[str, ...], int] | None:
    """The phrase that stands in a row and covers most tokens, with its copies; None without any."""
    best: tuple[tuple[str, ...], int] | None = None
    covered = LEAST - 1
    for size in range(1, min(LONGEST, len(tokens) // COPIES) + 1):
        run = 0  # tokens in a row that equal the one a phrase before them
        for i in range(size, len(tokens)):
            run = run + 1 if tokens[i] == tokens[i - size] else 0
            copies = run // size + 1
            if copies >= COPIES and copies * size > covered:
                covered = copies * size
                start = i - run + 1 - size
                best = (_in_order(tokens[start : start + size]), copies)
    return best


def _in_order(phrase: Sequence[str]) -> tuple[str, ...]:
    """A loop has no beginning: the same phrase, from its first token by the alphabet on."""
    turns = [tuple(phrase[i:]) + tuple(phrase[:i]) for i in range(len(phrase))]
    return min(turns)
