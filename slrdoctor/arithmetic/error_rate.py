"""Token errors of hypotheses against references, by the alignment with fewest edits."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

Tokens = Sequence[Hashable]
PRIVATE = 0x10000  # glosses become single characters from here on, for the edit distance


def edits_of_each(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> NDArray[np.int64]:
    """Substitutions, deletions and insertions of each hypothesis against its reference: [N]."""
    from rapidfuzz.distance import Levenshtein

    return np.array(
        [Levenshtein.distance(r, h) for h, r in zip(hypotheses, references, strict=True)], np.int64
    )


def error_rate(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> float:
    """The word error rate of a corpus: edits over reference tokens; insertions may lift it over 1.

    Over one token where the references have none.
    """
    tokens = sum(map(len, references))
    return float(edits_of_each(hypotheses, references).sum()) / max(1, tokens)


def edits_of_all(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> NDArray[np.int32]:
    """Edit distances of every hypothesis to every reference: [H, N]."""
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    letters: dict[Hashable, str] = {}

    def spelled(tokens: Tokens) -> str:
        return "".join(letters.setdefault(token, chr(PRIVATE + len(letters))) for token in tokens)

    rows = [spelled(h) for h in hypotheses]
    columns = [spelled(r) for r in references]
    return np.asarray(cdist(rows, columns, scorer=Levenshtein.distance, dtype=np.int32))
