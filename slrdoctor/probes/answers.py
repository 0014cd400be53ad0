"""From the cells to the answer: who stands in the way, in the order in which a doctor would ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slrdoctor.arithmetic.scales import LOGITS
from slrdoctor.probes.bars import LEARNED, MODES_APART, REPRODUCED, SAME
from slrdoctor.probes.chosen_samples import ChosenSamples
from slrdoctor.probes.protocol import EASY, OURS, REAL, STANDARDISED, Cell, Seen
from slrdoctor.probes.trainable import Trainable
from slrdoctor.probes.trials import ReferenceTrial, UserTrial
from slrdoctor.words.grammar import agreeing, part_of

LOSS, DECODER = "the fault is in the loss", "the fault is in the decoder"
MOSTLY = 0.5  # share of samples that cannot be trained on, from which on the data are the fault


@dataclass(frozen=True)
class Verdict:
    """`culprit` is none, data, model, loss, decoder or unknown; `then` one imperative sentence."""

    culprit: str
    told: str
    then: str


def answer_of_reference(chosen: ChosenSamples, reference: ReferenceTrial) -> Verdict:
    count, name, best = len(chosen.samples), reference.model, reference.real.best
    if chosen.refused_share > MOSTLY:
        return Verdict(
            "data",
            f"the fault is in the data: {chosen.refused_share:.0%} of the samples cannot be trained on: "
            f"{chosen.refused}",
            "Fix what these codes say about the samples, then try again.",
        )
    if reference.real.reproduced:
        return Verdict(
            "none",
            f"the reference model {name} reproduces {count} samples without an error after "
            f"{best.steps} steps (loss "
            f"{best.loss:.2f} per token): features, targets and vocabulary can be memorised",
            "Try your own model on the same samples: --model path/to/train.py:build_model.",
        )
    failed = f"the reference model {name} cannot overfit {count} samples ({_failure(reference.real)})"
    if reference.real.unfinished:
        return _no_answer(failed)
    if reference.easy is not None and reference.easy.reproduced:
        return Verdict(
            "data",
            f"the fault is in the data: {failed}, although it can overfit synthetic ones of the "
            "same lengths and targets",
            f"Look at the features of {', '.join(chosen.ids)}: do the clips differ, and do they move?",
        )
    return Verdict(
        "unknown",
        f"no answer: {failed}, and in the same time it cannot overfit synthetic samples either",
        "Give it more time (--seconds), or use fewer and shorter samples.",
    )


def answer_of_user(
    chosen: ChosenSamples, trainable: Trainable, reference: ReferenceTrial, user: UserTrial
) -> Verdict | None:
    """None where the data are to be blamed before the model."""
    count = len(chosen.samples)
    real, seen = user.cells.get(REAL), user.seen
    reproduced = real is not None and real.reproduced
    if not reproduced and (chosen.refused_share > MOSTLY or not reference.real.reproduced):
        return None
    wrong = _wrong_in_itself(seen, reproduced) if seen is not None else None
    if wrong is not None or real is None or seen is None:
        return wrong
    if reproduced:
        return Verdict(
            "none",
            f"your model reproduces {count} samples without an error after {real.best.steps} "
            "steps (loss "
            f"{real.best.loss:.2f} per token): model, loss and decoder can memorise these data",
            "Train on all data, and compare the dev loss with what a model reaches without its input.",
        )
    by_steps = _own_steps(trainable, user.cells, seen, real)
    return by_steps or _model(reference.model, user.cells, seen, real, count)


def _wrong_in_itself(seen: Seen, reproduced: bool) -> Verdict | None:
    """What is wrong whatever the training shows: the first that applies."""
    return _wrong_outputs(seen) or _wrong_input(seen) or _disconnected(seen, reproduced)


def _wrong_outputs(seen: Seen) -> Verdict | None:
    if seen.wrong_lengths:
        return Verdict(
            "model",
            f"the fault is in your model: {seen.wrong_lengths}",
            "Return the lengths after the temporal layers, which the CTC loss needs.",
        )
    if seen.changes.not_a_number:
        return Verdict(
            "model",
            "the fault is in your model: its output for the samples is NaN before any training",
            "Print the output of each layer in forward(). Look for a division by zero, a logarithm of "
            "zero, or a mask that excludes everything from a softmax.",
        )
    return None


def _wrong_input(seen: Seen) -> Verdict | None:
    if seen.changes.zeroed < SAME:
        return Verdict(
            "model",
            "the fault is in your model: it does not use its input, as its output is the same for "
            "the samples and for "
            "zeros",
            "Follow the features through forward(): somewhere they are dropped, masked or overwritten.",
        )
    if seen.mixes or seen.changes.others > SAME:
        return Verdict(
            "model",
            "the fault is in your model: the output of one sample changes when only the other "
            "samples of its "
            "batch change",
            "Look for swapped axes: batch_first, a permute, or a norm or attention over the batch.",
        )
    return None


def _disconnected(seen: Seen, reproduced: bool) -> Verdict | None:
    found = seen.gradients
    if not found.without_gradient_count:
        return None
    share = found.without_gradient_values / max(found.parameters, 1)
    count, names = found.without_gradient_count, ", ".join(found.without_gradient[:3])
    still = "though it reproduces the samples, " if reproduced else ""
    return Verdict(
        "model",
        f"the fault is in your model: {still}{part_of(count, found.trainable, 'trainable tensor')}, "
        f"{share:.0%} of the parameters, {agreeing(count, 'gets', 'get')} no gradient ({names})",
        "Remove the no_grad, detach or numpy step between these layers and the loss.",
    )


def _own_steps(
    trainable: Trainable, cells: Mapping[str, Cell], seen: Seen, real: Cell
) -> Verdict | None:
    """The loss or the decoder, where the same model does it with ours."""
    ours = cells.get(OURS)
    if ours is None or not ours.reproduced:
        return None
    best = real.best
    with_ours = (
        f"with the loss and decoder of this test it reproduces the samples after {ours.best.steps} steps"
    )
    if seen.own_blank is not None and seen.own_blank != trainable.blank:
        return Verdict(
            "loss",
            f"{LOSS}: {seen.own_loss} uses blank {seen.own_blank}, but the blank of the vocabulary is "
            f"{trainable.blank}; {with_ours}",
            f"Call the CTC loss with blank={trainable.blank}, or move the blank in the vocabulary.",
        )
    if any(attempt.negative for attempt in real.attempts) and seen.gives == LOGITS:
        return Verdict(
            "loss",
            f"{LOSS}: it falls below zero ({best.loss:.2f}), as {seen.own_loss} gets logits instead "
            f"of log-probabilities; {with_ours}",
            "Apply log_softmax(-1) before the CTC loss.",
        )
    if seen.own_decode and best.loss < REPRODUCED and not best.not_finite:
        return Verdict(
            "decoder",
            f"{DECODER}: the loss is down to {best.loss:.2f} per token, but {seen.own_decode} still "
            f"makes {best.error_rate:.0%} errors; {with_ours}",
            "Check the decoder's blank index, the merging of repeats, and the order of the axes.",
        )
    return Verdict(
        "loss",
        f"{LOSS}: with {seen.own_loss or seen.own_decode} your model cannot overfit the samples "
        f"({_failure(real)}); {with_ours}",
        "Compare your loss with torch.nn.functional.ctc_loss on one batch: axes, lengths, blank, "
        "reduction.",
    )


def _model(reference: str, cells: Mapping[str, Cell], seen: Seen, real: Cell, count: int) -> Verdict:
    failed = f"{reference} can overfit these {count} samples, but your model cannot ({_failure(real)})"
    lost = _lost_in_eval_mode(real)
    if lost is not None:
        return lost
    if seen.gradients.frozen_share > MOSTLY:
        return Verdict(
            "model",
            f"the fault is in your model: {failed}; {seen.gradients.frozen_share:.0%} of its "
            "parameters are frozen "
            "(requires_grad is off)",
            "Train the encoder too, or use features that it was trained for.",
        )
    if real.unfinished:
        return _no_answer(failed)
    return _by_other_samples(reference, cells, failed)


def _lost_in_eval_mode(real: Cell) -> Verdict | None:
    in_train_mode = min(a.error_rate_training for a in real.attempts)
    if not (in_train_mode < LEARNED and real.best.error_rate - in_train_mode > MODES_APART):
        return None
    return Verdict(
        "model",
        f"the fault is in your model: in train mode it makes {in_train_mode:.0%} errors on the "
        "samples, and in eval "
        f"mode {real.best.error_rate:.0%}: the running statistics destroy what it has learned",
        "Replace batch norm by layer or group norm, or check its momentum and initial statistics.",
    )


def _by_other_samples(reference: str, cells: Mapping[str, Cell], failed: str) -> Verdict:
    """What the model does with the samples standardised, and with easy ones of their shape."""
    standard, easy = cells.get(STANDARDISED), cells.get(EASY)
    if standard is not None and standard.reproduced:
        return Verdict(
            "model",
            f"the fault is in your model: {failed}; with standardised features it can (the "
            "reference model "
            "standardises "
            "its own input)",
            "Subtract the mean of the training frames and divide by their standard deviation.",
        )
    if easy is not None and easy.reproduced:
        return Verdict(
            "model",
            f"the fault is in your model: {failed}, although it can overfit synthetic ones of the "
            "same shape",
            "Give it more capacity or a smaller learning rate: it cannot separate the real samples.",
        )
    return Verdict(
        "model",
        f"the fault is in your model: {failed}, nor can it overfit synthetic ones of the same shape",
        f"Start from {reference} (slrdoctor models copy {reference} .) and change it towards your model "
        "step by step.",
    )


def _no_answer(failed: str) -> Verdict:
    """A verdict must not hang on the speed of the machine."""
    return Verdict(
        "unknown",
        f"no answer: {failed}, and the loss was still falling when the time ended",
        "Give it more time (--seconds), or use fewer and shorter samples.",
    )


def _failure(cell: Cell) -> str:
    """How the best attempt ended, in words."""
    best = cell.best
    if all(attempt.not_finite for attempt in cell.attempts):
        return "the loss is NaN"
    decoded = "it decodes only blanks" if best.blank_only else f"{best.error_rate:.0%} error rate"
    return f"{decoded}, loss {best.loss:.2f} per token after {best.steps} steps"
