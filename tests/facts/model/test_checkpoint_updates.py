"""What training moved, on models that were trained for a few steps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from slrdoctor.artifacts.run import CheckpointFile, HistoryFile, Scalar, TrainingRun
from slrdoctor.core.engine import Facts
from slrdoctor.core.registry import REGISTRY, Unavailable
from slrdoctor.facts.model.checkpoint_movement import ParameterUpdates
from slrdoctor.facts.model.checkpoint_updates import (
    CheckpointPair,
    FirstValues,
    Normalisation,
)
from slrdoctor.facts.model.optimizer_memory import OptimizerState
from tests.facts.model.trained_nets import Net, saved, train


def get(fact: type, folder: Path, *files: CheckpointFile, epochs: int = 0) -> Any:
    told = tuple(float(e) for e in range(1, epochs + 1))
    history = HistoryFile("log.csv", "csv", (Scalar("loss", "train", "loss", told, told),))
    run = TrainingRun("", folder, checkpoints=files, histories=(history,) if epochs else ())
    return Facts(REGISTRY, (run,)).get(fact)


@pytest.fixture
def model() -> Net:
    torch.manual_seed(0)
    return Net()


def adam(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam(model.parameters(), lr=1e-3)


OPTIMIZERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "Adam": torch.optim.Adam,
    "AdamW": torch.optim.AdamW,
    "RMSprop": torch.optim.RMSprop,
    "Adagrad": torch.optim.Adagrad,
    "SGD with momentum": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_remembers_all_that_it_updated(name: str, model: Net, tmp_path: Path) -> None:
    optimizer = OPTIMIZERS[name](model.parameters())
    train(model, optimizer)

    state = get(
        OptimizerState, tmp_path, saved(tmp_path, "a.pt", model, optimizer=optimizer.state_dict())
    )

    assert (state.given, state.updated, state.missing) == (8, 8, ())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_took_no_gradient_is_missing_from_the_optimizer(
    name: str, model: Net, tmp_path: Path
) -> None:
    optimizer = OPTIMIZERS[name](model.parameters())
    model.head.requires_grad_(False)
    train(model, optimizer)

    state = get(
        OptimizerState, tmp_path, saved(tmp_path, "a.pt", model, optimizer=optimizer.state_dict())
    )

    assert state.missing == ("head.weight", "head.bias")


def test_what_the_optimizer_was_never_given_is_missing_where_its_shape_is_its_own(
    model: Net, tmp_path: Path
) -> None:
    optimizer = adam(model.encoder)
    train(model, optimizer)

    state = get(
        OptimizerState, tmp_path, saved(tmp_path, "a.pt", model, optimizer=optimizer.state_dict())
    )

    assert state.missing == ("head.weight", "head.bias")


def test_groups_in_another_order_miss_nothing(model: Net, tmp_path: Path) -> None:
    groups: list[dict[str, Any]] = [
        {"params": model.head.parameters()},
        {"params": model.encoder.parameters(), "lr": 1e-4},
    ]
    optimizer = torch.optim.Adam(groups)
    train(model, optimizer)

    state = get(
        OptimizerState, tmp_path, saved(tmp_path, "a.pt", model, optimizer=optimizer.state_dict())
    )

    assert state.missing == ()


def test_plain_sgd_and_no_optimizer_tell_nothing(model: Net, tmp_path: Path) -> None:
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    train(model, sgd)

    with pytest.raises(Unavailable, match="keeps no state"):
        get(OptimizerState, tmp_path, saved(tmp_path, "a.pt", model, optimizer=sgd.state_dict()))
    with pytest.raises(Unavailable, match="has no optimizer state"):
        get(OptimizerState, tmp_path, saved(tmp_path, "a.pt", model))


def test_an_optimizer_of_another_model_tells_nothing(model: Net, tmp_path: Path) -> None:
    optimizer = adam(model)
    train(model, optimizer)
    model.head = nn.Linear(64, 31)

    with pytest.raises(Unavailable, match="shapes that the model does not have"):
        get(OptimizerState, tmp_path, saved(tmp_path, "a.pt", model, optimizer=optimizer.state_dict()))


def test_two_epochs_are_compared_parameter_by_parameter(model: Net, tmp_path: Path) -> None:
    first = saved(tmp_path, "last.pt", model, epoch=1)
    model.encoder.requires_grad_(False)
    train(model, adam(model))
    second = saved(tmp_path, "best.pt", model, epoch=4)

    pair = get(CheckpointPair, tmp_path, second, first)

    assert (pair.earlier, pair.later, pair.epochs) == ("last.pt", "best.pt", (1, 4))
    assert pair.same == tuple(n for n, _ in model.named_parameters() if n.startswith("encoder"))
    assert pair.unchanged == sum(p.numel() for p in model.encoder.parameters())
    assert pair.parameters == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("best.pt", 3), ("last.pt", 3)),  # the best is the last
        (("best.pt", 11), ("epoch_12.pt", None)),  # one counts from 0
        (("best.pt", None), ("last.pt", None)),
    ],
)
def test_checkpoints_of_one_epoch_are_no_pair(
    one: tuple[str, int | None], other: tuple[str, int | None], model: Net, tmp_path: Path
) -> None:
    files = [
        saved(tmp_path, name, model, **({} if e is None else {"epoch": e})) for name, e in (one, other)
    ]

    with pytest.raises(Unavailable):
        get(CheckpointPair, tmp_path, *files)


def test_epochs_in_names_make_a_pair_and_other_models_do_not(model: Net, tmp_path: Path) -> None:
    files = [saved(tmp_path, f"epoch_{e}.pt", model) for e in (9, 3)]
    other = saved(tmp_path, "epoch_1.pt", nn.Linear(3, 2))

    assert get(CheckpointPair, tmp_path, *files, other).epochs == (3, 9)


def test_running_statistics_tell_whether_data_went_through(model: Net, tmp_path: Path) -> None:
    untouched = get(Normalisation, tmp_path, saved(tmp_path, "a.pt", model))
    train(model, adam(model), 1)
    seen = get(Normalisation, tmp_path, saved(tmp_path, "a.pt", model))

    assert (untouched.layers, untouched.at_first, untouched.untracked) == (1, ("encoder.1",), 1)
    assert (seen.layers, seen.at_first) == (1, ())


LAYERS: dict[str, Callable[[], nn.Module]] = {
    "linear": lambda: nn.Linear(40, 64),
    "convolution": lambda: nn.Conv1d(16, 16, 5),
    "lstm": lambda: nn.LSTM(40, 32),
    "gru": lambda: nn.GRU(32, 32, bidirectional=True),
    "attention": lambda: nn.TransformerEncoderLayer(32, 4, 64),
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_first_values_of_pytorch_are_known_and_one_step_leaves_them(
    name: str, tmp_path: Path
) -> None:
    torch.manual_seed(1)
    layer = nn.ModuleDict({"a": LAYERS[name]()})
    fresh = get(FirstValues, tmp_path, saved(tmp_path, "a.pt", layer))
    optimizer = adam(layer)
    for parameter in layer.parameters():
        parameter.grad = torch.randn_like(parameter)
    optimizer.step()
    moved = get(FirstValues, tmp_path, saved(tmp_path, "a.pt", layer))

    assert fresh.tested and fresh.first == fresh.tested
    assert moved.tested == fresh.tested and not moved.first


def test_xavier_values_are_first_values_and_others_are_not(tmp_path: Path) -> None:
    made = {name: nn.Linear(80, 64) for name in ("uniform", "normal", "narrow", "wide")}
    weights = {name: layer.weight for name, layer in made.items()}
    nn.init.xavier_uniform_(weights["uniform"])
    nn.init.xavier_normal_(weights["normal"])
    nn.init.uniform_(weights["narrow"], -0.05, 0.05)
    nn.init.uniform_(weights["wide"], -0.3, 0.3)

    assert get(FirstValues, tmp_path, saved(tmp_path, "a.pt", nn.ModuleDict(made))).first == (
        "uniform.weight",
    )


def test_a_trained_model_was_updated_throughout(model: Net, tmp_path: Path) -> None:
    optimizer = adam(model)
    train(model, optimizer)
    file = saved(tmp_path, "a.pt", model, optimizer=optimizer.state_dict(), epoch=3)

    found = get(ParameterUpdates, tmp_path, file)

    assert (found.unchanged, found.head, found.random, found.random_share, found.statistics) == (
        "", "", (), 0.0, 0,
    )  # fmt: skip
    assert found.trained == "the optimizer took 5 steps"


def test_a_head_without_gradients_is_told_by_the_optimizer(model: Net, tmp_path: Path) -> None:
    optimizer = adam(model)
    model.head.requires_grad_(False)
    train(model, optimizer)

    found = get(
        ParameterUpdates, tmp_path, saved(tmp_path, "a.pt", model, optimizer=optimizer.state_dict())
    )

    assert found.head == "the optimizer has state for other tensors, but none for head.weight"


def test_a_head_without_gradients_is_told_by_its_values_alone(model: Net, tmp_path: Path) -> None:
    train(model, adam(model.encoder))

    found = get(ParameterUpdates, tmp_path, saved(tmp_path, "a.pt", model), epochs=9)

    assert (
        found.head == "head.weight still has its initial values although the log has 9 finished epochs"
    )


def test_a_frozen_backbone_that_was_trained_elsewhere_is_no_fault(model: Net, tmp_path: Path) -> None:
    train(model, adam(model))
    model.encoder.requires_grad_(False)
    optimizer = adam(model)
    first = saved(tmp_path, "epoch_1.pt", model, epoch=1)
    train(model, optimizer)
    file = saved(tmp_path, "best.pt", model, optimizer=optimizer.state_dict(), epoch=4)

    found = get(ParameterUpdates, tmp_path, file, first)

    assert (found.unchanged, found.head, found.random_share) == ("", "", 0.0)


def test_an_encoder_with_random_values_is_told(model: Net, tmp_path: Path) -> None:
    optimizer = adam(model)
    model.encoder.requires_grad_(False)
    train(model, optimizer)
    file = saved(tmp_path, "a.pt", model, optimizer=optimizer.state_dict())

    found = get(ParameterUpdates, tmp_path, file)

    assert found.random == ("encoder.0.weight", "encoder.3.weight")
    assert found.random_share == pytest.approx(
        (40 * 64 + 64 * 64) / sum(p.numel() for p in model.parameters())
    )


def test_a_learning_rate_of_zero_is_told_by_steps_that_moved_nothing(model: Net, tmp_path: Path) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.0)
    train(model, optimizer)

    found = get(
        ParameterUpdates, tmp_path, saved(tmp_path, "a.pt", model, optimizer=optimizer.state_dict())
    )

    assert found.random_share > 0.9


def test_a_model_that_was_only_made_and_saved_is_not_judged(model: Net, tmp_path: Path) -> None:
    """A number of epochs is easily written: nothing shows that this one was trained."""
    with pytest.raises(Unavailable, match="nothing shows that"):
        get(ParameterUpdates, tmp_path, saved(tmp_path, "a.pt", model, epoch=10), epochs=10)


def test_two_epochs_without_a_difference_are_told(model: Net, tmp_path: Path) -> None:
    files = [saved(tmp_path, f"epoch_{e}.pt", model, epoch=e) for e in (9, 3)]

    assert get(ParameterUpdates, tmp_path, *files).unchanged == "epoch_3.pt and epoch_9.pt"


def test_statistics_that_no_batch_reached_are_told_of_a_trained_model(
    model: Net, tmp_path: Path
) -> None:
    model.eval()
    optimizer = adam(model)
    train(model, optimizer)
    file = saved(tmp_path, "a.pt", model, optimizer=optimizer.state_dict())

    assert get(ParameterUpdates, tmp_path, file).statistics == 1


def test_weights_that_are_all_nan_do_not_differ(model: Net, tmp_path: Path) -> None:
    with torch.no_grad():
        model.head.weight.fill_(np.nan)
    files = [saved(tmp_path, f"epoch_{e}.pt", model, epoch=e) for e in (9, 3)]

    assert "head.weight" in get(CheckpointPair, tmp_path, *files).same
