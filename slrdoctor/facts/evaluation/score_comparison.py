"""The logged scores beside the scores of the stored predictions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation.scores import Reading, Recount, Recounts
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.training.logged_scores import LoggedScore, LoggedScores
from slrdoctor.words.decoders import decoder_of
from slrdoctor.words.metrics import metric

SIGMAS = 3.3  # once in a thousand, by the normal distribution
CHANCE = 0.01  # matches that are expected by chance above which a match shows nothing
COINCIDENCE = 0.1  # as above, of a score that equals that of some epoch
LEAST_SPREAD = 0.05  # of the values that a score may have, as a share
APART = 4.0  # roundings that two readings must differ by for a logged value to tell them apart

# epoch_05/results.pkl, dev_step12000.json, and signjoey's 12000.dev.hyp.gls
_STEP = re.compile(
    r"(?:^|[^a-z])(?:epoch|ep|steps?|iter|iteration)[_=-]?0*(\d{1,9})(?!\d)|(?:^|/)(\d{1,9})\.(?:dev|test|val)\."
)


@dataclass(frozen=True)
class Comparison:
    """One score computed again, against the nearest of the values that were logged for it."""

    quantity: str
    split: str
    recomputed: float
    logged: float  # the nearest value, over all epochs
    logged_as: str  # "val_wer at 12", "test_beam/wer"
    gap: float  # between the two
    kept: float  # the nearest of the values that predictions are kept of: last, best, summaries
    kept_as: str
    gap_to_kept: float  # to these, and what lies between the last and the best
    allowance: float  # what rounding explains, and sampling where the file may be an excerpt
    explained_by: str  # the reading that a logged value equals; "" where none does
    kind: str  # of that reading: plain | definition | normalised | swapped | ""
    swapped: float  # the score with the arguments the wrong way round; nan where there is none
    is_swapped: bool  # a logged value equals that, and by more than chance
    samples: int
    whole: bool  # the file has every annotated sample of its split
    read_from: str
    logged_in: str
    is_reported: bool = False  # in a file of scores, and not in a log

    def shown(self, value: float) -> str:
        return metric(self.quantity).shown(value, decimals=2)

    @property
    def decoders(self) -> frozenset[str]:
        """The searches that the stored and the logged score come from, by their names; "" for none."""
        return frozenset((decoder_of(self.read_from), decoder_of(self.logged_as)))

    @property
    def what(self) -> str:
        return f"{self.split} {metric(self.quantity).word}".strip()


@dataclass(frozen=True)
class ScoreComparison:
    """Every stored score that has a logged one beside it."""

    rows: tuple[Comparison, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        rows = [
            f"{row.samples} stored predictions have {row.what} {row.shown(row.recomputed)}, the nearest "
            f"logged value is {row.shown(row.logged)} ({row.logged_as})"
            for row in self.rows
        ]
        return "; ".join(rows)


@measure
def score_comparison(
    recounts: Recounts, logged: LoggedScores, samples: Samples | None
) -> ScoreComparison:
    rows = tuple(_rows(recounts, logged, samples))
    if not rows:
        have = ", ".join(f"{r.split or 'unsplit'} {r.quantity}" for r in recounts.rows)
        raise Unavailable(
            f"no logged score is of the stored predictions: they give {have}, and {logged.sentence}",
            "store the predictions of the split whose score is logged",
        )
    return ScoreComparison(rows, ", ".join(dict.fromkeys(row.read_from for row in rows)))


def _rows(recounts: Recounts, logged: LoggedScores, samples: Samples | None) -> Iterator[Comparison]:
    logs_bleu = any(s.quantity == "bleu" for s in logged.scores)
    has_glosses = any(not r.of_text for r in recounts.rows)
    for row in recounts.rows:
        # beside a BLEU, or glosses, a WER is not that of the texts
        if row.quantity == "wer" and row.of_text and (logs_bleu or has_glosses):
            continue
        if row.quantity == "sentence_accuracy" and row.of_text:
            continue
        mine = [s for s in logged.scores if s.quantity == row.quantity]
        fitting = [s for s in mine if not s.split or not row.split or s.split == row.split]
        if fitting:
            yield _compared(row, fitting, mine, samples)
        elif not mine:
            yield from _with_reports(row, logged.reported, samples)


def _with_reports(
    row: Recount, reported: Sequence[LoggedScore], samples: Samples | None
) -> Iterator[Comparison]:
    """Each file that reports the score, held against it by itself: one that is right hides no other."""
    files: dict[str, list[LoggedScore]] = {}
    for score in reported:
        if score.quantity == row.quantity and score.split == row.split:
            files.setdefault(score.read_from, []).append(score)
    for scores in files.values():
        yield replace(_compared(row, scores, scores, samples), is_reported=True)


def _compared(
    row: Recount, fitting: Sequence[LoggedScore], mine: Sequence[LoggedScore], samples: Samples | None
) -> Comparison:
    step = _step_of(row.read_from)
    score, value = _nearest(row.plain, [(s, v) for s in fitting for v in s.values])
    kept_score, kept = _nearest(row.plain, [(s, v) for s in fitting for v in _kept(s, step)])
    split = row.split or score.split
    annotated = len(samples.of(split)) if samples is not None and split else 0
    whole = annotated == row.samples
    explained = _explained(row, mine, step)
    return Comparison(
        quantity=row.quantity,
        split=row.split or score.split,
        recomputed=row.plain,
        logged=value,
        logged_as=_named(score, value),
        gap=abs(value - row.plain),
        kept=kept,
        kept_as=_named(kept_score, kept),
        gap_to_kept=min(_distance(row.plain, kept) for s in fitting for kept in _ranges(s, step)),
        allowance=score.rounding + (0.0 if whole else SIGMAS * row.error),
        explained_by=explained.what if explained else "",
        kind=explained.kind if explained else "",
        swapped=row.swapped,
        is_swapped=explained is not None and explained.kind == "swapped" and _is_telling(row, fitting),
        samples=row.samples,
        whole=whole,
        read_from=row.read_from,
        logged_in=score.read_from,
    )


def _nearest(plain: float, values: Sequence[tuple[LoggedScore, float]]) -> tuple[LoggedScore, float]:
    return min(values, key=lambda one: abs(one[1] - plain))


def _named(score: LoggedScore, value: float) -> str:
    """A logged value's name, with its epoch where it has one."""
    return f"{score.name} at {score.epochs[score.values.index(value)]:g}" if score.epochs else score.name


def _step_of(where: str) -> float:
    """The epoch or step that a path says, the last one in it; nan where it says none."""
    found = [float(epoch or step) for epoch, step in _STEP.findall(where.lower())]
    return found[-1] if found else math.nan


def _explained(row: Recount, scores: Sequence[LoggedScore], step: float) -> Reading | None:
    """The first reading that a logged value equals, the nearest to the plain one first.

    Other splits count too: a file may be named after the split it was not made from. Only
    the plain reading may be that of any epoch, and only where it can hardly be that by chance: of
    many values, one is soon near any number, and one of few tokens soon equals it.
    """
    order = ("plain", "definition", "normalised", "swapped")
    for reading in sorted(row.readings, key=lambda r: order.index(r.kind)):
        for score in scores:
            is_any = reading.kind == "plain" and not _is_coincidence(row, score)
            values = score.values if is_any else _kept(score, step)
            if any(abs(value - reading.value) <= score.rounding for value in values):
                return reading
    return None


def _is_coincidence(row: Recount, score: LoggedScore) -> bool:
    """Whether a score of so few tokens may well equal one of the logged values by chance."""
    distinct = set(score.values)
    spread = max(max(distinct) - min(distinct), LEAST_SPREAD * metric(score.quantity).whole)
    return len(distinct) * max(2 * score.rounding, row.step) > COINCIDENCE * spread


def _kept(score: LoggedScore, step: float) -> tuple[float, ...]:
    """The values that predictions are likely to be kept of: the step's, else the last and the best.

    A step's neighbours too: files and logs do not all count from the same number.
    """
    if step in score.epochs:
        at = score.epochs.index(step)
        return score.values[max(0, at - 1) : at + 2]
    if not score.epochs:
        return score.values
    best = (min if metric(score.quantity).lower_is_better else max)(score.values)
    return score.values[-1], best


def _ranges(score: LoggedScore, step: float) -> list[tuple[float, ...]]:
    """Where the score of kept predictions lies; a summary in two units is two places."""
    kept = _kept(score, step)
    return [kept] if score.epochs else [(value,) for value in kept]


def _distance(value: float, kept: tuple[float, ...]) -> float:
    """How far a value is from the range of others."""
    return max(0.0, min(kept) - value, value - max(kept))


def _is_telling(row: Recount, scores: Sequence[LoggedScore]) -> bool:
    """Whether a logged value that equals the swapped score can hardly do so by chance."""
    apart = abs(row.swapped - row.plain)
    least = LEAST_SPREAD * metric(row.quantity).whole
    expected = 0.0
    for score in scores:
        if apart < APART * score.rounding:
            return False
        distinct = set(_kept(score, math.nan))
        spread = max(max(distinct) - min(distinct), apart, least)
        expected += len(distinct) * 2 * score.rounding / spread
    return expected <= CHANCE
