from __future__ import annotations

from collections.abc import Callable
from math import isnan, nan

import numpy as np
import pytest

from slrdoctor.artifacts.run import PredictionFile
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.ctc.floor_distance import FloorDistance, floor_distance, settled_losses
from slrdoctor.facts.evaluation.predictions import counted
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.outputs.decoded_output import decoded_output
from slrdoctor.facts.outputs.log_probs import BlankScore, LogProbs
from slrdoctor.facts.outputs.loss_input import loss_input
from slrdoctor.facts.training.history import History
from slrdoctor.facts.training.progress import Progress

CTC = Task("ctc", "", "")
MakeHistory = Callable[..., History]

OUTPUTS = LogProbs(
    split="dev",
    ids=("a", "b"),
    frames=np.array([30, 40]),
    target_lengths=np.array([3, 4]),
    losses=np.array([6.0, 16.0]),
    hypotheses=((), ("A",)),
    references=(("A", "B", "C"), ("A", "B", "C", "D")),
    blank=0,
    blank_token="<blank>",
    blank_known_by="the token <blank>",
    blank_is_certain=True,
    blank_share=0.97,
    peaky_share=0.9,
    commonest_class=BlankScore(0, "<blank>", 6 / 7),
    commonest_share=0.97,
    wer=6 / 7,
    floor_per_token=4.0,
    start_per_token=20.0,
    by_position=False,
    read_from="outputs/dev/log_probs",
    targets_from="dev.csv",
)


def progress(train: float, dev: float, floor: float = 2.0, learned: bool = False) -> Progress:
    return Progress(
        "ctc", floor, "dev.csv", 20.0, train, dev, dev, "wer", 1.0, 1.0, 1.0, 0.9, 12, learned,
        "history.json", "",
    )  # fmt: skip


def test_log_probabilities_come_before_hypotheses_and_the_log(make_history: MakeHistory) -> None:
    errors = counted(PredictionFile("dev.json", "json", "dev", ("a",), (("A",),), (("A", "B"),)))
    history = make_history(dev_blank_share=[0.9, 0.98, 0.99, 0.99])

    of_outputs = decoded_output(CTC, OUTPUTS, errors, history, None)
    of_hypotheses = decoded_output(CTC, None, errors, history, None)
    of_log = decoded_output(CTC, None, None, history, None)

    assert of_outputs.empty_share == 0.5 and of_outputs.length_ratio == pytest.approx(1 / 7)
    assert (of_hypotheses.length_ratio, of_hypotheses.read_from) == (0.5, "dev.json")
    assert of_hypotheses.blank_share == of_log.blank_share == 0.99
    assert of_log.blank_share == 0.99 and not of_log.samples and "as logged" in of_log.sentence


def test_without_any_output_the_line_that_dumps_it_is_shown() -> None:
    with pytest.raises(Unavailable) as missing:
        decoded_output(CTC, None, None, None, None)
    assert "dump_outputs" in missing.value.enable


def test_the_log_tells_the_end_and_outputs_tell_themselves() -> None:
    distance = floor_distance(CTC, progress(train=1.9, dev=2.2), OUTPUTS)

    assert distance.train == pytest.approx(0.95) and distance.dev == pytest.approx(1.1)
    assert distance.held_out == pytest.approx((2 + 4) / 2 / 4) and distance.epochs == 12
    assert "stored outputs 0.75" in distance.sentence


def test_outputs_stand_in_for_what_is_not_logged() -> None:
    both = LogProbs(**{**OUTPUTS.__dict__, "train_over_floor": 0.7})

    assert floor_distance(CTC, None, both).train == 0.7
    assert floor_distance(CTC, progress(nan, nan, nan), both).dev == pytest.approx(0.75)
    assert settled_losses(floor_distance(CTC, None, both)).epochs is None
    with pytest.raises(Unavailable):
        settled_losses(floor_distance(CTC, None, OUTPUTS))


def test_outputs_paired_by_position_say_nothing_of_the_floor() -> None:
    unnamed = LogProbs(**{**OUTPUTS.__dict__, "by_position": True})

    distance = floor_distance(CTC, None, unnamed)

    assert isnan(distance.held_out) and isnan(distance.dev)
    assert "no loss can be compared" in distance.sentence


@pytest.mark.parametrize("measured", [decoded_output, floor_distance, loss_input])
def test_other_tasks_have_no_blank(measured: Callable[..., object]) -> None:
    task = Task("classification", "one label a sample", "")
    arguments = {decoded_output: 5, floor_distance: 3, loss_input: 3}[measured]
    with pytest.raises(Unavailable, match="classification"):
        measured(task, *[None] * (arguments - 1))


def test_a_negative_ctc_loss_is_seen(make_history: MakeHistory) -> None:
    given = loss_input(
        CTC, None, make_history(train_loss=[9.0, 2.0, -1.5], dev_loss=[8.0, np.nan, -0.5])
    )

    assert (given.lowest_loss, given.loss_name) == (-1.5, "train_loss")


def test_a_total_of_several_terms_may_be_negative(make_history: MakeHistory) -> None:
    terms = make_history(train_loss=[2.0, -3.0], train_part_loss=[1.0, -4.0])

    with pytest.raises(Unavailable):
        loss_input(CTC, None, terms)


def test_the_share_of_the_floor_is_of_known_losses_only() -> None:
    nothing = FloorDistance(nan, nan, nan, nan, 3, False, "history.json", "history.json")

    assert "no loss can be compared" in nothing.sentence
