from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from slrdoctor.artifacts.kinds.checkpoints.layers import ModelLayer
from slrdoctor.artifacts.kinds.checkpoints.state_dicts import Module
from slrdoctor.artifacts.kinds.checkpoints.weights import Parts, Weights
from slrdoctor.artifacts.run import DataSet, Row
from slrdoctor.core.engine import Facts
from slrdoctor.core.registry import REGISTRY, Unavailable
from slrdoctor.facts.config.model_config import Said
from slrdoctor.facts.labels.configured_classes import ConfiguredClasses
from slrdoctor.facts.labels.output_classes import VocabularySize
from slrdoctor.facts.labels.samples import Samples, Targets
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex
from slrdoctor.facts.model.checkpoint import Checkpoint, CheckpointRow
from slrdoctor.facts.model.checkpoint_architecture import ModelHead
from slrdoctor.facts.model.checkpoint_head import (
    BlankRow,
    Capacity,
    HeadFit,
    blank_row,
    head_fit,
    head_rows,
)
from tests.facts.model.checkpoints import saved

CTC = Task("ctc", "said so", "config.yaml")


def facts(folder: Path, state: dict[str, torch.Tensor], *given: object, **more: Any) -> Facts:
    run = saved(folder, best={"model": state, **more})
    return Facts(REGISTRY, (run, DataSet("", folder), *given))


def row_of(folder: Path, head: nn.Module, index: int = 0, **given: Any) -> BlankRow:
    state = {"rnn.weight_ih_l0": torch.zeros(48, 42), "rnn.weight_hh_l0": torch.zeros(48, 12)}
    state |= {f"fc.{name}": value for name, value in head.state_dict().items()}
    known = facts(folder, state)
    parts: list[Any] = [known.get(ModelHead), known.get(Checkpoint)]
    return blank_row(parts[0], parts[1], BlankIndex(index, "said so", True, "x"), given.get("task", CTC))


@pytest.mark.parametrize("head", [nn.Linear(12, 7), nn.Linear(12, 7, bias=False), nn.Conv1d(12, 7, 1)])
@pytest.mark.parametrize("index", [0, 6])
def test_the_blank_row_is_held_against_every_other(head: nn.Module, index: int, tmp_path: Path) -> None:
    found = row_of(tmp_path, head, index)

    weight = np.asarray(head.get_parameter("weight").detach().numpy(), np.float64).reshape(7, 12)
    bias = head.state_dict().get("bias", torch.zeros(7)).numpy()
    spreads, norms = [], []
    for c in range(7):  # slowly
        if c != index:
            spreads.append((bias[index] - bias[c]) / np.sqrt(sum((weight[index] - weight[c]) ** 2)))
            norms.append(np.sqrt(sum(weight[c] ** 2)))
    assert found.reach == pytest.approx(min(spreads))
    assert found.norm_ratio == pytest.approx(np.sqrt(sum(weight[index] ** 2)) / max(norms))
    assert found.bias == pytest.approx(bias[index])
    assert found.next_bias == pytest.approx(max(b for c, b in enumerate(bias) if c != index))


def test_reach_counts_the_spreads_that_inputs_of_unit_size_make(tmp_path: Path) -> None:
    """By drawing inputs: three spreads ahead, the blank loses to a given class once in 700 times."""
    torch.manual_seed(0)
    head = nn.Linear(12, 2)
    with torch.no_grad():
        apart = float((head.weight[0] - head.weight[1]).norm())
        head.bias.copy_(torch.tensor([3 * apart, 0.0]))

    found = row_of(tmp_path, head)
    logits = head(torch.randn(100_000, 12))

    assert found.reach == pytest.approx(3)
    assert float((logits.argmax(1) == 1).float().mean()) == pytest.approx(0.00135, rel=0.3)


def test_a_head_that_multiplies_from_the_right_has_its_classes_in_columns(tmp_path: Path) -> None:
    weight = torch.randn(12, 7)
    state = {
        "rnn.weight_ih_l0": torch.zeros(48, 42),
        "rnn.weight_hh_l0": torch.zeros(48, 12),
        "fc.weight": weight,
    }
    known = facts(tmp_path, state)
    parts: list[Any] = [known.get(ModelHead), known.get(Checkpoint)]

    rows, bias = head_rows(parts[0], parts[1])

    assert np.allclose(rows, weight.T.numpy()) and not bias.any()


def test_there_is_no_blank_row_beyond_the_head_or_without_ctc(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="the blank would be index 7"):
        row_of(tmp_path, nn.Linear(12, 7), 7)
    with pytest.raises(Unavailable, match="has no blank"):
        row_of(tmp_path, nn.Linear(12, 7), task=Task("classification", "", ""))


def test_a_head_of_nan_has_no_blank_row(tmp_path: Path) -> None:
    head = nn.Linear(12, 7)
    with torch.no_grad():
        head.bias.fill_(np.nan)

    with pytest.raises(Unavailable, match="not finite"):
        row_of(tmp_path, head)


def samples(count: int, excerpt: str = "") -> Samples:
    rows = [Row(str(i), "train", (f"G{i % 2}",)) for i in range(count)] + [Row("x", "dev", ("G0",))]
    return Samples(tuple(rows), "train.csv", excerpt=excerpt)


def test_parameters_are_counted_for_each_training_sample(tmp_path: Path) -> None:
    model = nn.ModuleDict({"rnn": nn.LSTM(10, 12), "fc": nn.Linear(12, 7)})

    found = facts(tmp_path, model.state_dict(), samples(20)).get(Capacity)

    assert isinstance(found, Capacity)
    assert found.parameters == sum(p.numel() for p in model.parameters())
    assert found.per_sample == found.parameters / 20
    assert found.outputs == 7
    assert found.head_share == pytest.approx((12 * 7 + 7) / found.parameters)


def test_parameters_that_are_frozen_do_not_count(tmp_path: Path) -> None:
    model = nn.ModuleDict({"rnn": nn.LSTM(10, 12), "fc": nn.Linear(12, 7)})
    optimizer = torch.optim.Adam(model["fc"].parameters())
    for parameter in model["fc"].parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()

    known = facts(tmp_path, model.state_dict(), samples(20), optimizer=optimizer.state_dict())
    found = known.get(Capacity)

    assert isinstance(found, Capacity)
    assert found.parameters == 12 * 7 + 7


def test_an_excerpt_does_not_tell_the_number_of_samples(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="only some are here"):
        facts(tmp_path, nn.Linear(10, 7).state_dict(), samples(20, "only some are here")).get(Capacity)


def fit(
    outputs: int, others: tuple[int, ...] = (), config: int = 0, types: int = 0, narrowed: bool = False
) -> HeadFit:
    head = ModelHead(ModelLayer("fc", "linear", 12, outputs, 0), others, 0, 0.1, "best.pt")
    targets = Targets(("a",), ("train",), (tuple(f"G{i}" for i in range(types)),), "train.csv")
    said = (
        ConfiguredClasses((Said(config, "config.yaml num_classes"),), "config.yaml") if config else None
    )
    sizes = VocabularySize(64, 65, 65, 66, "gloss_dict.npy")
    return head_fit(
        head, sizes, Samples((), "train.csv", narrowed=narrowed), targets, said, CTC, None, None, None
    )


@pytest.mark.parametrize(("outputs", "fits"), [(64, False), (65, True), (66, True), (67, False)])
def test_a_head_fits_what_the_vocabulary_admits(outputs: int, fits: bool) -> None:
    assert fit(outputs).fits is fits


@pytest.mark.parametrize(("task", "fits"), [("ctc", False), ("classification", True)])
def test_a_ctc_head_needs_an_output_for_the_blank(task: str, fits: bool) -> None:
    head = ModelHead(ModelLayer("fc", "linear", 12, 10, 0), (), 0, 0.1, "best.pt")
    sizes = VocabularySize(10, 10, 11, 12, "vocabulary.json")

    assert head_fit(head, sizes, None, None, None, Task(task, "", ""), None, None, None).fits is fits


def test_one_of_several_heads_is_enough() -> None:
    assert fit(9, others=(65,)).fits


def test_a_smaller_head_is_explained_where_labels_and_config_are_of_a_part_of_the_classes() -> None:
    assert not fit(20).because
    assert fit(20, config=20, types=20).because
    assert not fit(20, config=20, types=21).because
    assert not fit(20, config=30, types=20).because
    assert fit(20, types=20, narrowed=True).because
    assert not fit(100, config=100, types=20).because


@pytest.mark.parametrize(
    ("modules", "is_certain", "is_doubted"),
    [
        ((), False, True),
        ((Module("fc", "Dense", {"activation": "relu"}),), False, True),
        ((Module("fc", "Dense", {"activation": "softmax"}),), False, False),
        ((Module("net.5", "Softmax"),), False, False),
        ((), True, False),
    ],
)
def test_a_list_of_classes_alone_is_held_against_a_softmax_only(
    modules: tuple[Module, ...], is_certain: bool, is_doubted: bool
) -> None:
    head = ModelHead(ModelLayer("fc", "linear", 12, 3, 0), (), 0, 0.1, "model.keras")
    sizes = VocabularySize(5, 5, 5, 10, "labels.txt")
    task = Task("classification", "labels.txt is a list of classes", "labels.txt", is_certain)
    row = CheckpointRow("model.keras", "keras", 0, None, None, None, (), "")
    opened = Checkpoint(row, Weights({}, lambda name: np.zeros(0), Parts("keras", modules=modules)))

    found = head_fit(head, sizes, None, None, None, task, opened, None, None)

    assert not found.fits and bool(found.doubt) is is_doubted
