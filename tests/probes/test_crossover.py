"""Sound and broken models on a tiny run, from the training to the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from slrdoctor.probes.crossover import Crossover

Tried = Callable[[str], Any]
slow = pytest.mark.slow


@slow
def test_a_reference_model_reproduces_sound_samples(tried: Tried) -> None:
    report, answer = tried("")

    assert isinstance(answer, Crossover)
    assert answer.culprit == "none"
    assert answer.cells[0].best.loss < 0.1 and answer.cells[0].best.error_rate == 0
    assert set(answer.samples) == {"a", "b", "c"}
    assert not {d.check.code for d in report.diagnoses if d.check.severity > 0}


@slow
def test_without_input_it_stays_above_the_bound(tried: Tried) -> None:
    report, _ = tried("")

    control = report.facts["BlindControl"]
    assert control["loss"] > control["bound"]
    assert control["error_rate"] > 0.3 and control["error_rate_trained"] > 0.3


@slow
def test_a_sound_model_of_other_axes_passes_and_its_remarks_say_how_it_is_called(tried: Tried) -> None:
    report, answer = tried("TimeFirst")

    assert answer.culprit == "none", answer.told
    # one that is told no lengths sees the padding, and may be felt to
    assert {d.check.code for d in report.diagnoses if d.check.severity > 0} <= {"ACT006"}
    remarks = " ".join(answer.remarks)
    assert "[T, B, D] without lengths" in remarks
    assert "logits [T, B, C] as sequence_logits" in remarks
    assert "applies log_softmax before the loss" in remarks
    assert "control: with the targets moved to other samples" in remarks


@slow
def test_a_broken_loss_is_told_from_a_sound_model_in_a_child_process(tried: Tried) -> None:
    report, answer = tried("NoLogSoftmax")

    assert answer.culprit == "loss", answer.told
    assert re.search(r"falls below zero .* gets logits", answer.told), answer.told
    assert "ACT002" in {d.check.code for d in report.diagnoses}


@slow
def test_a_sound_model_passes(tried_here: Tried) -> None:
    report, answer = tried_here("Sound")

    assert answer.culprit == "none", answer.told
    assert not {d.check.code for d in report.diagnoses if d.check.severity > 0}


@pytest.mark.parametrize(
    ("name", "culprit", "sentence", "first"),
    [
        pytest.param(
            "WrongBlank",
            "loss",
            r"criterion uses blank 3, but the blank of the vocabulary is 0",
            "ACT002",
            marks=slow,
        ),
        pytest.param(
            "Frozen",
            "model",
            r"10 of 12 trainable tensors, 99% of the parameters, get no gradient",
            "ACT004",
            marks=slow,
        ),
        pytest.param(
            "WrongDecoder",
            "decoder",
            r"the loss is down to .* but decode still makes",
            "ACT002",
            marks=slow,
        ),
        pytest.param(
            "BatchNormed",
            "model",
            r"in train mode it makes 0% errors .* in eval mode 100%",
            "ACT008",
            marks=slow,
        ),
        (
            "Undivided",
            "model",
            r"input length of \d+ for an output of \d+ frames.* stride of 2",
            "ACT002",
        ),
        ("Blind", "model", r"does not use its input", "ACT007"),
        ("Mixed", "model", r"output of one sample changes when only the other samples", "ACT005"),
    ],
    ids=["WrongBlank", "Frozen", "WrongDecoder", "BatchNormed", "Undivided", "Blind", "Mixed"],
)
def test_a_broken_model_gets_its_own_sentence_and_its_cause_comes_first(
    tried_here: Tried, name: str, culprit: str, sentence: str, first: str
) -> None:
    report, answer = tried_here(name)

    assert isinstance(answer, Crossover)
    assert answer.culprit == culprit, answer.told
    assert re.search(sentence, answer.told), answer.told
    assert "ACT002" in {d.check.code for d in report.diagnoses}
    roots = [d.check.code for d in report.diagnoses if d.is_root and d.check.severity > 0]
    assert roots[0] == first


@slow
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("exiting", r"ended itself with exit code 3"),
        ("raising", r"it raised RuntimeError: no weights here"),
        ("nothing", r"has no nothing"),
    ],
)
def test_a_model_that_cannot_be_built_is_said_in_a_sentence(
    tried: Tried, name: str, sentence: str
) -> None:
    _, answer = tried(name)

    assert not isinstance(answer, Crossover)
    assert re.search(sentence, answer.reason), answer.reason
