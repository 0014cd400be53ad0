from __future__ import annotations

import numpy as np
import pytest

from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.config.model_config import ModelConfig, Said
from slrdoctor.facts.ctc.layer_stack import (
    VAC_CONV_TYPES,
    LayerStack,
    layer_stack,
    length_after,
    padded,
    parse_layers,
    total_stride,
)
from slrdoctor.facts.model.checkpoint_architecture import Architecture
from slrdoctor.facts.outputs.output_stride import OutputStride


def config(**said: object) -> ModelConfig:
    return ModelConfig("config.yaml", **said)  # type: ignore[arg-type]


def test_48_frames_unpadded_give_9() -> None:
    assert length_after(48, "K5-P2-K5-P2") == 9


def test_48_frames_padded_give_12() -> None:
    assert length_after(48, "K5p2-P2-K5p2-P2") == 12


@pytest.mark.parametrize(
    "written", ["K5-P2-K5-P2", "K5,P2,K5,P2", "['K5', 'P2', 'K5', 'P2']", "K5P2K5P2", "k5 p2 k5 p2"]
)
def test_a_stack_reads_the_same_however_it_is_separated(written: str) -> None:
    assert parse_layers(written) == parse_layers("K5-P2-K5-P2")


@pytest.mark.parametrize(
    "written", ["", "K", "5-2", "K5-X2", "K5-P2 and more", "K0", "K5s0", "K5d0", "K99999999"]
)
def test_what_is_no_stack_is_a_value_error_that_says_how_to_write_one(written: str) -> None:
    with pytest.raises(ValueError, match=r"K5-P2|go from 1"):
        parse_layers(written)


@pytest.mark.parametrize(
    "layers", ["K5-P2-K5-P2", "K3p1s2-K3p1s2", "K5d3-P3c", "P2p1-K7p2d2s3", "K5p2-P2c-K5p2-P2c", "P3s2c"]
)
def test_lengths_are_those_of_torch(layers: str) -> None:
    frames = np.arange(1, 70)
    for frame, left in zip(frames, length_after(frames, layers)):
        assert left == _torch_length(int(frame), layers), (frame, layers)


def _torch_length(frames: int, layers: str) -> int:
    """The length of what torch's own layers make of `frames`; 0 where one of them refuses."""
    import torch

    x = torch.zeros(1, 1, frames)
    for layer in parse_layers(layers):
        try:
            if layer.kind == "K":
                x = torch.nn.functional.conv1d(
                    x, torch.zeros(1, 1, layer.size), None, layer.stride, layer.padding, layer.dilation
                )
            else:
                x = torch.nn.functional.max_pool1d(
                    x, layer.size, layer.stride, layer.padding, ceil_mode=layer.ceil
                )
        except RuntimeError:
            return 0
        if not x.shape[-1]:
            return 0
    return int(x.shape[-1])


def test_a_stride_alone_keeps_every_nth_frame_from_the_first() -> None:
    for frames in range(1, 30):
        assert length_after(frames, "S4") == len(range(frames)[::4])


def test_a_padded_vac_stack_leaves_a_quarter_rounded_up() -> None:
    frames = np.arange(1, 500)
    assert (length_after(frames, padded("K5-P2-K5-P2")) == -(-frames // 4)).all()


@pytest.mark.parametrize("layers", VAC_CONV_TYPES.values())
def test_every_padded_vac_stack_leaves_the_frames_over_its_stride(layers: str) -> None:
    frames = np.arange(1, 200)
    stride = total_stride(layers)
    assert (length_after(frames, padded(layers)) == -(-frames // stride)).all()


def test_the_users_layers_come_before_the_users_stride_and_the_config() -> None:
    told = Settings(layers="K5-P2", stride=8, read_from="slrdoctor.toml")
    stack = layer_stack(told, config(strides=(Said(4, "config.yaml stride"),)), None, None)
    assert (stack.layers, stack.stride, stack.known) == ("K5-P2", 2, True)
    assert layer_stack(Settings(stride=8, read_from="slrdoctor.toml"), None, None, None).stride == 8


def test_layers_that_the_user_misspelt_are_named_with_the_grammar() -> None:
    with pytest.raises(Unavailable, match="X2") as missing:
        layer_stack(Settings(layers="K5-X2", read_from="slrdoctor.toml"), None, None, None)
    assert "K5-P2-K5-P2" in missing.value.enable


def test_conv_type_2_is_a_quarter_of_padded_frames() -> None:
    said = (Said(2, "baseline.yaml model_args.conv_type"),)
    stack = layer_stack(Settings(), config(conv_types=said), None, None)
    assert stack.stride == 4
    assert stack.input_lengths(np.array([48, 49])).tolist() == [12, 13]
    assert "baseline.yaml" in stack.known_by


def test_of_strides_that_disagree_the_smallest_is_taken() -> None:
    said = (Said(4, "a.yaml model.stride"), Said(2, "b.yaml model.stride"))
    assert layer_stack(Settings(), config(strides=said), None, None).stride == 2


def test_without_any_word_lengths_are_as_stored_and_it_says_so() -> None:
    stack = layer_stack(Settings(), None, None, None)
    assert not stack.known
    assert stack.input_lengths(np.array([7])).tolist() == [7]
    assert "is unknown" in stack.sentence


def test_a_plain_stride_in_a_stack_made_by_hand_is_rounded_up() -> None:
    assert LayerStack("", 4, "by hand", "here").input_lengths(np.array([9])).tolist() == [3]


def saved_whole(temporal: str) -> Architecture:
    return Architecture((), 0, (), temporal, "whole.pth")


def test_the_layers_of_a_model_saved_whole_tell_the_least_stride() -> None:
    stack = layer_stack(Settings(), config(), saved_whole("K5-P2-K5-P2"), None)

    assert (stack.stride, stack.known, stack.read_from) == (4, True, "whole.pth")
    assert stack.input_lengths(np.array([12, 13])).tolist() == [3, 4]  # rounded up, none lost to kernels
    assert "at least this, by the layers K5-P2-K5-P2" in stack.known_by


def test_a_config_comes_before_the_layers_of_the_model() -> None:
    said = (Said(2, "a.yaml model.stride"),)
    assert layer_stack(Settings(), config(strides=said), saved_whole("K5-P2-K5-P2"), None).stride == 2


@pytest.mark.parametrize("temporal", ["", "K5p2-K5p2"])
def test_layers_without_a_stride_do_not_tell_the_model_s(temporal: str) -> None:
    """A pool that is called as a function, and a loader that skips frames, show nowhere."""
    assert not layer_stack(Settings(), None, saved_whole(temporal), None).known


def test_stored_outputs_tell_the_stride_where_no_config_does() -> None:
    seen = OutputStride(2, 50, "outputs/dev, features/dev")
    stack = layer_stack(Settings(), config(), None, seen)
    assert (stack.stride, stack.known, stack.layers) == (2, True, "S2")
    said = (Said(4, "a.yaml model.stride"),)
    assert layer_stack(Settings(), config(strides=said), None, seen).stride == 4
