from __future__ import annotations

from pathlib import Path

import pytest

from slrdoctor.artifacts.run import HistoryFile, Row, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.config.model_config import Said
from slrdoctor.facts.labels.configured_classes import ConfiguredClasses
from slrdoctor.facts.labels.output_classes import output_classes, vocabulary_size
from slrdoctor.facts.labels.samples import Samples, Targets
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex, Vocabulary

CTC, CLASSIFICATION = Task("ctc", "", ""), Task("classification", "", "")
RUN = TrainingRun("", Path())
GLOSSES = tuple(f"G{i}" for i in range(64))
TARGETS = Targets(("a", "b"), ("train", "train"), (("X", "Y"), ("Z",)), "train.csv")


def blank(index: int) -> BlankIndex:
    return BlankIndex(index, "told", True, "")


def test_a_vac_vocabulary_of_64_glosses_from_1_needs_65() -> None:
    size = vocabulary_size(CTC, Vocabulary((None, *GLOSSES), (), "gloss_dict.npy"), blank(0), None)
    assert (size.glosses, size.least, size.needed, size.most) == (64, 65, 65, 66)


def test_a_vocabulary_without_specials_may_get_a_blank_and_specials() -> None:
    size = vocabulary_size(CTC, Vocabulary(GLOSSES, (), "vocab.txt"), blank(0), None)
    assert (size.least, size.needed, size.most) == (64, 65, 69)


def test_a_vocabulary_with_its_own_blank_needs_its_size() -> None:
    size = vocabulary_size(CTC, Vocabulary(("<blank>", *GLOSSES), (0,), "vocab.txt"), blank(0), None)
    assert (size.least, size.needed, size.most) == (64, 65, 66)


def test_a_classifier_needs_no_blank() -> None:
    assert vocabulary_size(CLASSIFICATION, Vocabulary(GLOSSES, (), "v"), None, None).needed == 64


def test_without_a_vocabulary_the_annotated_glosses_of_ctc_are_the_least() -> None:
    size = vocabulary_size(CTC, None, None, TARGETS)
    assert (size.least, size.needed) == (3, 4)
    with pytest.raises(Unavailable, match="vocabulary"):
        vocabulary_size(CLASSIFICATION, None, None, TARGETS)


def test_classes_come_from_the_config_then_the_log_then_the_vocabulary_then_the_labels() -> None:
    config = ConfiguredClasses((Said(1296, "c.yaml num_classes"),), "c.yaml")
    sizes = vocabulary_size(CTC, Vocabulary((None, *GLOSSES), (), "gloss_dict.npy"), blank(0), None)
    logged = TrainingRun(
        "", Path(), histories=(HistoryFile("log.txt", "text", (), facts={"classes": 70}),)
    )
    assert output_classes(CTC, logged, config, sizes, None).count == 1296
    assert output_classes(CTC, logged, None, sizes, None).count == 70
    assert output_classes(CTC, RUN, None, sizes, None).count == 65
    assert output_classes(CTC, RUN, None, vocabulary_size(CTC, None, None, TARGETS), None).count == 4
    rows = tuple(Row(g, "train", (g,)) for g in "XYZ")
    assert output_classes(CLASSIFICATION, RUN, None, None, Samples(rows, "train.csv")).count == 3


def test_the_labels_of_an_excerpt_are_not_all_labels() -> None:
    rows = tuple(Row(g, "train", (g,)) for g in "XYZ")
    with pytest.raises(Unavailable, match="labels"):
        output_classes(
            CLASSIFICATION, RUN, None, None, Samples(rows, "folders", from_folders=True, excerpt="few")
        )


def test_with_nothing_to_count_it_says_what_was_looked_for() -> None:
    with pytest.raises(Unavailable, match="vocabulary"):
        output_classes(CTC, RUN, None, None, None)
