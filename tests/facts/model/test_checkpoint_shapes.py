"""Models as they are really saved: tied, wrapped, averaged, reparametrised, without a linear head."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TypeVar

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, spectral_norm, weight_norm

from slrdoctor.artifacts.kinds.checkpoints.weights import open_weights
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.model.checkpoint_architecture import (
    Architecture,
    ModelHead,
    ModelInput,
    temporal_stack,
)
from slrdoctor.facts.model.checkpoint_movement import ParameterUpdates
from slrdoctor.facts.model.optimizer_memory import OptimizerState
from tests import making
from tests.facts.model.checkpoints import saved

Fact = TypeVar("Fact")


def measured(fact: type[Fact], folder: Path, **files: object) -> Fact:
    """A fact of the checkpoints that torch saves of `files`; the first is the one that is judged."""
    return making.measured(fact, saved(folder, **files))


def bilstm(inputs: int = 30) -> nn.ModuleDict:
    return nn.ModuleDict(
        {
            "proj": nn.Linear(inputs, 24),
            "lstm": nn.LSTM(24, 16, bidirectional=True),
            "fc": nn.Linear(32, 11),
        }
    )


def count(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def stepped(model: nn.Module) -> torch.optim.Optimizer:
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(3):
        torch.stack([p.sin().sum() for p in model.parameters()]).sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return optimizer


def test_tied_weights_count_once(tmp_path: Path) -> None:
    """signjoey ties its embedding to its output layer, VAC its two heads."""
    model = nn.ModuleDict({"embed": nn.Embedding(50, 16), "out": nn.Linear(16, 50, bias=False)})
    model["out"].weight = model["embed"].weight

    assert measured(Architecture, tmp_path, best=model.state_dict()).parameters == count(model) == 800


def test_the_optimizer_is_held_against_tied_weights_once(tmp_path: Path) -> None:
    model = bilstm()
    model["conv_fc"] = model["fc"]
    optimizer = stepped(model)
    told = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}

    assert measured(OptimizerState, tmp_path, best=told).missing == ()
    assert not measured(ParameterUpdates, tmp_path, best=told).head


def test_a_tied_head_that_was_never_updated_is_told(tmp_path: Path) -> None:
    model = bilstm()
    model["conv_fc"] = model["fc"]
    model["fc"].requires_grad_(False)
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    torch.stack([p.sin().sum() for p in model.parameters() if p.requires_grad]).sum().backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    told = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}

    assert (
        "state for other tensors, but none for" in measured(ParameterUpdates, tmp_path, best=told).head
    )


@pytest.mark.parametrize("prefix", ["ema_model.module.", "ema_model.", "model_ema.module.", "teacher."])
def test_a_moving_average_beside_the_model_is_left_out(prefix: str, tmp_path: Path) -> None:
    model = bilstm()
    state = {f"model.{name}": value for name, value in model.state_dict().items()}
    state |= {f"{prefix}{name}": value * 0.9 for name, value in model.state_dict().items()}
    state["ema_model.n_averaged"] = torch.tensor(3)

    assert measured(Architecture, tmp_path, best=state).parameters == count(model)
    assert measured(ModelHead, tmp_path, best=state).layer.name == "model.fc"


def test_what_is_called_an_average_and_is_of_other_shapes_stays(tmp_path: Path) -> None:
    model = nn.ModuleDict({"average": nn.Linear(7, 5), "student": nn.Linear(9, 5)})
    assert measured(Architecture, tmp_path, best=model.state_dict()).parameters == count(model)


@pytest.mark.parametrize(
    "norm",
    [spectral_norm, parametrizations.spectral_norm, weight_norm, parametrizations.weight_norm],
    ids=["spectral", "spectral as parametrisation", "weight", "weight as parametrisation"],
)
@pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")
def test_what_normalisations_of_weights_keep_is_no_parameter(norm: object, tmp_path: Path) -> None:
    assert callable(norm)
    model = nn.ModuleDict({"a": norm(nn.Linear(12, 8)), "fc": norm(nn.Linear(8, 5))})

    assert measured(Architecture, tmp_path, best=model.state_dict()).parameters == count(model)


class Graph(nn.Module):
    """The parts of an ST-GCN: an adjacency, convolutions over landmarks, and a head of one pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("A", torch.rand(3, 27, 27))
        self.gcn = nn.Conv2d(2, 48, 1)
        self.tcn = nn.Sequential(nn.Conv2d(16, 16, (9, 1)), nn.BatchNorm2d(16))
        self.fcn = nn.Conv2d(16, 20, 1)


class Inflated(nn.Module):
    """The end of an I3D: a head that is a 3D convolution of one pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv3d(3, 16, 3), nn.BatchNorm3d(16))
        self.logits = nn.ModuleDict({"conv3d": nn.Conv3d(16, 100, 1)})


@pytest.mark.parametrize(
    ("model", "name", "outputs"), [(Graph(), "fcn", 20), (Inflated(), "logits.conv3d", 100)]
)
def test_a_head_may_be_a_convolution_of_one_pixel(
    model: nn.Module, name: str, outputs: int, tmp_path: Path
) -> None:
    head = measured(ModelHead, tmp_path, best=model.state_dict())

    assert (head.layer.name, head.outputs) == (name, outputs)
    assert measured(Architecture, tmp_path, best=model.state_dict()).parameters == count(model)


def test_convolutions_of_one_pixel_without_a_head_s_name_are_none(tmp_path: Path) -> None:
    model = nn.ModuleDict({"body": nn.Conv2d(3, 16, 3), "squeeze": nn.Conv2d(16, 5, 1)})
    with pytest.raises(Unavailable, match="does not end in a linear layer"):
        measured(ModelHead, tmp_path, best=model.state_dict())


def test_a_tensor_of_a_kind_that_is_not_read_leaves_input_and_head_open(tmp_path: Path) -> None:
    state: dict[str, torch.Tensor] = bilstm().state_dict()
    state["proj.weight"] = state["proj.weight"].to_sparse()

    for fact in (ModelInput, ModelHead):
        with pytest.raises(Unavailable, match=r"unknown kind: proj\.weight"):
            measured(fact, tmp_path, best=state)


def test_a_weight_without_values_is_no_layer(tmp_path: Path) -> None:
    state = {"gone.weight": torch.empty(0, 5), **bilstm().state_dict()}
    assert measured(ModelInput, tmp_path, best=state).size == 30


def test_the_best_weights_saved_again_as_the_last_ones_are_no_fault(tmp_path: Path) -> None:
    model = bilstm()
    stepped(model)
    files = {
        "best_epoch5": {"model": model.state_dict(), "epoch": 5},
        "last_epoch9": {"model": model.state_dict(), "epoch": 9},
    }
    found = measured(ParameterUpdates, tmp_path, **files)

    assert (found.unchanged, found.head) == ("", "")


def test_epochs_that_are_the_same_stay_a_fault(tmp_path: Path) -> None:
    model = bilstm()
    stepped(model)
    files = {f"epoch_{e}": {"model": model.state_dict(), "epoch": e} for e in (9, 5)}

    assert measured(ParameterUpdates, tmp_path, **files).unchanged == "epoch_5.pt and epoch_9.pt"


class Branches(nn.Module):
    """Two convolutions of the same input, whose strides do not multiply."""

    def __init__(self) -> None:
        super().__init__()
        self.branches = nn.ModuleList([nn.Conv1d(6, 4, 3, stride=2), nn.Conv1d(6, 4, 5, stride=2)])


def test_branches_beside_each_other_are_no_stack(tmp_path: Path) -> None:
    torch.save(Branches(), tmp_path / "best.pt")
    assert temporal_stack(open_weights(tmp_path / "best.pt")) == ""


def test_a_script_does_not_tell_its_strides(tmp_path: Path) -> None:
    stack = nn.Sequential(nn.Conv1d(6, 4, 3, stride=2), nn.MaxPool1d(2))
    torch.jit.save(torch.jit.script(stack), tmp_path / "best.pt")

    assert temporal_stack(open_weights(tmp_path / "best.pt")) == ""


def test_as_many_layers_as_a_hostile_file_has_are_told_in_little_time(tmp_path: Path) -> None:
    one = torch.zeros(2, 2)
    state = {f"l{i}.weight": one for i in range(20_000)}
    start = time.process_time()

    assert len(measured(Architecture, tmp_path, best=state).layers) == 20_000
    assert time.process_time() - start < 20  # 90 s when every layer was held against every other


def test_a_layer_that_keeps_its_size_does_not_feed_itself(tmp_path: Path) -> None:
    model = nn.ModuleDict({"same": nn.Linear(64, 64), "fc": nn.Linear(64, 11)})
    assert measured(ModelInput, tmp_path, best=model.state_dict()).layer == "same"
