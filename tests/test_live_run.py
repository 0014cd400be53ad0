"""A model and its loaders, examined inside a training script."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import slrdoctor
from slrdoctor.batches import NotUnderstood, understand

torch = pytest.importorskip("torch")
VOCABULARY = ["<blank>", *(f"G{i}" for i in range(8))]
SIZE, FRAMES, DIMS = 8, 24, 20


def loader(batches: int, seed: int) -> list[tuple[Any, ...]]:
    """Batches of clips [B, T, D], targets one after the other, and both lengths."""
    made = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(batches):
        clips = torch.randn(SIZE, FRAMES, DIMS, generator=made)
        target_lengths = torch.randint(2, 5, (SIZE,), generator=made)
        targets = torch.randint(1, 9, (int(target_lengths.sum()),), generator=made)
        lengths = torch.randint(16, FRAMES + 1, (SIZE,), generator=made)
        lengths[0] = FRAMES
        found.append((clips, targets, lengths, target_lengths))
    return found


class Recogniser(torch.nn.Module):  # type: ignore[misc,name-defined]
    def __init__(self, normalised: bool = True) -> None:
        super().__init__()
        self.head = torch.nn.Linear(DIMS, len(VOCABULARY))
        self.normalised = normalised
        self.dropout = torch.nn.Dropout(0.5)

    def forward(self, clips: Any) -> Any:
        logits = self.head(self.dropout(clips))
        return (logits.log_softmax(-1) if self.normalised else logits).transpose(0, 1)


def test_a_batch_is_told_apart_by_shape() -> None:
    clips, targets, lengths, target_lengths = loader(1, 0)[0]

    for order in ((clips, targets, lengths, target_lengths), (target_lengths, lengths, clips, targets)):
        batch = understand(order)
        assert batch.features.shape == (SIZE, FRAMES, DIMS)
        assert batch.input_lengths.tolist() == lengths.tolist()
        assert [len(t) for t in batch.targets] == target_lengths.tolist()


def test_a_batch_is_told_apart_by_name() -> None:
    batch = understand(
        {"keypoints": np.zeros((2, 9, 4), np.float32), "label": np.array([3, 1]), "name": ["a", "b"]}
    )

    assert batch.targets == ((3,), (1,)) and batch.ids == ("a", "b")


def test_a_batch_without_targets_is_not_guessed_at() -> None:
    with pytest.raises(NotUnderstood, match="no targets"):
        understand((np.zeros((2, 9, 4), np.float32),))


def test_what_goes_in_and_comes_out_is_judged_and_the_model_left_as_it_was() -> None:
    model = Recogniser()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    report = slrdoctor.examine(
        model, loader(3, 0), loader(2, 1), vocabulary=VOCABULARY, blank=0, task="ctc"
    )

    judged = {e.code for e in report.passed} | {d.check.code for d in report.diagnoses}
    assert not report.crashed
    assert {"FEA104", "LAB201", "CTC401", "CTC416"} <= judged
    assert model.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_features_that_are_not_finite_are_found_on_their_way_into_the_model() -> None:
    batches = loader(3, 0)
    batches[1][0][2, 5, 3] = float("nan")

    report = slrdoctor.examine(
        Recogniser(), batches, loader(2, 1), vocabulary=VOCABULARY, blank=0, task="ctc"
    )

    assert report.diagnoses[0].check.code == "FEA104"
    with pytest.raises(Exception, match="FEA104"):
        report.raise_for("blocks")


def test_only_so_many_batches_are_taken() -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield loader(1, taken)[0]

    slrdoctor.examine(Recogniser(), endless(), vocabulary=VOCABULARY, blank=0, task="ctc", batches=2)

    assert taken == 2
