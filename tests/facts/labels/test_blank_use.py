from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import ConfigFile, TrainingRun, VocabularyFile
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.blank_use import BlankUse, blank_use
from slrdoctor.facts.labels.samples import Targets
from slrdoctor.facts.labels.target_coding import target_coding
from slrdoctor.facts.labels.vocabulary import BlankIndex, Vocabulary, special_indices


def use(
    index: int,
    targets: list[str],
    tokens: tuple[str | None, ...] = (),
    config: Mapping[str, Any] | None = None,
    where: str = "gloss_dict.npy",
    read_from: str = "config.yaml",
    certain: bool = True,
) -> BlankUse:
    glosses = tuple(tuple(t.split()) for t in targets)
    ids = tuple(f"s{i}" for i in range(len(glosses)))
    training = Targets(ids, ("train",) * len(ids), glosses, "train.csv")
    specials = special_indices(VocabularyFile(where, "npy", tokens))
    vocabulary = Vocabulary(tokens, specials, where) if tokens else None
    configs = (ConfigFile("config.yaml", "yaml", config),) if config else ()
    run = TrainingRun("", Path("run"), configs=configs)
    coding = target_coding(training, vocabulary, run) if vocabulary else None
    return blank_use(BlankIndex(index, "told", certain, read_from), training, run, vocabulary, coding)


def test_a_gloss_at_the_blanks_index_owns_it() -> None:
    found = use(1, ["A B", "B B"], ("<blank>", "A", "B"))

    assert (found.owner, found.occurrences, found.ids) == ("A", 1, ("s0",))
    assert found.sentence == 'index 1 is the blank and also stands for "A" (1 time in the targets)'


def test_a_gloss_that_no_target_has_owns_it_all_the_same() -> None:
    assert use(2, ["A"], ("<blank>", "A", "B")).owner == "B"


@pytest.mark.parametrize("tokens", [("<blank>", "A", "B"), (None, "A", "B")])
def test_a_blank_of_its_own_is_nobodys(tokens: tuple[str | None, ...]) -> None:
    found = use(0, ["A B"], tokens)

    assert found.owner == "" and found.sentence == "index 0 is the blank and stands for nothing else"
    assert use(3, ["A B"], tokens).owner == ""


def test_padding_written_into_targets_counts_where_it_is_the_blank() -> None:
    found = use(0, ["A B <pad> <pad>", "A"], ("<pad>", "A", "B"))

    assert (found.owner, found.occurrences) == ("<pad>", 2)
    assert use(0, ["A B"], ("<pad>", "A", "B")).occurrences == 0


def test_a_plain_list_leaves_room_for_a_blank_before_it() -> None:
    assert use(0, ["A B"], ("A", "B"), where="glosses.txt").owner == ""
    assert use(0, ["A B"], ("A", "B"), {"num_classes": 3}, where="glosses.txt").owner == ""
    assert use(0, ["A B"], ("A", "B"), {"num_classes": 2}, where="glosses.txt").owner == "A"
    assert use(0, ["A B"], ("A", "B"), where="gloss2id.json").owner == "A"
    assert use(0, ["A B"], ("A", "B"), where="glosses.txt", read_from="slrdoctor.toml").owner == "A"


def test_targets_written_as_numbers_may_hold_the_index() -> None:
    words: tuple[str | None, ...] = ("<blank>", "A", "B", "C")

    assert use(0, ["1 2", "3 0 2"], words).occurrences == 1
    assert use(0, ["1 2", "3 2"], words).occurrences == 0
    assert use(0, ["12 0 7", "3"]).occurrences == 1


def test_numbers_that_a_loader_shifts_do_not_hold_it() -> None:
    assert use(0, ["0 11", "3 5"], config={"num_classes": 13}).occurrences == 0
    assert use(0, ["0 11", "3 5"], config={"num_classes": 12}).occurrences == 1


def test_signed_digits_are_not_taken_for_indices() -> None:
    assert use(0, ["0 1 2", "9"]).occurrences == 0


def test_an_uncertain_blank_is_not_judged() -> None:
    with pytest.raises(Unavailable, match="uncertain"):
        use(0, ["A"], ("A", "B"), certain=False)
