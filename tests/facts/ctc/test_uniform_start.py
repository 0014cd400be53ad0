from __future__ import annotations

import itertools
import math
from functools import cache

import numpy as np
import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.ctc.uniform_start import (
    implied_frames,
    log_alignments,
    uniform_losses,
    uniform_start,
)
from slrdoctor.facts.labels.output_classes import OutputClasses
from slrdoctor.facts.labels.task import Task
from tests.making import sample_lengths

CTC = Task("ctc", "several glosses", "train.csv")


def alignments(target: tuple[int, ...], frames: int) -> int:
    """How many paths of `frames` symbols collapse to the target; 0 is the blank."""

    @cache
    def ways(place: int, last: int, left: int) -> int:
        if not left:
            return int(place == len(target))
        count = ways(place, 0, left - 1)
        if last:
            count += ways(place, last, left - 1)
        if place < len(target) and target[place] != last:
            count += ways(place + 1, target[place], left - 1)
        return count

    return ways(0, 0, frames)


def test_the_slow_count_is_that_of_collapsing_every_path() -> None:
    for target in [(1,), (1, 1), (1, 2), (1, 2, 2), (1, 1, 1)]:
        for frames in range(1, 6):
            paths = itertools.product(range(3), repeat=frames)
            merged = ([k for k, _ in itertools.groupby(path)] for path in paths)
            assert alignments(target, frames) == sum(
                tuple(k for k in path if k) == target for path in merged
            )


def test_alignments_with_and_without_repeats_are_binom_of_t_plus_l_minus_r() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        target = tuple(int(g) for g in rng.integers(1, 4, rng.integers(1, 8)))
        repeats = sum(a == b for a, b in itertools.pairwise(target))
        frames = int(rng.integers(1, 30))
        counted = alignments(target, frames)
        got = float(log_alignments(np.array(frames), np.array(len(target)), np.array(repeats)))
        assert got == pytest.approx(math.log(counted) if counted else -math.inf, abs=1e-9)


def test_a_hundred_and_fifty_frames_ten_glosses_973_classes_cost_974_13() -> None:
    loss = float(uniform_losses(np.array(150), np.array(10), np.array(0), 973))
    assert loss == pytest.approx(974.13, abs=0.005)
    assert loss / 10 == pytest.approx(97.41, abs=0.005)


def test_uniform_losses_are_those_of_torch() -> None:
    torch = pytest.importorskip("torch")
    frames, classes = [150, 40, 12], 973
    targets = [list(range(1, 11)), [5, 5, 6, 6, 6], [7] * 6]
    repeats = [0, 3, 5]
    log_probs = torch.full((150, 3, classes), -math.log(classes), dtype=torch.float64)
    flat = torch.tensor([g for t in targets for g in t])
    sizes = torch.tensor([len(t) for t in targets])
    losses = torch.nn.CTCLoss(reduction="none")(log_probs, flat, torch.tensor(frames), sizes)
    got = uniform_losses(np.array(frames), sizes.numpy(), np.array(repeats), classes)
    np.testing.assert_allclose(got, losses.numpy(), atol=1e-3)
    start = uniform_start(
        CTC, OutputClasses(classes, "told", ""), sample_lengths(frames, sizes.tolist(), repeats)
    )
    mean = torch.nn.CTCLoss(reduction="mean")(log_probs, flat, torch.tensor(frames), sizes)
    assert start.per_token == pytest.approx(float(mean), abs=1e-3)


def test_infeasible_samples_are_left_out_and_counted() -> None:
    start = uniform_start(
        CTC, OutputClasses(20, "told", ""), sample_lengths([30, 4, 5], [3, 3, 3], [0, 2, 2])
    )
    assert (start.samples, start.infeasible) == (2, 1)
    assert math.isfinite(start.per_sample)


def test_the_start_is_over_the_training_samples() -> None:
    both = sample_lengths([30, 90], 3, splits=("train", "dev"))
    assert uniform_start(CTC, OutputClasses(20, "told", ""), both).mean_input_length == 30


def test_where_nothing_is_feasible_there_is_no_start() -> None:
    with pytest.raises(Unavailable, match="enough frames"):
        uniform_start(CTC, OutputClasses(20, "told", ""), sample_lengths([3], [5], [0]))


def test_a_classifier_starts_at_the_log_of_its_classes() -> None:
    start = uniform_start(Task("classification", "", ""), OutputClasses(25, "told", ""), None)
    assert start.per_sample == start.per_token == pytest.approx(3.2189, abs=1e-4)


@pytest.mark.parametrize(
    ("loss", "length", "classes", "frames"), [(64.36 * 10, 10, 973, 100), (724.98, 1, 2001, 96)]
)
def test_published_first_losses_imply_their_frames(
    loss: float, length: float, classes: int, frames: int
) -> None:
    assert implied_frames(loss, length, classes) == pytest.approx(frames, abs=2)


def test_implied_frames_turn_the_formula_round() -> None:
    for frames, target, classes in [(150, 10, 973), (20, 10, 3), (500, 30, 11), (12, 1, 2)]:
        loss = float(uniform_losses(np.array(frames), np.array(target), np.array(0), classes))
        assert implied_frames(loss, target, classes) == pytest.approx(frames, abs=1e-6)


@pytest.mark.parametrize("loss", [-5.0, 0.0, math.nan, math.inf])
def test_a_loss_that_no_length_has_implies_none(loss: float) -> None:
    assert math.isnan(implied_frames(loss, 10, 973))
