"""Where the fault lies: the reference model and the user's, on the run's samples and on easy ones."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from slrdoctor.facts.ctc.constant_output import best_constant, grouped
from slrdoctor.facts.ctc.ctc_lengths import repeats_in
from slrdoctor.facts.ctc.uniform_start import uniform_losses
from slrdoctor.probes.bars import LEARNED, MODES_APART, REPRODUCED, SAME
from slrdoctor.probes.chosen_samples import ChosenSamples
from slrdoctor.probes.experiment import Experiment, not_allowed
from slrdoctor.probes.trainable import Trainable
from slrdoctor.probes.trials import Cell, ReferenceTrial, UserTrial
from slrdoctor.registry import Unavailable, measure

MOSTLY = 0.5  # share of samples that cannot be trained on, from which on the data are the fault


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


@dataclass(frozen=True)
class _Answer:
    culprit: str
    told: str
    then: str


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
    answer = _of_user(chosen, trainable, reference, user) if user is not None else None
    answer = answer or _of_reference(chosen, reference)
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


def _of_reference(chosen: ChosenSamples, reference: ReferenceTrial) -> _Answer:
    count, name, best = len(chosen.samples), reference.model, reference.real.best
    if chosen.refused_share > MOSTLY:
        return _Answer(
            "data",
            f"the data: {chosen.refused_share:.0%} of the samples cannot be trained on: {chosen.refused}",
            "Mend what the codes say of these samples, then try again.",
        )
    if reference.real.reproduced:
        return _Answer(
            "none",
            f"{name} reproduces {count} samples without an error after {best.steps} steps (loss "
            f"{best.loss:.2f} a token): features, targets and vocabulary can be learned by heart",
            "Try your own model on the same samples: --model path/to/train.py:build_model.",
        )
    failed = f"{name} does not reproduce {count} samples: {_failure(reference.real)}"
    if reference.easy is not None and reference.easy.reproduced:
        return _Answer(
            "data",
            f"the data: {failed}, although it reproduces easy samples of the same lengths and targets",
            f"Look at the features of {', '.join(chosen.ids)}: do they differ, and do they move?",
        )
    return _Answer(
        "unknown",
        f"no answer: {failed}, and easy samples of the same shape are not reproduced either in the time",
        "Give it more time with --seconds, or fewer and shorter samples.",
    )


def _of_user(
    chosen: ChosenSamples, trainable: Trainable, reference: ReferenceTrial, user: UserTrial
) -> _Answer | None:
    """None where the data are to be blamed before the model."""
    count = len(chosen.samples)
    real = user.cells.get("real")
    reproduced = real is not None and real.reproduced
    if not reproduced and (chosen.refused_share > MOSTLY or not reference.real.reproduced):
        return None
    wrong = _wrong_in_itself(user, reproduced)
    if wrong is not None:
        return wrong
    if real is None:
        return None
    if reproduced:
        return _Answer(
            "none",
            f"your model reproduces {count} samples without an error after {real.best.steps} steps (loss "
            f"{real.best.loss:.2f} a token): model, loss and decoder can learn these data by heart",
            "Train on everything, and hold the dev loss against the input-blind floor.",
        )
    return _own_steps(trainable, reference, user, real) or _model(reference, user, real, count)


def _wrong_in_itself(user: UserTrial, reproduced: bool) -> _Answer | None:
    """What is wrong whatever the training shows."""
    seen = user.seen
    if user.wrong_lengths:
        return _Answer(
            "model",
            f"your model: {user.wrong_lengths}",
            "Return the lengths after the temporal layers, as the CTC loss is given those.",
        )
    if seen["zeroed"] < SAME:
        return _Answer(
            "model",
            "your model: its output is the same whether it is given the samples or zeros: it does not "
            "use its input",
            "Follow the features through forward(): somewhere they are dropped, masked or overwritten.",
        )
    if user.mixes or seen["others"] > SAME:
        return _Answer(
            "model",
            "your model: the output of one sample changes when only the other samples of its batch change",
            "Look for an axis that is taken for another: batch_first, a permute, a norm or an attention "
            "over the batch.",
        )
    if seen["without_gradient_count"]:
        share = seen["without_gradient_values"] / max(seen["parameters"], 1)
        names = ", ".join(seen["without_gradient"][:3])
        still = "though it reproduces the samples, " if reproduced else ""
        return _Answer(
            "model",
            f"your model: {still}{seen['without_gradient_count']} of {seen['trainable']} trainable tensors, "
            f"{share:.0%} of the parameters, get no gradient ({names})",
            "Take away the no_grad, detach or numpy step between these layers and the loss.",
        )
    return None


def _own_steps(
    trainable: Trainable, reference: ReferenceTrial, user: UserTrial, real: Cell
) -> _Answer | None:
    """The loss or the decoder, where the same model does it with ours."""
    ours = user.cells.get("real, our loss and decoder")
    if ours is None or not ours.reproduced:
        return None
    best = real.best
    with_ours = (
        f"with the loss and decoder of this test it reproduces them after {ours.best.steps} steps"
    )
    if user.own_blank is not None and user.own_blank != trainable.blank:
        return _Answer(
            "loss",
            f"the loss: {user.own_loss} is told blank {user.own_blank}, and the vocabulary's blank is "
            f"{trainable.blank}; {with_ours}",
            f"Give the CTC loss blank={trainable.blank}, or move the blank in the vocabulary.",
        )
    if any(attempt.negative for attempt in real.attempts) and user.gives == "logits":
        return _Answer(
            "loss",
            f"the loss: it falls below zero ({best.loss:.2f}), as {user.own_loss} is given logits and not "
            f"log-probabilities; {with_ours}",
            "Put log_softmax(-1) before the CTC loss.",
        )
    if user.own_decode and best.loss < REPRODUCED and not best.not_finite:
        return _Answer(
            "decoder",
            f"the decoder: the loss is down at {best.loss:.2f} a token, and {user.own_decode} still makes "
            f"{best.error_rate:.0%} errors; {with_ours}",
            "Check the decoder's blank index, the merging of repeats, and the order of the axes.",
        )
    return _Answer(
        "loss",
        f"the loss: with {user.own_loss or user.own_decode} your model does not reproduce the samples "
        f"({_failure(real)}); {with_ours}",
        "Hold your loss against torch.nn.functional.ctc_loss on one batch: axes, lengths, blank, reduction.",
    )


def _model(reference: ReferenceTrial, user: UserTrial, real: Cell, count: int) -> _Answer:
    failed = (
        f"{reference.model} reproduces these {count} samples, and your model does not: {_failure(real)}"
    )
    standard, easy = user.cells.get("standardised"), user.cells.get("easy")
    frozen = user.seen["frozen"] / max(user.seen["parameters"], 1)
    in_train_mode = min(a.error_rate_training for a in real.attempts)
    if in_train_mode < LEARNED and real.best.error_rate - in_train_mode > MODES_APART:
        return _Answer(
            "model",
            f"your model: in train mode it makes {in_train_mode:.0%} errors on the samples, and in eval "
            f"mode {real.best.error_rate:.0%}: what it learns is lost with the running statistics",
            "Replace batch norm by layer or group norm, or look at its momentum and its first values.",
        )
    if frozen > MOSTLY:
        return _Answer(
            "model",
            f"your model: {failed}; {frozen:.0%} of its parameters are frozen (requires_grad is off)",
            "Train the encoder too, or give it features that it was trained for.",
        )
    if standard is not None and standard.reproduced:
        return _Answer(
            "model",
            f"your model: {failed}; with the features standardised it does, as the reference model does "
            "that within itself",
            "Subtract the mean of the training frames and divide by their deviation before the model.",
        )
    if easy is not None and easy.reproduced:
        return _Answer(
            "model",
            f"your model: {failed}, although it reproduces easy samples of the same shape",
            "Give it more capacity or gentler steps: what the reference model tells apart it cannot.",
        )
    return _Answer(
        "model",
        f"your model: {failed}, and easy samples of the same shape neither",
        f"Take {reference.model} (slrdoctor models copy {reference.model} .) and change it towards yours "
        "step by step.",
    )


def _failure(cell: Cell) -> str:
    """How the best attempt ended, in words."""
    best = cell.best
    if all(attempt.not_finite for attempt in cell.attempts):
        return "the loss is not a number"
    decoded = "nothing but blanks is decoded" if best.blank_only else f"{best.error_rate:.0%} errors"
    return f"{decoded}, loss {best.loss:.2f} a token after {best.steps} steps"


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
                * moved["reproduced"]
            )
        )
    return remarks


def reference_lines(trainable: Trainable, chosen: ChosenSamples) -> Iterator[tuple[str, float]]:
    """The start of uniform outputs and the input-blind floor of the chosen samples, a token."""
    lengths = np.array([len(s.target) for s in chosen.samples], dtype=np.int64)
    if trainable.task == "classification":
        yield "uniform start", math.log(max(trainable.classes, 2))
    if trainable.task != "ctc" or not lengths.all():
        yield "no input", blind_bound(trainable.task, [s.tokens for s in chosen.samples])
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
    yield "input-blind floor", float(best.loss * (1.0 / lengths).sum() / len(lengths))


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
            f"without input {self.model} comes to a loss of {self.loss:.2f} a token and "
            f"{self.error_rate:.0%} errors; no model that is told nothing gets below {self.bound:.2f}"
        )


@measure
def blind_control(
    chosen: ChosenSamples, trainable: Trainable, reference: ReferenceTrial, user: UserTrial | None
) -> BlindControl:
    """Of the user's model where there is one, else of the reference model."""
    trial: ReferenceTrial | UserTrial = user if user is not None else reference
    zeroed = trial.controls.get("zeroed")
    if not zeroed:
        raise Unavailable(
            "the control without input is run only for a model that reproduces the samples"
        )
    return BlindControl(
        model=trial.model,
        loss=zeroed["loss"],
        bound=blind_bound(trainable.task, [s.tokens for s in chosen.samples]),
        error_rate=zeroed["error_rate"],
        error_rate_trained=trial.controls["trained_zeroed"],
        steps=zeroed["steps"],
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
