"""Checkpoints in several files, and adapters beside or without the model that they add to."""

from __future__ import annotations

import csv
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor import scan
from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.checkpoints.weights import open_weights

Tensors = Mapping[str, NDArray[np.float32]]
SELECT = ("MDL602", "MDL603", "MDL604", "MDL605", "LAB210")
LABELS = "ABCDE"


def drawn(*shape: int) -> NDArray[np.float32]:
    return (0.1 * np.random.default_rng(len(shape)).normal(size=shape)).astype("f4")


def as_safetensors(path: Path, tensors: Tensors) -> None:
    header: dict[str, Any] = {}
    at = 0
    for name, x in tensors.items():
        header[name] = {"dtype": "F32", "shape": x.shape, "data_offsets": [at, at + x.nbytes]}
        at += x.nbytes
    raw = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + b"".join(x.tobytes() for x in tensors.values()))


def as_bin(path: Path, tensors: Tensors) -> None:
    torch = pytest.importorskip("torch")
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({name: torch.from_numpy(x) for name, x in tensors.items()}, path)


FORMS = {
    "one_folder": ("model-{:05d}-of-{:05d}.safetensors", "model.safetensors.index.json", as_safetensors),
    "a_step": ("checkpoint-500/model-{:05d}-of-{:05d}.safetensors",
               "checkpoint-500/model.safetensors.index.json", as_safetensors),
    "bins": ("pytorch_model-{:05d}-of-{:05d}.bin", "pytorch_model.bin.index.json", as_bin),
}  # fmt: skip
EVERY_FORM = pytest.mark.parametrize("form", FORMS)


def run(folder: Path) -> Path:
    """40 clips of 42 features in five classes, and a log of a run that learned."""
    rng = np.random.default_rng(1)
    (folder / "features" / "train").mkdir(parents=True)
    rows = [["id", "label"]]
    for i in range(40):
        np.save(folder / "features" / "train" / f"v{i:03d}.npy", rng.normal(size=(20, 42)).astype("f4"))
        rows.append([f"v{i:03d}", LABELS[i % 5]])
    with (folder / "train.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    (folder / "vocab.json").write_text(json.dumps({c: i for i, c in enumerate(LABELS)}))
    log = [
        {"epoch": e, "train_loss": 1.6 * 0.8**e, "val_loss": 1.6 * 0.82**e, "val_acc": 1 - 0.8 * 0.8**e}
        for e in range(1, 20)
    ]
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in log))
    return folder


def model(takes: int = 42, classes: int = 5) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tensors of two shards: the encoder, and the classifier."""
    encoder = {
        "encoder.proj.weight": drawn(64, takes),
        "encoder.proj.bias": drawn(64),
        "encoder.lstm.weight_ih_l0": drawn(256, 64),
        "encoder.lstm.weight_hh_l0": drawn(256, 64),
    }
    return encoder, {"classifier.weight": drawn(classes, 64), "classifier.bias": drawn(classes)}


def write_shards(folder: Path, form: str, shards: tuple[dict[str, Any], ...]) -> Path:
    """The shards and their index; gives the path of the index."""
    pattern, index, write = FORMS[form]
    files: dict[str, str] = {}
    for number, tensors in enumerate(shards, 1):
        name = pattern.format(number, len(shards))
        write(folder / name, tensors)
        files |= dict.fromkeys(tensors, name.rpartition("/")[2])
    (folder / index).write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": files}))
    return folder / index


def codes(folder: Path) -> list[str]:
    return [finding["code"] for finding in scan(folder, select=SELECT).findings]


@EVERY_FORM
def test_the_shards_are_one_checkpoint_with_all_tensors(form: str, tmp_path: Path) -> None:
    encoder, head = model()
    index = write_shards(run(tmp_path), form, (encoder, head))
    weights = open_weights(index)
    assert set(weights.tensors) == {*encoder, *head}
    np.testing.assert_array_equal(weights.load("classifier.weight"), head["classifier.weight"])
    [(_, [found])] = discover(tmp_path).cases
    assert [tmp_path / one.where for one in (*found.checkpoints, *found.beside)] == [index]


@EVERY_FORM
def test_a_sound_sharded_checkpoint_has_no_finding(form: str, tmp_path: Path) -> None:
    write_shards(run(tmp_path), form, model())
    assert not codes(tmp_path)


@EVERY_FORM
@pytest.mark.parametrize(("takes", "classes", "code"), [(63, 5, "MDL604"), (42, 3, "LAB210")])
def test_either_end_of_the_model_is_judged_in_whichever_shard_it_is(
    form: str, takes: int, classes: int, code: str, tmp_path: Path
) -> None:
    write_shards(run(tmp_path), form, model(takes, classes))
    assert codes(tmp_path) == [code]


@EVERY_FORM
def test_a_value_that_is_not_finite_is_found_in_the_second_shard(form: str, tmp_path: Path) -> None:
    encoder, head = model()
    head["classifier.bias"][2] = np.nan
    write_shards(run(tmp_path), form, (encoder, head))
    assert codes(tmp_path) == ["MDL602"]


@EVERY_FORM
@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_shard_that_is_missing_or_cut_off_is_said_by_name(
    form: str, damage: str, tmp_path: Path
) -> None:
    write_shards(run(tmp_path), form, model())
    second = tmp_path / FORMS[form][0].format(2, 2)
    if damage == "missing":
        second.unlink()
    else:
        second.write_bytes(second.read_bytes()[:-100])
    [finding] = scan(tmp_path, select=SELECT).findings
    assert finding["code"] == "MDL605" and second.name in finding["message"]


@pytest.mark.parametrize("name", ["../secret.safetensors", "/etc/passwd", "a/b.safetensors"])
def test_an_index_opens_nothing_outside_of_its_folder(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors.index.json"
    path.write_text(json.dumps({"weight_map": {"a.weight": name, "b.weight": "x.safetensors"}}))
    with pytest.raises(Unreadable, match="no named tensors"):
        open_weights(path)


def adapter(zero: bool, layers: int = 4, kinds: tuple[str, ...] = ("q_proj", "v_proj")) -> Tensors:
    tensors = {}
    for layer in range(layers):
        for kind in kinds:
            name = f"base_model.model.layers.{layer}.{kind}"
            tensors[f"{name}.lora_A.weight"] = drawn(8, 512)
            tensors[f"{name}.lora_B.weight"] = drawn(512, 8) * (not zero)
    return tensors


PLACES = {
    "adapter_model.safetensors": as_safetensors,
    "checkpoint-90/adapter_model.safetensors": as_safetensors,
    "adapter_model.bin": as_bin,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("zero", "found"), [(False, []), (True, ["MDL603"])])
def test_an_adapter_takes_no_features_and_one_that_never_trained_is_found(
    zero: bool, found: list[str], place: str, tmp_path: Path
) -> None:
    PLACES[place](run(tmp_path) / place, adapter(zero))
    config = {"peft_type": "LORA", "r": 8, "target_modules": ["q_proj", "v_proj"]}
    (tmp_path / place).with_name("adapter_config.json").write_text(json.dumps(config))
    assert codes(tmp_path) == found


def test_one_matrix_that_changed_shows_that_an_adapter_was_trained(tmp_path: Path) -> None:
    tensors = dict(adapter(zero=True))
    tensors["base_model.model.layers.2.q_proj.lora_B.weight"][5, 3] = 0.01
    as_safetensors(run(tmp_path) / "adapter_model.safetensors", tensors)
    assert not codes(tmp_path)


def test_the_layers_that_an_adapter_adds_to_are_judged_in_a_model_that_holds_both(
    tmp_path: Path,
) -> None:
    encoder, head = model(takes=63)
    both = {**encoder, **head, "encoder.proj.lora_A.default.weight": drawn(8, 63)}
    both["encoder.proj.lora_B.default.weight"] = drawn(64, 8)
    as_safetensors(run(tmp_path) / "best.safetensors", both)
    [finding] = scan(tmp_path, select=SELECT).findings
    assert finding["code"] == "MDL604" and "encoder.proj in" in finding["message"]
