"""A vocabulary and a config that only the checkpoint holds are the run's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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
    run = saved(tmp_path, vocab=GLOSSES, args={"num_classes": 4, "lr": 0.1})

    assert INSIDE not in written_settings(run, {})


def test_a_checkpoint_that_cannot_be_read_has_no_notes(tmp_path: Path) -> None:
    saved(tmp_path, vocab=GLOSSES)
    path = tmp_path / "best.pt"
    path.write_bytes(path.read_bytes()[:400])
    ((data, (run,)),) = discover(tmp_path).cases

    assert not data.vocabularies and not run.configs
