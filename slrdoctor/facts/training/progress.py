"""Whether a run learned, told from its history against the floor and the start."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.blind_floor import BlindFloor
from slrdoctor.facts.ctc.uniform_start import UniformStart
from slrdoctor.facts.evaluation.blind_score import BlindScore
from slrdoctor.facts.labels.samples import Texts
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training._course_in_words import sentence_of
from slrdoctor.facts.training._ending import Ending, beats_blind
from slrdoctor.facts.training.class_count import ClassCount
from slrdoctor.facts.training.dev_score import (
    DevScore,
    Floats,
    finite,
    held_out,
    over,
    settled,
)
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.facts.training.loss_scale import LossScale as LossScale
from slrdoctor.words.grammar import counted
from slrdoctor.words.metrics import metric

FALLEN = 2.0  # times: a loss that fell by less gives nobody hope
FEWEST = 3  # epochs: less is no course
UNDER_FLOOR = 0.9  # of the floor: a dev loss below it has used its input
SMALLEST_FLOOR = 1e-3  # nats
LOSSES = ("first_train", "last_train", "best_train", "first_dev", "best_dev", "last_dev")


@dataclass(frozen=True)
class Progress:
    """What the run did: losses in the floor's unit, the task metric against blind guessing.

    Losses are nats per token (ctc) or sample (classification) where the floor is known, as logged
    where it is not, and nan where only their reduction is unknown. Metrics as in `DevScore`.
    """

    task: str
    floor: float  # nats a token (ctc) or a sample (classification), nan where unknown
    floor_known_by: str
    first_train: float
    last_train: float  # median of the last few epochs
    best_dev: float
    last_dev: float
    metric: str  # wer | accuracy | bleu | recall | ""
    first_metric: float
    best_metric: float
    last_metric: float
    blind_metric: float  # what blind guessing scores, nan where unknown
    epochs: int
    learned: bool  # the task metric beats blind guessing beyond chance, or dev loss is under the floor
    read_from: str
    sentence: str
    first_dev: float = math.nan
    best_train: float = math.nan
    train_accuracy: float = math.nan  # median of the last few epochs
    dev_samples: int | None = None
    start: float = math.nan  # of an untrained CTC model, in nats a token
    start_frames: float = math.nan  # T
    train_factor: float = 1.0  # what a logged training loss was divided by to give `last_train`
    dev_factor: float = 1.0

    @property
    def word(self) -> str:
        """The metric as people write it: WER."""
        return metric(self.metric).word

    def shown(self, score: float) -> str:
        return metric(self.metric).shown(score)

    def shown_loss(self, split: str) -> str:
        """The loss at the end, converted or not: `1.523 as logged, 0.429 per token`, or `0.429`."""
        loss, factor = self.last_train, self.train_factor
        if split != "train":
            loss, factor = self.last_dev, self.dev_factor
        unit = "token" if self.task == "ctc" else "sample"
        return f"{loss:.3g}" if factor == 1 else f"{loss * factor:.4g} as logged, {loss:.3g} per {unit}"

    @property
    def train_over_floor(self) -> float:
        return over(self.last_train, self.floor)

    @property
    def dev_over_floor(self) -> float:
        return over(self.last_dev, self.floor)

    @property
    def train_over_first(self) -> float:
        return over(self.last_train, self.first_train)

    @property
    def fall(self) -> str:
        """What a fall of a CTC loss to the floor was, that looks like learning: a sentence, or ""."""
        if not math.isfinite(self.start_frames) or not self.train_over_first < 1 / FALLEN:
            return ""
        return (
            f". Its fall from {self.first_train:.4g} by {1 - self.train_over_first:.1%} only leads "
            f"there from uniform outputs, which cost {self.start:.4g} at T = {self.start_frames:.0f}"
        )

    @property
    def ending(self) -> Ending:
        return Ending(self.metric, self.last_metric, self.blind_metric)

    @property
    def error_left(self) -> float:
        """The dev score's error over that of guessing: 0 is perfect, 1 no better than guessing.

        Between the best and the last score, so that neither a lucky early epoch nor a noisy
        last one decides; nan for scores without a perfect value.
        """
        between = (self.best_metric + self.last_metric) / 2
        if self.metric in ("wer", "cer"):
            return over(between, self.blind_metric if math.isfinite(self.blind_metric) else 1.0)
        if self.metric == "accuracy":
            return (1 - between) / (1 - (self.blind_metric if self.blind_metric < 1 else 0.0))
        return math.nan


@measure
def progress(
    history: History,
    task: Task | None,
    score: DevScore | None,
    scale: LossScale | None,
    floor: BlindFloor | None,
    blind: BlindScore | None,
    classes: ClassCount | None,
    size: EpochSize | None,
    texts: Texts | None,
    start: UniformStart | None = None,
) -> Progress:
    train, dev = history.curve("train", "loss"), held_out(history, "loss")
    points = [len(c.values) for c in (dev, train) if c is not None and len(c.values)]
    epochs = len(score.values) if score is not None else min(points, default=0)
    if epochs < FEWEST:
        raise Unavailable(
            f"{history.read_from} has a loss or a score for only {counted(epochs, 'epoch')}",
            f"train for at least {FEWEST} epochs, with the dev score logged after each",
        )
    # a contrastive loss and a decoder's cross-entropy are no CTC losses, whatever their size
    is_ctc = task is None or task.name in ("", "ctc")
    height, known_by = _floor(scale, floor, blind if is_ctc else None, classes, train)
    if height < SMALLEST_FLOOR:
        height, known_by = (
            math.nan,
            f"{known_by}: all labels are the same",
        )
    losses = {
        which: _scaled(curve, factor if math.isfinite(height) else 1.0)
        for which, curve, factor in (
            ("train", train, scale.train_factor if scale else 1.0),
            ("dev", dev, scale.dev_factor if scale else 1.0),
        )
    }
    accuracy = history.curve("train", "accuracy")
    facts = {
        "task": task.name if task else "",
        "floor": height,
        "floor_known_by": known_by,
        "blind_metric": _blind_metric(score, floor, blind, classes, texts),
        "first_train": float(losses["train"][0]),
        "last_train": settled(losses["train"]),
        "best_train": float(np.min(losses["train"])),
        "first_dev": float(losses["dev"][0]),
        "best_dev": float(np.min(losses["dev"])),
        "last_dev": settled(losses["dev"]),
        "train_factor": scale.train_factor if scale and math.isfinite(height) else 1.0,
        "dev_factor": scale.dev_factor if scale and math.isfinite(height) else 1.0,
        "start": start.per_token if start is not None else math.nan,
        "start_frames": start.mean_input_length if start is not None else math.nan,
    }
    guessed = scale is not None and scale.is_guessed
    return _concluded(facts, score, guessed, epochs, accuracy, size, history.read_from)


def _floor(
    scale: LossScale | None,
    floor: BlindFloor | None,
    blind: BlindScore | None,
    classes: ClassCount | None,
    train: Curve | None,
) -> tuple[float, str]:
    """The floor in its smallest unit and how it is known; nan where no loss can be compared with it."""
    if scale is not None and not (math.isfinite(scale.train_factor) or math.isfinite(scale.dev_factor)):
        return math.nan, scale.sentence
    if scale is not None and floor is not None:
        ctc = floor.task == "ctc"
        return (floor.per_token if ctc else floor.per_sample), floor.read_from
    if scale is not None and classes is not None:
        return math.log(classes.classes), f"ln of the number of classes, {classes.known_by}"
    if scale is None and blind is not None and train is not None:
        first = _scaled(train, 1.0)[0]
        # without the frames only the floor of the smallest unit, a token, can be told
        if 0.3 * blind.ctc_per_token <= first <= 12 * blind.ctc_per_token:
            known_by = f"the {blind.samples} references in {blind.read_from}, for long inputs"
            return blind.ctc_per_token, known_by
    return math.nan, "neither targets nor a class count to compute it from"


def _scaled(curve: Curve | None, factor: float) -> Floats:
    """The finite losses of a curve over its factor; one nan where there are none to compare."""
    values = finite(curve)[1] if curve is not None else np.empty(0)
    return values / factor if len(values) and math.isfinite(factor) else np.array([math.nan])


def _blind_metric(
    score: DevScore | None,
    floor: BlindFloor | None,
    blind: BlindScore | None,
    classes: ClassCount | None,
    texts: Texts | None,
) -> float:
    if score is None:
        return math.nan
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
    counts = Counter(words for words, of in zip(texts.words, texts.splits) if of == split)
    return max(counts.values()) / counts.total() if counts else math.nan


def _concluded(
    facts: dict[str, Any],
    score: DevScore | None,
    guessed: bool,
    epochs: int,
    accuracy: Curve | None,
    size: EpochSize | None,
    read_from: str,
) -> Progress:
    """The fact, once it is decided whether the run learned."""
    samples = size.dev_samples if size is not None else None
    if score is not None and not math.isnan(score.best):
        beats = beats_blind(score, facts["blind_metric"], samples)
    else:
        beats = None
    if beats is False and guessed:
        # who is far under the floor recognises something: the losses were read in another unit
        facts |= (
            dict.fromkeys(("floor", *LOSSES), math.nan) if facts["best_dev"] < facts["floor"] else {}
        )
    learned = bool(beats) or facts["best_dev"] < UNDER_FLOOR * facts["floor"]
    if beats is None and math.isnan(facts["best_dev"]):
        learned = facts["last_train"] < UNDER_FLOOR * facts["floor"] or (
            math.isnan(facts["floor"]) and facts["last_train"] < facts["first_train"] / 2
        )
    return Progress(
        **facts,
        metric=score.quantity if score else "",
        first_metric=score.first if score else math.nan,
        best_metric=score.best if score else math.nan,
        last_metric=score.last if score else math.nan,
        epochs=epochs,
        learned=learned,
        read_from=read_from,
        sentence=sentence_of(facts, score, epochs),
        train_accuracy=settled(_scaled(accuracy, 1.0)),
        dev_samples=samples,
    )
