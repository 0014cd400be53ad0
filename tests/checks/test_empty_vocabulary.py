from __future__ import annotations

from slrdoctor.facts.labels.vocabulary import Vocabulary
from slrdoctor.testing import findings


def test_lab211_fires_without_tokens() -> None:
    [finding] = findings("LAB211", Vocabulary((), (), "vocab.txt"))

    assert finding.message == "the vocabulary vocab.txt contains no tokens at all"


def test_lab211_fires_on_special_tokens_alone() -> None:
    [finding] = findings("LAB211", Vocabulary(("<blank>", "<pad>", None), (0, 1), "vocab.txt"))

    assert finding.message == "the vocabulary vocab.txt contains only special tokens (<blank>, <pad>)"


def test_lab211_is_quiet_at_a_single_gloss() -> None:
    assert not findings("LAB211", Vocabulary(("<blank>", "A"), (0,), "vocab.txt"))
