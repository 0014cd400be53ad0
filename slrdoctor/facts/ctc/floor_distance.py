"""How far a CTC model's losses are from the input-blind floor, by its log and by its outputs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.outputs.log_probs import LogProbs
from slrdoctor.facts.outputs.output_pass import ENABLE
from slrdoctor.facts.training.progress import Progress


@dataclass(frozen=True)
class FloorDistance:
    """CTC losses over the input-blind floor: 1 is what a model reaches without its input.

    nan where unknown. `held_out` is of the stored outputs themselves, which may be of another
    epoch than the end of the log; it is `dev` where none are stored.
    """

    train: float  # at the end of the log; of the outputs on train where nothing is logged
    dev: float  # likewise
    held_out: float
    floor: float  # nats a token
    epochs: int | None  # None where nothing is logged
    learned: bool  # by the dev score, or a dev loss under the floor
    read_from: str
    held_out_from: str

    @property
    def sentence(self) -> str:
        losses = {"train loss": self.train, "dev loss": self.dev}
        if self.held_out_from != self.read_from:
            losses["loss of the stored outputs"] = self.held_out
        known = [f"{what} {value:.2f}" for what, value in losses.items() if math.isfinite(value)]
        if not known:
            return "no loss can be compared with that of a model that ignores its input"
        blind = f"what a model reaches without its input ({self.floor:.2f} per token)"
        return f"{', '.join(known)} times {blind}"


@measure
def floor_distance(task: Task, progress: Progress | None, outputs: LogProbs | None) -> FloorDistance:
    if task.name != "ctc":
        raise Unavailable(f"the task is {task.name} ({task.known_by}), not CTC")
    if progress is None and outputs is None:
        raise Unavailable("neither a history with losses nor log-probabilities with targets", ENABLE)
    train, dev, floor, own = math.nan, math.nan, math.nan, math.nan
    read_from, own_from = "", ""
    if progress is not None:
        train, dev, floor = progress.train_over_floor, progress.dev_over_floor, progress.floor
        read_from = progress.read_from
    if outputs is not None:
        own, own_from = outputs.over_floor, outputs.read_from
        on_train = own if outputs.split == "train" else outputs.train_over_floor
        on_dev = math.nan if outputs.split == "train" else own
        train, dev = _known(train, on_train), _known(dev, on_dev)
        floor = _known(floor, outputs.floor_per_token)
    return FloorDistance(
        train=train,
        dev=dev,
        held_out=_known(own, dev),
        floor=floor,
        epochs=progress.epochs if progress is not None else None,
        learned=progress is not None and progress.learned,
        read_from=read_from or own_from,
        held_out_from=own_from if math.isfinite(own) else read_from,
    )


@dataclass(frozen=True)
class SettledLosses:
    """The training and the dev loss over the input-blind floor, both known."""

    train: float
    dev: float
    floor: float  # nats a token
    epochs: int | None  # None where nothing is logged
    read_from: str

    @property
    def sentence(self) -> str:
        return (
            f"train loss {self.train:.2f} and dev loss {self.dev:.2f} times what a model reaches "
            f"without its input ({self.floor:.2f} nats per token)"
        )


@measure
def settled_losses(distance: FloorDistance) -> SettledLosses:
    losses = {"train": distance.train, "dev": distance.dev}
    missing = [split for split, loss in losses.items() if not math.isfinite(loss)]
    if missing:
        raise Unavailable(
            f"the {' and the '.join(missing)} loss cannot be compared with that of a blind model: "
            "looked for losses whose reduction is known, and for log-probabilities with targets",
            ENABLE,
        )
    read_from = dict.fromkeys((distance.read_from, distance.held_out_from))
    return SettledLosses(
        distance.train, distance.dev, distance.floor, distance.epochs, " and ".join(read_from)
    )


def _known(value: float, other: float) -> float:
    return value if math.isfinite(value) else other
