from __future__ import annotations

import shutil
from pathlib import Path
from typing import TypeVar

import pytest
import torch
from torch import nn

from slrdoctor.artifacts.kinds.checkpoints.layers import ModelLayer
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.engine import Facts
from slrdoctor.core.registry import REGISTRY, Unavailable
from slrdoctor.facts.ctc.layer_stack import total_stride
from slrdoctor.facts.model.checkpoint_architecture import (
    Architecture,
    ModelHead,
    ModelInput,
    temporal_stack,
)
from tests import making
from tests.facts.model.checkpoints import saved

Fact = TypeVar("Fact")


def measured(fact: type[Fact], model: object, folder: Path) -> Fact:
    """A fact of a run whose only checkpoint is what torch saves of `model`."""
    content = model.state_dict() if isinstance(model, nn.Module) else model
    return making.measured(fact, saved(folder, best=content))


class Named(nn.Module):
    def __init__(self, **modules: nn.Module) -> None:
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)


def bilstm() -> Named:
    return Named(
        project=nn.Linear(225, 64),
        norm=nn.BatchNorm1d(64),
        rnn=nn.LSTM(64, 32, 2, bidirectional=True),
        fc=nn.Linear(64, 11),
    )


def test_parameters_are_counted_without_buffers(tmp_path: Path) -> None:
    model = bilstm()
    found = measured(Architecture, model, tmp_path)

    assert found.parameters == sum(p.numel() for p in model.parameters())
    assert dict(found.by_module) == {
        name: sum(p.numel() for p in part.parameters()) for name, part in model.named_children()
    }
    assert "2 recurrent layers" in found.sentence


def test_the_numbers_of_patient_1(tmp_path: Path) -> None:
    """Linear 36 to 128, a BiLSTM of 128 in 2 layers, LayerNorm, Linear 256 to 2001."""
    model = Named(
        project=nn.Linear(36, 128),
        rnn=nn.LSTM(128, 128, 2, bidirectional=True),
        norm=nn.LayerNorm(256),
        fc=nn.Linear(256, 2001),
    )

    assert measured(Architecture, model, tmp_path).parameters == 1_178_961
    head = measured(ModelHead, model, tmp_path)
    assert (head.outputs, head.parameters) == (2001, 2001 * 257)
    assert head.share == pytest.approx(0.44, abs=0.01)
    assert measured(ModelInput, model, tmp_path).size == 36


@pytest.mark.parametrize(
    ("model", "name", "outputs"),
    [
        (bilstm(), "fc", 11),
        (Named(fc=nn.Linear(64, 11), rnn=nn.LSTM(225, 32, bidirectional=True)), "fc", 11),
        (Named(rnn=nn.LSTM(63, 32), fc=nn.Linear(32, 25), attention=nn.Linear(32, 1)), "fc", 25),
        (
            Named(rnn=nn.LSTM(63, 32), classifier=nn.Linear(32, 25), signer=nn.Linear(32, 9)),
            "classifier",
            25,
        ),
        (Named(conv=nn.Conv1d(63, 32, 5), out=nn.Conv1d(32, 25, 1)), "out", 25),
        (Named(rnn=nn.LSTM(63, 32), fc=nn.Linear(32, 32)), "fc", 32),
        (Named(a=nn.Linear(63, 32), b=nn.Linear(32, 7)), "b", 7),
    ],
)
def test_the_head_is_what_nothing_takes_and_is_named_like_one(
    model: nn.Module, name: str, outputs: int, tmp_path: Path
) -> None:
    head = measured(ModelHead, model, tmp_path)

    assert (head.layer.name, head.outputs) == (name, outputs)


def test_other_outputs_are_told_beside_the_head(tmp_path: Path) -> None:
    model = Named(rnn=nn.LSTM(63, 32), classifier=nn.Linear(32, 25), signer=nn.Linear(32, 9))

    assert measured(ModelHead, model, tmp_path).others == (9,)


def test_a_model_that_ends_in_one_number_has_no_head_of_classes(tmp_path: Path) -> None:
    model = Named(rnn=nn.LSTM(63, 32), fc=nn.Linear(32, 1))

    with pytest.raises(Unavailable, match="does not end in a linear layer"):
        measured(ModelHead, model, tmp_path)


def test_models_of_images_take_no_features(tmp_path: Path) -> None:
    model = Named(cnn=nn.Conv2d(3, 8, 7), rnn=nn.LSTM(8, 16), fc=nn.Linear(16, 10))

    with pytest.raises(Unavailable, match="takes images or graphs: cnn is a conv2d"):
        measured(ModelInput, model, tmp_path)


def test_the_streams_of_a_model_are_all_told(tmp_path: Path) -> None:
    model = Named(hands=nn.Linear(126, 64), pose=nn.Linear(99, 64), join=nn.Linear(64, 11))

    found = measured(ModelInput, model, tmp_path)

    assert (found.layer, found.size, found.sizes) == ("hands", 126, (126, 99))


def test_tensors_of_no_known_layer_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="none of the 2 tensors"):
        measured(Architecture, {"a.bias": torch.zeros(3), "b.bias": torch.zeros(3)}, tmp_path)


def test_a_run_without_checkpoints_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as missing:
        Facts(REGISTRY, (TrainingRun("", tmp_path),)).get(Architecture)

    assert "no checkpoint among the run's files" in missing.value.reason
    assert "[checkpoint]" in missing.value.enable


class Stack(nn.Module):
    """The temporal layers of the VAC family, padded."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(24, 16, 5, padding=2), nn.ReLU(), nn.MaxPool1d(2, ceil_mode=True),
            nn.Conv1d(16, 16, 5, stride=2, dilation=3), nn.AvgPool1d(3, stride=2, padding=1),
        )  # fmt: skip
        self.head = nn.Linear(16, 7)


def test_strides_and_pools_show_in_a_model_that_was_saved_whole(tmp_path: Path) -> None:
    from slrdoctor.artifacts.kinds.checkpoints.weights import open_weights
    from slrdoctor.facts.ctc.layer_stack import length_after

    torch.save(Stack(), tmp_path / "best.pt")
    stack = temporal_stack(open_weights(tmp_path / "best.pt"))

    assert stack == "K5p2-P2c-K5s2d3-P3p1s2"
    assert total_stride(stack) == 8
    for frames in range(40, 80):
        assert int(length_after(frames, stack)) == Stack().layers(torch.zeros(1, 24, frames)).shape[-1]


def test_strides_do_not_show_in_a_state_dict(tmp_path: Path) -> None:
    assert not measured(Architecture, Stack(), tmp_path).temporal


def test_convolutions_side_by_side_are_no_stack(tmp_path: Path) -> None:
    model = Named(a=nn.Sequential(nn.Conv1d(24, 16, 5)), b=nn.Sequential(nn.Conv1d(24, 16, 3)))
    torch.save(model, tmp_path / "best.pt")
    from slrdoctor.artifacts.kinds.checkpoints.weights import open_weights

    assert not temporal_stack(open_weights(tmp_path / "best.pt"))


def test_sizes_heads_and_parameters_of_three_real_checkpoints(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "Keyur-0__SIGN2SOUND_CODECREW" / "checkpoints"
    told = {}
    for path in sorted(folder.glob("*.pth")):
        shutil.copy(path, tmp_path / path.name)
        state = torch.load(path, weights_only=True)
        model, head, taken = (
            measured(f, state, tmp_path) for f in (Architecture, ModelHead, ModelInput)
        )
        assert isinstance(model, Architecture) and isinstance(head, ModelHead)
        assert isinstance(taken, ModelInput)
        assert model.parameters == sum(value.numel() for value in state.values())
        told[path.stem] = (taken.size, head.outputs, model.parameters)

    assert told == {
        "best_model": (63, 25, 861_465),
        "best_model_2hand": (126, 25, 925_977),
        "final_model": (63, 25, 861_465),
    }


def test_a_layer_that_maps_each_frame_may_be_a_head() -> None:
    assert ModelLayer("a", "linear", 3, 4, 0).is_classifying
    assert ModelLayer("a", "conv1d", 3, 4, 0, kernel=1).is_classifying
    assert not ModelLayer("a", "conv1d", 3, 4, 0, kernel=5).is_classifying


def of_stored(backbone: Named, rest: Named, trained: nn.Module, folder: Path) -> ModelInput:
    """The input of a model with a part for images, of which Adam has trained so much."""
    optimizer = torch.optim.Adam(trained.parameters(), 1e-3)
    sum(p.square().sum() for p in trained.parameters()).backward()  # type: ignore[union-attr]
    optimizer.step()
    weights = {**backbone.state_dict(), **rest.state_dict()}
    content = {"model": weights, "optimizer": optimizer.state_dict(), "epoch": 3}
    return making.measured(ModelInput, saved(folder, best=content))


@pytest.mark.parametrize("name", ["backbone", "resnet", "encoder_rgb"])
@pytest.mark.parametrize(("size", "channels"), [(126, 16), (63, 64), (225, 512)])
def test_a_part_for_images_that_is_not_in_use_does_not_hide_what_the_model_takes(
    tmp_path: Path, name: str, size: int, channels: int
) -> None:
    backbone = Named(**{name: nn.Sequential(nn.Conv2d(3, channels, 3), nn.BatchNorm2d(channels))})
    rest = Named(frame=nn.Linear(size, 40), rnn=nn.LSTM(40, 20), fc=nn.Linear(20, 9))

    assert of_stored(backbone, rest, rest, tmp_path).sizes == (size,)


@pytest.mark.parametrize("is_fed", [True, False])
def test_a_part_for_images_that_is_trained_or_feeds_the_model_is_what_it_takes(
    tmp_path: Path, is_fed: bool
) -> None:
    """Frozen, it may give what the first trained layer takes, flattened or not."""
    part = nn.Sequential(nn.Conv2d(3, 21, 3), nn.BatchNorm2d(21))
    backbone = Named(backbone=part)
    rest = Named(frame=nn.Linear(126 if is_fed else 100, 40), rnn=nn.LSTM(40, 20), fc=nn.Linear(20, 9))
    trained = rest if is_fed else Named(backbone=part, **dict(rest.named_children()))

    with pytest.raises(Unavailable, match="takes images or graphs"):
        of_stored(backbone, rest, trained, tmp_path)
