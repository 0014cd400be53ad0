from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import ConfigFile, Row, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.gloss_counts import GlossCounts, gloss_counts
from slrdoctor.facts.labels.samples import Samples, targets
from slrdoctor.facts.labels.target_coding import target_coding
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import Vocabulary


def counts(
    labels: list[str],
    tokens: tuple[str | None, ...] = (),
    config: Mapping[str, Any] | None = None,
    specials: tuple[int, ...] = (),
    task: str = "classification",
    excerpt: str = "",
    narrowed: bool = False,
) -> GlossCounts:
    rows = tuple(Row(f"s{i}", "train", tuple(label.split())) for i, label in enumerate(labels))
    samples = Samples((*rows, Row("d", "dev", ("7",))), "train.csv", excerpt=excerpt, narrowed=narrowed)
    vocabulary = Vocabulary(tokens, specials, "vocab.json") if tokens else None
    configs = (ConfigFile("config.yaml", "yaml", config),) if config else ()
    run = TrainingRun("", Path("run"), configs=configs)
    coding = target_coding(targets(samples), vocabulary, run) if vocabulary else None
    return gloss_counts(samples, targets(samples), run, Task(task, "", ""), vocabulary, coding)


def test_training_glosses_are_counted_and_dev_ones_are_not() -> None:
    found = counts(["A B", "A", "C C"])

    assert found.counts == (("A", 2), ("C", 2), ("B", 1))
    assert (found.samples, found.single, found.once) == (3, False, 1)
    assert found.outputs == 0


def test_output_classes_are_the_glosses_of_the_vocabulary() -> None:
    found = counts(["A", "A", "B"], ("<blank>", "A", "B", "C", "D"), specials=(0,))

    assert (found.outputs, found.seen) == (4, 2)
    assert found.median == 0.5  # of 2, 1, 0, 0
    assert found.outputs_known_by == "vocab.json"


def test_a_foreign_vocabulary_does_not_make_examples_rare() -> None:
    found = counts(["A"] * 10 + ["B"] * 10, ("X", "Y", "Z"))

    assert not found.own_vocabulary
    assert found.median == 10


def test_without_a_vocabulary_the_config_says_the_classes() -> None:
    assert counts(["A", "B"], config={"num_classes": 10}).outputs == 10
    assert counts(["A B", "B"], config={"num_classes": 10}, task="ctc").outputs == 9
    assert counts(["A", "B"], config={"backbone": {"num_classes": 1000}}).outputs == 0
    assert counts(["A", "B", "C"], config={"num_classes": 2}).outputs == 0


def test_a_list_of_names_for_class_numbers_says_nothing_of_the_head() -> None:
    names = tuple(f"word{i}" for i in range(2000))

    assert counts(["0", "1"], names).outputs == 0
    assert counts(["0", "1"], names, {"num_classes": 100}).outputs == 100


def test_a_list_of_names_for_a_larger_set_says_nothing_of_the_head() -> None:
    assert counts(["A", "B"], ("A", "B", "C", "D", "E"), narrowed=True).outputs == 0
    assert counts(["A", "B"], ("A", "B", "C", "D", "E")).outputs == 5


def test_an_excerpt_is_no_training_set() -> None:
    with pytest.raises(Unavailable, match="9 clips are here"):
        counts(["A"], excerpt="9 clips are here, numbered up to 13 within a class: an excerpt")


def test_lowered_targets_fill_the_classes_of_a_lowered_vocabulary() -> None:
    found = counts(["HAUS", "REGEN"], ("haus", "regen"), config={"data": {"lower_case": True}})

    assert (found.seen, found.outputs) == (2, 2)
