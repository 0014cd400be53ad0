"""Which trainings are contrastive, and what they compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import ConfigFile, Row, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.embeddings.contrast import Contrast, contrast
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.epoch_size import EpochSize

BATCHES = EpochSize(16, None, None, None, None, None, {"batch_size": "config.yaml: batch_size"}, "c")


def measured(
    config: dict[str, Any],
    task: str = "",
    labels: tuple[str, ...] = (),
    size: EpochSize | None = BATCHES,
) -> Contrast:
    rows = tuple(Row(str(i), "train", (label,)) for i, label in enumerate(labels))
    return contrast(
        TrainingRun("", Path(), configs=(ConfigFile("config.yaml", "yaml", config),)),
        Task(task, "a test", "config.yaml") if task else None,
        Samples(rows, "train.csv") if rows else None,
        size,
    )


@pytest.mark.parametrize(
    ("config", "by_label"),
    [
        ({"loss": "SupCon"}, True),
        ({"training": {"criterion": "supervised_contrastive"}}, True),
        ({"losses": ["ce", "triplet"]}, True),
        ({"supcon_weight": 0.5}, True),
        ({"loss": "InfoNCE"}, False),
        ({"loss_type": "nt-xent"}, False),
        ({"use_clip_loss": True}, False),
        ({"model": {"contrastive": {"temperature": 0.07}}}, False),
        ({"loss": "contrastive"}, False),
    ],
)
def test_a_config_names_the_loss(config: dict[str, Any], by_label: bool) -> None:
    assert measured(config).by_label is by_label


@pytest.mark.parametrize(
    "config",
    [
        {"loss": "cross_entropy"},
        {"supcon_weight": 0.0},
        {"use_clip_loss": False},
        {"clip_len": 64, "clip_grad_norm": 1.0, "loss": "ce"},
        {"pretrained": "weights/supcon_resnet.pt"},
        {"notes": "the loss of a run that was not contrastive, and was none before either, as I recall"},
    ],
)
def test_other_configs_do_not(config: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="no contrastive training"):
        measured(config)


def test_a_retrieval_run_is_contrastive_whatever_its_config_says() -> None:
    assert not measured({}, "retrieval").by_label


@pytest.mark.parametrize("task", ["ctc", "classification"])
def test_a_contrastive_term_beside_another_loss_is_no_contrastive_training(task: str) -> None:
    with pytest.raises(Unavailable, match=f"the task is {task}"):
        measured({"contrastive_weight": 0.1}, task)
    assert measured({"contrastive_weight": 0.1}, "translation")


def test_positives_in_a_batch_are_counted_over_random_batches() -> None:
    labels = tuple("AABBCD")
    found = measured({"loss": "supcon"}, labels=labels)
    pairs = sum(a == b for i, a in enumerate(labels) for j, b in enumerate(labels) if i != j)
    assert found.positives_in_batch == pytest.approx(15 * pairs / (6 * 5))
    assert (found.clips, found.labels, found.clips_a_label) == (6, 4, 1.5)


def test_a_batch_is_over_all_devices() -> None:
    assert measured({"loss": "infonce", "num_gpus": 4}).batch == 64
    assert measured({"loss": "infonce", "gpus": "0"}).batch == 16


def test_a_queue_is_named() -> None:
    assert measured({"loss": "infonce", "queue_size": 4096}).queue == "queue_size: 4096"


def test_without_batch_size_and_labels_there_is_nothing_to_compare() -> None:
    with pytest.raises(Unavailable, match="neither a batch size nor labels"):
        measured({"loss": "supcon"}, size=None)
