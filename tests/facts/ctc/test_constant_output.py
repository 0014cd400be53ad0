from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.arithmetic.constant_output import best_constant, grouped, losses_and_frames

Ints = NDArray[np.int64]
torch = pytest.importorskip("torch")


def data(
    samples: int, classes: int, glosses: tuple[int, int], frames: tuple[int, int], seed: int = 0
) -> tuple[list[Ints], Ints, Ints]:
    """Targets over `classes` glosses from 0, frames and repeats; all feasible."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(classes, 0.3))
    targets = [rng.choice(classes, size=rng.integers(*glosses), p=shares) for _ in range(samples)]
    repeats = np.array([int((t[1:] == t[:-1]).sum()) for t in targets])
    needed = np.array([len(t) for t in targets]) + repeats
    return targets, np.maximum(rng.integers(*frames, samples), needed), repeats


def torch_losses(targets: list[Ints], frames: Ints, logits: object) -> object:
    """torch's own CTC losses of the same softmax(logits) in every frame; class 0 is the blank."""
    log_probs = torch.log_softmax(logits, 0)[None, None].expand(int(frames.max()), len(targets), -1)
    return torch.nn.functional.ctc_loss(
        log_probs,
        torch.tensor(np.concatenate(targets) + 1),
        torch.tensor(frames),
        torch.tensor([len(t) for t in targets]),
        reduction="none",
    )


def prior_of(targets: list[Ints], classes: int) -> NDArray[np.float64]:
    counts = np.bincount(np.concatenate(targets), minlength=classes)
    return np.asarray(counts / counts.sum(), dtype=np.float64)


def test_losses_of_a_constant_output_are_those_of_torch() -> None:
    targets, frames, repeats = data(60, 12, (1, 14), (3, 60))
    logits = torch.tensor(np.random.default_rng(1).normal(0, 2, 13))
    p = torch.softmax(logits, 0).numpy()
    # one sample at a time, so that the order is kept
    got = [
        losses_and_frames(
            grouped([t], frames[i : i + 1], repeats[i : i + 1], np.ones(1))[0], p[1:], p[0]
        )[0][0]
        for i, t in enumerate(targets)
    ]
    np.testing.assert_allclose(got, torch_losses(targets, frames, logits).numpy(), atol=1e-9)  # type: ignore[attr-defined]


def test_expected_frames_are_the_gradient_of_torch() -> None:
    targets, frames, repeats = data(20, 6, (1, 8), (3, 40))
    logits = torch.tensor(np.random.default_rng(1).normal(0, 1, 7), requires_grad=True)
    p = torch.softmax(logits, 0).detach().numpy()
    loss = torch_losses(targets, frames, logits).sum()  # type: ignore[attr-defined]
    (gradient,) = torch.autograd.grad(loss, logits)
    counts = np.zeros(7)
    for group in grouped(targets, frames, repeats, np.ones(20)):
        expected = losses_and_frames(group, p[1:], p[0])[1]
        np.add.at(counts, group.glosses[group.glosses >= 0] + 1, expected[group.glosses >= 0])
    counts[0] = frames.sum() - counts.sum()
    np.testing.assert_allclose(frames.sum() * p - counts, gradient.numpy(), atol=1e-8)


@pytest.mark.parametrize(
    ("samples", "classes", "glosses", "frames"),
    [
        (40, 30, (1, 14), (5, 60)),
        (64, 3, (2, 6), (6, 12)),
        (64, 200, (5, 20), (30, 60)),
        (30, 2, (1, 2), (1, 9)),
    ],
)
def test_the_best_constant_output_is_the_one_that_torch_finds(
    samples: int, classes: int, glosses: tuple[int, int], frames: tuple[int, int]
) -> None:
    targets, lengths, repeats = data(samples, classes, glosses, frames)
    sizes = np.array([len(t) for t in targets])
    weights = 1.0 / sizes
    best = best_constant(grouped(targets, lengths, repeats, weights), prior_of(targets, classes), 0.5)
    logits = torch.zeros(classes + 1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [logits], max_iter=500, line_search_fn="strong_wolfe", tolerance_change=1e-12
    )

    def closure() -> object:
        optimizer.zero_grad()
        loss = (torch_losses(targets, lengths, logits) / torch.tensor(sizes)).mean()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert best.loss * weights.mean() == pytest.approx(closure().item(), abs=1e-5)  # type: ignore[attr-defined]


def test_long_inputs_neither_overflow_nor_underflow() -> None:
    targets, frames, repeats = data(8, 500, (80, 200), (3000, 4000))
    best = best_constant(grouped(targets, frames, repeats, np.ones(8)), prior_of(targets, 500), 0.9)
    assert math.isfinite(best.loss)
    assert 0 < best.loss / 140 < 10


def test_inputs_without_a_free_frame_have_a_finite_floor() -> None:
    targets = [np.array([0, 1, 2]), np.array([1, 0])]
    best = best_constant(
        grouped(targets, np.array([3, 2]), np.zeros(2, int), np.ones(2)), np.full(3, 1 / 3), 0.01
    )
    # every frame is a gloss: 2 of 5 are each of 0 and 1, one is 2
    by_hand = -(2 * math.log(2 / 5) + 2 * math.log(2 / 5) + math.log(1 / 5)) / 2
    assert best.loss == pytest.approx(by_hand, abs=1e-4)


def test_every_step_of_the_search_lowers_the_loss() -> None:
    targets, frames, repeats = data(50, 10, (2, 8), (10, 40))
    groups = grouped(targets, frames, repeats, np.ones(50))
    losses = [best_constant(groups, np.full(10, 0.1), 0.1, steps=n).loss for n in range(1, 7)]
    assert all(after <= before for before, after in itertools.pairwise(losses))
