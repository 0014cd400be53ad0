"""Short lists of samples that are not here, beside clips in folders of their classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover

CLASSES = ("Ampel", "Brot", "Dorf", "Eimer")
CLIPS = 10  # a class


def make_clips(root: Path, folder: str) -> None:
    rng = np.random.default_rng(0)
    for label in CLASSES:
        for i in range(CLIPS):
            path = root / folder / label / f"{label[0].lower()}{i:02d}.npy"
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, rng.normal(size=(20 + i, 63)).astype("float32"))


def annotated(root: Path, where: str, text: str) -> list[str]:
    path = root / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    [(data, _)] = discover(root).cases
    assert all(clip.label for one in data.features for clip in one.clips)
    return [file.where for file in data.annotations]


@pytest.mark.parametrize(
    ("folder", "where", "text"),
    [
        ("features", "tests/data/sample.csv", "id,gloss\nx1,HELLO WORLD\nx2,GOOD DAY\n"),
        ("landmarks/train", "docs/example.tsv", "video\tlabel\ndemo/7.mp4\tBrot\ndemo/8.mp4\tDorf\n"),
        ("npy", "toy.json", '[{"id": "p", "gloss": "CASA"}, {"id": "q", "gloss": "PERRO"}]'),
    ],
)
def test_a_short_list_of_other_samples_is_left_out(
    tmp_path: Path, folder: str, where: str, text: str
) -> None:
    make_clips(tmp_path, folder)

    assert annotated(tmp_path, where, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "id,gloss\nx1,Ampel\na03,Brot\n",  # one of the clips
        "id,gloss\nBrot/b03.npy,Brot\nx1,Ampel\n",  # by its path
        "id,gloss\n" + "".join(f"clip_{i},{CLASSES[i % 4]}\n" for i in range(40)),
    ],
)
def test_a_list_that_may_be_of_the_clips_is_kept(tmp_path: Path, text: str) -> None:
    make_clips(tmp_path, "features")

    assert annotated(tmp_path, "labels.csv", text) == ["labels.csv"]
