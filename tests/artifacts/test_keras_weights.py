"""Keras's files, written as Keras 2.15 and 3.15 write them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.checkpoints.weights import open_weights

RNG = np.random.default_rng(0)
# layer: (role, shape), in the order of the numbers of Keras 3
LAYERS: dict[str, list[tuple[str, tuple[int, ...]]]] = {
    "lstm": [("kernel", (63, 256)), ("recurrent_kernel", (64, 256)), ("bias", (256,))],
    "batch_normalization": [
        ("gamma", (64,)), ("beta", (64,)), ("moving_mean", (64,)), ("moving_variance", (64,))
    ],
    "dense": [("kernel", (64, 32)), ("bias", (32,))],
    "dense_1": [("kernel", (32, 5)), ("bias", (5,))],
}  # fmt: skip
VALUES = {
    layer: {role: RNG.normal(size=shape).astype(np.float32) for role, shape in roles}
    for layer, roles in LAYERS.items()
}
CLASSES = {
    "lstm": "LSTM",
    "batch_normalization": "BatchNormalization",
    "dense": "Dense",
    "dense_1": "Dense",
}
CONFIG = {
    "class_name": "Sequential",
    "config": {
        "name": "sequential",
        "layers": [
            {"class_name": kind, "config": {"name": f"my_{name}", "units": 5, "strides": [2]}}
            for name, kind in CLASSES.items()
        ],
    },
}


def legacy(path: Path, *, whole: bool, colon: str) -> None:
    """`model.save("x.h5")`, or `model.save_weights` without the config."""
    with h5py.File(path, "w") as file:
        group = file.create_group("model_weights") if whole else file
        group.attrs["layer_names"] = [name.encode() for name in (*LAYERS, "dropout")]
        for layer, roles in VALUES.items():
            inner = group.create_group(layer)
            cell = f"{layer}/lstm_cell" if layer == "lstm" else layer
            model = "" if colon else "sequential/"  # Keras 3 writes the model's name between
            for role, value in roles.items():
                inner.create_dataset(f"{model}{cell}/{role}{colon}", data=value)
        if whole:
            file.attrs["model_config"] = json.dumps(CONFIG).encode()
            file.create_dataset(
                "optimizer_weights/Adam/m/lstm/lstm_cell/kernel:0", data=np.zeros((63, 256))
            )


def numbered(file: Any) -> None:
    """The variables as Keras 3 numbers them, in an h5 file."""
    for layer, roles in VALUES.items():
        place = f"layers/{layer}/cell/vars" if layer == "lstm" else f"layers/{layer}/vars"
        for number, value in enumerate(roles.values()):
            file.create_dataset(f"{place}/{number}", data=value)
    file.create_dataset("optimizer/vars/0", data=np.int64(3))
    file.create_dataset("optimizer/vars/1", data=np.zeros((63, 256)))


def check(path: Path, layers: list[str] | None = None) -> None:
    """All values under the names of their layers and roles, layers in order."""
    weights = open_weights(path)
    found = {name: weights.load(name) for name in weights.tensors}
    expected = {(layer, role): value for layer, roles in VALUES.items() for role, value in roles.items()}
    told = {(name.split("/")[0], name.rpartition("/")[2]): value for name, value in found.items()}
    assert told.keys() == expected.keys()
    assert all(np.array_equal(told[key], value) for key, value in expected.items())
    assert list(dict.fromkeys(name.split("/")[0] for name in weights.tensors)) == (
        layers or list(LAYERS)
    )
    assert weights.is_keras


@pytest.mark.parametrize(("whole", "colon"), [(True, ":0"), (True, ""), (False, ":0")])
def test_the_h5_files_of_keras_2_and_3_are_read(whole: bool, colon: str, tmp_path: Path) -> None:
    legacy(tmp_path / "action.h5", whole=whole, colon=colon)

    check(tmp_path / "action.h5")


def test_numbered_variables_get_their_roles_and_recurrent_layers_come_first(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "action.weights.h5", "w") as file:
        numbered(file)

    check(tmp_path / "action.weights.h5", ["batch_normalization", "lstm", "dense", "dense_1"])


def write_keras(path: Path) -> None:
    with h5py.File(path.with_suffix(".tmp"), "w") as file:
        numbered(file)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps(CONFIG))
        archive.write(path.with_suffix(".tmp"), "model.weights.h5")


def test_a_keras_file_gives_its_layers_in_order_with_their_settings(tmp_path: Path) -> None:
    write_keras(tmp_path / "action.keras")

    check(tmp_path / "action.keras")
    modules = open_weights(tmp_path / "action.keras").parts.modules
    assert [(m.name, m.kind, m.settings["strides"]) for m in modules[:1]] == [("my_lstm", "LSTM", (2,))]


def test_a_damaged_keras_file_is_unreadable(tmp_path: Path) -> None:
    write_keras(tmp_path / "action.keras")
    whole = (tmp_path / "action.keras").read_bytes()
    for cut in (100, len(whole) // 2, len(whole) - 30):
        (tmp_path / "action.keras").write_bytes(whole[:cut])
        with pytest.raises(Unreadable) as caught:
            open_weights(tmp_path / "action.keras")
        assert caught.value.fault in ("truncated", "corrupt")


def test_an_h5_file_of_features_is_no_checkpoint_of_keras(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "train.h5", "w") as file:
        for name in ("clip_1", "clip_2"):
            file.create_dataset(name, data=np.zeros((10, 63)))

    assert not open_weights(tmp_path / "train.h5").is_keras
