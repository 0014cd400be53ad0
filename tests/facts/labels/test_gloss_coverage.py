from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import ConfigFile, TrainingRun
from slrdoctor.facts.labels.gloss_coverage import GlossCoverage, gloss_coverage
from slrdoctor.facts.labels.samples import Targets
from slrdoctor.facts.labels.target_coding import target_coding
from slrdoctor.facts.labels.vocabulary import Vocabulary


def coverage(
    targets: list[str],
    tokens: list[str | None],
    config: Mapping[str, Any] | None = None,
    specials: tuple[int, ...] = (),
    where: str = "vocab.txt",
) -> GlossCoverage:
    """Coverage of training targets, each a text of glosses, by a vocabulary."""
    glosses = tuple(tuple(t.split()) for t in targets)
    ids = tuple(f"s{i}" for i in range(len(glosses)))
    training = Targets(ids, ("train",) * len(ids), glosses, "train.csv")
    vocabulary = Vocabulary(tuple(tokens), specials, where)
    configs = (ConfigFile("config.yaml", "yaml", config),) if config else ()
    run = TrainingRun("", Path("run"), configs=configs)
    return gloss_coverage(target_coding(training, vocabulary, run), vocabulary)


def test_every_missing_gloss_is_counted() -> None:
    found = coverage(["A B", "A C C", "B D"], ["<blank>", "A", "B"], specials=(0,))

    assert found.missing == (("C", 2), ("D", 1))
    assert (found.types, found.tokens, found.missing_tokens) == (4, 7, 3)
    assert found.ids == ("s1", "s2")
    assert found.vocabulary == 2
    assert found.sentence == "2 of 4 training glosses are in the vocabulary"


def test_missing_glosses_agree_with_a_slow_count() -> None:
    targets, tokens = ["A B C", "C D", "E A A"], ["A", "C", "X"]
    missing: dict[str, int] = {}
    for target in targets:
        for gloss in target.split():
            if gloss not in tokens:
                missing[gloss] = missing.get(gloss, 0) + 1

    assert dict(coverage(targets, list(tokens)).missing) == missing


def test_near_misses_say_what_they_differ_in() -> None:
    nfd = unicodedata.normalize("NFD", "ÜBEN")
    found = coverage(
        ["haus ΚΑΛΗ ΑΚΟΜΑ ÜBEN ΕΓΩ(1) ACCIDENT XQW ANY OTHER"],
        ["HAUS", "kαλή", "ακόμα", nfd, "ΕΓΩ", "ACIDENT", "ANY", "OTHER", "MORE"],
    )

    assert {(n.gloss, n.by) for n in found.near} == {
        ("haus", "case"),
        ("ΚΑΛΗ", "look-alike letters"),
        ("ΑΚΟΜΑ", "accents"),
        ("ÜBEN", "white space or Unicode form"),
        ("ΕΓΩ(1)", "annotation marks"),
        ("ACCIDENT", "spelling"),
    }
    assert found.near_counts["case"] == 1


def test_class_numbers_are_held_against_the_range_of_indices() -> None:
    names: list[str | None] = ["sister", "hurry", "hungry"]

    assert not coverage(["0", "1", "2", "2"], names).missing
    assert coverage(["0", "1", "7"], names).missing == (("7", 1),)
    assert coverage(["0", "1", "7"], names).by == "numbers"


def test_class_numbers_may_count_from_one() -> None:
    assert not coverage(["1", "2", "3"], ["book", "drink", "go"]).missing
    assert not coverage(["1", "2", "3"], [None, "book", "drink", "go"]).missing


def test_signed_numbers_are_names_where_the_vocabulary_has_them() -> None:
    found = coverage(["5", "10", "400"], ["1", "5", "10", "15"])

    assert found.by == "names"
    assert found.missing == (("400", 1),)


def test_a_label_of_two_words_may_be_one_class() -> None:
    assert not coverage(["thank you", "hello"], ["thank you", "hello"]).missing
    assert not coverage(["thank you", "hello"], ["thank_you", "hello"]).missing


def test_a_vocabulary_of_letters_spells_its_targets() -> None:
    letters: list[str | None] = list("abcdefghijklmnopqrstuvwxyz")

    assert coverage(["hello", "world"], letters).by == "letters"
    assert not coverage(["hello", "world"], letters).missing


def test_lowering_tokenizers_are_heard() -> None:
    tokens: list[str | None] = ["haus", "regen"]

    assert len(coverage(["HAUS REGEN"], tokens).missing) == 2
    assert not coverage(["HAUS REGEN"], tokens, {"data": {"lower_case": True}}).missing
    assert not coverage(["HAUS REGEN"], tokens, {"gloss": {"gloss2id_file": "gloss2ids.pkl"}}).missing
    kept = {"gloss": {"gloss2id_file": "gloss2ids.pkl", "lower_case": False}}
    assert len(coverage(["HAUS REGEN"], tokens, kept).missing) == 2


def test_a_vocabulary_of_slrt_is_asked_in_lower_case_without_a_config() -> None:
    assert not coverage(["HAUS REGEN"], ["haus", "regen"], where="data/gloss2ids.pkl").missing
    assert not coverage(["HAUS REGEN"], ["HAUS", "REGEN"], where="gloss2ids.pkl").missing


def test_the_greek_class_list_lacks_296_of_306_glosses(shared_data: Path) -> None:
    folder = (
        shared_data
        / "AI4Bharat__OpenHands/openhands/datasets/assets/gsl_metadata/GSL_split/GSL_continuous"
    )
    lines = (folder / "gsl_split_SI_train.csv").read_text(encoding="utf-8").splitlines()
    tokens = (folder / "greek_classes.txt").read_text(encoding="utf-8").splitlines()
    found = coverage([line.partition("|")[2] for line in lines], [t or None for t in tokens])

    assert (len(found.missing), found.types) == (296, 306)
    near = {n.gloss: (n.token, n.by) for n in found.near}
    assert near["ΑΔΕΙΑ"] == ("άδεια", "accents")
    assert near["ΑΜΚΑ(Δ.Α.)"] == ("αμκα", "annotation marks")
    assert len(found.near) >= 142


@pytest.mark.parametrize("name", ["gloss2ids.pkl", "data/mine/gloss2ids.pkl"])
def test_a_vocabulary_with_capitals_is_not_looked_up_in_lower_case(name: str) -> None:
    found = coverage(["HAUS BAUM", "Ort"], ["<s>", "haus", "BAUM", "ort"], specials=(0,), where=name)
    assert [gloss for gloss, _ in found.missing] == ["HAUS", "Ort"] and not found.lowered

    lower = coverage(["HAUS BAUM", "Ort"], ["<s>", "haus", "baum", "ort"], specials=(0,), where=name)
    assert not lower.missing and lower.lowered
