"""How a model is called and what its axes are is found out by trying it, in examine as in overfit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from slrdoctor.models.batches import Batch, batch_of, padded_targets, statistics
from slrdoctor.models.calling import INPUTS, CannotCall, Wanted, find_calling, may_take_lengths
from slrdoctor.models.loaders import NotUnderstood, understand
from slrdoctor.models.outputs import in_proportion
from slrdoctor.models.scores import Scorer

DIMS, CLASSES = 6, 5


def noise(samples: int, frames: int) -> Tensor:
    return torch.randn((samples, frames, DIMS), generator=torch.Generator().manual_seed(0))


WANTED = Wanted(noise, (CLASSES,), inputs=INPUTS)


class Head(nn.Module):
    """Scores of each frame, with a stride, in an order of axes of its own."""

    def __init__(self, takes: str = "BTD", gives: str = "BTC", stride: int = 1) -> None:
        super().__init__()
        self.linear = nn.Linear(DIMS, CLASSES)
        self.takes, self.gives, self.stride = takes, gives, stride

    def forward(self, features: Tensor) -> Tensor:
        x = features.permute(*(self.takes.index(axis) for axis in "BTD"))
        scores: Tensor = self.linear(x)[:, :: self.stride]
        return scores.permute(*("BTC".index(axis) for axis in self.gives))


@pytest.mark.parametrize("gives", ["BTC", "TBC", "BCT", "CTB"])
@pytest.mark.parametrize("stride", [1, 2, 4])
def test_the_axes_of_the_scores_are_found_whatever_their_order(gives: str, stride: int) -> None:
    layout = find_calling(Head(gives=gives, stride=stride), WANTED).layout

    assert (layout.axes, layout.stride, layout.scale) == (gives, stride, "logits")


@pytest.mark.parametrize("takes", ["BTD", "BDT"])
def test_the_layout_of_the_input_is_the_one_that_works(takes: str) -> None:
    calling = find_calling(Head(takes), WANTED)

    assert calling.takes == takes and not calling.mixes and not calling.takes_lengths


def test_frames_that_are_lost_at_the_ends_are_no_stride() -> None:
    model = nn.Sequential(nn.Conv1d(DIMS, CLASSES, 5))

    assert find_calling(model, WANTED).layout.stride == 0


def test_a_model_in_which_samples_always_touch_is_said_to_mix_them() -> None:
    class Mixing(Head):
        def forward(self, features: Tensor) -> Tensor:
            return super().forward(features + features.mean(0, keepdim=True))

    assert find_calling(Mixing(), replace(WANTED, inputs=("BTD",))).mixes
    # with the axes the other way round it is the frames that touch, and that is no fault
    assert find_calling(Mixing(), WANTED).takes == "TBD"


def test_what_raises_in_every_way_keeps_what_it_raised_first() -> None:
    def fails(clips: Tensor) -> Tensor:
        raise KeyError("within")

    with pytest.raises(CannotCall) as failed:
        find_calling(fails, WANTED)

    assert isinstance(failed.value.raised, KeyError) and not failed.value.gave


def test_what_gives_no_scores_is_told_by_its_shapes() -> None:
    with pytest.raises(CannotCall) as failed:
        find_calling(lambda clips: {"mean": clips.mean()}, WANTED)

    assert failed.value.gave == "mean []"


def named(clips: Tensor, frame_lens: Tensor) -> None: ...
def masked(clips: Tensor, padding_mask: Tensor | None = None) -> None: ...
def by_place(clips: Tensor, second: Tensor) -> None: ...
def optional(clips: Tensor, state: Any = None) -> None: ...
def of_targets(clips: Tensor, label_lengths: Any = None) -> None: ...
def anything(*clips: Tensor) -> None: ...


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (named, True),
        (masked, True),
        (by_place, True),
        (optional, False),
        (of_targets, False),
        (anything, None),
    ],
)
def test_whether_lengths_are_taken_is_told_by_the_parameters(
    model: Callable[..., None], expected: bool | None
) -> None:
    assert may_take_lengths(model) is expected


def batch(samples: int, frames: int) -> Batch:
    return batch_of(list(noise(samples, frames)), [[1]] * samples)


@pytest.mark.parametrize("gives", ["BTC", "TBC", "BCT"])
def test_examine_takes_scores_in_any_order_of_axes(gives: str) -> None:
    model, clips = Head(gives=gives, stride=2), batch(4, 24)
    scorer = Scorer(model, (CLASSES,))

    scores = scorer(clips)

    assert np.allclose(np.stack(scores), model.linear(clips.features)[:, ::2].detach())
    assert scorer.stride == 2


@pytest.mark.parametrize("samples", [1, 4])
def test_a_model_that_takes_one_size_alone_is_told_by_its_number_of_samples(samples: int) -> None:
    class Fixed(Head):
        def forward(self, features: Tensor) -> Tensor:
            assert features.shape == (samples, 24, DIMS)
            return super().forward(features)

    scorer = Scorer(Fixed(gives="TBC"), ())

    assert [clip.shape for clip in scorer(batch(samples, 24))] == [(24, CLASSES)] * samples
    assert scorer.stride == 0


def test_a_model_with_places_for_no_more_frames_is_tried_with_fewer() -> None:
    class Placed(Head):
        def forward(self, features: Tensor) -> Tensor:
            return super().forward(features + torch.zeros(24, DIMS)[: features.shape[1]])

    assert Scorer(Placed())(batch(4, 24))[0].shape == (24, CLASSES)


def test_one_score_a_sample_is_one_frame() -> None:
    model = nn.Sequential(nn.Flatten(), nn.LazyLinear(CLASSES))

    assert [clip.shape for clip in Scorer(model)(batch(4, 24))] == [(1, CLASSES)] * 4


def test_features_without_frames_are_scored_too() -> None:
    stored = understand((np.zeros((4, DIMS), np.float32), np.array([3, 1, 2, 0])))

    assert [c.shape for c in Scorer(nn.Linear(DIMS, CLASSES))(stored)] == [(1, CLASSES)] * 4


def test_a_model_without_a_row_a_sample_is_not_understood() -> None:
    with pytest.raises(NotUnderstood, match="no scores with the batch"):
        Scorer(lambda clips: clips.mean())(batch(4, 24))


def test_the_lengths_that_a_model_gives_are_taken_where_they_can_be() -> None:
    clips = replace(batch(3, 24), lengths=torch.tensor([24, 9, 16]))

    head = Head(stride=2)

    def own(features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        return head(features), lengths // 2

    def undivided(features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        return head(features), lengths

    assert [len(clip) for clip in Scorer(own)(clips)] == [12, 4, 8]
    assert [len(clip) for clip in Scorer(undivided)(clips)] == [12, 5, 8]


def test_lengths_are_rounded_up_in_proportion() -> None:
    assert in_proportion(torch.tensor([50, 3, 1]), 50, 25).tolist() == [25, 2, 1]


def test_a_batch_is_padded_with_zeros_and_gives_its_targets_back() -> None:
    clips = [np.ones((3, 2), np.float32), np.ones((5, 2), np.float32)]

    made = batch_of(clips, [[4, 2, 2], []], ids=("a", "b"))

    assert made.features.shape == (2, 5, 2) and not made.features[0, 3:].any()
    assert made.lengths.tolist() == [3, 5] and made.references == [[4, 2, 2], []]
    assert made.only(1).ids == ("b",) and made.only(0).features.shape == (1, 3, 2)
    assert made.with_targets_moved_on().references == [[], [4, 2, 2]]
    assert made.zeroed().lengths.tolist() == [5, 5] and not made.zeroed().features.any()


def test_targets_are_padded_to_the_longest() -> None:
    padded, lengths = padded_targets([[1], [2, 3]])

    assert padded.tolist() == [[1, 0], [2, 3]] and lengths.tolist() == [1, 2]


def test_statistics_are_those_of_all_frames_together() -> None:
    clips = [np.random.default_rng(i).normal(i, 2, (n, 3)) for i, n in enumerate((4, 1, 9))]
    frames = np.concatenate(clips)

    mean, scale = statistics(clips)

    assert np.allclose(mean, frames.mean(0), atol=1e-6) and np.allclose(scale, frames.std(0), atol=1e-6)


def test_a_loaders_batch_is_not_changed_with_its_tensors() -> None:
    clips = torch.ones(2, 4, 3)

    understand((clips, torch.tensor([1, 2]))).features.zero_()

    assert clips.all()
