from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo
from slrdoctor.artifacts.weights import Parts, Weights
from slrdoctor.facts import checkpoint_values
from slrdoctor.facts.checkpoint_values import TensorRow, tensor_row

RNG = np.random.default_rng(0)


def row_of(array: NDArray[Any], name: str = "fc.weight") -> TensorRow:
    info = ArrayInfo(array.shape, str(array.dtype))
    return tensor_row(name, Weights({name: info}, lambda _: array, Parts("state dict")))


SPREAD = RNG.normal(0.3, 2, (40, 30)).astype(np.float32)
HOLED = SPREAD.copy()
HOLED[3, 4], HOLED[5, 6], HOLED[7, 8] = np.nan, np.inf, -np.inf


@pytest.mark.parametrize(
    "array",
    [SPREAD, SPREAD.T, SPREAD[::2, ::3], SPREAD.astype(np.float16), SPREAD.astype(">f8"), HOLED,
     np.arange(12).reshape(3, 4), np.array(2.5), np.full((3, 3), np.nan), SPREAD > 0],
    ids=["plain", "turned", "strided", "half", "big endian", "holes", "whole", "scalar", "nan", "bool"],
)  # fmt: skip
@pytest.mark.parametrize("block", [7, 1 << 20])
def test_a_tensor_is_summed_up_as_numpy_does_at_once(
    array: NDArray[Any], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint_values, "BLOCK", block)
    row = row_of(array)
    values = array.astype(np.float64).ravel()
    finite = values[np.isfinite(values)]

    assert (row.nans, row.infinite) == (int(np.isnan(values).sum()), int(np.isinf(values).sum()))
    assert row.mean == pytest.approx(float(finite.mean()) if len(finite) else 0.0)
    assert row.std == pytest.approx(float(finite.std()) if len(finite) else 0.0)
    assert row.largest == pytest.approx(float(np.abs(finite).max()) if len(finite) else 0.0)
    assert row.size == array.size


def test_an_empty_tensor_is_sound() -> None:
    assert row_of(np.empty((0, 4), np.float32)).is_sound


def test_an_attention_mask_is_sound_and_a_lone_infinity_is_not() -> None:
    mask = np.triu(np.full((6, 6), -np.inf), 1)

    assert row_of(mask).is_sound
    assert row_of(np.full(3, -np.inf)).is_sound
    assert not row_of(np.array([0.0, 1.0, -np.inf])).is_sound
    assert not row_of(np.array([0.0, np.inf, -np.inf])).is_sound
    assert not row_of(np.array([0.0, np.nan, -np.inf])).is_sound


@pytest.mark.parametrize(
    ("name", "dtype", "expected"),
    [
        ("bn.running_mean", np.float32, True),
        ("bn/moving_variance", np.float32, True),
        ("decoder.attn_mask", np.float32, True),
        ("position_ids", np.int64, True),
        ("fc.weight", np.float32, False),
        ("pe", np.float32, True),
        ("type.weight", np.float32, False),
    ],
)
def test_buffers_are_told_by_name_and_type(name: str, dtype: Any, expected: bool) -> None:
    assert row_of(np.zeros(3, dtype), name).is_buffer is expected
