"""Where the fault lies: the reference model and the user's, on the run's samples and on easy ones."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.arithmetic.scales import LOG_PROBABILITIES
from slrdoctor.core.registry import measure
from slrdoctor.probes.answers import answer_of_reference, answer_of_user
from slrdoctor.probes.blind_control import reference_lines
from slrdoctor.probes.chosen_samples import ChosenSamples
from slrdoctor.probes.experiment import Experiment, not_allowed
from slrdoctor.probes.protocol import Attempt, Cell
from slrdoctor.probes.trainable import Trainable
from slrdoctor.probes.trials import ReferenceTrial, UserTrial


@dataclass(frozen=True)
class Crossover:
    """The answer of the experiment: who stands in the way, how that is seen, and what to do next."""

    culprit: str  # none | data | model | loss | decoder | unknown
    told: str  # one sentence with the numbers
    then: str  # one imperative sentence
    cells: tuple[Cell, ...]
    remarks: tuple[str, ...]
    samples: tuple[str, ...]
    lines: tuple[tuple[str, float], ...]  # what the losses are held against: name, nats a token
    read_from: str

    @property
    def sentence(self) -> str:
        return self.told


@measure
def crossover(
    experiment: Experiment | None,
    chosen: ChosenSamples,
    trainable: Trainable,
    reference: ReferenceTrial,
    user: UserTrial | None,
) -> Crossover:
    """Decide from the cells."""
    if experiment is None:
        raise not_allowed("where the fault lies")
    answer = answer_of_user(chosen, trainable, reference, user) if user is not None else None
    answer = answer or answer_of_reference(chosen, reference)
    cells = [cell for cell in (reference.real, reference.easy) if cell is not None]
    return Crossover(
        culprit=answer.culprit,
        told=answer.told,
        then=answer.then,
        cells=(*cells, *(user.cells.values() if user is not None else ())),
        remarks=tuple(_remarks(chosen, reference, user)),
        samples=chosen.ids,
        lines=tuple(reference_lines(trainable, chosen)),
        read_from=f"training on {len(chosen.samples)} samples of {chosen.read_from}",
    )


def _remarks(chosen: ChosenSamples, reference: ReferenceTrial, user: UserTrial | None) -> list[str]:
    remarks = [chosen.sentence]
    seen = user.seen if user is not None else None
    if seen is not None:
        remarks.append(seen.calling)
        if seen.gives != LOG_PROBABILITIES and not seen.own_loss:
            remarks.append(
                f"your model outputs {seen.gives}: this test applies log_softmax before the loss, and "
                "your training must do so too"
            )
        if seen.gradients.frozen:
            remarks.append(f"{seen.gradients.frozen_share:.0%} of your model's parameters are frozen")
    stopped = (user.stopped if user is not None else "") or reference.stopped
    if stopped:
        remarks.append(f"a control did not come to its end, the samples had been tried: {stopped}")
    controls = (user.controls if user is not None else None) or reference.controls
    if controls is not None and controls.moved is not None:
        remarks.append(_remark_on_moved(controls.moved))
    return remarks


def _remark_on_moved(moved: Attempt) -> str:
    if not moved.reproduced:
        return (
            "control: with the targets moved to other samples, it cannot memorise them in the same time"
        )
    return (
        "control: with the targets moved to other samples it memorises them as well, so memorising does "
        "not show that labels and features belong together"
    )
