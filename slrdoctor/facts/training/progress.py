"""Whether a run learned, told from its history against the floor and the start."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training._ending import Ending
from slrdoctor.facts.training.dev_score import held_out, over, settled
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import History
from slrdoctor.facts.training.loss_course import LossCourse, scaled
from slrdoctor.facts.training.score_course import ScoreCourse
from slrdoctor.words.grammar import counted, number
from slrdoctor.words.metrics import metric
from slrdoctor.words.tasks import TaskName

FALLEN = 2.0  # times: a loss that fell by less gives nobody hope
FEWEST = 3  # epochs: less is no course
UNDER_FLOOR = 0.9  # of the floor: a dev loss below it has used its input
FITTED = 0.5  # of the floor: nothing but the input halves a training loss
FITTED_ACCURACY = 0.9  # nine in ten training samples are right
FITTED_LOSS, FITTED_FALL = 0.5, 0.1  # nats and of the first value, where the floor is unknown


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
        if math.isnan(loss):
            return "unknown"
        converted = number(loss) if factor == 1 else f"{number(loss)} per {unit}"
        return converted if factor == 1 else f"{number(loss * factor, 4)} as logged, {converted}"

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
    def beside_blind(self) -> str:
        """Where the training loss lies beside that of a blind model, to the digits that are shown."""
        loss, floor = round(self.last_train, 2), round(self.floor, 2)
        place = "at" if loss == floor else "above" if loss > floor else "hardly below"
        return f"{place} the {self.floor:.2f} that a model reaches without looking at its input"

    @property
    def fall(self) -> str:
        """What a fall of a CTC loss to the floor was, that looks like learning: a sentence, or ""."""
        if not math.isfinite(self.start_frames) or not self.train_over_first < 1 / FALLEN:
            return ""
        return (
            f". Its fall from {number(self.first_train, 4)} by {1 - self.train_over_first:.1%} only "
            f"leads there from uniform outputs, which cost {number(self.start, 4)} at T = "
            f"{self.start_frames:.0f}"
        )

    @property
    def training_fit(self) -> str:
        """What shows that the training samples were learned, whatever dev says: a phrase, or "".

        Not the fall of the loss alone: from exploded outputs it falls far, and nothing is learned.
        """
        share, accuracy = self.train_over_floor, self.train_accuracy
        if math.isfinite(share):
            level = f"the training loss ends at {share:.0%} of that of a model that ignores its input"
            return level if share < FITTED else ""
        if math.isfinite(accuracy):
            return f"training accuracy ends at {accuracy:.1%}" if accuracy >= FITTED_ACCURACY else ""
        near_zero = self.last_train < FITTED_LOSS and self.train_over_first < FITTED_FALL
        return f"the training loss ends at {number(self.last_train)}" if near_zero else ""

    def far_from_chance(self, error_left: float) -> str:
        """The dev score that leaves less than that share of guessing's error: a phrase, or ""."""
        if not self.error_left < error_left:
            return ""
        return f"a dev {self.word} of {self.shown(self.best_metric)} is far from chance"

    @property
    def ending(self) -> Ending:
        # the loss of guessing among K classes is ln K
        guessing = math.exp(-self.floor) if self.task == TaskName.CLASSIFICATION else math.nan
        train = (self.train_accuracy, guessing, self.train_over_floor)
        return Ending(self.metric, self.last_metric, self.blind_metric, *train)

    @property
    def settled_score(self) -> float:
        """Between the best and the last score: neither a lucky epoch nor a noisy last one decides."""
        return (self.best_metric + self.last_metric) / 2

    @property
    def error_left(self) -> float:
        """The dev score's error over that of guessing: 0 is perfect, 1 no better than guessing.

        Between the best and the last score, so that neither a lucky early epoch nor a noisy
        last one decides; nan for scores without a perfect value.
        """
        between = self.settled_score
        if self.metric in ("wer", "cer"):
            return over(between, self.blind_metric if math.isfinite(self.blind_metric) else 1.0)
        if self.metric == "accuracy":
            return (1 - between) / (1 - (self.blind_metric if self.blind_metric < 1 else 0.0))
        return math.nan


@measure
def progress(
    history: History,
    task: Task | None,
    losses: LossCourse,
    score: ScoreCourse | None,
    size: EpochSize | None,
) -> Progress:
    train, dev = losses.train, losses.dev
    epochs = score.evaluations if score is not None else _epochs_with_losses(history)
    if epochs < FEWEST:
        raise Unavailable(
            f"{history.read_from} has a loss or a score for only {counted(epochs, 'epoch')}",
            f"train for at least {FEWEST} epochs, with the dev score logged after each",
        )
    return Progress(
        task=task.name if task else "",
        floor=losses.floor,
        floor_known_by=losses.floor_known_by,
        first_train=train.first,
        last_train=train.last,
        best_dev=dev.best,
        last_dev=dev.last,
        metric=score.metric if score else "",
        first_metric=score.first if score else math.nan,
        best_metric=score.best if score else math.nan,
        last_metric=score.last if score else math.nan,
        blind_metric=score.blind if score else math.nan,
        epochs=epochs,
        learned=_learned(losses, score),
        read_from=history.read_from,
        sentence=", ".join([*([score.sentence] if score else []), *losses.parts]),
        first_dev=dev.first,
        train_accuracy=settled(scaled(history.curve("train", "accuracy"), 1.0)),
        dev_samples=size.dev_samples if size is not None else None,
        start=losses.start,
        start_frames=losses.start_frames,
        train_factor=train.factor,
        dev_factor=dev.factor,
    )


def _epochs_with_losses(history: History) -> int:
    curves = (held_out(history, "loss"), history.curve("train", "loss"))
    return min((len(c.values) for c in curves if c is not None and len(c.values)), default=0)


def _learned(losses: LossCourse, score: ScoreCourse | None) -> bool:
    """By the dev score and the dev loss; by the training loss where there is neither."""
    train, dev, floor = losses.train, losses.dev, losses.floor
    if score is None and math.isnan(dev.best):
        halved = math.isnan(floor) and train.last < train.first / FALLEN
        return train.last < UNDER_FLOOR * floor or halved
    return (score is not None and score.beats_blind) or dev.best < UNDER_FLOOR * floor
