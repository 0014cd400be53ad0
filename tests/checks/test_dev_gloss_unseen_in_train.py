from __future__ import annotations

from slrdoctor.facts.labels.samples import Targets
from slrdoctor.testing import findings, not_judged


def targets(*samples: tuple[str, str]) -> Targets:
    ids = tuple(f"s{i}" for i in range(len(samples)))
    return Targets(
        ids, tuple(s for s, _ in samples), tuple(tuple(t.split()) for _, t in samples), "a.csv"
    )


def test_lab203_fires_and_gives_the_floor_under_the_wer() -> None:
    [finding] = findings("LAB203", targets(("train", "A B"), ("dev", "A X Y X"), ("dev", "B A A A A A")))

    assert finding.message == (
        '2 of 4 dev glosses ("X", "Y") never occur in training: the dev WER cannot go below 30.00%'
    )
    assert finding.samples == ("s1",)
    assert (finding.affected, finding.total) == (1, 2)


def test_lab203_speaks_of_test_where_there_is_no_dev() -> None:
    [finding] = findings("LAB203", targets(("train", "A"), ("test", "X"), ("test", "A")))

    assert "1 of 2 test glosses" in finding.message
    assert "error rate cannot go below 50.00%" in finding.message


def test_lab203_is_quiet_where_training_has_every_gloss() -> None:
    assert not findings(
        "LAB203", targets(("train", "A B"), ("train", "C"), ("dev", "C A"), ("test", "X"))
    )


def test_lab203_is_quiet_without_train_or_dev() -> None:
    assert not findings("LAB203", targets(("train", "A B")))
    assert not findings("LAB203", targets(("dev", "A B")))
    assert not findings("LAB203", targets(("", "A B")))


def test_lab203_is_not_judged_without_dev_and_test() -> None:
    assert "dev or test" in not_judged("LAB203", targets(("train", "A B"))).reason


def test_lab203_is_not_judged_without_train() -> None:
    assert "training" in not_judged("LAB203", targets(("dev", "A B"))).reason
