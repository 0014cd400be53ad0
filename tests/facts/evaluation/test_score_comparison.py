from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.artifacts.run import Row
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.evaluation.score_comparison import Comparison, score_comparison
from slrdoctor.facts.evaluation.scores import Reading, Recount, Recounts
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.training.logged_scores import LoggedScore, LoggedScores

READINGS = (
    Reading("errors over reference tokens", "plain", 0.5),
    Reading("mean over samples", "definition", 0.45),
    Reading("without case", "normalised", 0.2),
    Reading("errors over hypothesis tokens", "swapped", 0.8),
)


def recount(**changes: Any) -> Recount:
    told: dict[str, Any] = {
        "quantity": "wer",
        "split": "dev",
        "readings": READINGS,
        "error": 0.01,
        "samples": 100,
    }
    return Recount(**(told | {"read_from": "dev.json"} | changes))


def score(*values: float, **changes: Any) -> LoggedScore:
    told: dict[str, Any] = {"quantity": "wer", "split": "dev", "name": "val_wer", "rounding": 5e-5}
    epochs = tuple(float(i + 1) for i in range(len(values)))
    return LoggedScore(**(told | {"values": values, "epochs": epochs, "read_from": "log.txt"} | changes))


def compared(row: Recount, *scores: LoggedScore, samples: int = 0) -> Comparison:
    rows = tuple(Row(f"clip{i}", "dev", ("A",)) for i in range(samples))
    known = Samples(rows, "dev.csv") if samples else None
    return score_comparison(
        Recounts((row,), row.read_from), LoggedScores(scores, "log.txt"), known
    ).rows[0]


def test_any_epoch_may_be_the_one_that_was_stored() -> None:
    found = compared(recount(), score(0.9, 0.5, 0.3, 0.4))
    assert found.gap == 0 and found.logged_as == "val_wer at 2" and found.kind == "plain"


@pytest.mark.parametrize(("step", "kind"), [(0.0, "plain"), (0.005, "plain"), (0.03, ""), (0.1, "")])
def test_a_score_of_few_tokens_may_equal_that_of_an_epoch_by_chance(step: float, kind: str) -> None:
    assert compared(recount(step=step), score(0.9, 0.5, 0.3, 0.1)).kind == kind
    assert compared(recount(step=step), score(0.9, 0.3, 0.1, 0.5)).kind == "plain", "of a kept epoch"


@pytest.mark.parametrize(
    ("split", "samples", "whole"), [("", 100, True), ("", 90, False), ("dev", 100, True)]
)
def test_predictions_as_many_as_the_samples_of_the_logged_split_are_all_of_it(
    split: str, samples: int, whole: bool
) -> None:
    assert compared(recount(split=split), score(0.9, 0.3), samples=samples).whole is whole


def test_the_last_and_the_best_are_the_likeliest_to_be_kept() -> None:
    found = compared(recount(), score(0.9, 0.55, 0.3, 0.4))
    assert found.gap == pytest.approx(0.05) and found.gap_to_kept == pytest.approx(0.1)
    assert found.kept_as == "val_wer at 4"
    between = compared(recount(), score(0.9, 0.3, 0.6))
    assert between.gap_to_kept == 0, "a run that got worse passes by it"


@pytest.mark.parametrize(
    ("logged", "kind"), [(0.45, "definition"), (0.2, "normalised"), (0.8, "swapped"), (0.6, "")]
)
def test_a_logged_value_is_recognised_by_how_it_was_computed(logged: float, kind: str) -> None:
    found = compared(recount(), score(0.95, logged))
    assert found.kind == kind
    assert found.is_swapped is (kind == "swapped")


def test_only_kept_epochs_show_another_way_of_scoring() -> None:
    assert compared(recount(), score(0.9, 0.8, 0.7)).kind == ""


def test_a_coarse_log_cannot_show_that_the_arguments_were_swapped() -> None:
    close = (*READINGS[:-1], Reading("errors over hypothesis tokens", "swapped", 0.503))
    coarse = compared(recount(readings=close), score(0.9, 0.503, rounding=5e-4))
    assert coarse.kind == "swapped" and not coarse.is_swapped
    fine = compared(recount(), score(0.9, 0.8, rounding=5e-4))
    assert fine.is_swapped


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("gls/3000.dev.hyp.gls", (0.4, 0.5)),
        ("epoch_03/results.json", (0.4, 0.5)),
        ("predictions_3.json", (0.2, 0.2)),  # a number that says nothing
        ("epoch_99.json", (0.2, 0.2)),
    ],
)
def test_the_step_in_a_path_says_which_value_was_kept(where: str, kept: tuple[float, float]) -> None:
    at = (1000.0, 2000.0, 3000.0, 4000.0, 5000.0) if "3000" in where else (1.0, 2.0, 3.0, 4.0, 5.0)
    row = recount(read_from=where, readings=(Reading("plain", "plain", 0.0),))
    found = compared(row, score(0.9, 0.5, 0.4, 0.5, 0.2, epochs=at))
    assert found.kept == kept[0] and found.gap_to_kept == kept[0]


def test_sampling_explains_a_gap_unless_every_sample_is_there() -> None:
    excerpt = compared(recount(), score(0.6), samples=200)
    assert not excerpt.whole and excerpt.allowance == pytest.approx(5e-5 + 3.3 * 0.01)
    whole = compared(recount(), score(0.6), samples=100)
    assert whole.whole and whole.allowance == 5e-5


def test_scores_of_another_split_are_not_compared() -> None:
    with pytest.raises(Unavailable, match="no logged score is of the stored predictions"):
        compared(recount(), score(0.5, split="test"))
    assert compared(recount(split=""), score(0.5, split="test")).split == "test"


def test_a_score_that_is_that_of_another_split_is_explained_by_it() -> None:
    found = compared(recount(), score(0.9, 0.3), score(0.5, split="test", name="test_wer"))
    assert found.kind == "plain" and found.logged == 0.3


def test_beside_a_bleu_the_error_rate_of_texts_is_not_compared() -> None:
    bleu = recount(quantity="bleu", readings=(Reading("13a", "plain", 20.0),), of_text=True)
    rows = Recounts((bleu, recount(of_text=True)), "txt.json")
    logs = LoggedScores((score(0.3), score(20.0, quantity="bleu", name="bleu")), "log.txt")
    assert [row.quantity for row in score_comparison(rows, logs, None).rows] == ["bleu"]
