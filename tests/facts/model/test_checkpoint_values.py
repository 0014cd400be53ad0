from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo
from slrdoctor.artifacts.kinds.checkpoints.weights import Parts, Weights
from slrdoctor.facts.model import checkpoint_values
from slrdoctor.facts.model.checkpoint_values import TensorRow, tensor_row

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


MEASURE = """
import resource, sys, time
from pathlib import Path
from slrdoctor.artifacts.run import CheckpointFile, TrainingRun
from slrdoctor.core.engine import Facts
from slrdoctor.facts.model.checkpoint_movement import ParameterUpdates
from slrdoctor.facts.model.checkpoint_values import WeightValues
from slrdoctor.core.registry import REGISTRY

start, path = time.process_time(), Path(sys.argv[1])
run = TrainingRun("", path.parent, checkpoints=(CheckpointFile("best.pt", path, "torch", 0),))
facts = Facts(REGISTRY, (run,))
print(len(facts.get(WeightValues).rows), len(facts.get(ParameterUpdates).random))
seconds, peak = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(seconds, peak, "torch" in sys.modules)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is in kilobytes on Linux only")
def test_a_checkpoint_of_200_megabytes_takes_seconds_and_little_memory(tmp_path: Path) -> None:
    import torch

    state = {f"layer{i}.weight": torch.zeros(2048, 2048) for i in range(12)}
    torch.save({"model": state, "epoch": 3}, tmp_path / "best.pt")
    assert (tmp_path / "best.pt").stat().st_size > 200e6

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path / "best.pt")],
        capture_output=True,
        text=True,
        check=True,
    )

    counts, told = done.stdout.splitlines()
    seconds, kilobytes, imported_torch = told.split()
    assert counts == "12 0"
    assert float(seconds) < 10
    assert int(kilobytes) < 1_000_000
    assert imported_torch == "False"
