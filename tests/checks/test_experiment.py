"""The checks on what an experiment shows, on hand-made facts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.probes.behaviour import ModelBehaviour, ModeScores
from slrdoctor.probes.blind_control import BlindControl
from slrdoctor.probes.crossover import Crossover
from slrdoctor.probes.protocol import Attempt, Cell
from slrdoctor.testing import findings, not_judged

ATTEMPT = Attempt(
    rate=1e-3, loss=2.4, error_rate=0.8, error_rate_training=0.8, steps=500, seconds=20.0,
    losses=((1, 9.0), (500, 2.4)),
)  # fmt: skip
CELLS = (Cell("bilstm_ctc", "your samples", (ATTEMPT,)),)
FINE = Crossover("none", "all reproduced", "go on", CELLS, (), ("a", "b"), (), "here")
BEHAVIOUR = ModelBehaviour(
    model="m.py:f", calling="called", zeroed=1.0, shuffled=0.5, others=1e-5, mixes=False, padded=0.3,
    padding=0.2, padding_frames=0.1, parameters=1000, frozen=0, without_gradient=(),
    without_gradient_count=0, without_gradient_values=0, trainable=10, dead_layers=(), is_sequence=True,
    read_from="m.py:f",
)  # fmt: skip
CONTROL = BlindControl("bilstm_ctc", 1.55, 0.66, 0.69, 0.9, 100, "here")


OF_THE_DATA = (
    "the fault is in the data: the reference model bilstm_ctc cannot overfit 2 samples (80% error rate, "
    "loss 2.40 per token after 500 steps), although it can overfit synthetic ones of the same lengths "
    "and targets"
)
OF_THE_MODEL = (
    "the fault is in your model: bilstm_ctc can overfit these 2 samples, but your model cannot (80% "
    "error rate, loss 2.40 per token after 500 steps)"
)


def test_act001_fires_where_the_data_are_blamed() -> None:
    [finding] = findings("ACT001", replace(FINE, culprit="data", told=OF_THE_DATA))
    assert finding.message == OF_THE_DATA and finding.evidence


@pytest.mark.parametrize("culprit", ["none", "model", "loss", "decoder", "unknown"])
def test_act001_is_quiet_where_they_are_not(culprit: str) -> None:
    assert not findings("ACT001", replace(FINE, culprit=culprit))


@pytest.mark.parametrize("culprit", ["model", "loss", "decoder"])
def test_act002_fires_where_the_model_or_its_steps_are_blamed(culprit: str) -> None:
    [finding] = findings("ACT002", replace(FINE, culprit=culprit, told=OF_THE_MODEL))
    assert finding.message == OF_THE_MODEL and finding.evidence[0].value == 2.4


@pytest.mark.parametrize("culprit", ["none", "data", "unknown"])
def test_act002_is_quiet_where_they_are_not(culprit: str) -> None:
    assert not findings("ACT002", replace(FINE, culprit=culprit))


def test_act003_fires_under_the_bound_and_where_frames_are_counted() -> None:
    [leak] = findings("ACT003", replace(CONTROL, loss=0.3, error_rate=0.2))
    assert "targets leak" in leak.message
    [counted] = findings("ACT003", replace(CONTROL, error_rate_trained=0.0))
    assert "counts frames" in counted.message


def test_act003_is_quiet_at_the_bound() -> None:
    assert not findings("ACT003", CONTROL)
    assert not findings("ACT003", replace(CONTROL, loss=0.66, error_rate=0.6))


def test_act004_fires_on_one_tensor_and_is_quiet_on_none() -> None:
    broken = replace(
        BEHAVIOUR, without_gradient=("enc.w",), without_gradient_count=1, without_gradient_values=900
    )
    [finding] = findings("ACT004", broken)
    assert finding.message == (
        "1 of 10 trainable tensors (enc.w, 90% of the parameters) gets no gradient from the loss"
    )
    assert not findings("ACT004", BEHAVIOUR)


def test_act005_fires_over_rounding_and_is_quiet_at_it() -> None:
    assert findings("ACT005", replace(BEHAVIOUR, others=1.1e-3))
    assert findings("ACT005", replace(BEHAVIOUR, mixes=True))
    assert not findings("ACT005", replace(BEHAVIOUR, others=1e-3))


def test_act006_fires_where_most_frames_change_and_is_quiet_at_the_edge() -> None:
    assert findings("ACT006", replace(BEHAVIOUR, padding_frames=0.26))
    assert not findings("ACT006", replace(BEHAVIOUR, padding_frames=0.25))


def test_act007_fires_on_zeros_and_on_shuffled_frames_and_is_quiet_over_rounding() -> None:
    [zeroed] = findings("ACT007", replace(BEHAVIOUR, zeroed=9e-4))
    assert "same for zeros" in zeroed.message
    [shuffled] = findings("ACT007", replace(BEHAVIOUR, shuffled=0.0))
    assert "shuffled" in shuffled.message
    assert not findings("ACT007", replace(BEHAVIOUR, zeroed=1e-3, shuffled=1e-3))


def test_act008_fires_where_the_modes_part_and_is_quiet_where_nothing_was_learned() -> None:
    scores = ModeScores("m.py:f", 0.0, 0.31, 0.05, "m.py:f")
    assert findings("ACT008", scores)
    assert not findings("ACT008", replace(scores, evaluation=0.3))
    assert not findings("ACT008", replace(scores, training=0.5, evaluation=0.95))


def test_mdl608_fires_on_a_dead_layer_and_is_quiet_on_none() -> None:
    [finding] = findings("MDL608", replace(BEHAVIOUR, dead_layers=(("enc.relu", 1.0, 64),)))
    assert finding.message == (
        "all 64 units of enc.relu give one constant output for every frame of every sample"
    )
    [finding] = findings("MDL608", replace(BEHAVIOUR, dead_layers=(("enc.relu", 0.96875, 64),)))
    assert finding.message.startswith("62 of 64 units (97%) of enc.relu give")
    assert not findings("MDL608", BEHAVIOUR)


def test_act001_is_not_judged_without_an_answer() -> None:
    assert "" in not_judged("ACT001", replace(FINE, culprit="unknown")).reason


def test_act002_is_not_judged_without_an_answer() -> None:
    assert "" in not_judged("ACT002", replace(FINE, culprit="unknown")).reason
