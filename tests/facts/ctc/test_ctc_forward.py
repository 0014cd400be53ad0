from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.arithmetic.ctc_forward import Columns, ctc_losses

RNG = np.random.default_rng(5)
CLASSES = 4
Floats = NDArray[np.float64]


def outputs(frames: int, classes: int = CLASSES) -> Floats:
    values = RNG.normal(0, 2, (frames, classes))
    return np.asarray(values - np.log(np.exp(values).sum(axis=1, keepdims=True)))


def columns(log_probs: Floats, target: Sequence[int]) -> Columns:
    glosses = np.array(target, dtype=np.int64)
    return Columns(log_probs[:, np.array([0, *target], dtype=np.int64)], glosses)


def every_path(log_probs: Floats, target: Sequence[int]) -> list[tuple[float, tuple[int, ...]]]:
    """Score and classes of each way to write the target, by writing down all paths there are."""
    found = []
    for path in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        merged = [c for c, _ in itertools.groupby(path) if c != 0]
        if merged == list(target):
            found.append((float(log_probs[np.arange(len(path)), path].sum()), path))
    return found


def small_cases() -> list[tuple[Floats, list[int]]]:
    return [
        (outputs(int(RNG.integers(1, 7))), RNG.integers(1, CLASSES, RNG.integers(0, 4)).tolist())
        for _ in range(60)
    ]


def test_the_loss_is_that_of_all_paths_written_down() -> None:
    cases = small_cases()

    losses = ctc_losses([columns(*case) for case in cases])

    for loss, (log_probs, target) in zip(losses, cases):
        paths = every_path(log_probs, target)
        expected = -np.logaddexp.reduce([score for score, _ in paths]) if paths else np.inf
        assert loss == pytest.approx(expected, abs=1e-9)


def test_the_loss_is_torchs() -> None:
    import torch

    cases = [
        (outputs(int(RNG.integers(1, 60)), 30), RNG.integers(1, 30, RNG.integers(1, 14)).tolist())
        for _ in range(80)
    ]
    cases += [
        (outputs(9), [2, 2, 2, 2, 2]),
        (outputs(8), [2, 2, 2, 2, 2]),
        (outputs(5), [1, 2, 3, 1, 2]),
    ]

    losses = ctc_losses([columns(*case) for case in cases])

    loss_of = torch.nn.CTCLoss(reduction="sum")
    theirs = [
        loss_of(
            torch.tensor(log_probs)[:, None],
            torch.tensor([target]),
            torch.tensor([len(log_probs)]),
            torch.tensor([len(target)]),
        ).item()
        for log_probs, target in cases
    ]
    np.testing.assert_allclose(losses, theirs, rtol=1e-9)
    assert np.isinf(losses).any() and np.isfinite(losses).any()


def test_samples_do_not_touch_each_other_in_a_batch() -> None:
    cases = [columns(*case) for case in small_cases()]

    np.testing.assert_allclose(ctc_losses(cases), [ctc_losses([case])[0] for case in cases])


def test_an_output_that_rules_its_target_out_has_infinite_loss() -> None:
    log_probs = np.full((5, CLASSES), -np.inf)
    log_probs[:, 0] = 0.0

    assert np.isinf(ctc_losses([columns(log_probs, [1])]))
    assert ctc_losses([columns(log_probs, [])])[0] == 0.0
