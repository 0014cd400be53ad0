"""From the cells to the answer: who stands in the way, in the order in which a doctor would ask."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.probes.bars import LEARNED, MODES_APART, REPRODUCED, SAME
from slrdoctor.probes.chosen_samples import ChosenSamples
from slrdoctor.probes.trainable import Trainable
from slrdoctor.probes.trials import Cell, ReferenceTrial, UserTrial

MOSTLY = 0.5  # share of samples that cannot be trained on, from which on the data are the fault


@dataclass(frozen=True)
class Answer:
    """`culprit` is none, data, model, loss, decoder or unknown; `then` one imperative sentence."""

    culprit: str
    told: str
    then: str


def answer_of_reference(chosen: ChosenSamples, reference: ReferenceTrial) -> Answer:
    count, name, best = len(chosen.samples), reference.model, reference.real.best
    if chosen.refused_share > MOSTLY:
        return Answer(
            "data",
            f"the data: {chosen.refused_share:.0%} of the samples cannot be trained on: "
            f"{chosen.refused}",
            "Mend what the codes say of these samples, then try again.",
        )
    if reference.real.reproduced:
        return Answer(
            "none",
            f"the reference model {name} reproduces {count} samples without an error after "
            f"{best.steps} steps (loss "
            f"{best.loss:.2f} a token): features, targets and vocabulary can be learned by heart",
            "Try your own model on the same samples: --model path/to/train.py:build_model.",
        )
    failed = f"the reference model {name} does not reproduce {count} samples: {_failure(reference.real)}"
    if reference.real.unfinished:
        return _no_answer(failed)
    if reference.easy is not None and reference.easy.reproduced:
        return Answer(
            "data",
            f"the data: {failed}, although it reproduces easy samples of the same lengths and targets",
            f"Look at the features of {', '.join(chosen.ids)}: do they differ, and do they move?",
        )
    return Answer(
        "unknown",
        f"no answer: {failed}, and easy samples of the same shape are not reproduced either in the time",
        "Give it more time with --seconds, or fewer and shorter samples.",
    )


def answer_of_user(
    chosen: ChosenSamples, trainable: Trainable, reference: ReferenceTrial, user: UserTrial
) -> Answer | None:
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
        return Answer(
            "none",
            f"your model reproduces {count} samples without an error after {real.best.steps} "
            "steps (loss "
            f"{real.best.loss:.2f} a token): model, loss and decoder can learn these data by heart",
            "Train on everything, and hold the dev loss against the input-blind floor.",
        )
    return _own_steps(trainable, reference, user, real) or _model(reference, user, real, count)


def _wrong_in_itself(user: UserTrial, reproduced: bool) -> Answer | None:
    """What is wrong whatever the training shows."""
    seen = user.seen
    if user.wrong_lengths:
        return Answer(
            "model",
            f"your model: {user.wrong_lengths}",
            "Return the lengths after the temporal layers, as the CTC loss is given those.",
        )
    if seen["not_a_number"]:
        return Answer(
            "model",
            "your model: what it gives for the samples is NaN, before any training",
            "Print what each layer gives in forward(): look for a division by zero, a logarithm of "
            "zero, or a mask that leaves a softmax nothing.",
        )
    if seen["zeroed"] < SAME:
        return Answer(
            "model",
            "your model: its output is the same whether it is given the samples or zeros: it does not "
            "use its input",
            "Follow the features through forward(): somewhere they are dropped, masked or overwritten.",
        )
    if user.mixes or seen["others"] > SAME:
        return Answer(
            "model",
            "your model: the output of one sample changes when only the other samples of its "
            "batch change",
            "Look for an axis that is taken for another: batch_first, a permute, a norm or an attention "
            "over the batch.",
        )
    if seen["without_gradient_count"]:
        share = seen["without_gradient_values"] / max(seen["parameters"], 1)
        names = ", ".join(seen["without_gradient"][:3])
        still = "though it reproduces the samples, " if reproduced else ""
        return Answer(
            "model",
            f"your model: {still}{seen['without_gradient_count']} of {seen['trainable']} "
            "trainable tensors, "
            f"{share:.0%} of the parameters, get no gradient ({names})",
            "Take away the no_grad, detach or numpy step between these layers and the loss.",
        )
    return None


def _own_steps(
    trainable: Trainable, reference: ReferenceTrial, user: UserTrial, real: Cell
) -> Answer | None:
    """The loss or the decoder, where the same model does it with ours."""
    ours = user.cells.get("real, our loss and decoder")
    if ours is None or not ours.reproduced:
        return None
    best = real.best
    with_ours = (
        f"with the loss and decoder of this test it reproduces them after {ours.best.steps} steps"
    )
    if user.own_blank is not None and user.own_blank != trainable.blank:
        return Answer(
            "loss",
            f"the loss: {user.own_loss} is told blank {user.own_blank}, and the vocabulary's blank is "
            f"{trainable.blank}; {with_ours}",
            f"Give the CTC loss blank={trainable.blank}, or move the blank in the vocabulary.",
        )
    if any(attempt.negative for attempt in real.attempts) and user.gives == "logits":
        return Answer(
            "loss",
            f"the loss: it falls below zero ({best.loss:.2f}), as {user.own_loss} is given "
            "logits and not "
            f"log-probabilities; {with_ours}",
            "Put log_softmax(-1) before the CTC loss.",
        )
    if user.own_decode and best.loss < REPRODUCED and not best.not_finite:
        return Answer(
            "decoder",
            f"the decoder: the loss is down at {best.loss:.2f} a token, and {user.own_decode} "
            "still makes "
            f"{best.error_rate:.0%} errors; {with_ours}",
            "Check the decoder's blank index, the merging of repeats, and the order of the axes.",
        )
    return Answer(
        "loss",
        f"the loss: with {user.own_loss or user.own_decode} your model does not reproduce the samples "
        f"({_failure(real)}); {with_ours}",
        "Hold your loss against torch.nn.functional.ctc_loss on one batch: axes, "
        "lengths, blank, reduction.",
    )


def _model(reference: ReferenceTrial, user: UserTrial, real: Cell, count: int) -> Answer:
    failed = (
        f"{reference.model} reproduces these {count} samples, and your model does not: {_failure(real)}"
    )
    standard, easy = user.cells.get("standardised"), user.cells.get("easy")
    frozen = user.seen["frozen"] / max(user.seen["parameters"], 1)
    in_train_mode = min(a.error_rate_training for a in real.attempts)
    if in_train_mode < LEARNED and real.best.error_rate - in_train_mode > MODES_APART:
        return Answer(
            "model",
            f"your model: in train mode it makes {in_train_mode:.0%} errors on the samples, and in eval "
            f"mode {real.best.error_rate:.0%}: what it learns is lost with the running statistics",
            "Replace batch norm by layer or group norm, or look at its momentum and its first values.",
        )
    if frozen > MOSTLY:
        return Answer(
            "model",
            f"your model: {failed}; {frozen:.0%} of its parameters are frozen (requires_grad is off)",
            "Train the encoder too, or give it features that it was trained for.",
        )
    if real.unfinished:
        return _no_answer(failed)
    if standard is not None and standard.reproduced:
        return Answer(
            "model",
            f"your model: {failed}; with the features standardised it does, as the reference model does "
            "that within itself",
            "Subtract the mean of the training frames and divide by their deviation before the model.",
        )
    if easy is not None and easy.reproduced:
        return Answer(
            "model",
            f"your model: {failed}, although it reproduces easy samples of the same shape",
            "Give it more capacity or gentler steps: what the reference model tells apart it cannot.",
        )
    return Answer(
        "model",
        f"your model: {failed}, and easy samples of the same shape neither",
        f"Take {reference.model} (slrdoctor models copy {reference.model} .) and change "
        "it towards yours "
        "step by step.",
    )


def _no_answer(failed: str) -> Answer:
    """A verdict must not hang on the speed of the machine."""
    return Answer(
        "unknown",
        f"no answer: {failed}, and the loss was still falling when the time ended",
        "Give it more time with --seconds, or fewer and shorter samples.",
    )


def _failure(cell: Cell) -> str:
    """How the best attempt ended, in words."""
    best = cell.best
    if all(attempt.not_finite for attempt in cell.attempts):
        return "the loss is not a number"
    decoded = "nothing but blanks is decoded" if best.blank_only else f"{best.error_rate:.0%} errors"
    return f"{decoded}, loss {best.loss:.2f} a token after {best.steps} steps"
