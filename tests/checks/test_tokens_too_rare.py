from __future__ import annotations

import pytest

from slrdoctor.facts.labels.rare_words import RareWords
from tests.making import Judge

RARE = RareWords(
    types=10_000, once=6_200, held_out_words=5_000, unknown=900, examples=("aardvark",), split="dev",
    texts=9_000, subword="", read_from="train.csv",
)  # fmt: skip
judged = Judge("DEC803", RARE)


def test_dec803_fires_on_words_that_training_shows_once_and_dev_needs() -> None:
    (finding,) = judged()
    assert finding.message == (
        "6200 of 10000 words (62%) occur only once in 9000 training texts, and 18% of the running words "
        "of dev never occur there"
    )


@pytest.mark.parametrize(("once", "fires"), [(5_000, False), (5_001, True)])
def test_dec803_is_quiet_up_to_the_boundary_of_half_of_the_words(once: int, fires: bool) -> None:
    assert bool(judged(once=once)) is fires


@pytest.mark.parametrize(("unknown", "fires"), [(250, False), (251, True)])
def test_dec803_is_quiet_where_dev_has_few_unknown_words(unknown: int, fires: bool) -> None:
    assert bool(judged(unknown=unknown)) is fires


def test_dec803_is_quiet_where_words_are_cut_into_pieces() -> None:
    assert not judged(subword="tokenizer: facebook/mbart-large-cc25 in config.yaml")


def test_dec803_is_quiet_on_phoenix_2014t() -> None:
    assert not judged(types=2887, once=1077, held_out_words=6820, unknown=57, texts=7096)
