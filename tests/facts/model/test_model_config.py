from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from slrdoctor.artifacts.run import ConfigFile, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.config.model_config import (
    ModelConfig,
    longest_input,
    model_config,
    zero_infinity,
)
from slrdoctor.facts.environment.source_code import Constant, SourceCode


def config(*values: Mapping[str, Any], code: SourceCode | None = None) -> ModelConfig:
    files = tuple(ConfigFile(f"c{i}.yaml", "yaml", value) for i, value in enumerate(values))
    return model_config(TrainingRun("", Path(), configs=files), code)


def code(*constants: tuple[str, Any], silenced: tuple[tuple[bool, str], ...] = ()) -> SourceCode:
    said = tuple(
        Constant(name, value, f"train.py line {i}") for i, (name, value) in enumerate(constants, 1)
    )
    return SourceCode(said, silenced, (), frozenset(), (), 1, "train.py")


@pytest.mark.parametrize(
    "value",
    [
        {"num_classes": 65},
        {"model_args": {"num_classes": 65, "conv_type": 2}},
        {"model": {"n_classes": "65"}},
        {"num-classes": {"value": 65}},  # W&B
        {"model.num_classes": 65},
    ],
)
def test_classes_are_found_under_their_usual_names(value: Mapping[str, Any]) -> None:
    assert [said.value for said in config(value).classes] == [65]


@pytest.mark.parametrize(
    "value",
    [
        {"feeder_args": {"num_gloss": -1}},
        {"num_classes": True},
        {"num_classes": None},
        {"num_classes": float("nan")},
        {"pretrained_backbone": {"num_classes": 1000}},
        {"signer_head": {"num_classes": 9}},
    ],
)
def test_what_is_no_count_of_the_models_classes_is_left_out(value: Mapping[str, Any]) -> None:
    assert not config(value).classes


@pytest.mark.parametrize(
    ("value", "stride"),
    [
        ({"model": {"stride": 4}}, 4),
        ({"stride": 4}, 4),
        ({"temporal_stride": 4}, 4),
        ({"encoder": {"downsample": 2}}, 2),
        ({"frontend": {"temporal_strides": [2, 2]}}, 4),
        ({"subsampling_factor": 4}, 4),
        ({"time_reduction": 8}, 8),
        ({"total_stride": 4}, 4),
    ],
)
def test_strides_are_found_under_their_usual_names(value: Mapping[str, Any], stride: int) -> None:
    assert [said.value for said in config(value).strides] == [stride]


@pytest.mark.parametrize(
    "value",
    [
        {"data": {"window": 30, "stride": 15}},
        {"window_size": 30, "stride": 15},
        {"data": {"stride": 2}},
        {"backbone": {"strides": [1, 2, 2, 2]}},
        {"backbone": {"temporal_stride": 2}},
        {"data": {"downsample_rate": 2}},
        {"frame_stride": 2},
        {"model": {"stride": [2, 2]}},
        {"model": {"stride": 0}},
        {"model": {"stride": 256}},
        {"model": {"downsample": True}},
    ],
)
def test_other_strides_are_not_taken_for_the_models(value: Mapping[str, Any]) -> None:
    assert not config(value).strides


def test_layers_are_read_from_text_and_from_lists() -> None:
    (as_text,) = config({"model": {"layers": "K5-P2"}}).layers
    (as_list,) = config({"model_args": {"kernel_size": ["K5", "P2", "K5", "P2"]}}).layers
    assert (as_text.value, as_text.in_list) == ("K5-P2", False)
    assert (as_list.value, as_list.in_list) == ("K5-P2-K5-P2", True)


def test_the_choices_that_a_source_has_are_not_the_one_taken() -> None:
    one = ("kernel_size", ["K5", "P2"])
    assert len(config(code=code(one, one)).layers) == 1
    assert not config(code=code(one, ("kernel_size", ["K3"]))).layers


@pytest.mark.parametrize(
    ("value", "frames"),
    [
        ({"max_frames": 250}, 250),
        ({"data": {"max_len": 250}}, 250),
        ({"max_seq_len": 250}, 250),
        ({"dataset": {"clip_len": 64}}, 64),
        ({"max_src_length": "300"}, 300),
    ],
)
def test_the_longest_input_is_found_under_its_usual_names(value: Mapping[str, Any], frames: int) -> None:
    assert longest_input(config(value)).frames == frames


@pytest.mark.parametrize(
    "value",
    [
        {"max_len": 30},
        {"decoder": {"max_length": 30}},
        {"tokenizer": {"max_seq_len": 30}},
        {"data": {"text": {"max_len": 30}}},
        {"data": {"max_sent_length": 400}},
        {"scheduler": {"T_max": 40}},
    ],
)
def test_lengths_of_texts_and_schedules_are_no_longest_input(value: Mapping[str, Any]) -> None:
    with pytest.raises(Unavailable, match="max_frames"):
        longest_input(config(value))


@pytest.mark.parametrize(
    ("value", "on"), [(True, True), ("true", True), (False, False), ("False", False), (1, True)]
)
def test_zero_infinity_is_read_from_the_config(value: Any, on: bool) -> None:
    assert zero_infinity(config({"loss": {"zero_infinity": value}})).on is on


def test_the_config_is_believed_before_the_source() -> None:
    silenced = code(silenced=((True, "loss.py line 3"),))
    assert zero_infinity(config(code=silenced)).read_from == "loss.py line 3"
    assert not zero_infinity(config({"zero_infinity": False}, code=silenced)).on


def test_where_nothing_says_zero_infinity_it_is_not_known() -> None:
    with pytest.raises(Unavailable, match=r"not set in c0\.yaml"):
        zero_infinity(config({"lr": 1}))


def test_without_configs_and_sources_it_says_what_was_looked_for() -> None:
    with pytest.raises(Unavailable, match="config"):
        config()


def test_the_real_vac_config_says_classes_and_stack(shared_data: Path) -> None:
    text = (shared_data / "yulrio__VAC_CSLR_QSLR/configs/baseline.yaml").read_text(encoding="utf-8")
    found = config(yaml.safe_load(text))
    assert [s.value for s in found.classes] == [1296]
    assert [s.value for s in found.conv_types] == [2]
    assert not found.strides
