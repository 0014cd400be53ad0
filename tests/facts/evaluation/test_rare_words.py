from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import ConfigFile, DataSet, TrainingRun, VocabularyFile
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.environment.source_code import SourceCode
from slrdoctor.facts.labels.rare_words import RareWords, rare_words
from slrdoctor.facts.labels.samples import Texts
from slrdoctor.facts.labels.task import Task

TRANSLATION = Task("translation", "set", "toml")


def texts(train: list[str], dev: list[str]) -> Texts:
    rows = [("train", t) for t in train] + [("dev", t) for t in dev]
    ids = tuple(map(str, range(len(rows))))
    return Texts(ids, tuple(s for s, _ in rows), tuple(tuple(t.split()) for _, t in rows), "texts.csv")


def measured(
    train: list[str],
    dev: list[str],
    *,
    task: Task = TRANSLATION,
    config: dict[str, Any] | None = None,
    vocabulary: tuple[str, ...] = (),
    code: SourceCode | None = None,
) -> RareWords:
    configs = (ConfigFile("config.yaml", "yaml", config),) if config else ()
    files = (VocabularyFile("v.txt", "text", vocabulary, target="text"),) if vocabulary else ()
    data = DataSet("", Path(), vocabularies=files)
    return rare_words(texts(train, dev), task, data, TrainingRun("", Path(), configs=configs), code)


TRAIN = [f"the word{i} is here" for i in range(120)]
DEV = ["the unheard word is here"] * 5


def test_words_are_counted_without_case_and_punctuation() -> None:
    found = measured([*TRAIN, "The WORD1, is HERE!"], ["The Word2. unheard"])
    assert (found.types, found.once) == (123, 119)
    assert (found.held_out_words, found.unknown, found.split) == (3, 1, "dev")


@pytest.mark.parametrize(
    "config",
    [
        {"data": {"level": "bpe"}},
        {"tokenizer": "facebook/mbart-large-cc25"},
        {"model": {"decoder": "t5-small"}},
        {"sentencepiece_model": "sp.model"},
        {"text": {"level": "char"}},
    ],
)
def test_a_config_tells_of_pieces_of_words(config: dict[str, Any]) -> None:
    assert measured(TRAIN, DEV, config=config).subword


@pytest.mark.parametrize(
    "config", [{"data": {"level": "word"}}, {"lr": 1e-3, "dropout": 0.1}, {"use_bpe": False}]
)
def test_a_config_that_says_nothing_of_pieces_tells_nothing(config: dict[str, Any]) -> None:
    assert measured(TRAIN, DEV, config=config).subword == ""


@pytest.mark.parametrize(
    "tokens", [("▁the", "▁w", "ord"), ("the", "##word"), ("Ġthe", "word"), ("the</w>",)]
)
def test_a_vocabulary_shows_pieces_of_words(tokens: tuple[str, ...]) -> None:
    assert measured(TRAIN, DEV, vocabulary=tokens).subword == "by the tokens of v.txt"


def test_a_vocabulary_of_words_shows_none() -> None:
    assert measured(TRAIN, DEV, vocabulary=("the", "word", "is")).subword == ""


def test_code_that_imports_a_tokenizer_tells_of_pieces() -> None:
    code = SourceCode((), (), (), frozenset(("torch", "sentencepiece")), (), 1, "train.py")
    assert "sentencepiece" in measured(TRAIN, DEV, code=code).subword


@pytest.mark.parametrize(
    ("train", "why"),
    [
        ([f"今天{i}天气很好 明天{i}下雨" for i in range(120)], "without spaces"),
        ([" ".join(f"the word {i}") for i in range(120)], "split into letters"),
        ([f"word{i}" for i in range(120)], "labels"),
        (TRAIN[:99], "99 training texts"),
    ],
)
def test_what_are_no_words_is_not_counted(train: list[str], why: str) -> None:
    with pytest.raises(Unavailable, match=why):
        measured(train, DEV)


def test_other_tasks_write_no_texts() -> None:
    with pytest.raises(Unavailable, match="the task is ctc"):
        measured(TRAIN, DEV, task=Task("ctc", "the config", "config.yaml"))


def test_a_common_language_is_not_rare() -> None:
    rng = random.Random(0)
    words = [f"w{i}" for i in range(200)]
    found = measured([" ".join(rng.choices(words, k=8)) for _ in range(300)], ["w1 w2 w3"])
    assert found.share_once < 0.05 and found.share_unknown == 0
