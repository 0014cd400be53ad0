"""The ridge regression of a probe: what it gives for samples that it was not fitted on."""

from __future__ import annotations

import numpy as np
import pytest

from slrdoctor.arithmetic.ridge import PENALTIES, WIDTH, against_permuted, fitted


def drawn(samples: int, width: int, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Vectors [N, F] and three labels [N, 3] that are linear in the first of their numbers."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(samples, width)).astype(np.float32)
    return vectors, vectors[:, :3] + noise * rng.normal(size=(samples, 3))


@pytest.mark.parametrize("width", [5, 80])
def test_what_is_left_out_is_what_a_model_without_that_sample_gives(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slrdoctor.arithmetic.ridge.PENALTIES", PENALTIES[4:5])
    vectors, labels = drawn(40, width)
    standard = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    penalty = PENALTIES[4] * float(np.square(standard).sum())
    others = np.arange(1, 40)
    mean, offset = standard[others].mean(axis=0), labels[others].mean(axis=0)
    centred = standard[others] - mean
    weights = np.linalg.solve(
        centred.T @ centred + penalty * np.eye(width), centred.T @ (labels[others] - offset)
    )

    model = fitted(vectors, labels)

    assert model.left_out[0] == pytest.approx((standard[0] - mean) @ weights + offset, abs=1e-3)


@pytest.mark.parametrize("width", [30, WIDTH + 100])
def test_a_linear_label_is_found_in_other_samples(width: int) -> None:
    vectors, labels = drawn(400, width)

    given = fitted(vectors[:300], labels[:300])(vectors[300:])

    assert np.corrcoef(given[:, 0], labels[300:, 0])[0, 1] > (0.99 if width < WIDTH else 0.4)


def test_numbers_that_do_not_vary_give_nothing_and_break_nothing() -> None:
    vectors, labels = drawn(50, 6)
    vectors[:, 4:] = 7.0

    given = fitted(vectors, labels)(vectors + np.array([0, 0, 0, 0, 90, 90], np.float32))

    assert np.abs(given - labels).max() < 1


def test_a_score_stands_beside_what_permuted_labels_reach() -> None:
    labels = np.arange(200) % 4
    right, chance, spread = against_permuted(
        200, lambda places: float((labels[places] == labels).mean())
    )

    assert right == 1.0 and chance == pytest.approx(0.25, abs=0.02) and 0.01 < spread < 0.06
