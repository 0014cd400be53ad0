from __future__ import annotations

from slrdoctor.artifacts.run import Row
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.testing import findings, not_judged

FULL = Row("full", "train", ("A",))
EMPTY = Row("empty", "train", ())


def samples(*rows: Row) -> Samples:
    return Samples(rows, "train.csv")


def test_lab205_fires_on_one_empty_target() -> None:
    [finding] = findings("LAB205", samples(FULL, FULL, EMPTY))

    assert finding.message == "1 of 3 targets is empty (1 of 3 in train)"
    assert finding.samples == ("empty",)
    assert (finding.affected, finding.total) == (1, 3)


def test_lab205_says_where_a_whole_split_has_none() -> None:
    [finding] = findings("LAB205", samples(EMPTY, EMPTY, Row("d", "dev", ("A",), text="a")))

    assert finding.message == "2 of 3 targets are empty (all 2 in train); no train sample has a gloss"


def test_lab205_fires_where_only_dev_has_glosses() -> None:
    train = [Row(f"t{i}", "train", None, text="a b") for i in range(3)]
    [finding] = findings("LAB205", samples(*train, Row("d", "dev", ("A",), text="a")))

    assert finding.message == "3 of 4 targets are empty (all 3 in train); no train sample has a gloss"


def test_lab205_fires_where_only_train_has_glosses_but_not_for_a_test_split_alone() -> None:
    train, dev = Row("t", "train", ("A",)), Row("d", "dev", None, text="a b")
    [finding] = findings("LAB205", samples(train, dev))

    assert finding.message == "1 of 2 targets is empty (the only one in dev); no dev sample has a gloss"
    assert not findings("LAB205", samples(train, Row("x", "test", None, text="a b")))


def test_lab205_fires_where_all_are_empty_and_there_is_no_text() -> None:
    assert findings("LAB205", samples(EMPTY, EMPTY))


def test_lab205_is_quiet_on_translation_data_with_an_empty_gloss_column() -> None:
    assert not findings("LAB205", samples(*[Row(f"t{i}", "train", (), text="a b") for i in range(3)]))


def test_lab205_is_quiet_where_nothing_is_empty_or_there_is_no_column() -> None:
    assert not findings("LAB205", samples(FULL, Row("t", "train", None, text="a")))
    assert not findings("LAB205", samples(Row("t", "train")))


def test_lab205_is_not_judged_without_any_target() -> None:
    assert "gloss, a label or a text" in not_judged("LAB205", samples(Row("t", "train"))).reason
