"""Heads that are not in use and backbones that are frozen on purpose, told from faults by the score."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from slrdoctor.artifacts.run import CheckpointFile, HistoryFile, Scalar, TrainingRun
from slrdoctor.core.engine import Facts
from slrdoctor.core.registry import REGISTRY
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex
from slrdoctor.facts.model.checkpoint_head import BlankRow
from slrdoctor.facts.model.checkpoint_movement import ParameterUpdates
from tests.facts.model.trained_nets import Net, saved, train


@pytest.fixture
def model() -> Net:
    torch.manual_seed(0)
    return Net()


class TwoHeads(Net):
    """A second head, which `forward` may leave out."""

    def __init__(self, name: str, classes: int) -> None:
        super().__init__()
        self.second = name
        setattr(self, name, nn.Linear(64, classes))


def facts_of_a_run(folder: Path, wers: tuple[float, ...], *files: CheckpointFile) -> Facts:
    """Where the run has a dev WER of so much in each of its epochs, and the blank is class 0."""
    epochs = tuple(float(e) for e in range(1, len(wers) + 1))
    series = (
        Scalar("train_loss", "train", "loss", epochs, tuple(4.0 * w for w in wers)),
        Scalar("val_wer", "dev", "wer", epochs, wers),
    )
    history = HistoryFile("log.csv", "csv", series)
    run = TrainingRun("", folder, checkpoints=files, histories=(history,))
    return Facts(REGISTRY, (run, Task("ctc", "", ""), BlankIndex(0, "", True, "")))


def of_a_run(folder: Path, wers: tuple[float, ...], *files: CheckpointFile) -> ParameterUpdates:
    found: ParameterUpdates = facts_of_a_run(folder, wers, *files).get(ParameterUpdates)
    return found


LEARNED = (1.0, 0.7, 0.4, 0.2, 0.1, 0.05, 0.04, 0.04)
AT_CHANCE = (1.0, 1.0, 1.0, 0.99, 1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("name", "classes"), [("aux_head", 30), ("signer_classifier", 9), ("out2", 30), ("fc_handshape", 61)]
)
def test_a_head_that_is_not_in_use_is_no_fault(name: str, classes: int, tmp_path: Path) -> None:
    model = TwoHeads(name, classes)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    train(model, optimizer)
    file = saved(tmp_path, "best.pt", model, optimizer=optimizer.state_dict(), epoch=8)

    found = of_a_run(tmp_path, LEARNED, file)

    assert not found.head
    assert f"{name} was never updated and head was" in found.sentence


@pytest.mark.parametrize("name", ["aux_head", "signer_classifier", "out2"])
def test_a_head_without_updates_beside_a_trained_one_is_found_where_nothing_was_learned(
    name: str, tmp_path: Path
) -> None:
    model = TwoHeads(name, 30)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    train(model, optimizer)
    file = saved(tmp_path, "best.pt", model, optimizer=optimizer.state_dict(), epoch=8)

    assert f"none for {name}.weight" in of_a_run(tmp_path, AT_CHANCE, file).head


@pytest.mark.parametrize("wers", [LEARNED, AT_CHANCE], ids=["learned", "at chance"])
def test_the_only_head_without_updates_is_found_whatever_the_score_is(
    wers: tuple[float, ...], model: Net, tmp_path: Path
) -> None:
    model.head.requires_grad_(False)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    train(model, optimizer)
    file = saved(tmp_path, "best.pt", model, optimizer=optimizer.state_dict(), epoch=8)

    assert "none for head.weight" in of_a_run(tmp_path, wers, file).head


@pytest.mark.parametrize("is_given", [True, False], ids=["given to the optimizer", "left out"])
def test_a_backbone_that_is_frozen_on_purpose_is_told_by_the_score(
    is_given: bool, model: Net, tmp_path: Path
) -> None:
    model.encoder.requires_grad_(False)
    model.encoder.eval()
    optimizer = torch.optim.Adam(model.parameters() if is_given else model.head.parameters(), 1e-3)
    train(model, optimizer)
    file = saved(tmp_path, "best.pt", model, optimizer=optimizer.state_dict(), epoch=8)

    sound, ill = of_a_run(tmp_path, LEARNED, file), of_a_run(tmp_path, AT_CHANCE, file)

    assert not sound.random and not sound.statistics and "was frozen with initial" in sound.sentence
    assert ill.random_share > 0.5 and ill.statistics == 1


@pytest.mark.parametrize(("name", "classes"), [("old_fc", 400), ("clip_classifier", 61), ("top", 12)])
@pytest.mark.parametrize("own", ["emit", "to_words"])
def test_the_classifier_of_an_earlier_model_is_no_fault_beside_an_end_of_another_name(
    name: str, classes: int, own: str, tmp_path: Path
) -> None:
    """What the model puts out is called otherwise than heads are; the run learned, so it has moved."""
    model = TwoHeads(name, classes)
    setattr(model, own, model.head)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    train(model, optimizer)
    renamed = {n: v for n, v in model.state_dict().items() if not n.startswith("head.")}

    file = CheckpointFile("best.pt", tmp_path / "best.pt", "torch", 1)
    torch.save({"epoch": 8, "model": renamed, "optimizer": optimizer.state_dict()}, file.path)

    assert not of_a_run(tmp_path, LEARNED, file).head
    assert of_a_run(tmp_path, AT_CHANCE, file).head


@pytest.mark.parametrize("name", ["aux_head", "signer_classifier", "second_head"])
@pytest.mark.parametrize("lead", [500.0, 30.0, 0.0])
def test_a_head_that_is_not_in_use_is_no_cause_where_the_trained_one_has_only_the_blank(
    name: str, lead: float, tmp_path: Path
) -> None:
    """Without the lead of the blank's bias, the head without updates stays the cause."""
    model = TwoHeads(name, 30)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    first = saved(tmp_path, "epoch_1.pt", model, epoch=1)
    train(model, optimizer)
    with torch.no_grad():
        model.head.bias[0] += lead
    last = saved(tmp_path, "best.pt", model, epoch=8)

    known = facts_of_a_run(tmp_path, AT_CHANCE, last, first)
    row, updates = known.get(BlankRow), known.get(ParameterUpdates)

    assert row.layer == "head" and (row.reach >= 3) == (lead > 0)
    if lead:
        assert not updates.head and f"{name} seems not to be in use" in updates.sentence
    else:
        assert f"{name}.weight is the same in epochs 1 and 8" in updates.head
