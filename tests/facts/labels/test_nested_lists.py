"""Of lists of samples that lie one inside the other, the one that the stored clips are of."""

from __future__ import annotations

from pathlib import Path

import pytest

from slrdoctor.artifacts.run import AnnotationFile, Clip, DataSet, FeatureSet, Row
from slrdoctor.facts.labels.samples import samples

ROOT = Path("run")


def data(of_rows: str, of_clips: str, stored: int = 30) -> DataSet:
    """Thirty samples of two splits, the list of five times as many, and clips."""
    used = [Row(of_rows.format(i), "dev" if i % 5 else "train", ("A",)) for i in range(100, 130)]
    whole = [Row(of_rows.format(i), "", ("A",)) for i in range(100, 250)]
    clips = tuple(
        Clip(of_clips.format(i, s=i % 4), ROOT / "features" / f"{i}.npy", "npy")
        for i in range(100, 100 + stored)
    )
    return DataSet(
        "",
        ROOT,
        (FeatureSet("", "features", "npy", "file per sample", clips),),
        (
            AnnotationFile("mine.csv", "csv", "csv", tuple(used)),
            AnnotationFile("corpus/all.csv", "csv", "csv", tuple(whole)),
        ),
    )


@pytest.mark.parametrize(
    ("of_rows", "of_clips"),
    [
        ("v{}", "v{}"),
        ("videos/v{}.mp4", "v{}"),
        ("D:\\videos\\v{}.avi", "v{}"),
        ("v{}", "feat_v{}"),
        ("v{}", "v{}_keypoints"),
        ("v{}", "Signer0{s}_v{}"),
        ("{}", "0{}"),
    ],
)
def test_the_list_that_the_clips_are_of_is_the_runs(of_rows: str, of_clips: str) -> None:
    found = samples(data(of_rows, of_clips))

    assert len(found.rows) == 30
    assert found.narrowed


def test_clips_of_more_samples_than_a_list_has_are_of_the_whole_corpus() -> None:
    assert len(samples(data("v{}", "feat_v{}", stored=60)).rows) == 150
