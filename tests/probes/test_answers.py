"""Who stands in the way, and in which sentence: on hand-made cells."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import pytest

from slrdoctor.arithmetic.scales import LOGITS
from slrdoctor.probes.answers import answer_of_reference, answer_of_user
from slrdoctor.probes.protocol import EASY, OURS, STANDARDISED, Attempt
from tests.making import FAILS, REPRODUCES, chosen_samples, reference_trial, trainable, user_trial

ENCODER = {
    "without_gradient": ("enc.w", "enc.b"),
    "without_gradient_count": 10,
    "without_gradient_values": 990,
}
BELOW_ZERO = replace(FAILS, loss=-3.5, negative=True, steps=1)
NOT_A_NUMBER = replace(FAILS, loss=math.nan, not_finite=True)
UNFINISHED = replace(FAILS, unfinished=True)


@pytest.mark.parametrize(
    ("real", "easy", "culprit", "sentence"),
    [
        (REPRODUCES, None, "none", r"bilstm_ctc reproduces 5 samples without an error after 110 steps"),
        (
            FAILS,
            REPRODUCES,
            "data",
            r"fault is in the data: .*60% error rate, .* can overfit synthetic ones",
        ),
        (FAILS, FAILS, "unknown", r"no answer: .* cannot overfit synthetic samples either"),
        (UNFINISHED, REPRODUCES, "unknown", r"the loss was still falling when the time ended"),
        (NOT_A_NUMBER, REPRODUCES, "data", r"the loss is NaN"),
        (replace(FAILS, blank_only=True), REPRODUCES, "data", r"it decodes only blanks"),
    ],
)
def test_a_reference_model_alone_blames_the_data_or_nobody(
    real: Attempt, easy: Attempt | None, culprit: str, sentence: str
) -> None:
    answer = answer_of_reference(chosen_samples(), reference_trial(real, easy))

    assert answer.culprit == culprit
    assert re.search(sentence, answer.told), answer.told


@pytest.mark.parametrize(("share", "culprit"), [(0.51, "data"), (0.5, "none")])
def test_samples_most_of_which_cannot_be_trained_on_are_the_fault(share: float, culprit: str) -> None:
    chosen = chosen_samples(refused_share=share, refused="46 refused: NaN in the features (FEA104)")
    answer = answer_of_reference(chosen, reference_trial())

    assert answer.culprit == culprit
    assert ("46 refused: NaN in the features (FEA104)" in answer.told) is (culprit == "data")


USER: list[tuple[str, dict[str, Any], str, str]] = [
    ("sound", {}, "none", r"your model reproduces 5 samples without an error after 110 steps"),
    ("lengths", {"wrong_lengths": "its lengths are those of the input"}, "model", r"of the input$"),
    ("nan", {"not_a_number": True}, "model", r"its output for the samples is NaN before any training"),
    ("blind", {"zeroed": 9e-4}, "model", r"it does not use its input"),
    ("mixed", {"others": 1.1e-3}, "model", r"output of one sample changes when only the other samples"),
    ("mixed as called", {"mixes": True}, "model", r"output of one sample changes"),
    ("frozen encoder", {"real": FAILS} | ENCODER, "model",
     r"10 of 12 trainable tensors, 99% of the parameters, get no gradient \(enc.w, enc.b\)$"),
    ("frozen, yet reproduced", ENCODER, "model", r"though it reproduces the samples, 10 of 12"),
    ("blank", {"real": BELOW_ZERO, "other": {OURS: REPRODUCES}, "own_loss": "ctc", "own_blank": 3},
     "loss", r"ctc uses blank 3, but the blank of the vocabulary is 0; with the loss and decoder of"),
    ("logits", {"real": BELOW_ZERO, "other": {OURS: REPRODUCES}, "own_loss": "ctc", "gives": LOGITS},
     "loss", r"falls below zero \(-3.50\), as ctc gets logits"),
    ("decoder", {"real": replace(FAILS, loss=0.01), "other": {OURS: REPRODUCES}, "own_decode": "decode"},
     "decoder", r"the loss is down to 0.01 per token, but decode still makes 60% errors"),
    ("loss", {"real": FAILS, "other": {OURS: REPRODUCES}, "own_loss": "criterion"},
     "loss", r"with criterion your model cannot overfit the samples \(60% error rate"),
    ("modes", {"real": replace(FAILS, error_rate_training=0.0)}, "model",
     r"in train mode it makes 0% errors .* in eval mode 60%"),
    ("parameters off", {"real": FAILS, "frozen": 900}, "model", r"90% of its parameters are frozen"),
    ("no time", {"real": UNFINISHED}, "unknown", r"no answer: .* still falling when the time ended"),
    ("scale", {"real": FAILS, "other": {STANDARDISED: REPRODUCES, EASY: REPRODUCES}}, "model",
     r"with standardised features it can"),
    ("capacity", {"real": FAILS, "other": {STANDARDISED: FAILS, EASY: REPRODUCES}}, "model",
     r"although it can overfit synthetic ones"),
    ("anything", {"real": FAILS, "other": {STANDARDISED: FAILS, EASY: FAILS}}, "model",
     r"nor can it overfit synthetic ones"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("made", "culprit", "sentence"), [case[1:] for case in USER], ids=[case[0] for case in USER]
)
def test_each_way_in_which_a_model_fails_has_a_sentence(
    made: dict[str, Any], culprit: str, sentence: str
) -> None:
    answer = answer_of_user(chosen_samples(), trainable(), reference_trial(), user_trial(**made))

    assert answer is not None and answer.culprit == culprit
    assert re.search(sentence, answer.told), answer.told
    assert re.fullmatch(r"[A-Z].*[.:]?.*", answer.then)


@pytest.mark.parametrize("made", [{"real": FAILS}, {"real": None, "zeroed": 0.0}])
def test_the_data_come_before_the_model_where_the_reference_model_fails_as_well(
    made: dict[str, Any],
) -> None:
    reference = reference_trial(FAILS, REPRODUCES)

    assert answer_of_user(chosen_samples(), trainable(), reference, user_trial(**made)) is None


def test_a_model_that_reproduces_what_the_reference_model_does_not_is_believed() -> None:
    answer = answer_of_user(chosen_samples(), trainable(), reference_trial(FAILS), user_trial())

    assert answer is not None and answer.culprit == "none"


def test_a_model_that_was_only_looked_at_gets_no_answer_where_nothing_is_wrong() -> None:
    assert answer_of_user(chosen_samples(), trainable(), reference_trial(), user_trial(None)) is None
