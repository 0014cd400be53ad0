"""What the user's model does with a batch of the run's samples, as facts for checks."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.probes.protocol import OURS, REAL
from slrdoctor.probes.trainable import Trainable
from slrdoctor.probes.trials import UserTrial

DEAD = 0.95  # share of a layer's units that never change, from which on the layer is dead
LEAST_UNITS = 4


@dataclass(frozen=True)
class ModelBehaviour:
    """Changes are the largest of any log-probability, in nats, in eval mode."""

    model: str
    calling: str
    zeroed: float  # when the input is zero instead
    shuffled: float  # when the frames are in another order, the outputs' order left aside
    others: float  # of one sample, when the others in the batch are others
    mixes: bool  # the same found with random input in every layout that works
    padded: float  # share of padding of the sample that was tried alone
    padding: float  # the change of a likely class between alone and padded
    padding_frames: float  # share of its frames where that is felt
    parameters: int
    frozen: int
    without_gradient: tuple[str, ...]  # a few of the trainable tensors that get none
    without_gradient_count: int
    without_gradient_values: int
    trainable: int
    dead_layers: tuple[tuple[str, float, int], ...]  # name, share of units that never change, units
    is_sequence: bool
    read_from: str

    @property
    def sentence(self) -> str:
        return f"{self.calling}; {self.parameters:,} parameters, {self.frozen:,} of them frozen"


@measure
def model_behaviour(user: UserTrial, trainable: Trainable) -> ModelBehaviour:
    """From the user's trial. Raises Unavailable where it failed."""
    if user.seen is None:
        raise Unavailable(user.sentence, "fix what it says, then try again")
    seen, gradients, changes = user.seen, user.seen.gradients, user.seen.changes
    if changes.not_a_number:
        # how far NaN is from NaN says nothing of any input
        raise Unavailable(
            f"the output of {user.model} is NaN for the samples of this run",
            "print the output of each layer in forward(), and fix the first that is NaN",
        )
    dead = [
        (units.layer, units.dead_share, units.count)
        for units in changes.units
        if units.dead_share >= DEAD and units.count >= LEAST_UNITS
    ]
    return ModelBehaviour(
        model=user.model,
        calling=seen.calling,
        zeroed=changes.zeroed,
        shuffled=changes.shuffled,
        others=changes.others,
        mixes=seen.mixes,
        padded=changes.padding.padded,
        padding=changes.padding.largest,
        padding_frames=changes.padding.frames,
        parameters=gradients.parameters,
        frozen=gradients.frozen,
        without_gradient=gradients.without_gradient,
        without_gradient_count=gradients.without_gradient_count,
        without_gradient_values=gradients.without_gradient_values,
        trainable=gradients.trainable,
        dead_layers=tuple(dead),
        is_sequence=trainable.task == "ctc",
        read_from=user.read_from,
    )


@dataclass(frozen=True)
class ModeScores:
    """The same samples decoded in train mode and in eval mode, after training on them."""

    model: str
    training: float  # error rate
    evaluation: float
    loss: float
    read_from: str

    @property
    def sentence(self) -> str:
        return (
            f"{self.model} makes {self.training:.0%} errors on the samples in train mode and "
            f"{self.evaluation:.0%} in eval mode"
        )


@measure
def mode_scores(user: UserTrial) -> ModeScores:
    """Of the attempt that came nearest in either mode."""
    cell = user.cells.get(OURS) or user.cells.get(REAL)
    if cell is None:
        raise Unavailable(user.sentence if user.failed else "the model was only examined, not trained")
    best = min(cell.attempts, key=lambda a: (min(a.error_rate, a.error_rate_training), a.loss))
    return ModeScores(user.model, best.error_rate_training, best.error_rate, best.loss, user.read_from)
