from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.logged_epochs import LoggedEpochs
from slrdoctor.testing import not_judged
from tests.making import PAIRS, Judge

IGNORES = replace(
    PAIRS, wer=0.98, shuffled_wer=0.985, drop=0.005, most_drop=0.02, p=0.3, rematched_wer=0.9,
    unrelated_wer=0.9, distinct=12, tokens=60, samples=519, is_text=True,
    commonest=(("und nun die wettervorhersage", 300),),
)  # fmt: skip
judged = Judge("DEC801", IGNORES)


def test_dec801_fires_on_the_same_few_sentences_for_all() -> None:
    (finding,) = judged()
    assert (
        "the decoder writes 12 different sentences for 500 different references (300 times 'und nun"
        in finding.message
    )


def test_dec801_fires_on_fluent_texts_that_have_nothing_to_do_with_the_input() -> None:
    assert judged(distinct=490)
    assert not judged(distinct=490, is_text=False), "glosses may be wrong without a decoder at fault"


@pytest.mark.parametrize(("p", "fires"), [(0.01, True), (0.0099, False)])
def test_dec801_is_quiet_at_the_boundary_where_shuffling_costs_something(p: float, fires: bool) -> None:
    assert bool(judged(p=p)) is fires


@pytest.mark.parametrize(("most_drop", "fires"), [(0.149, True), (0.15, False)])
def test_dec801_is_quiet_where_chance_can_hide_a_dependence(most_drop: float, fires: bool) -> None:
    assert bool(judged(most_drop=most_drop)) is fires


@pytest.mark.parametrize(("distinct", "fires"), [(99, True), (100, False)])
def test_dec801_is_quiet_on_glosses_that_are_a_fifth_as_different(distinct: int, fires: bool) -> None:
    assert bool(judged(distinct=distinct, is_text=False)) is fires


@pytest.mark.parametrize(
    ("changes", "fires"),
    [
        ({"samples": 20}, True),
        ({"samples": 19}, False),
        ({"are_single": True}, False),
        ({"empty": 259}, True),
        ({"empty": 260}, False),  # mostly blank
        ({"mean_length": 2.0}, True),
        ({"mean_length": 1.9}, False),  # a token each
        ({"distinct": 490, "rematched_wer": 0.44}, False),  # another order
    ],
)
def test_dec801_is_quiet_on_what_other_checks_judge(changes: dict[str, Any], fires: bool) -> None:
    assert bool(judged(**changes)) is fires


def test_dec801_is_not_judged_on_few_predictions() -> None:
    assert "19" in judged.abstained(samples=19).reason


def test_dec801_is_not_judged_on_labels() -> None:
    assert "labels" in judged.abstained(are_single=True).reason


def test_dec801_is_not_judged_on_empty_predictions_and_looks_ill() -> None:
    one = judged.abstained(empty=260)

    assert "260" in one.reason and one.looks_ill is True


def test_dec801_is_not_judged_on_sentences_that_differ_and_fit_no_reference() -> None:
    assert "490" in judged.abstained(distinct=490, is_text=False).reason


def test_dec801_is_not_judged_of_a_retrieval_model() -> None:
    one = not_judged("DEC801", IGNORES, Task("retrieval", "embeddings", "config.yaml"))

    assert "retrieval" in one.reason


NOTHING = {"empty": 200, "samples": 200, "distinct": 1, "mean_length": 0.0, "tokens": 0}


@pytest.mark.parametrize("task", [(), (Task("translation", "", ""),)], ids=["unknown", "translation"])
def test_dec801_fires_on_output_that_is_empty_for_every_sample(task: tuple[Task, ...]) -> None:
    (finding,) = judged(*task, **NOTHING)

    assert "all of 200 stored hypotheses are empty" in finding.message
    assert judged(*task, LoggedEpochs(5, (), 1, "", "log.txt"), **NOTHING)


def test_dec801_leaves_empty_output_of_a_few_epochs_of_a_few_samples_and_of_ctc_alone() -> None:
    assert not judged(LoggedEpochs(4, (), 1, "", "log.txt"), **NOTHING)
    assert not judged(**NOTHING | {"empty": 19, "samples": 19})
    assert not judged(**NOTHING | {"empty": 199})
    assert not judged(Task("ctc", "", ""), **NOTHING)
