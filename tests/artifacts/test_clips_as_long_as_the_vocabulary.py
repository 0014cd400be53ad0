"""A container of clips, one of which has as many frames as a list beside it has tokens."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.facts.features.join import Join, join
from slrdoctor.facts.labels.samples import samples

TOKENS = [f"SIGN{i:02d}" for i in range(18)]
Clips = Mapping[str, np.ndarray[Any, Any]]


def as_zip(root: Path, clips: Clips) -> None:
    with zipfile.ZipFile(root / "features.zip", "w") as archive:
        for name, frames in clips.items():
            with io.BytesIO() as stream:
                np.save(stream, frames)
                archive.writestr(f"{name}.npy", stream.getvalue())


def as_tensors(root: Path, clips: Clips) -> None:
    torch.save({name: torch.tensor(frames) for name, frames in clips.items()}, root / "all.pt")


def as_records(root: Path, clips: Clips) -> None:
    records = {name: {"features": frames, "fps": 25} for name, frames in clips.items()}
    (root / "poses.pkl").write_bytes(pickle.dumps(records))


def as_npz(root: Path, clips: Clips) -> None:
    arrays: dict[str, Any] = dict(clips)
    np.savez(root / "keypoints.npz", **arrays)


def tokens_in_lines(root: Path) -> None:
    (root / "glosses.txt").write_text("\n".join(TOKENS))


def tokens_in_array(root: Path) -> None:
    np.save(root / "classes.npy", np.array(TOKENS))


def stored(root: Path, write: Callable[[Path, Clips], None], is_padded: bool, lost: int = 0) -> Join:
    """40 annotated clips without the first `lost`, of 12 to 31 frames or all of 18."""
    rng = np.random.default_rng(4)
    lengths = [18 if is_padded else 12 + i % 20 for i in range(40)]
    clips = {f"v{i:03d}": rng.random((n, 42, 3), np.float32) for i, n in enumerate(lengths) if i >= lost}
    write(root, clips)
    lines = [
        f"v{i:03d},{TOKENS[i % 18]} {TOKENS[i % 7]},{'train' if i < 30 else 'dev'}" for i in range(40)
    ]
    (root / "annotations.csv").write_text("\n".join(["id,gloss,split", *lines]))
    [(data, _)] = discover(root).cases
    return join(data, samples(data))


@pytest.mark.parametrize("is_padded", [False, True])
@pytest.mark.parametrize("tokens", [tokens_in_lines, tokens_in_array])
@pytest.mark.parametrize("write", [as_zip, as_tensors, as_records, as_npz])
def test_tokens_are_no_labels_of_the_frames_of_a_clip(
    tmp_path: Path,
    write: Callable[[Path, Clips], None],
    tokens: Callable[[Path], None],
    is_padded: bool,
) -> None:
    tokens(tmp_path)

    assert stored(tmp_path, write, is_padded).covered == {"train": (30, 30), "dev": (10, 10)}


@pytest.mark.parametrize("write", [as_zip, as_tensors, as_records, as_npz])
def test_clips_that_such_a_container_lacks_are_missing(
    tmp_path: Path, write: Callable[[Path, Clips], None]
) -> None:
    tokens_in_lines(tmp_path)

    found = stored(tmp_path, write, is_padded=False, lost=4)

    assert [row.id for row in found.missing] == ["v000", "v001", "v002", "v003"]
