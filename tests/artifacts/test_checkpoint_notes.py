"""A vocabulary and a config that only the checkpoint holds are the run's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.checkpoints.weights_notes import INSIDE
from slrdoctor.artifacts.run import RunDirectory
from slrdoctor.examination.settings_file import written_settings

GLOSSES = ["<blank>", "BOOK", "GO", "HOUSE"]


class TorchtextVocab:
    """An object that keeps its tokens in a list and a dict."""

    def __init__(self, tokens: list[str]) -> None:
        self.itos = tokens
        self.stoi = {token: i for i, token in enumerate(tokens)}


def saved(folder: Path, **beside: Any) -> RunDirectory:
    """What is discovered in a folder whose checkpoint holds `beside` a model."""
    torch.save({"model": nn.Linear(3, 4).state_dict(), **beside}, folder / "best.pt")
    return discover(folder)


@pytest.mark.parametrize(
    ("beside", "place"),
    [
        ({"vocab": GLOSSES}, "vocab"),
        ({"vocab": tuple(GLOSSES)}, "vocab"),
        ({"gloss_dict": {token: [i, 7] for i, token in enumerate(GLOSSES)}}, "gloss_dict"),
        ({"id2gloss": dict(enumerate(GLOSSES))}, "id2gloss"),
        ({"vocab": TorchtextVocab(GLOSSES)}, "vocab"),
        ({"hyper_parameters": {"vocabulary": GLOSSES, "lr": 0.1}}, "hyper_parameters"),
        ({"config": {"data": {"gloss_vocab": GLOSSES}}}, "config.data"),
    ],
    ids=["list", "tuple", "VAC", "by index", "object", "Lightning", "nested"],
)
def test_a_vocabulary_inside_the_checkpoint_is_taken(
    beside: dict[str, Any], place: str, tmp_path: Path
) -> None:
    ((data, _),) = saved(tmp_path, **beside).cases

    (found,) = data.vocabularies
    assert found.tokens == tuple(GLOSSES)
    assert found.where.startswith(f"best.pt, key {place}")


def test_a_vocabulary_in_a_file_comes_before_the_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "gloss_dict.json").write_text(json.dumps({"A": 0, "B": 1}))
    ((data, _),) = saved(tmp_path, vocab=GLOSSES).cases

    assert [found.where for found in data.vocabularies] == ["gloss_dict.json"]


def test_a_vocabulary_of_texts_does_not_hide_the_one_of_glosses(tmp_path: Path) -> None:
    (tmp_path / "txt.vocab").write_text("<unk>\n<pad>\nes\nregnet\nheute\n")
    ((data, _),) = saved(tmp_path, vocab=GLOSSES).cases

    assert "best.pt, key vocab" in [found.where for found in data.vocabularies]


def test_arguments_in_the_checkpoint_are_the_config_where_no_file_is_one(tmp_path: Path) -> None:
    ((_, (run,)),) = saved(tmp_path, args={"num_classes": 4, "lr": 0.1}, epoch=3).cases

    assert [(c.where, c.value) for c in run.configs] == [
        ("best.pt, key args", {"num_classes": 4, "lr": 0.1})
    ]


def test_a_config_file_comes_before_the_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"lr": 0.1, "batch_size": 2}))
    ((_, (run,)),) = saved(tmp_path, args={"num_classes": 4, "lr": 0.1}).cases

    assert [config.where for config in run.configs] == ["config.json"]


def test_the_metadata_of_safetensors_may_hold_a_vocabulary_as_json(tmp_path: Path) -> None:
    state = nn.Linear(3, 4).state_dict()
    save_file(state, tmp_path / "model.safetensors", metadata={"vocab": json.dumps(GLOSSES)})
    ((data, _),) = discover(tmp_path).cases

    (found,) = data.vocabularies
    assert (found.where, found.tokens) == ("model.safetensors, key vocab", tuple(GLOSSES))


def test_scores_and_counters_in_the_checkpoint_are_no_vocabulary(tmp_path: Path) -> None:
    ((data, (run,)),) = saved(
        tmp_path, epoch=3, metrics={"wer": 3, "loss": 4}, best=2, state={"a": 0, "b": 1}, seed=[1, 2]
    ).cases

    assert not data.vocabularies and not run.configs


def test_the_settings_file_names_no_key_of_a_checkpoint(tmp_path: Path) -> None:
    run = saved(
        tmp_path, vocab=GLOSSES, args={"num_classes": 4, "lr": 0.1}, history={"train_loss": FALL}
    )

    assert INSIDE not in written_settings(run, {})


def test_a_checkpoint_that_cannot_be_read_has_no_notes(tmp_path: Path) -> None:
    saved(tmp_path, vocab=GLOSSES)
    path = tmp_path / "best.pt"
    path.write_bytes(path.read_bytes()[:400])
    ((data, (run,)),) = discover(tmp_path).cases

    assert not data.vocabularies and not run.configs


FALL = [3.0, 2.4, 2.0, 1.8, 1.7]
BY_EPOCH = list(enumerate(FALL, 1))
RISE = [0.1, 0.3, 0.4, 0.5, 0.55]


@pytest.mark.parametrize(
    ("beside", "place"),
    [
        ({"history": {"train_loss": FALL, "val_acc": RISE}}, "history"),
        ({"verlauf": [{"epoch": e, "train_loss": v, "val_wer": 1} for e, v in BY_EPOCH]}, "verlauf"),
        ({"train_losses": FALL, "val_accs": RISE, "betas": [0.9, 0.99]}, "train_losses"),
        ({"log": {str(e): {"train_loss": v, "val_wer": 90.0 - e} for e, v in BY_EPOCH}}, "log"),
        ({"metrics": {"train": {"loss": FALL}, "dev": {"wer": RISE}}, "args": {"lr": 1}}, "metrics"),
        ({"history": {"loss": torch.tensor(FALL), "val_loss": np.array(RISE)}}, "history"),
    ],
    ids=["lists", "records", "at the top", "by epoch", "by split", "arrays"],
)  # fmt: skip
def test_a_history_inside_the_checkpoint_is_taken(
    beside: dict[str, Any], place: str, tmp_path: Path
) -> None:
    ((_, (run,)),) = saved(tmp_path, **beside).cases

    [history] = run.histories
    assert history.where == f"best.pt, key {place}"
    [loss] = [s for s in history.series if (s.split, s.quantity) == ("train", "loss")]
    assert loss.values == pytest.approx(FALL) and history.row_epochs == (1, 2, 3, 4, 5)


def test_the_longest_history_of_the_checkpoints_of_a_run_is_taken(tmp_path: Path) -> None:
    for name, count in (("best", 3), ("last", 5), ("epoch_4", 4)):
        part = {"model": nn.Linear(3, 4).state_dict(), "history": {"train_loss": FALL[:count]}}
        torch.save(part, tmp_path / f"{name}.pt")
    ((_, (run,)),) = discover(tmp_path).cases

    assert [history.where for history in run.histories] == ["last.pt, key history"]


def test_a_history_in_a_file_comes_before_the_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("epoch,train_loss,val_loss\n1,3,3\n2,2,2\n3,1,1\n")
    ((_, (run,)),) = saved(tmp_path, history={"train_loss": FALL}).cases

    assert [history.where for history in run.histories] == ["history.csv"]


@pytest.mark.parametrize(
    "beside",
    [
        {"epoch": 7, "loss": 0.3, "best_acc": 0.9, "metrics": {"wer": 3.0, "loss": 4.0}},
        {"loss_weights": [1.0, 0.5, 0.2], "betas": [0.9, 0.99, 0.999], "val_loss": [0.4]},
        {"classes": ["a", "b", "c"], "scheduler": {"base_lrs": [0.1], "_last_lr": [0.1, 0.2, 0.3]}},
    ],
)
def test_the_scores_of_one_epoch_and_settings_are_no_history(
    beside: dict[str, Any], tmp_path: Path
) -> None:
    ((_, (run,)),) = saved(tmp_path, **beside).cases

    assert not run.histories
