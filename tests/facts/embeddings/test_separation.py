"""Whether labels are told apart: by embeddings, else by what a history says of them."""

from __future__ import annotations

from math import isnan, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import Clip, OutputFile, Row, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.embeddings.embeddings import Embeddings, embeddings
from slrdoctor.facts.embeddings.separation import separation
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.training.epoch_size import EpochSize


def stored(folder: Path, values: Any, labels: tuple[str, ...] = ()) -> Embeddings:
    np.save(folder / "dev.npy", values)
    clip = Clip("dev", folder / "dev.npy", "npy")
    output = OutputFile("dev.npy", "npy", "embeddings", "dev", (clip,), labels=labels)
    return embeddings(TrainingRun("", folder, outputs=(output,)), None)


def dev_of(*texts: str) -> Samples:
    return Samples(tuple(Row(str(i), "dev", None, text=t) for i, t in enumerate(texts)), "dev.csv")


def test_embeddings_come_before_the_history(tmp_path: Path, make_history: Any) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 200)
    x = rng.normal(size=(10, 16))[labels] + 0.1 * rng.normal(size=(200, 16))
    measured = stored(tmp_path, x, tuple(map(str, labels)))
    history = make_history(dev_possim=[0.1], dev_negsim=[0.1])

    (one,) = separation(measured, history, None, None).splits

    assert one.what == "dev embeddings" and one.is_judged and one.is_informative


def test_a_history_tells_what_is_left_without_the_common_part(make_history: Any) -> None:
    history = make_history(
        dev_possim=[0.96] * 10, dev_negsim=[0.906] * 10, dev_recall=[0.05] * 10, train_possim=[0.5]
    )
    samples = dev_of(*(f"sentence {i}" for i in range(1100)))

    (one,) = separation(None, history, samples, None).splits

    assert one.centred == pytest.approx(0.054 / 0.094)
    assert one.at_1 == 0.05 and one.guess_1 == pytest.approx(1 / 1100)
    assert one.is_informative and one.epochs == 10 and isnan(one.margin)
    assert "5.0% (chance: 0.09%)" in one.sentence


def test_the_last_epochs_count_and_not_the_best(make_history: Any) -> None:
    history = make_history(
        dev_possim=[0.9] * 5 + [0.93] * 5,
        dev_negsim=[0.1] * 5 + [0.929] * 5,
        dev_recall=[0.5] * 5 + [0.0] * 5,
    )
    (one,) = separation(None, history, dev_of(*map(str, range(500))), None).splits
    assert one.centred == pytest.approx(0.001 / 0.071) and not one.is_informative


def test_labels_that_occur_often_are_guessed_more_easily(make_history: Any) -> None:
    history = make_history(dev_possim=[0.9], dev_negsim=[0.1], dev_recall=[0.3])
    (one,) = separation(None, history, dev_of(*["yes", "no"] * 50), None).splits
    assert one.guess_1 == pytest.approx(0.5) and not one.is_informative


def test_the_number_of_candidates_may_be_known_by_the_log_alone(make_history: Any) -> None:
    history = make_history(dev_possim=[0.9], dev_negsim=[0.1], dev_recall=[0.3])
    size = EpochSize(16, 1000, 200, 63, 13, None, {}, "log.txt")
    (one,) = separation(None, history, None, size).splits
    assert (one.queries, one.guess_1) == (200, 1 / 200)
    (unknown,) = separation(None, history, None, None).splits
    assert unknown.queries == 0 and not unknown.is_judged and isnan(unknown.guess_1)


def test_similarities_that_are_all_one_leave_nothing(make_history: Any) -> None:
    history = make_history(dev_possim=[1.0], dev_negsim=[1.0], dev_recall=[nan])
    (one,) = separation(None, history, None, None).splits
    assert one.centred == 0.0 and isnan(one.at_1)


def test_embeddings_of_unknown_labels_are_no_evidence(tmp_path: Path) -> None:
    measured = stored(tmp_path, np.random.default_rng(0).normal(size=(50, 8)))
    with pytest.raises(Unavailable, match="no two of which are known to have one label"):
        separation(measured, None, None, None)


def test_a_history_without_similarities_is_no_evidence(make_history: Any) -> None:
    with pytest.raises(Unavailable, match="PosSim and NegSim") as missing:
        separation(None, make_history(dev_recall=[0.5]), None, None)
    assert "dump_outputs" in missing.value.enable


def test_one_label_for_all_shows_nothing(tmp_path: Path) -> None:
    found = stored(tmp_path, np.random.default_rng(0).normal(size=(300, 8)), ("A",) * 300)
    (one,) = separation(found, None, None, None).splits
    assert one.guess_1 == 1 and not one.is_judged and not one.is_informative
