"""Where the losses of a run went, against what a model reaches without looking at its input."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from slrdoctor.core.registry import measure
from slrdoctor.facts.ctc.blind_floor import BlindFloor
from slrdoctor.facts.ctc.uniform_start import UniformStart
from slrdoctor.facts.evaluation.blind_score import BlindScore
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.class_count import ClassCount
from slrdoctor.facts.training.dev_score import Floats, finite, held_out, settled
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.facts.training.loss_scale import LossScale
from slrdoctor.facts.training.score_course import ScoreCourse
from slrdoctor.words.grammar import number

SMALLEST_FLOOR = 1e-3  # nats
# between these multiples of the blind loss the first training loss can be a mean per token
LEAST_START, MOST_START = 0.3, 12


@dataclass(frozen=True)
class SplitLoss:
    """One loss over a run: in the floor's unit where that is known, as logged where it is not.

    All nan where nothing is logged, or where only its reduction is unknown.
    """

    first: float = math.nan
    best: float = math.nan
    last: float = math.nan  # median of the last few
    factor: float = 1.0  # what a logged loss was divided by
    points: int = 0

    @property
    def sentence(self) -> str:
        shown = f"{number(self.first * self.factor)} to {number(self.last * self.factor)}"
        converted = f" as logged, {number(self.first)} to {number(self.last)} converted"
        return shown + (converted if self.factor != 1 else "")


@dataclass(frozen=True)
class LossCourse:
    """Both losses, and the floor in nats per token (CTC) or per sample (classification)."""

    train: SplitLoss
    dev: SplitLoss
    floor: float  # nan where unknown
    floor_known_by: str
    start: float  # of an untrained CTC model, in nats per token; nan where unknown
    start_frames: float  # T
    read_from: str

    @property
    def parts(self) -> Iterator[str]:
        """`training loss 20 to 3`, `dev loss ...`, `5.37 without looking at the input`."""
        for name, loss in (("training", self.train), ("dev", self.dev)):
            if math.isfinite(loss.last):
                yield f"{name} loss {loss.sentence}"
        if math.isfinite(self.floor):
            yield f"{self.floor:.2f} without looking at the input"

    @property
    def sentence(self) -> str:
        return ", ".join(self.parts) or f"no loss in {self.read_from} that could be compared"


@measure
def loss_course(
    history: History,
    task: Task | None,
    scale: LossScale | None,
    score: ScoreCourse | None,
    floor: BlindFloor | None,
    blind: BlindScore | None,
    classes: ClassCount | None,
    start: UniformStart | None,
) -> LossCourse:
    train, dev = history.curve("train", "loss"), held_out(history, "loss")
    # a contrastive loss and a decoder's cross-entropy are no CTC losses, whatever their size
    is_ctc = task is None or task.name in ("", "ctc")
    height, known_by = _floor(scale, floor, blind if is_ctc else None, classes, train)
    if height < SMALLEST_FLOOR:
        height, known_by = math.nan, f"{known_by}: all labels are the same"
    is_scaled = scale is not None and math.isfinite(height)
    course = LossCourse(
        train=_of_curve(train, scale.train_factor if scale and is_scaled else 1.0),
        dev=_of_curve(dev, scale.dev_factor if scale and is_scaled else 1.0),
        floor=height,
        floor_known_by=known_by,
        start=start.per_token if start is not None else math.nan,
        start_frames=start.mean_input_length if start is not None else math.nan,
        read_from=history.read_from,
    )
    guessed_wrong = (
        scale is not None
        and scale.is_guessed
        and score is not None
        and not score.beats_blind
        and course.dev.best < course.floor
    )
    if guessed_wrong:
        # who is far under the floor recognises something: the losses were read in another unit
        return dataclasses.replace(course, train=SplitLoss(), dev=SplitLoss(), floor=math.nan)
    return course


def _of_curve(curve: Curve | None, factor: float) -> SplitLoss:
    values = scaled(curve, factor)
    if math.isnan(values[0]):
        return SplitLoss(factor=factor)
    return SplitLoss(float(values[0]), float(np.min(values)), settled(values), factor, len(values))


def scaled(curve: Curve | None, factor: float) -> Floats:
    """The finite values of a curve over its factor; one nan where there are none to compare."""
    values = finite(curve)[1] if curve is not None else np.empty(0)
    return values / factor if len(values) and math.isfinite(factor) else np.array([math.nan])


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
        first = scaled(train, 1.0)[0]
        # without the frames only the floor of the smallest unit, a token, can be told
        if LEAST_START * blind.ctc_per_token <= first <= MOST_START * blind.ctc_per_token:
            known_by = f"the {blind.samples} references in {blind.read_from}, for long inputs"
            return blind.ctc_per_token, known_by
    return math.nan, "neither targets nor a class count to compute it from"
