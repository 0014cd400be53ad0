"""What the field calls things: metrics and tasks."""

from __future__ import annotations

import json

import pytest

from slrdoctor.arithmetic.error_rate import edits_of_all, edits_of_each, error_rate
from slrdoctor.artifacts.settings.read import TASKS
from slrdoctor.words.metrics import metric
from slrdoctor.words.tasks import TaskName


def test_a_share_is_shown_in_percent_and_points_are_not() -> None:
    assert metric("wer").named(0.842) == "WER 84.2%"
    assert metric("bleu").named(12.345) == "BLEU 12.3"
    assert metric("accuracy").shown(0.08037, decimals=2) == "8.04%"


@pytest.mark.parametrize(("name", "perfect"), [("wer", 0.0), ("accuracy", 1.0), ("bleu", 100.0)])
def test_a_perfect_score_is_better_than_any_other(name: str, perfect: float) -> None:
    kind = metric(name)

    assert kind.perfect == perfect
    assert kind.sign * perfect > kind.sign * kind.whole / 2


def test_a_score_that_is_not_known_is_a_share_where_higher_is_better() -> None:
    assert metric("hand_shape_accuracy").named(0.5) == "hand shape accuracy 50.0%"


def test_every_task_of_the_settings_has_a_score_to_be_judged_by() -> None:
    assert {str(task) for task in TaskName} == set(TASKS)
    assert [task.metric.word for task in TaskName] == ["WER", "accuracy", "BLEU", "recall at 1"]


def test_a_task_is_written_as_its_name() -> None:
    assert f"{TaskName.CTC}" == "ctc" and json.dumps(TaskName.CTC) == '"ctc"'


def test_the_error_rate_of_a_corpus_weighs_tokens_and_not_samples() -> None:
    hypotheses, references = [["A"], ["B", "C", "D", "E"]], [["X"], ["B", "C", "D", "E"]]

    assert error_rate(hypotheses, references) == 1 / 5
    assert edits_of_each(hypotheses, references).tolist() == [1, 0]
    assert edits_of_all(hypotheses, references).tolist() == [[1, 4], [4, 0]]


def test_insertions_lift_an_error_rate_over_one() -> None:
    assert error_rate([["A", "B", "C"]], [["D"]]) == 3.0
    assert error_rate([["A"]], [[]]) == 1.0


def test_lists_of_different_lengths_are_no_pairs() -> None:
    with pytest.raises(ValueError, match="shorter"):
        error_rate([["A"], ["B"]], [["A"]])
