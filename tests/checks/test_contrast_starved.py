"""EMB704: what a contrastive loss has to compare."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.facts.embeddings.contrast import Contrast
from slrdoctor.facts.embeddings.separation import Separation
from tests.making import SEPARATED, Judge

# 11,000 videos, 1.1 clips a sentence, batches of 16
STARVED = Contrast(
    loss="supcon (loss)", by_label=True, batch=16, batch_from="config.yaml: batch_size", queue="",
    clips=11_000, labels=10_000, positives_in_batch=0.0003, read_from="train.csv",
)  # fmt: skip
judged = Judge("EMB704", STARVED)


def retrieving(at_1: float) -> Separation:
    one = replace(SEPARATED, what="the history of dev", at_1=at_1, epochs=20)
    return Separation((one,), "history.csv")


def test_emb704_fires_on_few_negatives_and_on_labels_with_one_clip() -> None:
    (finding,) = judged()
    assert "1.10 clips per label" in finding.message
    assert "15 other clips in a batch" in finding.message
    assert len(finding.fixes) == 2 and "Pair each clip" in finding.fixes[0].do


@pytest.mark.parametrize(("batch", "fires"), [(63, True), (64, False)])
def test_emb704_fires_under_64_samples_a_batch(batch: int, fires: bool) -> None:
    assert bool(judged(batch=batch, by_label=False)) is fires


@pytest.mark.parametrize(("labels", "fires"), [(7333, False), (7334, True)])
def test_emb704_fires_under_one_and_a_half_clips_a_label(labels: int, fires: bool) -> None:
    assert bool(judged(batch=256, labels=labels)) is fires


def test_emb704_is_quiet_about_labels_where_positives_are_pairs() -> None:
    assert not judged(batch=256, by_label=False)


def test_emb704_is_quiet_about_batches_with_a_queue() -> None:
    assert not judged(by_label=False, queue="moco_queue: 4096")


def test_emb704_is_quiet_where_half_of_the_queries_are_retrieved() -> None:
    assert not judged(retrieving(0.5))
    assert judged(retrieving(0.49))
