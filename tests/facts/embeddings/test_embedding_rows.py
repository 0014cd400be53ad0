"""Embeddings as they lie on disk: one array, a file a sample, towers, labels from anywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import Clip, OutputFile, Row, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.embeddings import _embedding_rows as embedding_rows
from slrdoctor.facts.embeddings._embedding_rows import EmbeddingTable, embedding_tables
from slrdoctor.facts.embeddings.embeddings import Embeddings, embeddings
from slrdoctor.facts.labels.samples import Samples

IDS = tuple(f"clip{i}" for i in range(6))
X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


def stored(folder: Path, values: Any = X, name: str = "dev", **more: Any) -> OutputFile:
    path = folder / f"{name}.npy"
    np.save(path, values)
    told: dict[str, Any] = {"split": "dev", "ids": IDS} | more
    return OutputFile(path.name, "npy", "embeddings", clips=(Clip(name, path, "npy"),), **told)


def annotated(*labels: str, **more: Any) -> Samples:
    rows = tuple(Row(f"clip{i}", "dev", (label,), **more) for i, label in enumerate(labels))
    return Samples(rows, "dev.csv")


def one(*outputs: OutputFile, samples: Samples | None = None) -> EmbeddingTable:
    (table,) = embedding_tables(outputs, samples)
    return table


def test_labels_are_those_of_the_file_and_rows_are_ordered_by_them(tmp_path: Path) -> None:
    table = one(stored(tmp_path, labels=tuple("BABACC")))
    assert table.codes.tolist() == [0, 0, 1, 1, 2, 2]
    assert table.left.rows.tolist() == [1, 3, 0, 2, 4, 5]
    assert np.linalg.norm(table.left.at(slice(None)), axis=1) == pytest.approx(1)


def test_labels_come_from_the_annotations_by_id(tmp_path: Path) -> None:
    shuffled = stored(tmp_path, ids=tuple(reversed(IDS)))
    table = one(shuffled, samples=annotated(*"AABBCC"))
    assert table.labels and table.left.rows.tolist() == [4, 5, 2, 3, 0, 1]


def test_texts_are_labels_where_there_are_no_glosses(tmp_path: Path) -> None:
    rows = tuple(Row(f"clip{i}", "dev", None, text="rain " * (1 + i % 2)) for i in range(6))
    assert one(stored(tmp_path), samples=Samples(rows, "dev.csv")).codes.tolist() == [0, 0, 0, 1, 1, 1]


def test_rows_that_are_only_counted_get_no_labels(tmp_path: Path) -> None:
    """A loader that shuffles would make them anybody's."""
    rows = tuple(Row(name, "dev", (label,)) for name, label in zip("uvwxyz", "AABBCC"))
    for ids in ((), tuple(str(i) for i in range(6))):
        table = one(stored(tmp_path, ids=ids), samples=Samples(rows, "dev.csv"))
        assert not table.labels and set(table.codes.tolist()) == {-1}


def test_rows_without_a_direction_are_left_out(tmp_path: Path) -> None:
    values = X.copy()
    values[0], values[1, 2], values[2, 0] = 0, np.nan, np.inf
    table = one(stored(tmp_path, values, labels=tuple("AABBCC")))
    assert sorted(table.left.rows.tolist()) == [3, 4, 5] and table.total == 6


def test_rows_are_taken_as_they_are_where_most_are_zero(tmp_path: Path) -> None:
    """Dead units give such vectors: to leave them out would hide the collapse."""
    values = np.zeros_like(X)
    values[0] = 1
    table = one(stored(tmp_path, values, labels=tuple("AABBCC")))
    assert len(table.left) == 6
    assert table.left.at(slice(None)).tolist() == [[0.5] * 4, *[[0.0] * 4] * 5]


def test_a_reason_says_what_keeps_vectors_from_being_looked_at(tmp_path: Path) -> None:
    for values, reason in ((X * np.nan, "0 of 6 vectors are finite"), (X[:, :1], r"the shape \(6, 1\)")):
        run = TrainingRun("", tmp_path, outputs=(stored(tmp_path, values),))
        with pytest.raises(Unavailable, match=reason):
            embeddings(run, None)


def test_huge_values_have_a_direction_all_the_same(tmp_path: Path) -> None:
    table = one(stored(tmp_path, X.astype(np.float64) * 1e200, labels=tuple("AABBCC")))
    assert np.isfinite(table.left.at(slice(None))).all()


def test_a_file_a_sample_is_a_row_each(tmp_path: Path) -> None:
    clips = []
    for i, vector in enumerate(X):
        np.save(tmp_path / f"clip{i}.npy", vector[np.newaxis] if i % 2 else vector)
        clips.append(Clip(f"clip{i}", tmp_path / f"clip{i}.npy", "npy"))
    output = OutputFile("embeddings", "npy", "embeddings", "dev", tuple(clips))
    table = one(output, samples=annotated(*"ABABAB"))
    assert len(table.left) == 6 and table.left.values == pytest.approx(X)


def test_two_towers_are_paired_by_id(tmp_path: Path) -> None:
    video = stored(tmp_path, name="video", tower="video")
    text = stored(tmp_path, X[::-1], name="text", tower="text", ids=(*reversed(IDS[1:]), "other"))
    table = one(video, text)
    assert (table.towers, len(table.left)) == (2, 5)
    assert table.left.rows.tolist() == [1, 2, 3, 4, 5]
    assert table.right.rows.tolist() == [4, 3, 2, 1, 0]


def test_the_same_text_twice_is_one_label(tmp_path: Path) -> None:
    towers = [stored(tmp_path, name=t, tower=t) for t in ("video", "text")]
    table = one(*towers, samples=annotated(*"AABCDE"))
    assert sorted(np.bincount(table.codes).tolist()) == [1, 1, 1, 1, 2]


def test_dev_comes_before_train_and_the_latest_epoch_counts(tmp_path: Path) -> None:
    train = stored(tmp_path, name="train", split="train", labels=tuple("AABBCC"))
    old = stored(tmp_path, X[:4], name="old", labels=tuple("AABB"), ids=())
    early = replace(old, where="epoch_2/dev.npy")
    late = replace(stored(tmp_path, labels=tuple("AABBCC")), where="epoch_10/dev.npy")
    found = list(embedding_tables([train, early, late], None))
    assert [(t.split, len(t.left)) for t in found] == [("dev", 6), ("train", 6)]


def test_more_rows_than_may_be_are_drawn(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(embedding_rows, "MOST_ROWS", 4)
    table = one(stored(tmp_path, labels=tuple("AABBCC")))
    assert (len(table.left), table.total) == (4, 6)


@pytest.mark.parametrize(
    "values", [np.full((6, 4), np.nan), X[:, :1], np.ones((2, 3, 4)), np.ones((1, 4))]
)
def test_what_is_no_table_of_vectors_is_left_out(tmp_path: Path, values: Any) -> None:
    assert not list(embedding_tables([stored(tmp_path, values, ids=())], None))


def test_files_that_cannot_be_read_are_a_reason(tmp_path: Path) -> None:
    broken = stored(tmp_path)
    broken.clips[0].path.write_bytes(b"")
    with pytest.raises(Unavailable, match=r"dev.npy: zero bytes"):
        embeddings(TrainingRun("", tmp_path, outputs=(broken,)), None)


def test_without_embeddings_the_reason_shows_how_to_get_them() -> None:
    with pytest.raises(Unavailable) as missing:
        embeddings(TrainingRun("", Path()), None)
    assert "dump_outputs" in missing.value.enable


def test_the_sentence_says_how_many_rows_were_looked_at(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(embedding_rows, "MOST_ROWS", 4)
    found = embeddings(TrainingRun("", tmp_path, outputs=(stored(tmp_path),)), None)
    assert isinstance(found, Embeddings) and "(4 of 6 sampled)" in found.sentence


def test_labels_may_be_of_any_length_and_batches_of_one(tmp_path: Path) -> None:
    labels = ("a novel " * 200_000, *"BABAB")
    table = one(stored(tmp_path, X[:, np.newaxis], labels=labels))
    assert table.codes.tolist() == [0, 0, 1, 1, 1, 2] and table.left.dims == 4
