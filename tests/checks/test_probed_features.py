"""FEA112, FEA114 and LAB209: on small runs whose features tell their class, or no longer do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import slrdoctor

CLASSES, CLIPS, DIMS = 10, 16, 24
Clips = NDArray[np.float64]


def as_it_is(clips: Clips) -> Clips:
    return clips


def codes(
    root: Path, train: Callable[[Clips], Clips] = as_it_is, dev: Callable[[Clips], Clips] = as_it_is
) -> set[str]:
    """What fires where the stored clips [N, T, D] of each split are changed after labelling."""
    rng = np.random.default_rng(5)
    homes = rng.normal(size=(CLASSES, DIMS))
    for split, count, change in (("train", CLASSES * CLIPS, train), ("dev", CLASSES * 6, dev)):
        labels = rng.integers(0, CLASSES, size=count)
        clips = homes[labels][:, None, :] + rng.normal(size=(count, 20, DIMS)) * 0.8
        folder = root / "features" / split
        folder.mkdir(parents=True)
        lines = ["id,label"]
        for i, (clip, label) in enumerate(zip(change(clips), labels)):
            np.save(folder / f"{split}_{i:03d}.npy", clip.astype(np.float32))
            lines.append(f"{split}_{i:03d},SIGN{label}")
        (root / f"{split}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = slrdoctor.scan(root, select=["FEA112", "FEA114", "LAB209"])
    assert not report.crashed, report.crashed
    assert not report.skipped, report.skipped
    return {d.check.code for d in report.diagnoses}


def shuffled(clips: Clips) -> Clips:
    return clips[np.random.default_rng(0).permutation(len(clips))]


def test_fea112_fea114_and_lab209_are_quiet_on_features_that_tell_their_class(tmp_path: Path) -> None:
    assert codes(tmp_path) == set()


def test_fea114_fires_on_features_shuffled_among_samples(tmp_path: Path) -> None:
    found = codes(tmp_path, train=shuffled, dev=shuffled)

    assert "FEA114" in found and "LAB209" not in found


def test_lab209_fires_on_labels_that_belong_to_the_next_row(tmp_path: Path) -> None:
    assert "LAB209" in codes(tmp_path, train=lambda clips: np.roll(clips, 1, axis=0))


def test_fea112_fires_where_dev_is_not_normalised_as_train_is(tmp_path: Path) -> None:
    assert codes(tmp_path, dev=lambda clips: clips * 8 + 5) == {"FEA112"}


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("scale", [1e300, 1e-200])
def test_values_whose_squares_no_number_can_hold_are_not_probed(tmp_path: Path, scale: float) -> None:
    rng = np.random.default_rng(0)
    (tmp_path / "features").mkdir()
    rows = [f"clip{i},SIGN{i % 6}\n" for i in range(70)]
    for i in range(70):
        np.save(tmp_path / "features" / f"clip{i}.npy", scale * rng.normal(i % 6, 1, size=(9, 6)))
    (tmp_path / "train.csv").write_text("id,label\n" + "".join(rows), encoding="utf-8")

    report = slrdoctor.scan(tmp_path, select=["FEA114"])

    assert not report.diagnoses and not report.crashed
    assert "have a standard deviation that cannot be computed" in report.skipped[0].text
