"""BLEU and chrF of texts, by sacrebleu."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BLOCKS = 4  # parts of the texts whose scores show how much one of that size varies


def bleu(
    hypotheses: Sequence[str],
    references: Sequence[str],
    tokenize: str = "13a",
    lowercase: bool = False,
    order: int = 4,
) -> float:
    """Corpus BLEU in points."""
    from sacrebleu.metrics.bleu import BLEU

    metric = BLEU(tokenize=tokenize, lowercase=lowercase, max_ngram_order=order, force=True)
    return float(metric.corpus_score(list(hypotheses), [list(references)]).score)


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """Corpus chrF2 in points."""
    from sacrebleu.metrics.chrf import CHRF

    return float(CHRF().corpus_score(list(hypotheses), [list(references)]).score)


def chrf_of_each(hypotheses: Sequence[str], references: Sequence[str]) -> list[float]:
    """chrF2 of every text, in points."""
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF()
    return [
        float(metric.sentence_score(h, [r]).score) for h, r in zip(hypotheses, references, strict=True)
    ]


def bleu_error(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """About the standard error of BLEU over texts, from the scores of parts of them."""
    parts = [bleu(hypotheses[i::BLOCKS], references[i::BLOCKS]) for i in range(BLOCKS)]
    return float(np.std(parts, ddof=1) / np.sqrt(BLOCKS))
