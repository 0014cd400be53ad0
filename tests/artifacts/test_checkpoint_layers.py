"""Layers told from tensors, against the modules that the tensors came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from slrdoctor.artifacts.content import ArrayInfo
from slrdoctor.artifacts.kinds.checkpoints.layers import ModelLayer, by_top_module, entries, layers_of
from slrdoctor.artifacts.kinds.checkpoints.weights import Parts, Weights

Told = tuple[str, str, int, int]  # name, kind, inputs, outputs


def weights_of(model: nn.Module) -> Weights:
    state = model.state_dict()
    infos = {n: ArrayInfo(tuple(v.shape), str(v.dtype).removeprefix("torch.")) for n, v in state.items()}
    return Weights(infos, lambda name: state[name].numpy(), Parts("state dict"))


def obvious(model: nn.Module) -> set[Told]:
    """The same, asked of the modules themselves."""
    told: set[Told] = set()
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear):
            told.add((name, "linear", module.in_features, module.out_features))
        elif isinstance(module, (nn.Conv1d, nn.Conv2d)):
            kind = "conv1d" if isinstance(module, nn.Conv1d) else "conv2d"
            told.add((name, kind, module.in_channels // module.groups, module.out_channels))
        elif isinstance(module, nn.RNNBase):
            width = (module.proj_size or module.hidden_size) * (2 if module.bidirectional else 1)
            kind = {nn.LSTM: "lstm", nn.GRU: "gru", nn.RNN: "rnn"}[type(module)]
            told.add((name, kind, module.input_size, width))
        elif isinstance(module, nn.MultiheadAttention):
            told.add((name, "attention", module.embed_dim, module.embed_dim))
        elif isinstance(module, nn.Embedding):
            told.add((name, "embedding", module.num_embeddings, module.embedding_dim))
        elif isinstance(module, (nn.LayerNorm, nn.BatchNorm1d, nn.BatchNorm2d)):
            size = (
                module.normalized_shape[0] if isinstance(module, nn.LayerNorm) else module.num_features
            )
            told.add((name, "norm", size, size))
    return told


class Named(nn.Module):
    """Modules by name, as a model holds them."""

    def __init__(self, **modules: nn.Module) -> None:
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)


MODELS = {
    "bilstm": lambda: Named(
        project=nn.Linear(225, 64), rnn=nn.LSTM(64, 32, 2, bidirectional=True), norm=nn.LayerNorm(64),
        fc=nn.Linear(64, 11),
    ),
    "gru": lambda: Named(rnn=nn.GRU(63, 48, 3), head=nn.Linear(48, 5)),
    "projected": lambda: Named(rnn=nn.LSTM(63, 48, proj_size=16), head=nn.Linear(16, 5)),
    "rnn": lambda: Named(rnn=nn.RNN(63, 48), head=nn.Linear(48, 5)),
    "transformer": lambda: Named(
        embed=nn.Linear(126, 32), encoder=nn.TransformerEncoder(
            nn.TransformerEncoderLayer(32, 4, 64, batch_first=True), 2, enable_nested_tensor=False
        ), out=nn.Linear(32, 9),
    ),
    "tcn": lambda: Named(
        net=nn.Sequential(nn.Conv1d(42, 16, 5), nn.BatchNorm1d(16), nn.Conv1d(16, 16, 3, groups=4)),
        cls=nn.Conv1d(16, 7, 1),
    ),
    "images": lambda: Named(
        cnn=nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)), word_embed=nn.Embedding(50, 8),
        classifier=nn.Linear(8, 20),
    ),
    "without bias": lambda: Named(
        a=nn.Linear(63, 32, bias=False), b=nn.Linear(32, 32), c=nn.Linear(32, 4),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_layers_are_those_of_the_modules(name: str) -> None:
    model = MODELS[name]()
    layers = layers_of(weights_of(model))

    assert {(x.name, x.kind, x.inputs, x.outputs) for x in layers} == obvious(model)
    assert sum(x.parameters for x in layers) == sum(p.numel() for p in model.parameters())


def test_depth_hidden_size_and_directions_of_recurrent_layers() -> None:
    (layer,) = layers_of(weights_of(Named(rnn=nn.LSTM(10, 6, 3, bidirectional=True))))

    assert (layer.depth, layer.hidden, layer.outputs) == (3, 6, 12)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("new", [True, False])
def test_a_reparametrised_weight_is_a_weight(new: bool) -> None:
    wrap: Any = nn.utils.parametrizations.weight_norm if new else nn.utils.weight_norm
    model = Named(conv=wrap(nn.Conv1d(42, 16, 5)), fc=nn.Linear(16, 7))

    conv, fc = layers_of(weights_of(model))

    assert (conv.name, conv.kind, conv.inputs, conv.outputs, conv.kernel) == (
        "conv",
        "conv1d",
        42,
        16,
        5,
    )
    assert fc.outputs == 7


class NormLinear(nn.Module):
    """The head of the VAC family: its weight is [in, out]."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(inputs, outputs))


def test_a_head_that_multiplies_from_the_right_is_turned() -> None:
    model = Named(
        conv=nn.Conv1d(512, 64, 5),
        rnn=nn.LSTM(64, 32, bidirectional=True),
        classifier=NormLinear(64, 1296),
    )

    head = layers_of(weights_of(model))[-1]

    assert (head.inputs, head.outputs, head.transposed) == (64, 1296, True)


def takes(model: nn.Module) -> list[int]:
    return [layer.inputs for layer in entries(layers_of(weights_of(model)))]


def test_the_first_layer_is_the_one_that_nothing_feeds_wherever_it_stands() -> None:
    assert takes(Named(fc=nn.Linear(64, 11), rnn=nn.LSTM(225, 32, bidirectional=True))) == [225]
    assert takes(Named(a=nn.Linear(64, 64), b=nn.Linear(64, 11))) == [64]
    encoder = nn.TransformerEncoderLayer(32, 4, 64)
    assert takes(Named(encoder=encoder, out=nn.Linear(32, 9))) == [32]


def test_every_stream_of_a_model_has_a_first_layer() -> None:
    model = Named(hands=nn.Linear(126, 64), pose=nn.Linear(99, 64), join=nn.Linear(64, 11))

    assert takes(model) == [126, 99]


def test_values_are_counted_by_the_first_part_of_a_name_below_wrappers() -> None:
    names = {
        "module.model.encoder.weight": 3,
        "module.model.encoder.bias": 1,
        "module.model.fc.weight": 2,
    }

    assert by_top_module(names) == {"encoder": 4, "fc": 2}
    assert by_top_module({"weight": 3, "bias": 1}) == {"weight": 3, "bias": 1}
    assert by_top_module({"fc.weight": 3, "fc.bias": 1}) == {"fc": 4}


def test_names_that_look_like_layers_and_are_none_are_left_alone() -> None:
    shapes = {
        "a.weight": (),
        "rnn.weight_ih_l0": (7, 3),
        "rnn.weight_hh_l0": (7, 0),
        "b.weight": (1,) * 9,
    }
    infos = {name: ArrayInfo(shape, "float32") for name, shape in shapes.items()}

    def load(name: str) -> Any:
        raise AssertionError(name)

    assert layers_of(Weights(infos, load, Parts("state dict"))) == ()


def test_the_layers_of_real_checkpoints(shared_data: Path) -> None:
    from slrdoctor.artifacts.kinds.checkpoints.weights import open_weights

    folder = shared_data / "Keyur-0__SIGN2SOUND_CODECREW" / "checkpoints"
    told: dict[str, tuple[ModelLayer, ...]] = {
        p.stem: layers_of(open_weights(p)) for p in folder.glob("*.pth")
    }

    assert {
        name: [(x.kind, x.inputs, x.outputs, x.depth) for x in layers] for name, layers in told.items()
    } == {
        "best_model": [("lstm", 63, 256, 2), ("linear", 256, 25, 1)],
        "final_model": [("lstm", 63, 256, 2), ("linear", 256, 25, 1)],
        "best_model_2hand": [("lstm", 126, 256, 2), ("linear", 256, 25, 1)],
    }
