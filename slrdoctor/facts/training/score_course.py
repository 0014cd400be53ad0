"""Where the held-out score of a run went, against guessing."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from slrdoctor.core.registry import measure
from slrdoctor.facts.ctc.blind_floor import BlindFloor
from slrdoctor.facts.evaluation.blind_score import BlindScore
from slrdoctor.facts.labels.samples import Texts
from slrdoctor.facts.training._ending import beats_blind
from slrdoctor.facts.training.class_count import ClassCount
from slrdoctor.facts.training.dev_score import DevScore
from slrdoctor.facts.training.epoch_size import EpochSize


@dataclass(frozen=True)
class ScoreCourse:
    """The task metric over the run, as in `DevScore`, and whether it is beyond guessing."""

    metric: str  # wer | accuracy | bleu | recall ...
    first: float
    best: float
    last: float  # median of the last few
    blind: float  # what guessing scores, nan where unknown
    evaluations: int
    samples: int | None  # of the dev set
    beats_blind: bool  # the best is beyond what guessing reaches by luck
    read_from: str
    sentence: str  # "dev WER fell from 98.0% to 31.2% over 30 epochs"


@measure
def score_course(
    score: DevScore,
    floor: BlindFloor | None,
    blind: BlindScore | None,
    classes: ClassCount | None,
    texts: Texts | None,
    size: EpochSize | None,
) -> ScoreCourse:
    guessing = _guessing(score, floor, blind, classes, texts)
    samples = size.dev_samples if size is not None else None
    return ScoreCourse(
        metric=score.quantity,
        first=score.first,
        best=score.best,
        last=score.last,
        blind=guessing,
        evaluations=len(score.values),
        samples=samples,
        beats_blind=beats_blind(score, guessing, samples),
        read_from=score.read_from,
        sentence=_sentence(score, guessing),
    )


def _guessing(
    score: DevScore,
    floor: BlindFloor | None,
    blind: BlindScore | None,
    classes: ClassCount | None,
    texts: Texts | None,
) -> float:
    """What answering without looking at the input scores; nan where unknown."""
    if score.quantity == "wer":
        if floor is not None and math.isfinite(floor.wer):
            return floor.wer
        return blind.wer if blind is not None else math.nan
    if score.quantity == "accuracy" and classes is not None:
        return classes.guessing
    if score.quantity == "recall" and texts is not None:
        return _guessed_recall(texts, score.split)
    return math.nan


def _guessed_recall(texts: Texts, split: str) -> float:
    """Retrieval at 1 of whoever names the same text for every clip; nan without texts."""
    counts = Counter(words for words, of in zip(texts.words, texts.splits, strict=True) if of == split)
    return max(counts.values()) / counts.total() if counts else math.nan


def _sentence(score: DevScore, blind: float) -> str:
    guess = "chance" if score.quantity == "accuracy" else "always answering the same"
    guessing = f" ({guess}: {score.shown(blind)})" if math.isfinite(blind) else ""
    return f"{_course(score)}{guessing}"


def _course(score: DevScore) -> str:
    """Where the score went: `dev WER fell from 98.0% to 31.2% over 30 epochs`."""
    shown = [score.shown(value) for value in score.values]
    name, first, last = f"{score.split} {score.word}", shown[0], score.shown(score.last)
    over = f"{len(shown)} {score.looks}"
    if len(shown) == 1:
        return f"{name} is {first}"
    if len(set(shown)) == 1:
        return f"{name} is {first} in all {over}"
    if first == last:
        best = f"{score.shown(score.best)} at best"
        return f"{name} is {first} at the start and at the end of {over}, {best}"
    went = "rose" if score.last > score.first else "fell"
    return f"{name} {went} from {first} to {last} over {over}"
