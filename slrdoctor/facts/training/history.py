"""What the training history says, in one canonical form."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.run import HistoryFile, Scalar, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.words.grammar import counted, number
from slrdoctor.words.metrics import metric

Floats = NDArray[np.float64]

FIRST_PERCENT = 150  # no WER in percent starts higher: the first hypotheses are empty or short
# scores that are shares of something; a log may give them in percent, those of one line alike
SHARES: tuple[tuple[str, ...], ...] = (
    ("accuracy", "accuracy_top"), ("sentence_accuracy",), ("token_accuracy",), ("levenshtein",),
    ("recall",),
    ("precision",), ("class_recall",), ("f1",), ("blank_share",),
)  # fmt: skip
ERRORS: tuple[tuple[str, ...], ...] = (("wer", "part_wer"), ("cer",))
FEWEST_PAIRS = 5  # epochs: fewer do not show that two columns move together
FRACTION_AT_LEAST = 0.1  # its best: a percentage of a run that fails stays as low
SAME_START = 3.0  # times: one model scores about the same on both splits after its first epoch
RISE = 1.5  # times: a score at chance wavers by less, or does not follow the other split
TOGETHER = 0.7  # correlation
EDITS = ("substitutions", "deletions", "insertions")  # in the unit of the WER, or counts
# a term of a loss stands for the loss where no total is logged: the earlier, the rather
MAIN_PARTS = ("ctc", "recognition", "seq", "ce", "entropy", "nll", "translation", "contrastive")
ABSENT = -1.0  # what signjoey writes for a metric that was not computed


@dataclass(frozen=True)
class Curve:
    """One quantity of one split over epochs; shares (accuracy, WER) are 0..1, NaN kept."""

    name: str  # as the log has it
    split: str  # train | dev | test
    quantity: str  # loss | wer | accuracy | bleu | ...
    epochs: Floats
    values: Floats
    read_from: str
    per: str = "epoch"
    was_percent: bool = False


@dataclass(frozen=True)
class History:
    """The curves of one training run, from all the files that tell of it."""

    curves: tuple[Curve, ...]
    read_from: str

    def curve(self, split: str, quantity: str) -> Curve | None:
        """The epoch curve of a quantity; the step curve where there is no other."""
        found = [c for c in self.curves if c.split == split and c.quantity == quantity]
        found.sort(key=lambda c: (c.per != "epoch", -len(c.values)))
        return found[0] if found else None

    @property
    def sentence(self) -> str:
        """The first and last value of the losses and scores, in one line."""
        courses = []
        for quantity in ("loss", "wer", "accuracy", "bleu", "recall"):
            for split in ("train", "dev", "test"):
                curve = self.curve(split, quantity)
                if curve is None or not len(curve.values):
                    continue
                name, ends = metric(quantity), (float(curve.values[0]), float(curve.values[-1]))
                first, last = (number(v, 4) if quantity == "loss" else name.shown(v) for v in ends)
                courses.append(f"{split} {name.word} {first} to {last}")
        epochs = max((len(c.values) for c in self.curves if c.per == "epoch"), default=0)
        return f"{counted(epochs, 'epoch')}: {', '.join(courses) or 'neither a loss nor a score'}"


@measure
def history(run: TrainingRun) -> History:
    """All curves of a run. Of several files that tell of one quantity, the fullest counts."""
    curves: list[Curve] = []
    for file in run.histories:
        curves += _curves(file)
    curves = [c for c in curves if len(c.values)]
    if not curves:
        for problem in run.problems:
            if problem.kind == "history" and problem.unopened:
                raise Unavailable(problem.unopened, problem.command)
        empty = ", ".join(file.where for file in run.histories)
        raise Unavailable(
            f"no finished epoch in {empty}" if empty else "looked for a history or a log",
            "keep the log of the run, or write a csv with epoch, train_loss, val_loss and the dev score",
        )
    kept = _promoted(_fullest(curves))
    return History(tuple(kept), ", ".join(dict.fromkeys(c.read_from for c in kept)))


def _curves(file: HistoryFile) -> Iterator[Curve]:
    """The curves of one file, in shares, one value an epoch."""
    percent = _in_percent(file)
    by_epoch = {(s.split, s.quantity, s.name) for s in file.series if s.per == "epoch"}
    told = {(split, quantity) for split, quantity, _ in by_epoch}
    finished = set(file.row_epochs)
    for series in file.series:
        if series.quantity in ("epoch", "step", "time"):
            continue
        is_fraction = series.quantity in percent and _is_fraction(series, file)
        for curve in _of_series(series, file.where, told, finished):
            if series.quantity in percent and not is_fraction:
                curve = dataclasses.replace(curve, values=curve.values / 100, was_percent=True)
            yield curve


def _of_series(
    series: Scalar, where: str, told: set[tuple[str, str]], finished: set[float]
) -> Iterator[Curve]:
    epochs, values = np.asarray(series.epochs, np.float64), np.asarray(series.values, np.float64)
    if series.quantity != "other" and series.quantity != "loss":
        present = values != ABSENT
        epochs, values = epochs[present], values[present]
    epochs, values = _in_order(epochs, values)
    per = "step" if series.per == "batch" else series.per
    yield Curve(series.name, series.split, series.quantity, epochs, values, where, per)
    if series.per == "batch" and (series.split, series.quantity) not in told and len(values):
        means = list(_means(epochs, values, finished))
        at, mean = np.array([m[0] for m in means]), np.array([m[1] for m in means])
        yield Curve(f"mean of {series.name}", series.split, series.quantity, at, mean, where)


def _in_order(epochs: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The last value of each epoch or step, in their order: a run resumed at 20 has epoch 20 twice."""
    last = {epoch: row for row, epoch in enumerate(epochs.tolist())}
    rows = [last[epoch] for epoch in sorted(last) if not math.isnan(epoch)]
    return epochs[rows], values[rows]


def _means(at: Floats, values: Floats, finished: set[float]) -> Iterator[tuple[float, float]]:
    """The mean of an epoch's finite batches; NaN where it had none. Unfinished epochs are left out."""
    of = np.floor(at)
    for epoch in np.unique(of):
        if not finished or epoch in finished:
            batch = values[of == epoch]
            good = batch[np.isfinite(batch)]
            yield float(epoch), float(good.mean()) if len(good) else math.nan


def _in_percent(file: HistoryFile) -> set[str]:
    """The quantities that a file gives in percent, told for all its splits together."""
    signed = set(file.facts.get("percent", ()))
    found: set[str] = set()
    for families, is_percent in ((SHARES, _share_is_percent), (ERRORS, _error_is_percent)):
        for family in families:
            of = [s for s in file.series if {s.quantity, s.quantity.rstrip("0123456789")} & set(family)]
            values = [np.asarray(s.values, np.float64) for s in of]
            good = [v[np.isfinite(v) & (v != ABSENT)] for v in values]
            if any(s.name in signed for s in of) or any(len(v) and is_percent(v) for v in good):
                found |= {s.quantity for s in of}
    return found | set(EDITS) if "wer" in found else found


def _share_is_percent(values: Floats) -> bool:
    return float(values.max()) > 1 + 1e-6  # nothing else can be over 1


def _is_fraction(series: Scalar, file: HistoryFile) -> bool:
    """Whether a share is a fraction though its quantity is in percent on another split of the file."""
    family = next((f for f in SHARES if series.quantity in f), ())
    if not family or series.name in file.facts.get("percent", ()):
        return False
    others = (s for s in file.series if s.quantity == series.quantity and s.split != series.split)
    return any(_is_hundredth(series, other) for other in others)


def _is_hundredth(series: Scalar, other: Scalar) -> bool:
    """Whether two curves are one score in two units, the first as a fraction, the second in percent.

    A percentage that never exceeds 1 is that of guessing among hundreds of classes. It starts as low
    as the training accuracy, or stays where it is while that rises; a fraction starts a hundred
    times as low, and rises along.
    """
    at = dict(zip(other.epochs, other.values, strict=True))
    pairs = [(v, at[e]) for e, v in zip(series.epochs, series.values, strict=True) if e in at]
    pairs = [(v, o) for v, o in pairs if math.isfinite(v + o) and v > 0 and o > 0]
    if len(pairs) < FEWEST_PAIRS:
        return False
    value, percent = np.array(pairs, np.float64).T
    if max(series.values) > 1 or value.max() < FRACTION_AT_LEAST or not _share_is_percent(percent):
        return False
    start, rise, along = (
        float(x)
        for x in (100 * value[0] / percent[0], value.max() / value[0], percent.max() / percent[0])
    )
    if not 1 / SAME_START <= start <= SAME_START or rise < max(RISE, math.sqrt(along)):
        return False
    return along > 1 and float(np.corrcoef(value, percent)[0, 1]) >= TOGETHER


def _error_is_percent(values: Floats) -> bool:
    """Whether error rates are in percent, which a WER over 1 alone does not show.

    A WER as a share starts about 1, and insertions lift single values over 10; in percent
    it starts about 100. What stays between 1 and 10 and goes under 1 is a share, and so is what
    starts beyond any percentage and goes under 1: errors were divided by hypotheses of few tokens.
    """
    if float(values[0]) > FIRST_PERCENT and float(np.median(values[len(values) // 2 :])) < 1:
        return False
    high = int(np.sum(values > 10))
    if high:
        return high > 1 or len(values) <= 2 or float(values.max()) > 50 or float(np.median(values)) > 1.5
    return float(values.max()) > 3 and float(values.min()) > 1.05


def _fullest(curves: Sequence[Curve]) -> list[Curve]:
    """Of the curves that tell of the same, the one with most values; parts are told apart by name."""
    kept: dict[tuple[str, ...], Curve] = {}
    for curve in curves:
        by_name = curve.quantity in ("other", "part_loss", "part_wer")
        key = (curve.split, curve.quantity, curve.per, curve.name if by_name else "")
        if key not in kept or _fullness(curve) > _fullness(kept[key]):
            kept[key] = curve
    return list(kept.values())


def _fullness(curve: Curve) -> tuple[int, bool, int]:
    """Most values, then a total before a bare name, then most digits: a log rounds what a json keeps."""
    digits = max((len(repr(v)) for v in curve.values[:50].tolist()), default=0)
    return len(curve.values), "total" in curve.name.lower() or "tot" in curve.name.lower(), digits


def _promoted(curves: Iterable[Curve]) -> list[Curve]:
    """A part of a loss becomes the loss of a split that has no other."""
    kept = list(curves)
    told = {c.split for c in kept if c.quantity == "loss"}
    for split in {c.split for c in kept} - told:
        parts = [
            c
            for c in kept
            if c.split == split and c.quantity == "part_loss" and np.any(c.values != ABSENT)
        ]
        main = min(parts, key=lambda c: (_rank(c.name), c.per != "epoch"), default=None)
        if main is not None:
            same = [c for c in parts if _rank(c.name) == _rank(main.name)]
            kept = [
                dataclasses.replace(c, quantity="loss") if any(c is s for s in same) else c for c in kept
            ]
    return kept


def _rank(name: str) -> int:
    lower = name.lower()
    return next((i for i, part in enumerate(MAIN_PARTS) if part in lower), len(MAIN_PARTS))
