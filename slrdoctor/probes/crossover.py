"""Where the fault lies: the reference model and the user's, on the run's samples and on easy ones."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.core.registry import measure
from slrdoctor.probes.answers import answer_of_reference, answer_of_user
from slrdoctor.probes.blind_control import reference_lines
from slrdoctor.probes.chosen_samples import ChosenSamples
from slrdoctor.probes.experiment import Experiment, not_allowed
from slrdoctor.probes.trainable import Trainable
from slrdoctor.probes.trials import Cell, ReferenceTrial, UserTrial


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
    if user is not None:
        remarks.append(user.calling)
        if user.gives != "log-probabilities" and not user.own_loss:
            remarks.append(
                f"your model gives {user.gives}: log_softmax was put before the loss here, and your "
                "training must do so too"
            )
        frozen = user.seen["frozen"] / max(user.seen["parameters"], 1)
        if frozen:
            remarks.append(f"{frozen:.0%} of your model's parameters are frozen")
    controls = (user.controls if user is not None else None) or reference.controls
    moved = controls.get("moved")
    if moved:
        can = "fit as well" if moved["reproduced"] else "do not fit in the same time"
        remarks.append(
            f"control: targets moved on to other samples {can}"
            + (
                ": so learning by heart does not show that labels belong to features"
                if moved["reproduced"]
                else ""
            )
        )
    return remarks
