from __future__ import annotations

from typing import Any

from slrdoctor.artifacts.run import ConfigFile, Row
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.training.epoch_size import epoch_size


def test_counts_come_from_the_configuration(make_run: Any) -> None:
    told = {"data": {"total_samples": 3000, "train_split": 0.8, "val_split": 0.2}, "batch_size": 32}
    size = epoch_size(make_run(run={"configs": (ConfigFile("c.yaml", "yaml", told),)}), None, None)
    assert (size.train_samples, size.dev_samples) == (2400, 600)
    assert (size.train_batches, size.dev_batches, size.classes) == (75, 19, None)
    assert "2400 train samples" in size.sentence


def test_the_log_outweighs_what_the_samples_say_of_batches(make_run: Any) -> None:
    size = epoch_size(make_run(batches=74, facts={"batch_size": 32, "n_train": 2400}), None, None)
    assert size.train_batches == 74 and size.train_samples == 2400


def test_accuracies_tell_the_samples_they_are_shares_of(make_run: Any, make_history: Any) -> None:
    history = make_history(dev_accuracy=[1 / 93, 4 / 93, 2 / 93], train_accuracy=[5 / 377, 9 / 377])
    size = epoch_size(make_run(), None, history)
    assert (size.dev_samples, size.train_samples) == (93, 377)


def test_annotations_are_believed_unless_the_accuracy_contradicts_them(
    make_run: Any, make_history: Any
) -> None:
    history = make_history(dev_accuracy=[1 / 93, 4 / 93, 2 / 93])
    for annotated, expected in ((186, 186), (100, 93)):
        samples = Samples((Row("", "dev", ("A",)),) * annotated, "dev.csv")
        assert epoch_size(make_run(), samples, history).dev_samples == expected


def test_nonsense_in_a_configuration_counts_nothing(make_run: Any) -> None:
    told = {"batch_size": 0, "num_classes": True, "n_train": "many", "val_samples": float("nan")}
    size = epoch_size(make_run(run={"configs": (ConfigFile("c.yaml", "yaml", told),)}), None, None)
    assert size.batch_size is size.classes is size.train_samples is size.dev_samples is None
    assert "is unknown" in size.sentence
