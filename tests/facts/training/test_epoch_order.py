from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from slrdoctor.artifacts.run import HistoryFile, Scalar
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training.epoch_order import epoch_order, judged

FALL = [4.0, 3.0, 2.4, 2.0, 1.7, 1.5, 1.3, 1.2, 1.1, 1.0]


def series(epochs: Sequence[float], values: Sequence[float], **more: Any) -> Scalar:
    return Scalar("train_loss", "train", "loss", tuple(epochs), tuple(values), **more)


def kind(epochs: Sequence[float], values: Sequence[float]) -> str:
    fault, _ = judged(series(epochs, values), "history.csv")
    return fault.kind if fault is not None else ""


def test_epochs_in_order_have_no_fault_whatever_their_steps() -> None:
    assert kind(range(1, 11), FALL) == kind(range(0, 100, 10), FALL) == kind([], []) == ""


def test_a_second_run_in_the_same_file_begins_anew() -> None:
    fault, _ = judged(series([*range(1, 11), *range(1, 11)], FALL + [v + 0.2 for v in FALL]), "h.csv")
    assert fault is not None
    assert (fault.kind, fault.epochs, fault.rows, fault.total) == ("several runs", (1.0,), 10, 20)


@pytest.mark.parametrize("back_to", [11, 10, 8, 5])
def test_a_run_that_was_resumed_goes_on_from_its_own_values(back_to: int) -> None:
    later = [FALL[back_to - 2] * 0.97**i for i in range(12)]
    fault, resumes = judged(series([*range(1, 11), *range(back_to, back_to + 12)], FALL + later), "h")
    assert fault is None and resumes == (back_to <= 10)


def test_a_resumed_run_may_count_from_one_again() -> None:
    assert kind([*range(1, 11), *range(1, 6)], [*FALL, 0.95, 0.9, 0.9, 0.85, 0.8]) == ""


def test_a_run_that_goes_back_to_other_values_is_another() -> None:
    assert kind([*range(1, 11), *range(6, 12)], [*FALL, 3.9, 3.5, 3.2, 3.0, 2.9, 2.8]) == "several runs"


def test_two_runs_that_write_in_turns_are_interleaved() -> None:
    other = [v + 0.5 for v in FALL]
    pairs = [value for both in zip(FALL, other) for value in both]
    assert kind([e for e in range(1, 11) for _ in range(2)], pairs) == "interleaved"
    behind = [value for both in zip(FALL[5:], FALL[:5]) for value in both]
    assert kind([e for at in range(1, 6) for e in (at + 5, at)], behind) == "interleaved"


def test_several_evaluations_an_epoch_are_not_interleaved() -> None:
    falling = [4.0 * 0.9**i for i in range(20)]
    assert kind([e for e in range(1, 11) for _ in range(2)], falling) == ""


def test_rows_that_were_copied_are_duplicates() -> None:
    assert kind([*range(1, 11), 3, 4, 5], [*FALL, *FALL[2:5]]) == "duplicate"
    assert kind([1, 2, 3, 3, 4, 4, 5, 5, 6], [4, 3, 2.4, 2.4, 2, 2, 1.7, 1.7, 1.5]) == "duplicate"
    assert kind([*range(1, 11), *range(1, 11)], FALL + FALL) == "duplicate"


def test_a_logger_that_writes_all_twice_or_the_last_epoch_again_misleads_nobody() -> None:
    assert kind([e for e in range(1, 11) for _ in range(2)], [v for v in FALL for _ in range(2)]) == ""
    assert kind([*range(1, 11), 10], [*FALL, FALL[-1]]) == ""


def test_one_fault_is_told_for_each_file(make_run: Any) -> None:
    twice, values = [*range(1, 11), *range(1, 11)], FALL + [v + 0.2 for v in FALL]
    run = make_run(series(twice, values), Scalar("val_loss", "dev", "loss", tuple(twice), tuple(values)))
    told = epoch_order(run)
    assert len(told.faults) == 1 and told.files == 1


def test_a_header_without_rows_counts_only_where_no_other_file_has_epochs(make_run: Any) -> None:
    empty = HistoryFile("history.csv", "csv", (), started=False)
    banner = HistoryFile("log.txt", "text", (), started=False)
    full = HistoryFile("train.json", "json", (series(range(1, 11), FALL),))
    for files, header in (((empty,), ("history.csv",)), ((empty, full), ()), ((banner,), ())):
        assert epoch_order(make_run(run={"histories": files})).header_only == header


def test_no_history_is_unavailable(make_run: Any) -> None:
    with pytest.raises(Unavailable):
        epoch_order(make_run(run={"histories": ()}))


def test_a_resumed_run_may_repeat_its_last_rows_to_the_last_digit() -> None:
    fault, resumes = judged(
        series([*range(1, 11), *range(8, 14)], [*FALL, *FALL[7:], 0.9, 0.8, 0.7]), "h"
    )
    assert fault is None and resumes == 1


@pytest.mark.parametrize(("epoch", "rows"), [(0, 44), (1, 3), (7.5, 12)])
def test_an_epoch_that_never_rises_leaves_the_order_unknown(
    epoch: float, rows: int, make_run: Any
) -> None:
    values = [5.0 / (1 + row % 5) for row in range(rows)]
    file = HistoryFile("verlauf.csv", "csv", (series([epoch] * rows, values),))
    with pytest.raises(Unavailable, match=f"the epoch is {epoch:g} in all {rows} rows of verlauf.csv"):
        epoch_order(make_run(run={"histories": (file,)}))


def test_a_file_of_one_epoch_beside_an_ordered_history_is_no_fault(make_run: Any) -> None:
    tests = HistoryFile("test.csv", "csv", (series([3] * 5, [1.0, 0.9, 1.1, 0.8, 0.7]),))
    ordered = HistoryFile("log.csv", "csv", (series(range(10), FALL),))
    assert not epoch_order(make_run(run={"histories": (tests, ordered)})).faults


@pytest.mark.parametrize("last", [0.1, 1.02, 9.0])
def test_a_last_epoch_that_is_scored_once_more_begins_no_run(last: float) -> None:
    assert kind([*range(1, 11), 10], [*FALL, last]) == ""


def test_a_second_run_may_be_one_epoch_long() -> None:
    assert kind([*range(1, 11), 1], [*FALL, 4.1]) == "several runs"
