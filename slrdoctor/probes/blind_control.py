"""The control without input, and the lines that losses are held against."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from slrdoctor.arithmetic.constant_output import best_constant, grouped
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.ctc_lengths import repeats_in
from slrdoctor.facts.ctc.uniform_start import uniform_losses
from slrdoctor.probes.chosen_samples import ChosenSamples
from slrdoctor.probes.trainable import Trainable
from slrdoctor.probes.trials import ReferenceTrial, UserTrial


def reference_lines(trainable: Trainable, chosen: ChosenSamples) -> Iterator[tuple[str, float]]:
    """The start of uniform outputs and the input-blind floor of the chosen samples, a token."""
    lengths = np.array([len(s.target) for s in chosen.samples], dtype=np.int64)
    if trainable.task == "classification":
        yield "uniform start", math.log(max(trainable.classes, 2))
    if trainable.task != "ctc" or not lengths.all():
        yield "without input", blind_bound(trainable.task, [s.tokens for s in chosen.samples])
        return
    frames = np.array([s.frames for s in chosen.samples], dtype=np.int64)
    repeats = np.array([repeats_in(s.tokens) for s in chosen.samples], dtype=np.int64)
    yield (
        "uniform start",
        float(np.mean(uniform_losses(frames, lengths, repeats, trainable.classes) / lengths)),
    )
    used = sorted({index for s in chosen.samples for index in s.target})
    glosses = [np.array([used.index(i) for i in s.target], dtype=np.int64) for s in chosen.samples]
    groups = grouped(glosses, frames, repeats, 1.0 / lengths)
    prior = np.bincount(np.concatenate(glosses), minlength=len(used)) / lengths.sum()
    best = best_constant(groups, prior, 1 - float(lengths.sum() / frames.sum()))
    yield "without input", float(best.loss * (1.0 / lengths).sum() / len(lengths))


@dataclass(frozen=True)
class BlindControl:
    """The same training without input, against the bound that nothing without input can pass."""

    model: str
    loss: float
    bound: float  # nats a token
    error_rate: float
    error_rate_trained: float  # of the model trained on the samples, given zeros
    steps: int
    read_from: str

    @property
    def sentence(self) -> str:
        return (
            f"without input {self.model} reaches a loss of {self.loss:.2f} per token and "
            f"{self.error_rate:.0%} errors; without input no model can get below {self.bound:.2f}"
        )


@measure
def blind_control(
    chosen: ChosenSamples, trainable: Trainable, reference: ReferenceTrial, user: UserTrial | None
) -> BlindControl:
    """Of the user's model where there is one, else of the reference model."""
    trial: ReferenceTrial | UserTrial = user if user is not None else reference
    controls = trial.controls
    if controls is None and trial.stopped:
        raise Unavailable(
            f"the control without input did not come to its end: {trial.stopped}",
            "give it more time with --seconds, or fewer and shorter samples",
        )
    if controls is None:
        raise Unavailable(
            "the control without input is run only for a model that reproduces the samples"
        )
    return BlindControl(
        model=trial.model,
        loss=controls.zeroed.loss,
        bound=blind_bound(trainable.task, [s.tokens for s in chosen.samples]),
        error_rate=controls.zeroed.error_rate,
        error_rate_trained=controls.error_rate_trained_zeroed,
        steps=controls.zeroed.steps,
        read_from=chosen.read_from,
    )


def blind_bound(task: str, targets: Sequence[Sequence[str]]) -> float:
    """The least mean loss a token (a sample where a sample is one) that no input allows, in nats.

    Given the same for every sample, a model divides a probability of one among the distinct
    targets. The mean of -ln p_i / L_i is least where p_i is in proportion to the weight 1 / L_i.
    """
    weights: dict[tuple[str, ...], float] = defaultdict(float)
    for target in targets:
        one_each = task in ("classification", "retrieval")
        weights[tuple(target)] += 1.0 / (1 if one_each else max(1, len(target)))
    total = sum(weights.values())
    return sum(-w * math.log(w / total) for w in weights.values()) / max(1, len(targets))
