from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import (
    AnnotationFile,
    ConfigFile,
    DataSet,
    Problem,
    Row,
    TrainingRun,
    VocabularyFile,
)
from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex, Vocabulary, blank_index, vocabulary

ROOT = Path("run")
CTC = Task("ctc", "made up", "x")


def words(*tokens: str | None, target: str = "gloss") -> Vocabulary:
    return vocabulary(
        DataSet("", ROOT, vocabularies=(VocabularyFile("v.txt", "text", tokens, target=target),))
    )


def blank(
    tokens: tuple[str | None, ...] = (),
    config: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    task: Task = CTC,
) -> BlankIndex:
    configs = (ConfigFile("config.yaml", "yaml", config),) if config else ()
    known = words(*tokens) if tokens else None
    return blank_index(settings or Settings(), TrainingRun("", ROOT, configs=configs), task, known)


def test_a_vocabulary_of_the_words_of_the_texts_is_none_of_glosses_whatever_its_name() -> None:
    rows = (Row("a", "train", ("REGEN", "NORD"), text="im norden regnet es"),)
    annotated = (AnnotationFile("train.csv", "csv", "table", rows),)

    def of(*tokens: str) -> Vocabulary:
        file = VocabularyFile("vocab.json", "json", tokens)
        return vocabulary(DataSet("", ROOT, annotations=annotated, vocabularies=(file,)))

    with pytest.raises(Unavailable, match="words of texts"):
        of("<pad>", "im", "norden", "regnet", "es")
    assert len(of("<pad>", "regen", "nord", "regnet").glosses) == 3  # a fault of case, for LAB201


@pytest.mark.parametrize(
    ("tokens", "specials"),
    [
        (("<si>", "<unk>", "<pad>", "A"), (0, 1, 2)),
        (
            ("<s>", "<pad>", "</s>", "<unk>", "<mask>", "zh_CN", "de_DE", "zh_CSL", "regen"),
            tuple(range(8)),
        ),
        (("[BLANK]", "A", "B", "[UNK]"), (0, 3)),
        (("-", "A", "B"), (0,)),
        (("pad", "A", "B"), (0,)),
        ((None, "A", "B"), ()),
        (("A", "MASK", "__ON__", "IX", "15"), ()),
        (("a", "b", "c", "d", "e", "blank", "f", "g", "h", "i", "j"), ()),
    ],
)
def test_special_tokens_are_told_by_form_and_place(
    tokens: tuple[str | None, ...], specials: tuple[int, ...]
) -> None:
    assert words(*tokens).specials == specials


def test_a_vocabulary_counts_its_glosses() -> None:
    found = words("<pad>", None, "A", "B")

    assert found.glosses == ((2, "A"), (3, "B"))
    assert found.sentence == "2 glosses and <pad> in the vocabulary"


def test_a_vocabulary_of_texts_is_none_of_glosses() -> None:
    with pytest.raises(Unavailable, match="not glosses"):
        words("der", "die", target="text")
    with pytest.raises(Unavailable, match="no vocabulary among 7 files"):
        vocabulary(DataSet("", ROOT, looked=7))


def test_a_vocabulary_of_zero_bytes_is_an_empty_one() -> None:
    problem = Problem("vocab.txt", "vocabulary", "empty", "zero bytes")

    assert vocabulary(DataSet("", ROOT, problems=(problem,))).tokens == ()


def test_the_users_blank_comes_first() -> None:
    assert blank(("<blank>", "A"), {"blank": 0}, Settings(blank=1)).index == 1
    assert blank(("A", "B"), settings=Settings(blank="last")).index == 2
    assert blank(("A", "B", "<blank>"), settings=Settings(blank="last")).index == 2
    assert blank(("A", "B"), {"num_classes": 3}, Settings(blank="last")).index == 2
    with pytest.raises(Unavailable, match="ambiguous"):
        blank(settings=Settings(blank="last"))


@pytest.mark.parametrize(
    ("config", "index"),
    [
        ({"blank": 3}, 3),
        ({"model": {"blank_id": "2"}}, 2),
        ({"blank_index": -1}, 2),
        ({"blank": "last"}, 2),
        ({"decoder": {"blank_token": "B"}}, 1),
        ({"blank": "B"}, 1),
    ],
)
def test_a_config_says_the_blank(config: Mapping[str, Any], index: int) -> None:
    found = blank(("A", "B"), config)

    assert (found.index, found.certain) == (index, True)
    assert found.read_from == "config.yaml"


def test_a_bias_on_the_blank_is_not_its_index() -> None:
    assert blank(("<blank>", "A"), {"blank_bias": -8, "blank_penalty": 2}).index == 0


@pytest.mark.parametrize(
    ("tokens", "index", "certain"),
    [
        (("<pad>", "<blank>", "A"), 1, True),
        (("A", "B", "[blank]"), 2, True),
        (("<si>", "<unk>", "A"), 0, True),
        (("<s>", "<pad>", "A"), 0, True),
        ((None, "A", "B"), 0, True),
        (("-", "A", "B"), 0, True),
        (("A", "B", "_"), 2, True),
        (("A", "-", "B", "C"), 0, False),
        (("<pad>", "A", "B"), 0, False),
        (("A", "B"), 0, False),
        ((" ", "!", "a", "b"), 0, False),  # a written space is a character
        (("a", "b", " "), 0, False),
        (("", "a", "b"), 0, True),
    ],
)
def test_a_vocabulary_says_the_blank(tokens: tuple[str | None, ...], index: int, certain: bool) -> None:
    found = blank(tokens)

    assert (found.index, found.certain) == (index, certain)
    assert found.known_by


def test_one_class_more_than_tokens_leaves_the_last_for_the_blank() -> None:
    found = blank(("A", "B"), {"model_args": {"num_classes": 3}})

    assert (found.index, found.certain) == (2, False)


def test_a_head_of_another_part_does_not_count() -> None:
    assert blank(("A", "B"), {"backbone": {"num_classes": 3}}).index == 0


def test_without_anything_the_blank_is_assumed_and_says_so() -> None:
    found = blank()

    assert (found.index, found.certain) == (0, False)
    assert "assumed" in found.known_by


def test_a_task_without_ctc_has_no_blank() -> None:
    with pytest.raises(Unavailable, match="no CTC blank: the task is classification"):
        blank(("<blank>", "A"), task=Task("classification", "x", "x"))
