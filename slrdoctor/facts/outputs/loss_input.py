"""Whether what the CTC loss is given are log-probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from slrdoctor.arithmetic.scales import PROBABILITIES
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.outputs.output_pass import ENABLE, OutputPass, SplitOutputs
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.words.grammar import number


@dataclass(frozen=True)
class StoredScale:
    """The scale of stored outputs: how many of their frames sum to one."""

    called: str  # log-probabilities, where the files' names say so; else ""
    scale: str  # log-probabilities | probabilities | logits
    along: str  # the axis that sums are one along: classes | frames | samples | ""
    frames: int
    off_frames: int  # whose sum over the classes is not one; after exp, if called log-probabilities
    not_finite: int
    classes: int
    example: str  # the id of a sample with such frames
    read_from: str


@dataclass(frozen=True)
class LossInput:
    """What is known of the values that the CTC loss gets: of stored outputs, and the loss's sign."""

    stored: StoredScale | None
    lowest_loss: float  # nan where no loss that is CTC's alone is logged
    loss_name: str
    loss_from: str

    @property
    def read_from(self) -> str:
        return self.stored.read_from if self.stored is not None else self.loss_from

    @property
    def sentence(self) -> str:
        parts = []
        if self.stored is not None:
            good = self.stored.frames - self.stored.off_frames
            parts.append(
                f"{good} of {self.stored.frames} stored frames sum to one ({self.stored.scale})"
            )
        if math.isfinite(self.lowest_loss):
            parts.append(f"the lowest logged {self.loss_name} is {number(self.lowest_loss, 4)}")
        return ", and ".join(parts)


@measure
def loss_input(task: Task, outputs: OutputPass | None, history: History | None) -> LossInput:
    if task.name != "ctc":
        raise Unavailable(f"the task is {task.name} ({task.known_by}), not CTC")
    curve = _ctc_curve(history)
    if outputs is None and curve is None:
        raise Unavailable("looked for log-probabilities, and for a logged CTC loss", ENABLE)
    stored = _stored(outputs.splits[0]) if outputs is not None else None
    if curve is None and stored is not None and not stored.called:
        raise Unavailable(
            f"{stored.read_from} may be on any scale (it has {stored.scale}), and no CTC loss is logged",
            ENABLE,
        )
    lowest = float(np.min(curve.values[np.isfinite(curve.values)])) if curve is not None else math.nan
    return LossInput(
        stored=stored,
        lowest_loss=lowest,
        loss_name=curve.name if curve is not None else "",
        loss_from=curve.read_from if curve is not None else "",
    )


def _stored(split: SplitOutputs) -> StoredScale:
    worst = int(np.argmax(split.off_rows))
    called = "log-probabilities" if split.claims_logarithms else ""
    # probabilities sum to one as they are, and not after exp
    off_frames = split.frames if called and split.axes.scale == PROBABILITIES else split.off_rows
    return StoredScale(
        called=called,
        scale=split.axes.scale,
        along=split.axes.along,
        frames=int(split.frames.sum()),
        off_frames=int(off_frames.sum()),
        not_finite=int(split.not_finite.sum()),
        classes=split.axes.classes,
        example=split.keys[worst] if off_frames[worst] else "",
        read_from=split.read_from,
    )


def _ctc_curve(history: History | None) -> Curve | None:
    """The logged loss that is CTC's alone: one that is named so, or the only loss there is."""
    if history is None:
        return None
    losses = [
        c for c in history.curves if c.quantity in ("loss", "part_loss") and np.isfinite(c.values).any()
    ]
    named = [c for c in losses if "ctc" in c.name.lower()]
    if not named and any(c.quantity == "part_loss" for c in losses):
        return None  # a total of several terms, of which others may be negative
    return min(named or losses, key=lambda c: float(np.nanmin(c.values)), default=None)
