from __future__ import annotations

import pytest

from slrdoctor.facts.training.logged_epochs import LoggedEpochs
from slrdoctor.testing import findings, not_judged


def test_trn511_fires_on_a_log_without_one_finished_epoch() -> None:
    (finding,) = findings("TRN511", LoggedEpochs(0, ("log.txt",), 1, "", "log.txt"))
    assert finding.message == "log.txt: training started and did not finish a single epoch"


def test_trn511_is_quiet_after_one_epoch_in_any_file() -> None:
    assert not findings("TRN511", LoggedEpochs(1, (), 1, "", "log.txt"))
    assert not findings("TRN511", LoggedEpochs(1, ("log.txt",), 2, "", "log.txt, history.csv"))


def test_trn511_is_quiet_where_predictions_or_checkpoints_show_that_training_went_on() -> None:
    assert not findings("TRN511", LoggedEpochs(0, ("log.txt",), 1, "epoch_12.pt", "log.txt"))


def test_trn511_quotes_the_error_that_the_log_ends_in() -> None:
    logged = LoggedEpochs(0, ("a.log",), 1, "", "a.log", ended_by="RuntimeError: CUDA out of memory")
    (finding,) = findings("TRN511", logged)
    assert finding.message.endswith("; it ended with 'RuntimeError: CUDA out of memory'")


@pytest.mark.parametrize(
    "line", ["KeyboardInterrupt", "Interrupted by user", "received SIGINT, stopping"]
)
def test_trn511_does_not_judge_a_run_that_was_stopped_by_hand(line: str) -> None:
    abstained = not_judged("TRN511", LoggedEpochs(0, ("a.log",), 1, "", "a.log", ended_by=line))
    assert abstained.reason == "a.log was stopped by hand before its first epoch ended"
