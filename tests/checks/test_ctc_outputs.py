"""CTC411, 412, 415 and 416 on facts by hand."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import Any

import pytest

from slrdoctor.core.finding import Finding
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.ctc.floor_distance import FloorDistance, SettledLosses, settled_losses
from slrdoctor.facts.model.checkpoint_values import TensorRow, WeightValues
from slrdoctor.facts.outputs.decoded_output import DecodedOutput
from slrdoctor.facts.outputs.log_probs import BlankRival, BlankScore
from slrdoctor.facts.outputs.loss_input import LossInput, StoredScale
from slrdoctor.facts.training.logged_epochs import LoggedEpochs
from slrdoctor.testing import findings
from tests.making import BREAK, FINITE, Judge

SILENT = DecodedOutput(
    known_by="log-probabilities",
    split="dev",
    samples=100,
    empty_share=0.97,
    length_ratio=0.01,
    commonest="WEATHER",
    commonest_share=1.0,
    reference_types=80,
    wer=0.99,
    blank_share=0.999,
    peaky_share=0.9,
    read_from="outputs/dev/log_probs",
)
AT_FLOOR = FloorDistance(
    train=0.99,
    dev=1.02,
    held_out=1.02,
    floor=3.83,
    epochs=20,
    learned=False,
    read_from="history.json",
    held_out_from="outputs/dev/log_probs",
)
UNKNOWN: dict[str, Any] = {"train": nan, "dev": nan, "held_out": nan, "floor": nan}


collapse = Judge(
    "CTC411",
    lambda output=None, **distance: (replace(SILENT, **(output or {})), replace(AT_FLOOR, **distance)),
)


def test_ctc411_fires_on_empty_hypotheses_at_the_floor() -> None:
    (finding,) = collapse()

    assert (
        "97.0% of the greedy dev hypotheses are empty" in finding.message and "1.02" in finding.message
    )


@pytest.mark.parametrize(
    "said",
    [
        {"empty_share": 0.0, "length_ratio": 0.5, "commonest_share": 0.95},  # one token for all
        {"empty_share": 0.6, "length_ratio": 0.05, "commonest_share": 0.5},  # far too short
        # only the share of blanks was logged
        {
            "samples": 0,
            "empty_share": nan,
            "length_ratio": nan,
            "commonest_share": nan,
            "blank_share": 0.986,
        },
    ],
)
def test_ctc411_fires_on_every_way_to_say_nothing(said: dict[str, Any]) -> None:
    assert collapse(said)


def test_ctc411_is_quiet_on_a_peaky_model_with_95_percent_blank() -> None:
    """T = 250, L = 10, 95% blank and a WER under 5%."""
    healthy: dict[str, Any] = {
        "empty_share": 0.0, "length_ratio": 0.99, "commonest_share": 0.05, "wer": 0.04,
        "blank_share": 0.95, "peaky_share": 0.96,
    }  # fmt: skip

    assert not collapse(healthy, train=0.02, dev=0.05, held_out=0.05)
    assert not collapse(healthy, **UNKNOWN)


def test_ctc411_is_quiet_in_the_blank_phase_whose_loss_is_under_the_floor() -> None:
    assert not collapse({"empty_share": 1.0, "blank_share": 1.0}, held_out=0.84, dev=0.1, train=0.1)


def test_ctc411_is_quiet_at_the_boundary_of_the_floor() -> None:
    assert collapse(held_out=0.98) and not collapse(held_out=0.979)
    assert collapse(train=0.9) and not collapse(train=0.899)  # memorised: another fault


def test_ctc411_is_quiet_in_the_first_epochs() -> None:
    assert not collapse(epochs=4) and collapse(epochs=5)


def test_ctc411_judges_outputs_alone_where_nothing_is_logged() -> None:
    assert collapse(epochs=None, train=nan, dev=1.02)


ALL_EMPTY = replace(
    SILENT, known_by="hypotheses", empty_share=1.0, length_ratio=0.0, commonest_share=0.0
)
alone = Judge("CTC411", lambda *more, **said: (replace(ALL_EMPTY, **said), *more))
LOGGED = LoggedEpochs(3, (), 1, "", "log.txt")


def test_ctc411_judges_hypotheses_that_are_all_empty_where_nothing_at_all_is_logged() -> None:
    (finding,) = alone(samples=200)

    assert finding.message == "all of 200 dev hypotheses are empty"


@pytest.mark.parametrize(
    ("more", "said"), [((), {"samples": 19}), ((), {"empty_share": 0.95}), ((LOGGED,), {"samples": 200})]
)
def test_ctc411_does_not_judge_other_hypotheses_without_a_loss(
    more: tuple[object, ...], said: dict[str, Any]
) -> None:
    assert alone.abstained(*more, **said).looks_ill


def test_ctc411_without_a_loss_waits_for_ten_epochs_without_learning() -> None:
    assert collapse(**UNKNOWN, epochs=10)
    assert not collapse(**UNKNOWN, epochs=9)
    assert not collapse(**UNKNOWN, epochs=10, learned=True)
    assert not collapse({"samples": 0, "empty_share": nan, "length_ratio": nan}, **UNKNOWN, epochs=30)


def test_ctc411_is_quiet_where_the_references_have_one_token_themselves() -> None:
    one = {"empty_share": 0.0, "length_ratio": 1.0, "commonest_share": 1.0, "reference_types": 1}
    assert not collapse(one)


LOSSES = SettledLosses(0.99, 1.02, 3.83, 20, "history.json")


ignored = Judge("CTC412", LOSSES)


def test_ctc412_fires_with_both_losses_at_the_floor() -> None:
    (finding,) = ignored()

    assert "0.99" in finding.message and "3.83" in finding.message
    assert ignored(epochs=None)  # log-probabilities of both splits


def test_ctc412_is_quiet_just_below_the_boundary() -> None:
    assert ignored(train=0.9) and not ignored(train=0.899)
    assert ignored(dev=0.97) and not ignored(dev=0.969)
    assert ignored(epochs=5) and not ignored(epochs=4)


def test_ctc412_is_quiet_on_what_was_learned_by_heart() -> None:
    assert not ignored(train=0.05, dev=1.6)


def test_ctc412_is_skipped_and_not_passed_where_a_loss_is_not_known() -> None:
    with pytest.raises(Unavailable, match="the train loss"):
        settled_losses(replace(AT_FLOOR, train=nan))
    with pytest.raises(Unavailable, match="the dev loss"):
        settled_losses(replace(AT_FLOOR, dev=nan))
    assert settled_losses(AT_FLOOR).dev == AT_FLOOR.dev


RIVAL = BlankRival(
    configured=BlankScore(0, "<blank>", 1.9),
    known_by="blank: 0 in the config",
    likeliest=BlankScore(10, "LAST", 0.1),
    share=0.88,
    samples=48,
    read_from="log_probs/dev",
)


def rival(wer: float, configured: float, index: int = 10) -> tuple[Finding, ...]:
    scores = BlankScore(0, "<blank>", configured), BlankScore(index, "LAST", wer)
    return findings("CTC415", replace(RIVAL, configured=scores[0], likeliest=scores[1]))


def test_ctc415_fires_where_another_class_is_the_blank() -> None:
    (finding,) = rival(0.1, 1.9)

    assert "class 10" in finding.message and "190.0%" in finding.message
    assert "blank = 10" in finding.fixes[0].how


def test_ctc415_is_quiet_at_the_boundary_of_the_wer_that_is_saved() -> None:
    assert rival(0.5, 1.0) and not rival(0.51, 1.0)
    assert rival(0.1, 0.31) and not rival(0.12, 0.31)


def test_ctc415_is_quiet_where_the_configured_class_is_the_likeliest() -> None:
    assert not rival(0.1, 1.9, index=0)


SCALE = StoredScale("log-probabilities", "logits", "", 1000, 1000, 0, 11, "a", "log_probs/dev")


def given(lowest: float = nan, **changes: Any) -> tuple[Finding, ...]:
    stored = replace(SCALE, **changes) if changes else None
    return findings("CTC416", LossInput(stored, lowest, "dev_loss", "history.json"))


def test_ctc416_fires_on_logits_that_are_called_log_probabilities() -> None:
    (finding,) = given(scale="logits")

    assert finding.message == (
        "none of the 1000 frames in log_probs/dev sums to one over the 11 classes after exp: they are "
        "logits"
    )
    (finding,) = given(scale="logits", off_frames=999)
    assert finding.message.startswith("999 of 1000 frames in log_probs/dev do not sum to one")


def test_ctc416_fires_on_a_softmax_over_another_axis() -> None:
    (finding,) = given(along="frames")

    assert "over the frames" in finding.message


def test_ctc416_names_values_that_are_no_numbers() -> None:
    (finding,) = given(not_finite=900)

    assert "900 of them contain NaN" in finding.message


def test_ctc416_lets_nan_outputs_be_where_the_weights_or_the_loss_ended_as_nan() -> None:
    whole = LossInput(replace(SCALE, not_finite=1000), nan, "", "")
    partly = LossInput(replace(SCALE, not_finite=899), nan, "", "")
    loss = replace(FINITE, breaks=(BREAK,))
    earlier = replace(loss, breaks=(replace(BREAK, bad_at_end=0),))
    row = TensorRow("w", (4,), "float32", False, 4, 0, 0.0, 1.0, 2.0)

    for broken in (loss, WeightValues((row,), 0, "best.pt")):
        assert not findings("CTC416", whole, broken)
        assert findings("CTC416", partly, broken)
    assert findings("CTC416", whole, earlier)


def test_ctc416_fires_on_a_negative_loss() -> None:
    (finding,) = given(-3.2)

    assert "-3.2" in finding.message


def test_ctc416_fires_on_a_negative_loss_beside_sound_outputs_unless_another_blank_is_better() -> None:
    """A dump that takes the log-softmax says nothing of a training that does not."""
    told = LossInput(replace(SCALE, off_frames=0), -0.5, "dev_loss", "history.json")
    configured = replace(RIVAL, likeliest=RIVAL.configured)

    assert findings("CTC416", told) and findings("CTC416", told, configured)
    assert RIVAL.is_better and not findings("CTC416", told, RIVAL)


def test_ctc416_is_quiet_at_the_boundary() -> None:
    assert given(off_frames=101) and not given(off_frames=100)
    assert given(-0.011) and not given(-0.01)


def test_ctc416_is_quiet_on_logits_that_are_called_logits_and_on_log_probabilities() -> None:
    assert not given(called="")
    assert not given(scale="log-probabilities", along="classes", off_frames=0)
    assert not given(0.02)


def test_ctc411_is_not_judged_in_the_first_epochs_and_looks_ill() -> None:
    one = collapse.abstained(epochs=4)

    assert "4 epochs" in one.reason and one.looks_ill is True


def test_ctc411_is_not_judged_where_the_loss_is_better_than_the_output_and_looks_ill() -> None:
    empty = {"empty_share": 1.0, "blank_share": 1.0}
    one = collapse.abstained(empty, held_out=0.84, dev=0.1, train=0.1)

    assert "are empty" in one.reason and one.looks_ill is True


def test_ctc412_is_not_judged_in_the_first_epochs_and_looks_ill() -> None:
    one = ignored.abstained(epochs=4)

    assert "4 epochs" in one.reason and one.looks_ill is True
