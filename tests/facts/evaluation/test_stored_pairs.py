from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import PredictionFile, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.evaluation.gloss_errors import gloss_errors
from slrdoctor.facts.evaluation.stored_pairs import is_text, stored_pairs
from slrdoctor.facts.labels.samples import Targets, Texts
from slrdoctor.facts.labels.task import Task

MakeFile = Any
MakePairs = Any


def task(name: str) -> Task:
    return Task(name, "set", "slrdoctor.toml")


def run(*files: PredictionFile) -> TrainingRun:
    return TrainingRun("", Path(), predictions=files)


def test_a_translation_is_judged_by_its_texts_and_a_recognition_by_its_glosses(
    make_file: MakeFile,
) -> None:
    files = run(
        make_file([("a b", "a c")] * 12, "gls/5.dev.hyp.gls"),
        make_file([("x y", "x z")] * 12, "txt/5.dev.hyp.txt"),
    )
    assert stored_pairs(files, task("ctc"), None, None).read_from.endswith(".gls")
    found = stored_pairs(files, task("translation"), None, None)
    assert found.read_from.endswith(".txt") and found.is_text


def test_a_full_file_goes_before_a_demonstration(make_file: MakeFile) -> None:
    files = run(
        make_file([("A", "A")] * 4, "dev.json"), make_file([("A", "A")] * 40, "test.json", split="test")
    )
    assert stored_pairs(files, None, None, None).read_from == "test.json"


def test_nine_samples_show_nothing(make_file: MakeFile) -> None:
    with pytest.raises(Unavailable, match="has 9 hypotheses") as raised:
        stored_pairs(run(make_file([("A", "A")] * 9)), None, None, None)
    assert "dump_outputs" in raised.value.enable


def test_class_numbers_beside_names_are_not_compared(make_file: MakeFile) -> None:
    with pytest.raises(Unavailable, match="class numbers") as raised:
        stored_pairs(run(make_file([("12", "HOUSE"), ("7", "GO")] * 10)), None, None, None)
    assert "dump_outputs" in raised.value.enable
    assert stored_pairs(run(make_file([("12", "7"), ("7", "7")] * 10)), None, None, None).are_single


def test_the_annotations_tell_glosses_from_texts(make_file: MakeFile) -> None:
    file = make_file([("x", "es regnet heute")] * 12, "out.json")
    words = (("Es", "regnet", "heute"),)
    texts = Texts(("a",), ("dev",), words, "a.csv")
    glosses = Targets(("a",), ("dev",), (("REGEN", "HEUTE"),), "a.csv")
    assert is_text(file, task("ctc"), glosses, texts)
    assert not is_text(file, task("translation"), Targets(("a",), ("dev",), words, "a.csv"), texts)
    assert is_text(file, task("translation"), None, None) and not is_text(file, None, None, None)


@pytest.mark.parametrize("where", ["predictions/dev.txt", "dev_hyp.txt", "cslr/best.BW_01.dev.txt"])
def test_a_plain_text_file_holds_what_the_annotations_have(make_file: MakeFile, where: str) -> None:
    file = make_file([("x", "REGEN HEUTE")] * 12, where)
    glosses = Targets(("a",), ("dev",), (("REGEN", "HEUTE"),), "a.csv")
    others = Targets(("a",), ("dev",), (("SONNE",),), "a.csv")

    assert not is_text(file, task("ctc"), glosses, None)
    assert is_text(file, task("ctc"), others, None) and is_text(file, task("ctc"), None, None)


def test_gloss_errors_are_those_of_recognition(make_pairs: MakePairs) -> None:
    pairs = make_pairs(["A"] * 12, ["A B"] * 12)
    assert gloss_errors(pairs, None).counts.deletions == 12
    single = make_pairs([""] * 12, ["A"] * 12)
    assert gloss_errors(single, task("ctc")).counts.empty == 12
    for given, of in ((single, None), (pairs, task("translation")), (single, task("classification"))):
        with pytest.raises(Unavailable, match="no glosses recognised in sequence"):
            gloss_errors(given, of)
