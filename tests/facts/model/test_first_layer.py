"""Which layer takes the features: where nothing feeds it but itself, and the file's order may tell."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from slrdoctor.artifacts.kinds.checkpoints.layers import first_sizes
from slrdoctor.artifacts.kinds.checkpoints.weights import open_weights


class Parts(nn.Module):
    def __init__(self, **parts: nn.Module) -> None:
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)


def sizes(path: Path, model: nn.Module) -> tuple[int, ...]:
    if path.suffix == ".safetensors":
        save_file(model.state_dict(), path)
    else:
        torch.save(model.state_dict(), path)
    return first_sizes(open_weights(path))


def attending(size: int) -> nn.Module:
    """A model whose width is that of its features: its decoder puts out what its encoder takes."""
    return Parts(
        enc=nn.GRU(size, size, bidirectional=True),
        mem=nn.Linear(2 * size, size),
        dec=nn.GRUCell(2 * size, size),
        out=nn.Linear(2 * size, 9),
    )


def reconstructing(size: int) -> nn.Module:
    return Parts(
        video=nn.Linear(size, 64),
        code=nn.Linear(64, 16),
        back=nn.Linear(16, 64),
        again=nn.Linear(64, size),
    )


def transforming(size: int) -> nn.Module:
    return Parts(
        layer=nn.TransformerEncoderLayer(size, 3, 4 * size),
        backwards=nn.Linear(4 * size, size),
        fc=nn.Linear(size, 9),
    )


@pytest.mark.parametrize("model", [attending, reconstructing, transforming])
@pytest.mark.parametrize("size", [126, 225])
def test_where_layers_feed_each_other_the_alphabet_does_not_tell_the_first(
    tmp_path: Path, model: type, size: int
) -> None:
    assert size in sizes(tmp_path / "model.safetensors", model(size))


def test_where_layers_feed_each_other_the_order_of_a_state_dict_tells_the_first(tmp_path: Path) -> None:
    assert sizes(tmp_path / "best.pt", attending(225)) == (225,)
    assert sizes(tmp_path / "best.pt", reconstructing(99)) == (99,)


@pytest.mark.parametrize("name", ["model.safetensors", "best.pt"])
def test_a_layer_behind_another_is_not_the_first_in_any_order(tmp_path: Path, name: str) -> None:
    model = Parts(
        a_head=nn.Linear(600, 9),
        b_rnn=nn.LSTM(512, 300, bidirectional=True),
        z_proj=nn.Linear(1024, 512),
    )
    again = Parts(proj=nn.Linear(126, 64), rnn=nn.LSTM(64, 32, bidirectional=True), fc=nn.Linear(64, 9))

    assert 512 not in sizes(tmp_path / name, model)
    assert sizes(tmp_path / name, again) == (126,)


def test_a_second_model_beside_that_feeds_itself_does_not_hide_the_first_layer(tmp_path: Path) -> None:
    model = Parts(
        text=nn.TransformerEncoderLayer(96, 3, 96), video=nn.Linear(225, 64), fc=nn.Linear(64, 9)
    )

    assert set(sizes(tmp_path / "best.pt", model)) == {96, 225}
