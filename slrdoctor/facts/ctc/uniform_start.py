"""The loss of an untrained model: what uniform outputs cost, exactly.

With uniform outputs every path of T frames costs T ln C, so the loss of a target is
T ln C - ln(alignments). An alignment gives each of the L glosses a run of one frame or
more, and leaves the other frames to L + 1 runs of blanks, of which the R between equal
glosses are not empty. The T - L - R free frames fall into 2L + 1 runs in
binom(T - L - R + 2L, 2L) = binom(T + L - R, 2L) ways.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.ctc_lengths import CtcLengths
from slrdoctor.facts.labels.output_classes import OutputClasses
from slrdoctor.facts.labels.task import Task

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_log_factorial = np.vectorize(math.lgamma, otypes=[np.float64])


@dataclass(frozen=True)
class UniformStart:
    """Mean loss of uniform outputs over the training samples, in nats.

    CTC: T ln C - ln binom(T + L - R, 2L) a sample; classification: ln K. `per_token`
    divides each sample by its L first, as torch.nn.CTCLoss(reduction="mean") does.
    Infeasible samples are left out and counted.
    """

    per_sample: float
    per_token: float
    classes: int  # C with blank, or K
    samples: int
    mean_target_length: float
    mean_input_length: float  # nan for classification
    read_from: str
    infeasible: int = 0
    stride_known: bool = True  # false: T is the stored length, and the true start lower
    classes_known_by: str = ""

    @property
    def sentence(self) -> str:
        if math.isnan(self.mean_input_length):
            return f"an untrained model starts at a loss of ln {self.classes} = {self.per_sample:.2f}"
        return (
            f"an untrained model starts at a loss of {self.per_token:.2f} per token "
            f"({self.per_sample:.1f} per sample) with {self.classes} classes "
            f"({self.classes_known_by or self.read_from})"
        )


def log_alignments(frames: Ints, targets: Ints, repeats: Ints) -> Floats:
    """ln of the number of CTC alignments, -inf where there is none; arrays of one shape."""
    free = np.asarray(frames - targets - repeats, dtype=np.float64)
    runs = 2.0 * np.asarray(targets, dtype=np.float64)
    inside = np.maximum(free, 0)
    counts = _log_factorial(inside + runs + 1) - _log_factorial(inside + 1) - _log_factorial(runs + 1)
    return np.where(free >= 0, counts, -np.inf)


def uniform_losses(frames: Ints, targets: Ints, repeats: Ints, classes: int) -> Floats:
    """The CTC loss of uniform outputs over `classes`, blank included, in nats; inf if infeasible."""
    return frames * math.log(classes) - log_alignments(frames, targets, repeats)


def implied_frames(loss: float, target_length: float, classes: int) -> float:
    """The T at which uniform outputs have this loss a sample; nan where there is none."""

    def start(frames: float) -> float:
        ways = math.lgamma(frames + target_length + 1) - math.lgamma(frames - target_length + 1)
        return frames * math.log(classes) - ways + math.lgamma(2 * target_length + 1)

    # the loss rises from T = L on, but for few classes only after it has fallen to a lowest
    # point: d/dT is about ln C - ln((T + L) / (T - L)), zero at T = L (C + 1) / (C - 1)
    low = target_length * (classes + 1) / (classes - 1)
    high = low + 1
    if not math.isfinite(loss) or target_length <= 0 or loss < start(low):
        return math.nan
    while start(high) < loss:
        high *= 2
        if high > 1e9:
            return math.nan
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if start(middle) < loss else (low, middle)
    return high


@measure
def uniform_start(task: Task, classes: OutputClasses, lengths: CtcLengths | None) -> UniformStart:
    """Over the training samples; over all where no split is told apart."""
    if task.name == "classification":
        loss = math.log(classes.count)
        return UniformStart(
            loss, loss, classes.count, 0, 1.0, math.nan, classes.read_from, 0, True, classes.known_by
        )
    if lengths is None:
        raise Unavailable(
            "CTC's start needs the number of frames: looked for features and annotated frame counts",
            "give the doctor the features, or a frames column in the annotations",
        )
    training = np.array([split in ("train", "") for split in lengths.splits])
    keep = ~lengths.infeasible & (training if training.any() else True)
    if not keep.any():
        raise Unavailable("no training sample has enough frames for its target")
    frames, targets = lengths.input_lengths[keep], lengths.target_lengths[keep]
    losses = uniform_losses(frames, targets, lengths.repeats[keep], classes.count)
    return UniformStart(
        per_sample=float(np.mean(losses)),
        per_token=float(np.mean(losses / targets)),
        classes=classes.count,
        samples=int(keep.sum()),
        mean_target_length=float(np.mean(targets)),
        mean_input_length=float(np.mean(frames)),
        read_from=f"{lengths.read_from} and {classes.read_from}",
        infeasible=int(lengths.infeasible.sum()),
        stride_known=lengths.stack.known,
        classes_known_by=classes.known_by,
    )
