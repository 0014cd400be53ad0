"""The least loss that no input allows, against a slow search."""

from __future__ import annotations

import math

import numpy as np
import pytest

from slrdoctor.probes.blind_control import blind_bound


def test_is_ln_n_for_n_targets_of_one_token() -> None:
    targets = [(f"G{i}",) for i in range(5)]
    assert blind_bound("ctc", targets) == pytest.approx(math.log(5))
    assert blind_bound("classification", targets) == pytest.approx(math.log(5))


def test_is_zero_where_all_targets_are_equal() -> None:
    assert blind_bound("ctc", [("A", "B")] * 4) == 0


def test_no_distribution_over_the_targets_does_better() -> None:
    targets = [("A",), ("A", "B", "C"), ("A", "B"), ("C",) * 7, ("A", "B")]
    bound = blind_bound("ctc", targets)
    kinds = sorted(set(targets))
    rng = np.random.default_rng(0)
    best = math.inf
    for share in rng.dirichlet(np.ones(len(kinds)), 20_000):
        p = dict(zip(kinds, share))
        best = min(best, float(np.mean([-math.log(p[t]) / len(t) for t in targets])))
    assert bound <= best < bound + 0.02
