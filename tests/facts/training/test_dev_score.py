from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import PredictionFile, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training._ending import beats_blind
from slrdoctor.facts.training.dev_score import dev_score, finite, over, settled

CTC = Task("ctc", "by hand", "by hand")


def test_the_score_of_a_ctc_run_is_its_wer(make_history: Any) -> None:
    score = dev_score(make_history(dev_accuracy=[0.1, 0.2], dev_wer=[1.0, 0.4, 0.6]), CTC)
    assert (score.quantity, score.sign, score.best, score.best_at, score.last) == (
        "wer",
        -1,
        0.4,
        2,
        0.6,
    )


def test_a_score_falls_back_to_what_is_logged_and_to_test(make_history: Any) -> None:
    score = dev_score(make_history(test_accuracy=[0.1, 0.9, 0.8]), CTC)
    assert (score.quantity, score.split, score.best, score.best_at) == ("accuracy", "test", 0.9, 2)
    assert score.sentence == "test accuracy went from 10.0% to 80.0%, best 90.0% at epoch 2"


def test_values_that_are_not_finite_are_no_scores(make_history: Any) -> None:
    score = dev_score(make_history(dev_wer=[np.nan, np.inf], test_wer=[0.5, np.nan, 0.3]), None)
    assert score.split == "test" and score.values.tolist() == [0.5, 0.3] and score.best_at == 3


def test_a_history_without_a_score_says_what_was_looked_for(make_history: Any) -> None:
    with pytest.raises(Unavailable, match=r"WER, accuracy.*history\.csv"):
        dev_score(make_history(train_accuracy=[0.1], dev_loss=[2.0]), None)


def test_finite_values_come_in_the_order_of_their_epochs(make_curve: Any) -> None:
    epochs, values = finite(make_curve("dev", "loss", [3.0, np.nan, 1.0, 2.0], [1, 2, 4, 3]))
    assert epochs.tolist() == [1, 3, 4] and values.tolist() == [3.0, 2.0, 1.0]


def test_the_end_of_a_run_is_the_median_of_its_last_tenth() -> None:
    assert settled(np.array([9.0, 1.0, 2.0, 50.0])) == 2.0
    assert settled(np.arange(100.0)) == np.median(np.arange(90.0, 100.0))
    assert settled(np.array([7.0])) == 7.0


def test_nothing_is_divided_by_nothing() -> None:
    assert over(1.0, 4.0) == 0.25
    assert np.isnan(over(1.0, 0.0)) and np.isnan(over(1.0, np.nan)) and np.isnan(over(np.nan, 1.0))


def predicted(right: int, split: str = "dev", samples: int = 30) -> TrainingRun:
    """Sentences of ten words of which the first are right: BLEU is 0, 52 and 88 for 0, 6 and 9."""
    references = tuple(tuple(f"w{(i * 7 + k * k) % 50}" for k in range(10)) for i in range(samples))
    hypotheses = tuple((*r[:right], *(f"x{k}" for k in range(10 - right))) for r in references)
    ids = tuple(f"s{i}" for i in range(samples))
    file = PredictionFile("out.tsv", "tsv", split, ids, hypotheses, references)
    return TrainingRun("", Path(), predictions=(file,))


@pytest.mark.parametrize(
    ("quantity", "logged", "right", "factor"),
    [
        ("bleu", [0.01, 0.3, 0.6, 0.72, 0.71], 9, 100),
        ("bleu", [0.02, 0.1, 0.3, 0.51, 0.49], 6, 100),
        ("bleu", [0.1, 0.6, 0.9, 1.0, 1.0], 10, 100),
        ("chrf", [0.1, 0.3, 0.5, 0.62, 0.6], 6, 100),
        ("bleu", [0.01, 0.3, 0.6, 0.72, 0.71], 0, 1),  # points, of a decoder that fails
        ("bleu", [0.0, 0.2, 0.5, 0.4, 0.5], 1, 1),
        ("bleu", [1.0, 9.0, 14.0, 25.0, 25.2], 6, 1),
        ("accuracy", [0.1, 0.5, 0.7, 0.8, 0.8], 9, 1),
    ],
)
def test_stored_predictions_tell_whether_a_bleu_is_a_share(
    make_history: Any, quantity: str, logged: list[float], right: int, factor: float
) -> None:
    history = make_history(**{f"dev_{quantity}": logged})
    score = dev_score(history, None, predicted(right))
    assert score.values.tolist() == pytest.approx([factor * value for value in logged])
    for other in (None, predicted(right, split="test"), predicted(right, samples=4)):
        assert dev_score(history, None, other).values.tolist() == logged


@pytest.mark.parametrize(
    ("values", "beats"), [([0.01, 0.3, 0.6, 0.84], True), ([0.1, 0.25, 0.33, 0.34], False)]
)
def test_a_levenshtein_score_is_beyond_that_of_one_sentence_for_all(
    make_history: Any, values: list[float], beats: bool
) -> None:
    score = dev_score(make_history(dev_levenshtein=values), CTC)
    assert (score.quantity, score.sign, score.best) == ("levenshtein", 1, values[-1])
    assert beats_blind(score, np.nan, None) is beats


def test_the_share_of_sentences_that_are_right_is_a_score_of_last_resort(make_history: Any) -> None:
    score = dev_score(make_history(dev_sentence_accuracy=[0.0, 0.2, 0.5]), CTC)
    assert score.quantity == "sentence_accuracy" and beats_blind(score, np.nan, None)
    both = make_history(dev_sentence_accuracy=[0.0, 0.2, 0.5], dev_cer=[0.9, 0.5, 0.3])
    assert dev_score(both, CTC).quantity == "cer"
