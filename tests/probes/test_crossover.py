"""Sound and broken models on the healthy example, each trained in a child process."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from slrdoctor.probes.crossover import Crossover

Tried = Callable[[str], Any]


def test_a_reference_model_reproduces_five_healthy_samples(tried: Tried) -> None:
    report, answer = tried("")

    assert isinstance(answer, Crossover)
    assert answer.culprit == "none"
    assert answer.cells[0].best.loss < 0.1 and answer.cells[0].best.error_rate == 0
    assert len(set(answer.samples)) == 5
    assert not {d.check.code for d in report.diagnoses if d.check.severity > 0}


def test_without_input_it_stays_above_the_bound(tried: Tried) -> None:
    report, _ = tried("")

    control = report.facts["BlindControl"]
    assert control["loss"] > control["bound"]
    assert control["error_rate"] > 0.3 and control["error_rate_trained"] > 0.3


@pytest.mark.parametrize("name", ["Sound", "TimeFirst"])
def test_a_sound_model_passes(tried: Tried, name: str) -> None:
    report, answer = tried(name)

    assert answer.culprit == "none", answer.told
    # one that is told no lengths sees the padding, and its backward layer starts there
    padding = {"ACT006"} if name == "TimeFirst" else set()
    assert {d.check.code for d in report.diagnoses if d.check.severity > 0} == padding


def test_says_what_was_found_out_of_a_model(tried: Tried) -> None:
    _, answer = tried("TimeFirst")

    remarks = " ".join(answer.remarks)
    assert "[T, B, D] without lengths" in remarks
    assert "logits [T, B, C] as sequence_logits" in remarks
    assert "log_softmax was put before the loss" in remarks


BROKEN = {
    "WrongBlank": ("loss", r"criterion is told blank 10, and the vocabulary's blank is 0"),
    "NoLogSoftmax": ("loss", r"falls below zero .* given logits"),
    "Undivided": ("model", r"input length of \d+ for an output of \d+ frames.* stride of 2"),
    "Frozen": ("model", r"10 of 12 trainable tensors, 98% of the parameters, get no gradient"),
    "Blind": ("model", r"does not use its input"),
    "Mixed": ("model", r"output of one sample changes when only the other samples"),
    "WrongDecoder": ("decoder", r"the loss is down at .* and decode still makes"),
    "BatchNormed": ("model", r"in train mode it makes 0% errors .* in eval mode \d\d%"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_gets_its_own_sentence(tried: Tried, name: str) -> None:
    culprit, sentence = BROKEN[name]

    report, answer = tried(name)

    assert isinstance(answer, Crossover)
    assert answer.culprit == culprit, answer.told
    assert re.search(sentence, answer.told), answer.told
    assert "ACT002" in {d.check.code for d in report.diagnoses}


@pytest.mark.parametrize(
    ("name", "code"),
    [("Frozen", "ACT004"), ("Mixed", "ACT005"), ("Blind", "ACT007"), ("BatchNormed", "ACT008")],
)
def test_what_the_model_does_is_the_cause_of_its_failing(tried: Tried, name: str, code: str) -> None:
    report, _ = tried(name)

    roots = [d.check.code for d in report.diagnoses if d.is_root and d.check.severity > 0]
    assert roots[0] == code


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
