"""Hypotheses without ids: one for each sample of a split, in the order of its annotations."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from slrdoctor.artifacts.kinds.predictions.hypotheses_alone import Hypotheses
from slrdoctor.artifacts.kinds.predictions.tokens import Tokens
from slrdoctor.artifacts.run import AnnotationFile, PredictionFile, Row

# more of its tokens than in other orders: then the order is the samples'
BETTER = 0.1
ORDERS = 5  # others that are tried
_LETTERS_ONLY = str.maketrans("", "", ".,;:!?\"'¿¡。，？！")
Pairs = list[tuple[Row, Tokens, Tokens]]  # of an annotated sample, hypothesis and reference


def paired_in_order(
    alone: Hypotheses, files: Sequence[AnnotationFile], vocabularies: Sequence[Sequence[str | None]]
) -> PredictionFile | None:
    """Hypotheses with the targets of the one split whose samples they are in the order of.

    They are paired where they agree with the targets in this order more than in others; one
    hypothesis for all samples agrees the same in every order.
    """
    fitting: list[tuple[float, str, Pairs]] = []
    for rows in _splits(files, alone.split, len(alone.in_order)):
        pairs = _as_one_kind(alone.in_order, rows, vocabularies)
        gain = _gain(pairs)
        if gain > BETTER or len(set(alone.in_order)) == 1:
            fitting.append((gain, rows[0].split, pairs))
    if not fitting:
        return None
    gain, split, pairs = max(fitting, key=lambda one: (one[0], one[1] == "test", one[1] == "dev"))
    return PredictionFile(
        alone.where,
        alone.format,
        alone.split or split,
        ids=tuple(row.id for row, _, _ in pairs),
        hypotheses=tuple(said for _, said, _ in pairs),
        references=tuple(target for _, _, target in pairs),
    )


def _splits(files: Sequence[AnnotationFile], split: str, count: int) -> Iterator[list[Row]]:
    """The samples of each split of each file that has as many as there are hypotheses."""
    for file in files:
        for one in sorted({row.split for row in file.rows}):
            rows = [row for row in file.rows if row.split == one]
            if len(rows) == count and (not split or not one or one == split):
                yield rows


def _as_one_kind(
    hypotheses: Sequence[Tokens], rows: Sequence[Row], vocabularies: Sequence[Sequence[str | None]]
) -> Pairs:
    """Both as names or both as numbers: where one has the numbers of a vocabulary, its names."""
    glosses = [row.glosses or () for row in rows]
    texts = [tuple((row.text or "").split()) for row in rows]
    targets = (
        texts
        if not any(glosses) or _shared(hypotheses, texts) > _shared(hypotheses, glosses)
        else glosses
    )
    numbers = [
        all(token.isdecimal() for tokens in side for token in tokens) for side in (hypotheses, targets)
    ]
    if numbers[0] != numbers[1]:
        for vocabulary in vocabularies:
            sides = [
                _named(side, vocabulary) if is_number else list(side)
                for side, is_number in zip((hypotheses, targets), numbers, strict=True)
            ]
            if _shared(*sides):
                hypotheses, targets = sides
                break
    return list(zip(rows, hypotheses, targets, strict=True))


def _named(side: Sequence[Tokens], vocabulary: Sequence[str | None]) -> list[Tokens]:
    def name(token: str) -> str:
        index = int(token) if len(token) < 9 else len(vocabulary)
        return (vocabulary[index] if index < len(vocabulary) else None) or token

    return [tuple(map(name, tokens)) for tokens in side]


def _shared(one: Sequence[Tokens], other: Sequence[Tokens]) -> int:
    """The tokens that occur on both sides."""
    return len({t for tokens in one for t in tokens} & {t for tokens in other for t in tokens})


def _agreement(pairs: Pairs, order: Sequence[int]) -> float:
    """The mean share of tokens that hypotheses have of the targets in an order."""
    shares = []
    for (_, said, _), place in zip(pairs, order, strict=True):
        target = Counter(map(_bare, pairs[place][2]))
        spoken = Counter(map(_bare, said))
        shares.append((target & spoken).total() / max(target.total(), spoken.total(), 1))
    return sum(shares) / max(len(shares), 1)


def _gain(pairs: Pairs) -> float:
    """By how much hypotheses agree with the targets in their order more than in others."""
    places = range(len(pairs))
    draw = random.Random(len(pairs))
    others = [_agreement(pairs, draw.sample(places, len(pairs))) for _ in range(ORDERS)]
    return _agreement(pairs, places) - sum(others) / ORDERS


def _bare(token: str) -> str:
    return token.lower().translate(_LETTERS_ONLY)
