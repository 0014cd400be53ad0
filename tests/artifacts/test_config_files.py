"""Configurations, and the settings in them."""

from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.artifacts.content import Opaque, Text, Tree
from slrdoctor.artifacts.kinds.config import recognise_config
from slrdoctor.artifacts.kinds.config.search import every_setting
from slrdoctor.artifacts.run import ConfigFile

VAC = {
    "feeder": "dataset.BaseFeeder",
    "num_epoch": 40,
    "batch_size": 2,
    "optimizer_args": {"base_lr": 1e-4, "optimizer": "Adam"},
    "model_args": {"num_classes": 1296, "c2d_type": "resnet18"},
}


def config(where: str, value: Any, format: str = "json") -> ConfigFile:
    found = recognise_config(where, format, Tree(value))
    assert found is not None
    return found


def settings(value: Any) -> list[tuple[str, Any]]:
    return [(".".join(path), one) for path, one in every_setting(value)]


@pytest.mark.parametrize(
    ("where", "format", "value"),
    [
        ("configs/baseline.yaml", "yaml", VAC),
        ("run.json", "json", VAC),
        (
            "sign.yaml",
            "yaml",
            {"name": "x", "data": {"max_sent_length": 400}, "training": {"epochs": 3}},
        ),
        ("hparams.yaml", "yaml", {"hidden_dim": 3}),
        (
            "model.json",
            "json",
            {"class_name": "Sequential", "config": {"layers": [{"config": {"units": 64}}]}},
        ),
        ("config.json", "json", {"architectures": ["X"], "d_model": 512}),
        ("config.toml", "toml", {"model": {"dropout": 0.1}}),
        ("hydra/config.yaml", "yaml", {"trainer": {"max_epochs": 3}, "seed": None}),
    ],
)
def test_configs_of_many_projects_are_recognised(where: str, format: str, value: Any) -> None:
    assert config(where, value, format).value == value


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("slrdoctor.toml", VAC),
        ("pyproject.toml", {"project": {"name": "x"}, "tool": {"model": 1}}),
        ("package.json", {"name": "x", "model": 1, "device": 2}),
        (".github/workflows/ci.yml", {"model": 1, "device": 2}),
        ("dataset_info.json", {"dataset": "x", "seed": 1}),
        ("trainer_state.json", {"epoch": 1, "log_history": []}),
        ("history.json", {"lr": [0.1] * 20, "loss": [0.5] * 20, "val_loss": [0.5] * 20}),
        (
            "results.json",
            {"best_val_acc": 4.3, "test_acc": 3.1, "total_epochs": 100, "train_h5": "x.h5"},
        ),
        ("summary.json", {"model": "lstm", "dataset": "x", "seed": 1, "test_acc": 0.5}),
        ("samples.json", {f"v{i}": {"model": "a", "seed": i} for i in range(9)}),
        ("vocab.json", {"A": 0, "B": 1}),
        ("data.json", [VAC]),
        ("data.json", {}),
    ],
)
def test_other_files_are_no_configs(where: str, value: Any) -> None:
    assert recognise_config(where, where.rpartition(".")[2].replace("yml", "yaml"), Tree(value)) is None


def test_pickles_are_no_configs() -> None:
    assert recognise_config("config.pkl", "pickle", Tree(VAC)) is None


def test_the_wrappers_of_wandb_and_of_namespaces_are_taken_off() -> None:
    wrapped = {
        "wandb_version": 1,
        "_wandb": {"value": {}},
        "lr": {"desc": None, "value": 0.1},
        "epochs": {"value": 4},
    }
    assert config("files/config.yaml", wrapped, "yaml").value == {"lr": 0.1, "epochs": 4}
    held = Opaque("argparse.Namespace", {"lr": 0.1, "path": Opaque("pathlib.PosixPath", ["/", "data"])})
    assert config("hparams.yaml", held, "yaml").value == {"lr": 0.1, "path": ["/", "data"]}


@pytest.mark.parametrize(
    ("where", "lines", "setting"),
    [
        (
            "log.txt",
            ["Namespace(lr=0.001, batch_size=4, device=device(type='cuda'))", "x"],
            ("batch_size", 4),
        ),
        ("log.txt", ["[ Thu ] Parameters:", str(VAC)], ("optimizer_args.base_lr", 1e-4)),
        ("args.txt", ["lr: 0.1", "batch_size = 4", "--model: lstm", "amp: true"], ("batch_size", 4)),
    ],
)
def test_arguments_printed_into_text_are_read(
    where: str, lines: list[str], setting: tuple[str, Any]
) -> None:
    found = recognise_config(where, "text", Text(lines))
    assert found is not None
    assert setting in settings(found.value)


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        ("log.txt", ["{'loss': 2.3, 'learning_rate': 5e-05, 'epoch': 1.0, 'seed': 3}"]),
        ("log.txt", ["Epoch 1", "loss: 3"]),
        ("notes.txt", ["lr: 0.1", "batch_size: 4"]),
        ("args.txt", ["some prose", "and more"]),
        ("log.txt", ["Namespace(" + "(" * 1000]),
        ("log.txt", ["Namespace(a=<function f at 0x1>)"]),
    ],
)
def test_other_text_is_no_config(where: str, lines: list[str]) -> None:
    assert recognise_config(where, "text", Text(lines)) is None


def test_settings_come_with_the_way_to_them_the_outermost_first() -> None:
    found = settings({"head": {"classes": 7}, "layers": [{"stride": 2}], "blank-id": 0, "lr": None})

    assert sorted(found[:2], key=str) == [("blank-id", 0), ("layers", [{"stride": 2}])]
    assert found[2:] == [("head.classes", 7), ("layers.0.stride", 2)]


def test_containers_that_hold_each_other_end() -> None:
    loop: dict[str, Any] = {"lr": 0.1, "epochs": 3, "model": "x"}
    loop["self"] = loop
    loop["list"] = [loop] * 50
    assert recognise_config("config.json", "json", Tree(loop)) is None
    assert ("lr", 0.1) in settings(loop)
    deep: Any = {"lr": 1}
    for _ in range(5000):
        deep = {"model": deep}
    assert recognise_config("config.json", "json", Tree(deep)) is None
