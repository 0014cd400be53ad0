"""FEA111: features on the scale of pixels, or on several scales."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.facts.features.landmarks import Landmarks
from slrdoctor.facts.features.loader_normalisation import LoaderNormalisation
from slrdoctor.facts.model.checkpoint_values import TensorRow, WeightValues
from slrdoctor.facts.training.progress import Progress
from slrdoctor.testing import findings, fine, not_judged
from tests.making import FAILED, LEARNED, MEMORISED, clip_table

LAYOUT = Landmarks("pose and hands", 225, (("pose", 0, 99),), 3, True, "features")


def test_fea111_fires_on_landmarks_in_pixels() -> None:
    [finding] = findings("FEA111", clip_table(0, 10, scale=320.0), LAYOUT)
    assert "320" in finding.message and finding.affected == 10


def test_fea111_fires_on_whole_numbers_in_a_landmark_layout() -> None:
    assert findings("FEA111", clip_table(0, 10, scale=320.0, dtype="int32"), LAYOUT)


def test_fea111_is_quiet_at_exactly_10_for_landmarks() -> None:
    assert not findings("FEA111", clip_table(0, 10, scale=10.0), LAYOUT)
    assert findings("FEA111", clip_table(0, 10, scale=10.1), LAYOUT)


def test_fea111_is_quiet_on_embeddings_in_the_tens_and_on_images() -> None:
    assert not findings("FEA111", clip_table(0, 10, scale=30.0, dims=1024))
    assert not findings("FEA111", clip_table(0, 10, scale=120.0, dims=150528, dtype="uint8"))


def test_fea111_is_quiet_on_formats_that_store_pixels_by_convention() -> None:
    assert not findings("FEA111", clip_table(0, 10, scale=320.0, reader="pose"), LAYOUT)


def test_fea111_is_quiet_on_layouts_that_are_in_pixels_by_convention() -> None:
    coco = Landmarks("COCO-WholeBody: pose 17 x 3", 225, (("pose", 0, 51),), 3, True, "features")
    assert not findings("FEA111", clip_table(0, 10, scale=320.0), coco)
    assert findings("FEA111", clip_table(10, 10, scale=320.0), coco)


def test_fea111_fires_on_a_mixture_of_scales_and_names_the_fewer() -> None:
    [finding] = findings("FEA111", clip_table(90, 10, scale=350.0), LAYOUT)
    assert "90 clips" in finding.message and finding.samples[0] == "s0" and finding.affected == 10


def test_fea111_is_quiet_at_exactly_a_factor_of_ten_and_on_one_outlier() -> None:
    assert not findings("FEA111", clip_table(90, 10, scale=5.0), LAYOUT)
    assert findings("FEA111", clip_table(90, 10, scale=5.1), LAYOUT)
    assert not findings("FEA111", clip_table(90, 1, scale=500.0), LAYOUT)


def mean(size: int, largest: float, name: str = "mean") -> WeightValues:
    row = TensorRow(name, (size,), "float32", True, 0, 0, largest / 2, 1.0, largest)
    return WeightValues((row,), 0, "best.pt")


def test_fea111_is_quiet_where_the_model_takes_off_a_mean_on_the_scale_of_the_features() -> None:
    table = clip_table(0, 10, scale=320.0)
    assert not findings("FEA111", table, LAYOUT, mean(225, 320.0))
    assert not findings("FEA111", table, LAYOUT, mean(225, 400.0, "norm.running_mean"))
    assert findings("FEA111", table, LAYOUT, mean(225, 319.0))
    assert findings("FEA111", table, LAYOUT, mean(64, 400.0))
    assert findings("FEA111", clip_table(50, 50, scale=320.0), LAYOUT, mean(225, 320.0))


def test_fea111_is_not_judged_on_images() -> None:
    one = not_judged("FEA111", clip_table(0, 10, scale=120.0, dims=150528, dtype="uint8"))

    assert "scale" in one.reason


def test_fea111_is_not_judged_where_the_loader_normalises() -> None:
    loader = LoaderNormalisation("config.yaml data.normalize")
    one = not_judged("FEA111", clip_table(0, 10, scale=320.0), LAYOUT, loader)

    assert "config.yaml data.normalize says" in one.reason and "320" in one.reason
    assert fine("FEA111", clip_table(0, 10, scale=4.0), LAYOUT, loader)
    assert findings("FEA111", clip_table(50, 50, scale=320.0), LAYOUT, loader)


@pytest.mark.parametrize(
    "progress",
    [
        LEARNED,
        replace(LEARNED, best_metric=0.49, last_metric=0.49),
        replace(MEMORISED, best_metric=0.6, last_metric=0.6),
        replace(MEMORISED, best_metric=0.84, last_metric=0.84, blind_metric=1 / 6),
    ],
)
def test_fea111_is_not_judged_where_the_run_learned_well(progress: Progress) -> None:
    assert (
        "far from chance"
        in not_judged("FEA111", clip_table(0, 10, scale=320.0), LAYOUT, progress).reason
    )


@pytest.mark.parametrize(
    "progress",
    [
        FAILED,
        MEMORISED,
        replace(LEARNED, best_metric=0.51, last_metric=0.51),
        replace(MEMORISED, best_metric=0.5, last_metric=0.5),
        replace(LEARNED, best_metric=0.2, last_metric=0.9),
        replace(LEARNED, metric="bleu", best_metric=0.2, last_metric=0.2, blind_metric=0.01),
    ],
)
def test_fea111_fires_where_the_run_learned_little_or_nobody_knows(progress: Progress) -> None:
    assert findings("FEA111", clip_table(0, 10, scale=320.0), LAYOUT, progress)
