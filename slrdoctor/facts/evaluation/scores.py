"""The scores of the stored predictions, computed again in every way that scripts compute them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from slrdoctor.arithmetic.error_rate import edits_of_each
from slrdoctor.arithmetic.text_scores import bleu, bleu_error, chrf
from slrdoctor.artifacts.run import PredictionFile, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation._scored_forms import SCORED_FORMS, merged, normalised, of_texts
from slrdoctor.facts.evaluation.predictions import preference, usable
from slrdoctor.facts.evaluation.stored_pairs import FEWEST, Sequences, is_text
from slrdoctor.facts.labels.samples import Targets, Texts
from slrdoctor.facts.labels.task import Task
from slrdoctor.words.metrics import metric

NGRAMS = 4  # words of the longest n-grams that BLEU counts
MOST_TEXTS = 3000  # beyond that BLEU is computed in fewer ways
_SCLITE = (3, 4)  # what sclite's alignment pays for an insertion or deletion, a substitution
_LARGE = 1 << 20  # more than any alignment has edits


@dataclass(frozen=True)
class Reading:
    """One way to compute a score: a share, or points for BLEU and chrF.

    `kind` is plain, definition (the same, defined or tokenised otherwise), normalised, or
    swapped (hypotheses taken for references).
    """

    what: str
    kind: str
    value: float


@dataclass(frozen=True)
class Recount:
    """One score of one file of predictions. The plain reading comes first."""

    quantity: str  # wer | accuracy | sentence_accuracy | bleu | chrf
    split: str
    readings: tuple[Reading, ...]
    error: float  # about the standard error of the plain reading over samples
    samples: int
    read_from: str
    of_text: bool = False  # sentences, and no glosses
    step: float = (
        0.0  # by which the right or wrong of one token changes it; 0 where any value may come out
    )

    @property
    def plain(self) -> float:
        return self.readings[0].value

    @property
    def swapped(self) -> float:
        """The score with the arguments the wrong way round; nan where that changes nothing."""
        return next((r.value for r in self.readings if r.kind == "swapped"), math.nan)


@dataclass(frozen=True)
class Recounts:
    """The scores of the files of predictions that stand for their splits."""

    rows: tuple[Recount, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        scores = [f"{r.split} {metric(r.quantity).named(r.plain, 2)}".strip() for r in self.rows]
        return f"computed again from the stored predictions: {', '.join(scores)}"


@measure
def recounts(
    run: TrainingRun, task: Task | None, targets: Targets | None, texts: Texts | None
) -> Recounts:
    """Of every split the latest file, glosses and texts apart."""
    latest: dict[tuple[str, bool], PredictionFile] = {}
    for file in sorted(usable(run), key=preference):
        if len(file.ids) >= FEWEST:
            latest[file.split, is_text(file, task, targets, texts)] = file
    if not latest:
        raise Unavailable(f"every file of predictions has fewer than {FEWEST} samples")
    rows = [row for (_, of_text), file in latest.items() for row in _rows(file, of_text)]
    return Recounts(tuple(rows), ", ".join(dict.fromkeys(row.read_from for row in rows)))


def _rows(file: PredictionFile, of_text: bool) -> Iterator[Recount]:
    hypotheses, references = file.hypotheses, file.references

    def row(quantity: str, readings: Iterator[Reading], error: float, step: float = 0.0) -> Recount:
        told = tuple(readings)
        return Recount(quantity, file.split, told, error, len(references), file.where, of_text, step)

    # without n-grams a BLEU is 0, or anything, by how it is smoothed
    if of_text and any(len(reference) >= NGRAMS for reference in references):
        texts = of_texts(hypotheses), of_texts(references)
        error = bleu_error(*texts)
        yield row("bleu", _bleu_readings(*texts), error)
        yield row("chrf", iter([Reading("chrF2", "plain", chrf(*texts))]), error)
    wer = list(_wer_readings(hypotheses, references))
    tokens = max(1, sum(map(len, references)))
    yield row("wer", iter(wer), _error_of_wer(hypotheses, references), 1 / tokens)
    exact = list(_exact_readings(hypotheses, references))
    share = exact[0].value
    error = math.sqrt(share * (1 - share) / len(references))
    yield row("sentence_accuracy", iter(exact), error, 1 / len(references))
    if not of_text and all(len(reference) == 1 for reference in references):
        yield row("accuracy", iter(exact), error, 1 / len(references))


def _wer_readings(hypotheses: Sequences, references: Sequences) -> Iterator[Reading]:
    errors, meant, said = counted_edits(hypotheses, references)
    yield Reading("errors over reference tokens", "plain", _over(errors.sum(), meant.sum()))
    rates = errors / np.maximum(1, meant)
    yield Reading("mean over samples", "definition", float(rates.mean()))
    yield Reading("mean over samples, at most 1 each", "definition", float(np.minimum(1, rates).mean()))
    longer = np.maximum(1, np.maximum(meant, said))
    yield Reading(
        "mean over samples of errors over the longer", "definition", float((errors / longer).mean())
    )
    yield Reading("share of samples with an error", "definition", float((errors > 0).mean()))
    fewest, most = _sclite_edits(hypotheses, references)
    for count in {fewest, most}:
        yield Reading("errors of sclite's alignment", "definition", _over(count, meant.sum()))
    spelled = [tuple("".join(tokens) for tokens in side) for side in (hypotheses, references)]
    letters, of_reference, _ = counted_edits(spelled[0], spelled[1])
    yield Reading("errors over characters", "definition", _over(letters.sum(), of_reference.sum()))
    for what, form in SCORED_FORMS:
        sides = normalised(hypotheses, form), normalised(references, form)
        for merge in (False, True):
            pair = tuple(map(merged, sides)) if merge else sides
            edits, tokens, _ = counted_edits(pair[0], pair[1])
            told = f"without {what}" + (", adjacent repeats made one" if merge else "")
            yield Reading(told, "normalised", _over(edits.sum(), tokens.sum()))
    if said.sum() != meant.sum():
        yield Reading("errors over hypothesis tokens", "swapped", _over(errors.sum(), said.sum()))


def counted_edits(
    hypotheses: Sequences | tuple[str, ...], references: Sequences | tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Edits, reference lengths and hypothesis lengths of every sample: float64 [N] each."""
    lengths = [np.array([len(s) for s in side], np.float64) for side in (references, hypotheses)]
    return edits_of_each(hypotheses, references).astype(np.float64), lengths[0], lengths[1]


def _sclite_edits(hypotheses: Sequences, references: Sequences) -> tuple[int, int]:
    """The fewest and the most edits among the alignments that are cheapest by sclite's costs.

    A little more or less than the whole cost is paid for every edit, so that of equally
    cheap alignments the one with the fewest or the most edits is the cheapest.
    """
    from rapidfuzz.distance import Levenshtein

    counts = []
    for sign in (1, -1):
        edit, substitution = (cost * _LARGE + sign for cost in _SCLITE)
        weights = (edit, edit, substitution)
        costs = (
            Levenshtein.distance(r, h, weights=weights)
            for h, r in zip(hypotheses, references, strict=True)
        )
        counts.append(sum(sign * cost % _LARGE for cost in costs))
    return counts[0], counts[1]


def _exact_readings(hypotheses: Sequences, references: Sequences) -> Iterator[Reading]:
    right = [h == r for h, r in zip(hypotheses, references, strict=True)]
    yield Reading("share of samples without an error", "plain", sum(right) / len(right))
    by_class: dict[tuple[str, ...], list[bool]] = {}
    for reference, is_right in zip(references, right, strict=True):
        by_class.setdefault(reference, []).append(is_right)
    means = [sum(of_class) / len(of_class) for of_class in by_class.values()]
    yield Reading("mean over classes", "definition", sum(means) / len(means))
    for what, form in SCORED_FORMS:
        sides = normalised(hypotheses, form), normalised(references, form)
        same = sum(h == r for h, r in zip(*sides, strict=True))
        yield Reading(f"without {what}", "normalised", same / len(right))


def _bleu_readings(hypotheses: list[str], references: list[str]) -> Iterator[Reading]:
    yield Reading("tokenised by 13a", "plain", bleu(hypotheses, references))
    yield Reading("without case", "normalised", bleu(hypotheses, references, lowercase=True))
    if len(references) > MOST_TEXTS:
        return
    for tokenize in ("none", "intl", "char", "zh"):
        value = bleu(hypotheses, references, tokenize)
        yield Reading(f"tokenised by {tokenize}", "definition", value)
    for order in (1, 2, 3):
        value = bleu(hypotheses, references, order=order)
        yield Reading(f"up to {order}-grams", "definition", value)
    yield Reading("hypotheses taken for references", "swapped", bleu(references, hypotheses))


def _error_of_wer(hypotheses: Sequences, references: Sequences) -> float:
    """The standard error of a ratio of sums over samples."""
    errors, meant, _ = counted_edits(hypotheses, references)
    tokens = max(1.0, float(meant.sum()))
    apart = errors - errors.sum() / tokens * meant
    return float(np.sqrt((apart**2).sum()) / tokens)


def _over(errors: float, tokens: float) -> float:
    return float(errors) / float(tokens) if tokens else math.inf if errors else 0.0
