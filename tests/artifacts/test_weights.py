"""Checkpoints of every kind are opened as named tensors, and nothing that they name is run."""

from __future__ import annotations

import argparse
import gzip
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.checkpoints.weights import Weights, open_weights
from slrdoctor.artifacts.kinds.checkpoints.weights_notes import configs_in, vocabulary_in
from slrdoctor.artifacts.pickles.imports import beyond_tensors


class Recogniser(nn.Module):
    """Convolution, BiLSTM and a head: 24 features to 7 classes."""

    def __init__(self) -> None:
        super().__init__()
        self.front = nn.Sequential(nn.Conv1d(24, 16, 5, stride=2), nn.BatchNorm1d(16), nn.MaxPool1d(2))
        self.encode = nn.LSTM(16, 8, bidirectional=True, batch_first=True)
        self.head = nn.Linear(16, 7)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        hidden, _ = self.encode(self.front(frames.transpose(1, 2)).transpose(1, 2))
        logits: torch.Tensor = self.head(hidden)
        return logits


class Creator:
    """Creates a folder when it is unpickled by pickle."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.path),))


@pytest.fixture(scope="module")
def model() -> Recogniser:
    torch.manual_seed(0)
    return Recogniser()


@pytest.fixture(scope="module")
def optimizer(model: Recogniser) -> torch.optim.Optimizer:
    """Adam after one step."""
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)
    model(torch.randn(2, 40, 24)).square().mean().backward()
    adam.step()
    return adam


def same(weights: Weights, expected: dict[str, torch.Tensor], prefix: str = "") -> bool:
    """Whether names, shapes and values are those of a state dict."""
    return list(weights.tensors) == [prefix + name for name in expected] and all(
        weights.tensors[prefix + name].shape == tuple(value.shape)
        and np.array_equal(weights.load(prefix + name), value.float().numpy())
        for name, value in expected.items()
    )


@pytest.mark.parametrize(
    "key",
    ["model_state_dict", "state_dict", "model_state", "model", "net", "weights", "my_own_name", ""],
)
def test_a_state_dict_is_found_under_any_key_and_bare(
    key: str, model: Recogniser, tmp_path: Path
) -> None:
    content: Any = {key: model.state_dict(), "epoch": 3} if key else model.state_dict()
    torch.save(content, tmp_path / "best.pt")

    weights = open_weights(tmp_path / "best.pt")

    assert same(weights, model.state_dict())
    assert weights.parts.key == key
    assert weights.parts.epoch == (3 if key else None)
    assert weights.parts.layout == "state dict"


@pytest.mark.parametrize("name", ["a.pt", "a.pth", "a.ckpt", "a.tar", "a.bin", "a"])
def test_both_layouts_of_torch_save_are_read_under_any_name(
    name: str, model: Recogniser, tmp_path: Path
) -> None:
    for is_zip in (True, False):
        torch.save(model.state_dict(), tmp_path / name, _use_new_zipfile_serialization=is_zip)
        assert same(open_weights(tmp_path / name), model.state_dict())


def test_a_gzip_pickle_of_arrays_is_read(model: Recogniser, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "best.pt", "wb") as file:
        pickle.dump({"params": {k: v.numpy() for k, v in model.state_dict().items()}}, file)

    assert same(open_weights(tmp_path / "best.pt"), model.state_dict())


def test_half_precision_is_widened(model: Recogniser, tmp_path: Path) -> None:
    half = {k: v.bfloat16() if v.is_floating_point() else v for k, v in model.state_dict().items()}
    torch.save(half, tmp_path / "best.pt")

    assert same(open_weights(tmp_path / "best.pt"), half)


def test_safetensors_and_npz_are_read(model: Recogniser, tmp_path: Path) -> None:
    save_file = pytest.importorskip("safetensors.torch").save_file
    save_file(model.state_dict(), tmp_path / "model.safetensors", metadata={"epoch": "4"})
    np.savez(tmp_path / "model.npz", **{k: v.numpy() for k, v in model.state_dict().items()})

    for name in ("model.safetensors", "model.npz"):
        weights = open_weights(tmp_path / name)
        # a single number is no array to the reader of npz
        assert set(model.state_dict()) - set(weights.tensors) <= {"front.1.num_batches_tracked"}
        assert np.array_equal(weights.load("head.weight"), model.head.weight.detach().numpy())


def test_a_lightning_checkpoint_gives_its_epoch_step_and_hyper_parameters(
    model: Recogniser, optimizer: torch.optim.Optimizer, tmp_path: Path
) -> None:
    torch.save(
        {
            "epoch": 5,
            "global_step": 120,
            "pytorch-lightning_version": "2.1.0",
            "state_dict": {f"model.{k}": v for k, v in model.state_dict().items()},
            "loops": {"fit_loop": {"state_dict": {}}},
            "callbacks": {},
            "optimizer_states": [optimizer.state_dict()],
            "lr_schedulers": [],
            "hyper_parameters": {"hidden": 8, "vocab": ["<blank>", "BOOK", "GO"]},
        },
        tmp_path / "epoch=5.ckpt",
    )

    weights = open_weights(tmp_path / "epoch=5.ckpt")

    assert same(weights, model.state_dict(), "model.")
    assert (weights.parts.epoch, weights.parts.step) == (5, 120)
    assert len(weights.parts.optimizers) == 1
    vocabulary = vocabulary_in("epoch=5.ckpt", "torch", weights)
    assert vocabulary is not None and vocabulary.tokens == ("<blank>", "BOOK", "GO")


def test_an_optimizer_gives_what_it_remembers(
    model: Recogniser, optimizer: torch.optim.Optimizer, tmp_path: Path
) -> None:
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "a.pt")

    (adam,) = open_weights(tmp_path / "a.pt").parts.optimizers

    shapes = [tuple(p.shape) for p in model.parameters()]
    assert adam.kind == "Adam"
    assert adam.tensors == tuple(range(len(shapes)))
    assert [adam.remembered[i].shape for i in range(len(shapes))] == shapes
    assert {memory.step for memory in adam.remembered.values()} == {1.0}
    assert adam.learning_rates == (1e-3,)


def test_plain_sgd_remembers_nothing(model: Recogniser, tmp_path: Path) -> None:
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    sgd.step()
    torch.save({"model": model.state_dict(), "optimizer": sgd.state_dict()}, tmp_path / "a.pt")

    (found,) = open_weights(tmp_path / "a.pt").parts.optimizers

    assert not found.remembered


def test_parts_become_one_model_and_copies_are_left_out(model: Recogniser, tmp_path: Path) -> None:
    torch.save(
        {
            "front": model.front.state_dict(),
            "head": model.head.state_dict(),
            "model_ema": model.state_dict(),
            "optimizer": {},
            "loss_fn": {"weight": torch.ones(3)},
        },
        tmp_path / "a.pt",
    )

    names = set(open_weights(tmp_path / "a.pt").tensors)

    assert {"front.0.weight", "head.bias"} <= names
    assert not {name for name in names if name.startswith(("model_ema", "loss_fn"))}


def test_a_model_beside_its_average_is_taken_alone(model: Recogniser, tmp_path: Path) -> None:
    torch.save({"ema": model.state_dict(), "model": model.state_dict()}, tmp_path / "a.pt")

    assert open_weights(tmp_path / "a.pt").parts.key == "model"


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_whole_model_is_read_without_its_classes(
    wrapped: bool, model: Recogniser, tmp_path: Path
) -> None:
    torch.save({"net": model} if wrapped else model, tmp_path / "a.pt")

    weights = open_weights(tmp_path / "a.pt")

    assert {n: weights.tensors[n].shape for n in weights.tensors} == {
        n: tuple(v.shape) for n, v in model.state_dict().items()
    }
    assert weights.parts.layout == "whole model"
    assert {"front.1.running_mean"} <= weights.parts.buffers
    assert not {"front.0.weight"} & weights.parts.buffers
    kinds = {module.name: module for module in weights.parts.modules}
    assert kinds["front.0"].kind == "Conv1d" and kinds["front.0"].settings["stride"] == (2,)
    assert any(name.endswith("Recogniser") for name in weights.parts.imports)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_torchscript_is_read_and_names_no_code_of_others(model: Recogniser, tmp_path: Path) -> None:
    torch.jit.script(model).save(str(tmp_path / "a.pt"))  # type: ignore[no-untyped-call]

    weights = open_weights(tmp_path / "a.pt")

    assert set(weights.tensors) == set(model.state_dict())
    assert not beyond_tensors(weights.parts.imports)


def test_arguments_and_a_vocabulary_in_the_file_are_found(model: Recogniser, tmp_path: Path) -> None:
    told = {"hidden": 8, "num_classes": 3}
    gloss_dict = {"<blank>": 0, "BOOK": 1, "GO": 2}
    torch.save(
        {"model": model.state_dict(), "args": argparse.Namespace(**told), "gloss_dict": gloss_dict},
        tmp_path / "a.pt",
    )

    weights = open_weights(tmp_path / "a.pt")
    vocabulary, (config,) = vocabulary_in("a.pt", "t", weights), configs_in("a.pt", "t", weights)

    assert vocabulary is not None and vocabulary.tokens == ("<blank>", "BOOK", "GO")
    assert vocabulary.where == "a.pt, key gloss_dict"
    assert (config.where, config.value) == ("a.pt, key args", told)
    assert not beyond_tensors(weights.parts.imports)


def test_a_checkpoint_without_notes_has_no_vocabulary_and_no_config(
    model: Recogniser, tmp_path: Path
) -> None:
    torch.save(model.state_dict(), tmp_path / "a.pt")
    weights = open_weights(tmp_path / "a.pt")

    assert vocabulary_in("a.pt", "torch", weights) is None
    assert not configs_in("a.pt", "torch", weights)


def fault_of(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        open_weights(path)
    return caught.value.fault


def test_damaged_files_say_what_is_wrong(model: Recogniser, tmp_path: Path) -> None:
    path = tmp_path / "best.pth"
    torch.save(model.state_dict(), path)
    whole = path.read_bytes()
    faults = {}
    for kind, data in {
        "half": whole[: len(whole) // 2],
        "empty": b"",
        "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n",
        "noise": bytes(range(1, 256)) * 40 + b"\0",
        "page": b"<!DOCTYPE html><html>Quota exceeded</html>",
    }.items():
        path.write_bytes(data)
        faults[kind] = fault_of(path)

    assert faults == {
        "half": "truncated", "empty": "empty", "pointer": "lfs-pointer", "noise": "corrupt",
        "page": "corrupt",
    }  # fmt: skip


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9, 0.999])
def test_the_old_layout_cut_anywhere_is_damaged(cut: float, model: Recogniser, tmp_path: Path) -> None:
    path = tmp_path / "best.pth"
    torch.save(model.state_dict(), path, _use_new_zipfile_serialization=False)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(cut * len(whole))])

    assert fault_of(path) in ("truncated", "corrupt")


def test_files_that_are_no_checkpoints_are_no_damaged_ones(tmp_path: Path) -> None:
    (tmp_path / "model.ckpt").write_text('model_checkpoint_path: "model.ckpt-100"\n', encoding="utf-8")
    (tmp_path / "frames.bin").write_bytes(b"\x07" * 100)
    torch.save([torch.zeros(30, 63)], tmp_path / "final_clips.pt")
    torch.save({"a": torch.zeros(30, 63), "b": torch.zeros(20, 63)}, tmp_path / "final_features.pt")

    for path in tmp_path.iterdir():
        assert fault_of(path) == "unsupported", path


def hostile(kind: str, folder: Path) -> Path:
    """A checkpoint whose loading would create `folder/made`."""
    creator = Creator(folder / "made")
    content = {"state_dict": {"fc.weight": np.ones((3, 4), np.float32)}, "config": creator}
    if kind == "object array":
        np.save(folder / "weights.npy", np.array(content, dtype=object), allow_pickle=True)
        return folder / "weights.npy"
    path = folder / "best.pt"
    if kind == "torch":
        torch.save(content, path)
    elif kind == "old torch":
        torch.save(content, path, _use_new_zipfile_serialization=False)
    else:
        data = pickle.dumps(content)
        path.write_bytes(gzip.compress(data) if kind == "gzip" else data)
    return path


@pytest.mark.parametrize("kind", ["pickle", "gzip", "torch", "old torch", "object array"])
def test_what_a_pickle_calls_is_named_and_not_called(kind: str, tmp_path: Path) -> None:
    weights = open_weights(hostile(kind, tmp_path))

    assert beyond_tensors(weights.parts.imports) == (f"{os.mkdir.__module__}.mkdir",)
    assert np.array_equal(weights.load("fc.weight"), np.ones((3, 4)))
    assert not (tmp_path / "made").exists()


def test_opening_checkpoints_imports_no_torch(model: Recogniser, tmp_path: Path) -> None:
    torch.save(model.state_dict(), tmp_path / "a.pt")
    script = (
        "import sys; from pathlib import Path\n"
        "from slrdoctor.artifacts.kinds.checkpoints.weights import open_weights\n"
        f"weights = open_weights(Path({str(tmp_path / 'a.pt')!r}))\n"
        "[weights.load(name) for name in weights.tensors]\n"
        "print('torch' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
