"""Embeddings and the labels beside them, told from features by name and shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.features.clips import open_clip
from tests.artifacts.output_files import FRAMES, IDS, RNG, TOKENS, Floats, only_output
from tests.folders import only_case


def test_a_vocabulary_beside_embeddings_stays_one(root: Path) -> None:
    np.save(root / "embeddings.npy", RNG.normal(size=(50, 32)))
    (root / "vocabulary.json").rename(root / "labels.json")
    (root / "classes.txt").write_text("\n".join(TOKENS), encoding="utf-8")

    data, run = only_case(root)

    assert data.vocabularies and run.outputs[0].labels == ()


def test_embeddings_come_with_ids_and_labels(root: Path) -> None:
    embeddings = RNG.normal(size=(6, 32)).astype(np.float32)
    np.savez(
        root / "embeddings.npz",
        embeddings=embeddings,
        labels=np.array(["A", "B"] * 3),
        ids=np.array(IDS),
    )

    output = only_output(root)

    assert output.kind == "embeddings" and output.ids == tuple(IDS) and output.labels[:2] == ("A", "B")


def test_labels_beside_embeddings_are_no_annotations(root: Path) -> None:
    np.save(root / "embeddings.npy", RNG.normal(size=(6, 32)).astype(np.float32))
    np.save(root / "labels.npy", np.arange(6))

    assert only_output(root).labels == tuple("012345")


def test_a_pair_of_towers_is_two_outputs(root: Path) -> None:
    pair = {k: RNG.normal(size=(6, 32)).astype(np.float32) for k in ("video_emb", "text_emb")}
    np.savez(root / "retrieval.npz", **pair)  # type: ignore[arg-type]

    _, run = only_case(root)

    assert {output.tower for output in run.outputs} == {"video", "text"}


@pytest.mark.parametrize("shape", [(32,), (1, 32)])
def test_a_vector_a_sample_is_an_embedding(root: Path, shape: tuple[int, ...]) -> None:
    (root / "embeddings").mkdir()
    for name in IDS:
        np.save(root / "embeddings" / f"{name}.npy", RNG.normal(size=shape))

    output = only_output(root)

    assert output.kind == "embeddings" and [clip.key for clip in output.clips] == IDS


def test_a_vector_a_frame_is_a_feature_whatever_its_folder_is_called(root: Path) -> None:
    (root / "clip_embeddings").mkdir()
    for name in IDS:
        np.save(root / "clip_embeddings" / f"{name}.npy", RNG.normal(size=(FRAMES, 512)))

    data, run = only_case(root)

    stores = (*data.features, *data.rivals)
    assert not run.outputs and "clip_embeddings" in {store.where for store in stores}


@pytest.mark.parametrize(
    "labels", [np.arange(6.0), np.arange(6)[:, np.newaxis], np.arange(6.0)[:, np.newaxis]]
)
def test_labels_may_be_whole_numbers_of_any_type_and_one_column(root: Path, labels: Floats) -> None:
    np.savez(root / "dev_embeddings.npz", embeddings=RNG.normal(size=(6, 4)), labels=labels)

    assert only_output(root).labels == tuple("012345")


@pytest.mark.parametrize(
    ("labels", "read"),
    [
        (np.array(["A", None, "B", "A", "B", "A"], object), ("A", "", "B", "A", "B", "A")),
        (np.array([0, np.nan, 2, 3, 4, 5]), ("0", "", "2", "3", "4", "5")),
        (np.array([None] * 6, object), ()),
        (np.array([0.5] * 6), ()),
    ],
)
def test_a_label_that_is_not_known_hides_no_other(
    root: Path, labels: Any, read: tuple[str, ...]
) -> None:
    np.savez(root / "embeddings.npz", embeddings=RNG.normal(size=(6, 32)), labels=labels)

    assert only_output(root).labels == read


def test_embeddings_stacked_from_batches_of_one_with_one_hot_labels(root: Path) -> None:
    labels = np.eye(3)[np.arange(6) % 3]
    np.savez(root / "embeddings.npz", embeddings=RNG.normal(size=(6, 1, 32)), labels=labels)

    output = only_output(root)

    assert output.labels == ("0", "1", "2", "0", "1", "2")
    assert open_clip(output.clips[0]).shape == (6, 1, 32)


@pytest.mark.parametrize(
    ("name", "video", "text"),
    [
        ("embeddings.npz", "video", "text"), ("dev_embeddings.npz", "sign", "sentence"),
        ("out/embeds.npz", "visual", "txt"), ("embedding.npz", "clips", "captions"),
        ("retrieval/embs.npz", "motion", "language"),
    ],
)  # fmt: skip
def test_the_sides_of_a_pair_may_be_named_by_what_they_are_of(
    name: str, video: str, text: str, root: Path
) -> None:
    """The file says that they are embeddings, and each key whose."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    sides = {side: RNG.normal(size=(9, 32)).astype(np.float32) for side in (video, text)}
    np.savez(root / name, **sides)  # type: ignore[arg-type]

    _, run = only_case(root)

    assert {(o.where, o.kind, o.tower) for o in run.outputs} == {
        (name, "embeddings", "video"), (name, "embeddings", "text")
    }  # fmt: skip
    [reading] = [r for r in discover(root).readings if r.where == name]
    assert reading.why == "text embeddings (npz) and video embeddings (npz)"


def test_one_array_of_frames_in_a_file_of_embeddings_is_no_side(root: Path) -> None:
    """frames of one clip, by its id: which are features, whatever the file is called."""
    clips = {f"clip{i}": RNG.normal(size=(9, 32)) for i in range(3)}
    np.savez(root / "embeddings.npz", **clips)  # type: ignore[arg-type]

    data, run = only_case(root)

    assert not [o for o in run.outputs if o.tower]
    assert "embeddings.npz" in {store.where for store in (*data.features, *data.rivals)}
