"""The scores that a run wrote down, epoch by epoch and beside its history."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.run import HistoryFile, TrainingRun
from slrdoctor.artifacts.score_file import ScoreFile
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training.dev_score import settled
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.words.metrics import SCORES
from slrdoctor.words.series_names import meaning_of, words_of

Floats = NDArray[np.float64]

SHARES = ("wer", "accuracy", "sentence_accuracy")
FINEST = 5e-5  # half of the second digit of a percentage: scores are not compared more closely
CLEARLY_PERCENT = 3.0  # no share is over it but a WER that insertions fill
DIGITS = 6
SAME = 1e-7  # relative: what float32 keeps

# words that say which of several values it is, and not what was scored
_WHICH = frozenset(("best", "final", "last", "max", "min", "lowest", "highest", "end"))
# a wish, another run, or a setting
_NOT_THIS_RUN = frozenset(
    ("target", "goal", "threshold", "baseline", "previous", "prev", "old", "sota", "paper", "std", "var",
     "delta", "diff", "weight", "patience", "improvement", "expected", "human", "train", "init")
)  # fmt: skip


@dataclass(frozen=True)
class LoggedScore:
    """One score as logged: a value an epoch, or a single one from a summary.

    Shares are 0..1 (a WER may exceed 1); BLEU and chrF are points. A single value that may
    be a share or a percentage is there as both.
    """

    quantity: str
    split: str  # train | dev | test, "" where nothing says
    name: str
    values: tuple[float, ...]
    epochs: tuple[float, ...]  # of the values; () for a summary
    rounding: float  # how far a value may be from the true one
    read_from: str


@dataclass(frozen=True)
class LoggedScores:
    """The scores of a log, and those that files of their own report: one entry a number."""

    scores: tuple[LoggedScore, ...]
    read_from: str
    reported: tuple[LoggedScore, ...] = ()

    @property
    def sentence(self) -> str:
        names = ", ".join(dict.fromkeys(score.name for score in (*self.scores, *self.reported)))
        return f"logged scores: {names}"


@dataclass(frozen=True)
class ErrorRates:
    """The error rates of a history, those included that no curve can show."""

    name: str
    infinite: int  # epochs
    last: float  # median of the last few finite values, as a share; nan without any
    largest: float
    epochs: int
    read_from: str

    @property
    def sentence(self) -> str:
        return f"{self.name} is {self.largest:.1%} at most and {self.last:.1%} at the end"


@measure
def logged_scores(run: TrainingRun, history: History | None) -> LoggedScores:
    """Scores of held-out samples; what is logged of training is not looked at."""
    curves = history.curves if history is not None else ()
    scores = [score for curve in curves for score in _of_curve(curve)]
    percent = any(curve.was_percent for curve in curves)
    for file in run.histories:
        scores += _of_facts(file, percent)
    reported = [score for file in run.reported for score in _of_report(file)]
    if not scores and not reported:
        raise Unavailable(
            "looked for a logged WER, accuracy, BLEU or chrF of dev or test",
            "keep the log of the run beside the predictions, with the score of every epoch",
        )
    places = dict.fromkeys(score.read_from for score in (*scores, *reported))
    return LoggedScores(tuple(scores), ", ".join(places), tuple(reported))


@measure
def error_rates(history: History) -> ErrorRates:
    for split in ("dev", "test"):
        curve = history.curve(split, "wer")
        if curve is not None and not np.isnan(curve.values).all():
            finite = curve.values[np.isfinite(curve.values)]
            return ErrorRates(
                name=f"{split} WER",
                infinite=int(np.isinf(curve.values).sum()),
                last=settled(finite) if len(finite) else math.nan,
                largest=float(finite.max()) if len(finite) else math.nan,
                epochs=len(curve.values),
                read_from=curve.read_from,
            )
    raise Unavailable(f"no WER of dev or test in {history.read_from}", "log the dev WER of every epoch")


def _of_curve(curve: Curve) -> Iterator[LoggedScore]:
    """The curve's score; in both units where no value of it tells shares from points."""
    keep = np.isfinite(curve.values)
    if curve.quantity not in SCORES or curve.split == "train" or not keep.any():
        return
    values = curve.values[keep]
    if curve.quantity in SHARES:
        scale = 100 if curve.was_percent else 1
        units = [(values, _rounding(values * scale, in_points=curve.was_percent) / scale)]
        if curve.was_percent and curve.quantity == "wer":
            # a WER that insertions fill, or over the hypotheses' lengths, is a share of over 3
            units.append((100 * values, _rounding(100 * values, in_points=False)))
    else:
        units = [(values, _rounding(values, in_points=True))]
        if float(values.max()) <= 1:
            units.insert(0, (100 * values, 100 * _rounding(values, in_points=False)))
    for scaled, rounding in units:
        yield LoggedScore(
            curve.quantity, curve.split, curve.name,
            tuple(scaled.tolist()), tuple(curve.epochs[keep].tolist()),
            _coarse(rounding, curve.quantity), curve.read_from,
        )  # fmt: skip


def _of_facts(file: HistoryFile, percent: bool) -> Iterator[LoggedScore]:
    for path, value in _numbers(file.facts, ""):
        words = words_of(path)
        if set(words) & _NOT_THIS_RUN:
            continue
        meaning = meaning_of(" ".join(word for word in words if word not in _WHICH))
        if meaning.quantity not in SCORES or value < 0:
            continue
        values, rounding = _single(value, meaning.quantity, percent)
        rounding = _coarse(rounding, meaning.quantity)
        yield LoggedScore(meaning.quantity, meaning.split, path, values, (), rounding, file.where)


def _of_report(file: ScoreFile) -> Iterator[LoggedScore]:
    for score in file.scores:
        if set(words_of(score.name)) & _NOT_THIS_RUN or score.split == "train" or score.value < 0:
            continue
        values, rounding = _single(score.value, score.quantity, False)
        yield LoggedScore(
            score.quantity, score.split, score.name, values, (),
            _coarse(rounding, score.quantity), file.where,
        )  # fmt: skip


def _single(value: float, quantity: str, percent: bool) -> tuple[tuple[float, ...], float]:
    """What a single value may mean, and its rounding."""
    points, share = (_rounding(np.array([value]), in_points) for in_points in (True, False))
    if quantity not in SHARES:
        return ((value, value * 100), share * 100) if value <= 1 else ((value,), points)
    if value > CLEARLY_PERCENT or (value > 1 and quantity != "wer"):
        return (value / 100,), points / 100
    if value > 1 or percent:
        return (value, value / 100), share
    return (value,), share


def _numbers(facts: Mapping[str, Any], above: str) -> Iterator[tuple[str, float]]:
    """Every number below a mapping with the way to it, `test_beam/wer`."""
    for key, value in facts.items():
        path = f"{above}/{key}" if above else str(key)
        if isinstance(value, Mapping):
            yield from _numbers(value, path)
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            yield path, float(value)


def _rounding(values: Floats, in_points: bool) -> float:
    """Half of the last digit that the values are written with; 0 where they are not rounded.

    A value of few digits may have lost zeros at its end: at least one digit of points or of
    a percentage counts, and three of a share.
    """
    for digits in range(1 if in_points else 3, DIGITS):
        if np.all(np.abs(values - np.round(values, digits)) < SAME * np.maximum(1, np.abs(values))):
            return float(0.5 * 10**-digits)
    return 0.0


def _coarse(rounding: float, quantity: str) -> float:
    return max(rounding, FINEST if quantity in SHARES else 100 * FINEST)
