from __future__ import annotations

import pytest

from slrdoctor.facts.model.checkpoint_values import EveryCheckpointsValues, TensorRow, WeightValues
from slrdoctor.testing import findings


def row(name: str, nans: int = 0, infinite: int = 0, is_mask: bool = False) -> TensorRow:
    return TensorRow(name, (4, 25), "float32", False, nans, infinite, 0.0, 1.0, 2.0, is_mask)


def values(*rows: TensorRow) -> EveryCheckpointsValues:
    return every(("best.pt", "", rows))


def every(*files: tuple[str, str, tuple[TensorRow, ...]]) -> EveryCheckpointsValues:
    return EveryCheckpointsValues(
        files=tuple(WeightValues(rows, 0, where) for where, _, rows in files),
        standings=tuple(standing for _, standing, _ in files),
        unlooked=(),
        read_from=files[0][0],
    )


def test_mdl602_fires_for_one_nan_or_one_infinity() -> None:
    (finding,) = findings(
        "MDL602", values(row("a"), row("fc.weight", nans=1), row("fc.bias", infinite=2))
    )

    assert finding.message == (
        "2 of 3 tensors in best.pt (fc.weight, fc.bias) contain 1 NaN and 2 infinite values (300 "
        "values in all)"
    )
    assert (finding.affected, finding.total) == (2, 3)


def test_mdl602_names_a_few_of_many() -> None:
    (finding,) = findings("MDL602", values(*(row(f"layer{i}", nans=100) for i in range(9))))

    assert finding.message == (
        "all 9 tensors in best.pt (layer0, layer1, layer2 and 6 more) contain 900 NaN values (900 "
        "values in all)"
    )


def test_mdl602_is_quiet_when_every_value_is_finite_or_a_mask() -> None:
    assert not findings("MDL602", values(row("a"), row("mask", infinite=6, is_mask=True)))


def test_mdl602_at_the_boundary_a_mask_with_a_nan_fires() -> None:
    assert findings("MDL602", values(row("mask", nans=1, infinite=6)))


def test_mdl602_fires_for_a_checkpoint_that_is_not_the_judged_one() -> None:
    lost = (row("fc.weight", nans=100),)
    files = [("best.pt", "", (row("fc.weight"),)), ("last.pt", "", lost), ("a.pt", "of no run", lost)]

    (finding,) = findings("MDL602", every(*files))

    assert finding.message == (
        "the only tensor in last.pt (fc.weight) contains 100 NaN values (100 values in all); the same "
        "is true of a.pt"
    )


@pytest.mark.parametrize("standing", ["pretrained", "of an earlier run"])
def test_mdl602_leaves_checkpoints_out_that_are_not_of_the_run(standing: str) -> None:
    lost = (row("fc.weight", nans=100),)

    assert not findings("MDL602", every(("best.pt", "", (row("a"),)), ("old/best.pt", standing, lost)))
