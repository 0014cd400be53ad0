"""The canonical curves of a run, from all the files that tell of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Text
from slrdoctor.artifacts.formats import read, reader_of
from slrdoctor.artifacts.kinds.history import recognise_history
from slrdoctor.artifacts.run import HistoryFile, Scalar, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training.history import Curve, History, history


def series(
    name: str,
    split: str,
    quantity: str,
    values: list[float],
    epochs: list[float] | None = None,
    per: str = "epoch",
) -> Scalar:
    at = [float(i + 1) for i in range(len(values))] if epochs is None else epochs
    return Scalar(name, split, quantity, tuple(at), tuple(values), per)


def file(*scalars: Scalar, where: str = "history.csv", **more: Any) -> HistoryFile:
    return HistoryFile(where, "csv", scalars, **more)


def told(*files: HistoryFile) -> History:
    return history(TrainingRun("", Path(), histories=files))


def curve(found: History, split: str, quantity: str) -> Curve:
    curve = found.curve(split, quantity)
    assert curve is not None
    return curve


@pytest.mark.parametrize(
    ("values", "is_percent"),
    [
        ([0.0, 0.5, 1.0], False),
        ([0.795, 0.265, 1.06], True),
        ([12.0, 90.0], True),
        ([1.0], False),
    ],
)
def test_accuracy_over_one_is_in_percent(values: list[float], is_percent: bool) -> None:
    found = curve(told(file(series("acc", "dev", "accuracy", values))), "dev", "accuracy")
    assert found.was_percent is is_percent
    assert found.values.tolist() == pytest.approx([v / 100 if is_percent else v for v in values])


def test_the_splits_of_one_file_share_their_unit() -> None:
    train = series("train_acc", "train", "accuracy", [5.0, 98.0])
    dev = series("val_acc", "dev", "accuracy", [0.5, 1.0])
    assert curve(told(file(train, dev)), "dev", "accuracy").values.tolist() == [0.005, 0.01]
    other = file(dev, where="other.csv")
    assert curve(told(file(train), other), "dev", "accuracy").values.tolist() == [0.5, 1.0]


TRAIN = [16.67, 47.92, 68.75, 79.17, 89.58, 95.83, 97.92]
TOP = [61.0, 74.0, 85.0, 92.0, 97.0, 99.0]
SLOW = [1.2, 2.1, 5.4, 11.0, 19.5, 33.0, 41.0, 48.0]


@pytest.mark.parametrize(
    ("percent", "fraction"),
    [
        (TRAIN, [0.1667, 0.4444, 0.6111, 0.7222, 0.7778, 0.8333, 0.8889]),
        (TOP, [0.55, 0.63, 0.71, 0.80, 0.84, 0.86]),
        (SLOW, [0.011, 0.027, 0.06, 0.12, 0.18, 0.28, 0.31, 0.33]),
        ([20.0, 45.0, 80.0, 97.0, 100.0, 100.0], [0.2, 0.35, 0.44, 0.5, 0.49, 0.51]),  # memorises
    ],
)
@pytest.mark.parametrize("splits", [("train", "dev"), ("dev", "train"), ("train", "test")])
def test_a_fraction_beside_percentages_of_another_split_stays_one(
    percent: list[float], fraction: list[float], splits: tuple[str, str]
) -> None:
    first, second = splits
    found = told(
        file(series("a", first, "accuracy", percent), series("b", second, "accuracy", fraction))
    )
    assert curve(found, first, "accuracy").was_percent
    assert curve(found, second, "accuracy").values.tolist() == fraction
    assert not curve(found, second, "accuracy").was_percent


@pytest.mark.parametrize(
    ("train", "dev"),
    [
        (TRAIN, [0.5, 0.48, 0.52, 0.5, 0.47, 0.5, 0.53]),  # chance of 200 classes
        (TRAIN, [0.2, 0.3, 0.25, 0.35, 0.3, 0.25, 0.3]),
        (TOP, [0.5, 0.9, 0.4, 0.6, 0.8, 0.5]),  # few samples, noise
        (SLOW, [0.5, 0.6, 0.55, 0.7, 0.8, 0.85, 0.9, 0.95]),  # hardly rises beside training
        ([0.6, 4.0, 20.0, 55.0, 80.0, 95.0], [0.1, 0.3, 0.4, 0.6, 0.7, 0.9]),  # both start at chance
        ([5.0, 30.0, 95.0], [0.05, 0.3, 0.9]),  # too few to say
        (TRAIN, [0.01, 0.02, 0.03, 0.04, 0.05, 0.05, 0.06]),
    ],
)
def test_percentages_at_chance_do_not_become_fractions(train: list[float], dev: list[float]) -> None:
    found = told(file(series("a", "train", "accuracy", train), series("b", "dev", "accuracy", dev)))
    assert curve(found, "dev", "accuracy").values.tolist() == pytest.approx([v / 100 for v in dev])


def test_a_percent_sign_settles_the_unit_of_a_share_beside_another_split() -> None:
    dev = [v / 100 for v in TRAIN]
    both = series("a", "train", "accuracy", TRAIN), series("b", "dev", "accuracy", dev)
    found = told(file(*both, facts={"percent": ("b",)}))
    assert curve(found, "dev", "accuracy").was_percent


@pytest.mark.parametrize(
    ("values", "is_percent"),
    [
        ([1.0, 0.6, 0.1], False),
        ([1.2, 1.05, 0.9], False),
        ([4.1, 2.0, 0.8], False),  # insertions lift a share over 1
        ([11.0, 1.4, 1.0, 0.9], False),
        ([100.0, 60.0, 20.0], True),
        ([100.0, 9.0, 2.1, 0.9, 0.8, 0.8], True),
        ([238.0, 38.8, 3.4, 0.8, 0.6, 0.4, 0.4], False),  # over hypotheses of one token
        ([150.0, 38.8, 3.4, 0.8, 0.6, 0.4, 0.4], True),
        ([238.0, 150.0, 99.0, 60.0], True),
        ([21.2, 20.9], True),
        ([45.1], True),
        ([9.1, 8.2, 7.7], True),
        ([1.0, float("nan"), float("inf")], False),
    ],
)
def test_wer_over_one_may_still_be_a_share(values: list[float], is_percent: bool) -> None:
    found = curve(told(file(series("wer", "dev", "wer", values))), "dev", "wer")
    assert found.was_percent is is_percent


def test_a_percent_sign_settles_the_unit_of_wer_and_of_its_parts() -> None:
    parts = (series("wer", "dev", "wer", [1.0, 0.8]), series("del", "dev", "deletions", [0.7, 0.5]))
    found = told(file(*parts, facts={"percent": ("wer",)}))
    assert curve(found, "dev", "wer").values.tolist() == [0.01, 0.008]
    assert curve(found, "dev", "deletions").was_percent


def test_recall_in_percent_leaves_accuracy_alone() -> None:
    accuracy, recall = (
        series("acc", "dev", "accuracy", [0.5, 0.9]),
        series("R@1", "dev", "recall", [5.0, 6.0]),
    )
    found = told(file(accuracy, recall, facts={"percent": ("R@1",)}))
    assert curve(found, "dev", "accuracy").values.tolist() == [0.5, 0.9]
    assert curve(found, "dev", "recall").values.tolist() == [0.05, 0.06]


def test_nan_and_infinities_are_kept_and_absent_metrics_are_not() -> None:
    found = told(
        file(
            series("loss", "train", "loss", [2.0, float("nan"), float("inf")]),
            series("bleu", "dev", "bleu", [-1.0, -1.0]),
        )
    )
    assert np.isnan(curve(found, "train", "loss").values[1])
    assert found.curve("dev", "bleu") is None


def test_the_fullest_file_counts_and_then_the_most_digits() -> None:
    log = file(series("Train Loss", "train", "loss", [3.21, 2.11]), where="log.txt")
    kept = file(series("train_loss", "train", "loss", [3.2123, 2.1098]), where="metrics.json")
    assert curve(told(log, kept), "train", "loss").read_from == "metrics.json"
    short = file(series("train_loss", "train", "loss", [3.2123]), where="short.json")
    assert curve(told(short, log), "train", "loss").read_from == "log.txt"
    assert told(log, kept).read_from == "metrics.json"


def test_a_resumed_run_counts_each_epoch_once_with_its_last_value() -> None:
    found = curve(
        told(file(series("loss", "train", "loss", [3, 2, 1.5, 1], [1, 2, 2, 3]))), "train", "loss"
    )
    assert found.epochs.tolist() == [1, 2, 3] and found.values.tolist() == [3, 1.5, 1]


def test_a_part_of_the_loss_stands_for_it_where_there_is_no_total() -> None:
    ctc = series("loss_ctc", "train", "part_loss", [3.0, 2.0])
    att = series("loss_att", "train", "part_loss", [5.0, 4.0])
    total = series("loss", "train", "loss", [4.0, 3.0])
    assert curve(told(file(att, ctc)), "train", "loss").name == "loss_ctc"
    assert curve(told(file(att, ctc, total)), "train", "loss").name == "loss"
    absent = series("Translation Loss", "dev", "part_loss", [-1.0, -1.0])
    recognition = series("Recognition Loss", "dev", "part_loss", [12.0, 9.0])
    assert curve(told(file(absent, recognition)), "dev", "loss").name == "Recognition Loss"


def test_batches_give_means_of_finished_epochs_where_nothing_else_does() -> None:
    batches = series(
        "loss", "train", "loss", [4.0, 2.0, float("nan"), 1.0, 9.0], [0.0, 0.5, 1.0, 1.5, 2.0], "batch"
    )
    found = told(file(batches, row_epochs=(0.0, 1.0)))
    mean = curve(found, "train", "loss")
    assert mean.per == "epoch" and mean.name == "mean of loss"
    assert mean.epochs.tolist() == [0, 1] and mean.values.tolist() == [3, 1]
    logged = series("Mean training loss", "train", "loss", [2.9, 1.1], [0.0, 1.0])
    assert curve(told(file(batches, logged)), "train", "loss").name == "Mean training loss"


def test_the_sentence_states_first_and_last() -> None:
    found = told(
        file(series("loss", "train", "loss", [3.2, 0.5]), series("wer", "dev", "wer", [1.0, 0.3]))
    )
    assert found.sentence == "2 epochs: train loss 3.2 to 0.5, dev WER 100.0% to 30.0%"


@pytest.mark.parametrize("files", [(), (file(where="train.log", started=False),)])
def test_without_a_finished_epoch_there_is_no_history(files: tuple[HistoryFile, ...]) -> None:
    with pytest.raises(
        Unavailable, match="looked for a history" if not files else r"no finished epoch in train\.log"
    ):
        told(*files)


def of_disk(path: Path) -> tuple[HistoryFile, ...]:
    reader = reader_of(path)
    assert reader is not None
    return recognise_history(path.name, reader.name, read(path))


def test_the_real_percent_history_is_in_shares(shared_data: Path) -> None:
    root = shared_data / "biplavbarua__ISL-CSLRT-Pipeline" / "training" / "logs"
    for name, best in (
        ("baseline_standard", 0.04301075268817204),
        ("step2_reduce_capacity", 0.021505376344086023),
    ):
        found = told(*of_disk(root / name / "metrics.csv"))
        assert curve(found, "dev", "accuracy").was_percent
        assert curve(found, "dev", "accuracy").values.max() == pytest.approx(best)


def test_a_log_and_a_json_of_one_run_give_one_curve_each(shared_data: Path) -> None:
    root = shared_data / "Keyur-0__SIGN2SOUND_CODECREW" / "results"
    found = told(*of_disk(root / "training_log.txt"), *of_disk(root / "metrics.json"))
    assert found.read_from == "metrics.json"
    assert len(found.curves) == 4
    assert curve(found, "dev", "accuracy").values[-1] == 0.9083333333333333


def test_a_whole_log_becomes_curves() -> None:
    lines = [
        "Epoch 1: Dev WER: 97.5%",
        "Epoch 1: train loss 5.2",
        "Epoch 2: Dev WER: 88.0%",
        "Epoch 2: train loss 4.1",
    ]
    found = told(*recognise_history("train.log", "text", Text(lines)))
    assert curve(found, "dev", "wer").values.tolist() == [0.975, 0.88]
