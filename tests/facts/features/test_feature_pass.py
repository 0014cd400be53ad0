"""The pass over all clips: which clips, in one process or several, and what stays of it."""

from __future__ import annotations

import os
import sys
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import AnnotationFile, Clip, DataSet, FeatureSet, Problem, Row
from slrdoctor.core.engine import Facts
from slrdoctor.core.registry import REGISTRY, Unavailable
from slrdoctor.facts.features import _passed_clips, _workers
from slrdoctor.facts.features import feature_pass as module
from slrdoctor.facts.features.axis_order import AxisOrder
from slrdoctor.facts.features.features import ClipTable, DimensionStats, Effort
from slrdoctor.facts.features.frame_counts import FrameCounts
from slrdoctor.facts.features.missing_landmarks import MissingLandmarks
from slrdoctor.facts.features.stored_features import StoredFeatures
from slrdoctor.facts.features.used_clips import UsedClips
from tests import making


def features(folder: Path, split: str, *arrays: Any, name: str = "") -> FeatureSet:
    place = folder / (name or split or "features")
    place.mkdir(parents=True)
    clips = []
    for i, array in enumerate(arrays):
        np.save(place / f"{split}{i}.npy", array)
        clips.append(Clip(f"{split}{i}", place / f"{split}{i}.npy", "npy"))
    return FeatureSet(split, place.name, "npy", "file per sample", tuple(clips))


def labelled(*rows: Row) -> AnnotationFile:
    return AnnotationFile("labels.csv", "csv", "csv", rows)


def clip(seed: int, frames: int = 12, dims: int = 6) -> Any:
    return np.random.default_rng(seed).normal(size=(frames, dims)).astype(np.float32)


def facts(*sets: FeatureSet, labels: AnnotationFile | None = None, **more: Any) -> Facts:
    data = DataSet("", Path(), sets, (labels,) if labels else (), **more)
    return Facts(REGISTRY, (data,))


def table(known: Facts) -> ClipTable:
    fact = known.get(ClipTable)
    assert isinstance(fact, ClipTable)
    return fact


def test_without_annotations_every_clip_is_measured_by_its_key(tmp_path: Path) -> None:
    found = table(
        facts(features(tmp_path, "train", clip(0), clip(1)), features(tmp_path, "dev", clip(2)))
    )
    assert [(row.id, row.split) for row in found.rows] == [
        ("train0", "train"),
        ("train1", "train"),
        ("dev0", "dev"),
    ]
    assert found.sentence == "3 of 3 clips read, 36 frames"


def test_what_a_model_gave_on_an_unannotated_split_is_no_clip(tmp_path: Path) -> None:
    train = features(tmp_path, "train", clip(0), clip(1))
    test = features(tmp_path, "test", clip(2))
    labels = labelled(Row("train0", "train", ("A",)), Row("train1", "train", ("B",)))
    predicted = replace(features(tmp_path, "test", clip(3), name="test_preds"), format="npy")
    attention = replace(features(tmp_path, "test", clip(4), name="test_attention"), format="torch")

    used = facts(train, test, predicted, attention, labels=labels).get(UsedClips)

    assert isinstance(used, UsedClips) and used.read_from == "train, test" and len(used.clips) == 3


def test_with_annotations_only_their_clips_are_measured_with_the_samples_split(tmp_path: Path) -> None:
    stored = features(tmp_path, "", clip(0), clip(1), np.full((1,), 7))
    labels = labelled(Row("0", "train", ("A",)), Row("1", "dev", ("B",)))
    known = facts(stored, labels=labels)
    assert [(row.id, row.split) for row in table(known).rows] == [("0", "train"), ("1", "dev")]
    used = known.get(UsedClips)
    assert (
        isinstance(used, UsedClips)
        and used.left_out == 1
        and "1 clip without annotation" in used.sentence
    )


def test_a_split_that_nothing_annotates_is_measured_all_the_same(tmp_path: Path) -> None:
    sets = (features(tmp_path, "train", clip(0)), features(tmp_path, "dev", clip(1)))
    known = facts(*sets, labels=labelled(Row("dev0", "dev", ("A",))))
    assert {(row.id, row.split) for row in table(known).rows} == {("dev0", "dev"), ("train0", "train")}


def test_a_second_stream_of_the_same_samples_is_left_out(tmp_path: Path) -> None:
    poses = features(tmp_path, "", clip(0), clip(1), name="pose")
    cnn = features(tmp_path, "", clip(0, dims=64), clip(1, dims=64), name="cnn")
    assert {row.dims for row in table(facts(poses, cnn)).rows} == {6}


def test_unreadable_clips_are_counted_and_named(tmp_path: Path) -> None:
    stored = features(tmp_path, "train", clip(0), clip(1), clip(2))
    stored.clips[0].path.write_bytes(b"")
    stored.clips[1].path.write_bytes(stored.clips[1].path.read_bytes()[:200])
    problem = Problem("features/x.npy", "features", "lfs-pointer", "a Git LFS pointer")
    found = table(facts(stored, problems=(problem, Problem("a.json", "annotations", "corrupt", "no"))))
    assert [(id, fault) for id, _, fault, _ in found.unreadable] == [
        ("train0", "empty"),
        ("train1", "truncated"),
        ("features/x.npy", "lfs-pointer"),
    ]
    assert (len(found.rows), found.total) == (1, 4)


def test_a_few_clips_of_another_rank_are_set_apart(tmp_path: Path) -> None:
    arrays = [clip(i) for i in range(9)]
    found = table(facts(features(tmp_path, "train", *arrays, clip(9).ravel())))
    [(id, _, fault, sentence)] = found.unreadable
    assert (id, fault) == ("train9", "wrong-rank") and "2 axes" in sentence
    assert len(found.rows) == 9


def test_vectors_are_samples_of_one_frame_where_all_are_vectors(tmp_path: Path) -> None:
    found = table(facts(features(tmp_path, "train", clip(0).ravel(), clip(1).ravel())))
    assert [(row.frames, row.dims) for row in found.rows] == [(1, 72), (1, 72)]


def test_statistics_are_of_the_size_that_most_clips_have_by_split(tmp_path: Path) -> None:
    train = [clip(i) for i in range(4)]
    known = facts(
        features(tmp_path, "train", *train, clip(9, dims=7)), features(tmp_path, "dev", clip(5))
    )
    stats = known.get(DimensionStats)
    assert isinstance(stats, DimensionStats) and stats.dims == 6
    np.testing.assert_allclose(
        stats.by_split["train"].mean, np.concatenate(train).mean(axis=0), rtol=1e-5
    )
    everything = np.concatenate([*train, clip(5)])
    np.testing.assert_allclose(stats.overall.variance, everything.astype(float).var(axis=0), rtol=1e-6)
    assert stats.overall.count[0] == 60


def test_no_features_at_all_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="no features among the 7 files"):
        facts(looked=7).get(ClipTable)


class MortalWorker(_workers.Worker):
    """A worker that is killed where it is told to be."""

    dies_at, asked = -1, 0

    def measure(self, *request: Any) -> Any:
        type(self).asked += 1
        if self.asked == self.dies_at:
            self.process.kill()
        return super().measure(*request)


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UsedClips:
    monkeypatch.setattr(module, "CHUNK", 3)
    monkeypatch.setattr(module, "MANY_CLIPS", 4)
    fact = facts(features(tmp_path, "train", *(clip(i) for i in range(20)))).get(UsedClips)
    assert isinstance(fact, UsedClips)
    return fact


def measured(used: UsedClips, jobs: int) -> module.FeaturePass:
    seen: list[tuple[int, int]] = []
    effort = Effort(jobs, lambda done, total: seen.append((done, total)))
    fact = making.measured(module.FeaturePass, used, effort)
    assert seen[-1] == (20, 20)
    return fact


@pytest.mark.parametrize("dies_at", [-1, 1, 4, 7])
def test_a_worker_that_dies_costs_no_clip(
    many: UsedClips, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    alone = measured(many, 1)
    monkeypatch.setattr(MortalWorker, "asked", 0)
    monkeypatch.setattr(MortalWorker, "dies_at", dies_at)
    monkeypatch.setattr(_workers, "Worker", MortalWorker)
    assert measured(many, 2).passed.rows == alone.passed.rows
    assert MortalWorker.asked >= (dies_at if dies_at > 0 else 7)


def test_where_no_process_can_be_started_this_one_measures(
    many: UsedClips, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = measured(many, 1)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert measured(many, 2).passed.rows == alone.passed.rows


def _children_of(pid: int) -> list[str]:
    """The command lines of the processes that it started (Linux)."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    pids = [child for task in tasks for child in task.read_text(encoding="ascii").split()]
    return [Path(f"/proc/{one}/cmdline").read_text(encoding="utf-8") for one in pids]


def test_two_processes_give_what_one_gives(many: UsedClips) -> None:
    alone, together = measured(many, 1), measured(many, 2)
    assert together.passed.rows == alone.passed.rows
    [mine], [theirs] = alone.passed.moments.values(), together.passed.moments.values()
    np.testing.assert_allclose(theirs.squares, mine.squares, rtol=1e-12)
    assert not [one for one in _children_of(os.getpid()) if "features._workers" in one]


def test_few_clips_start_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_workers, "Worker", None)
    fact = facts(features(tmp_path, "train", *(clip(i) for i in range(70)))).get(UsedClips)
    assert Facts(REGISTRY, (fact, Effort(jobs=4))).get(ClipTable)


def test_many_different_sizes_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_passed_clips, "MOMENTS_KEPT", 20)
    known = facts(features(tmp_path, "train", *(clip(i, dims=4 + i) for i in range(6))))
    fact = known.get(module.FeaturePass)
    assert isinstance(fact, module.FeaturePass) and list(fact.passed.moments) == [
        ("train", 4),
        ("train", 5),
        ("train", 6),
    ]


def test_stored_features_count_readable_missing_and_broken_samples(tmp_path: Path) -> None:
    stored = features(tmp_path, "train", clip(0), clip(1), clip(2))
    stored.clips[1].path.write_bytes(b"")
    labels = labelled(*(Row(f"train{i}", "train", ("A",)) for i in range(4)))
    found = facts(stored, labels=labels).get(StoredFeatures)
    assert isinstance(found, StoredFeatures)
    assert (found.annotated, found.joined, found.readable) == (4, 3, 2)
    assert found.missing == (("train3", "train"),) and not found.folded
    assert found.faults[0][0] == "zero bytes"


def test_frame_counts_hold_stored_against_annotated(tmp_path: Path) -> None:
    stored = features(tmp_path, "train", clip(0), clip(1, frames=9))
    rows = (Row("train0", "train", ("A",), frames=12), Row("train1", "train", ("B",), frames=30))
    counts = facts(stored, labels=labelled(*rows)).get(FrameCounts)
    assert isinstance(counts, FrameCounts)
    assert (counts.stored.tolist(), counts.annotated.tolist()) == ([12, 9], [12, 30])


def test_frame_counts_need_an_annotation_that_counts(tmp_path: Path) -> None:
    labels = labelled(Row("train0", "train", ("A",)))
    with pytest.raises(Unavailable, match="no frame counts in the annotations"):
        facts(features(tmp_path, "train", clip(0)), labels=labels).get(FrameCounts)


def test_missing_landmarks_are_shares_of_all_frames_without_padding(tmp_path: Path) -> None:
    one, two = clip(0, 10, 126) + 3, clip(1, 30, 126) + 3
    one[:4, :63] = 0
    two[5:10] = 0
    padded = np.concatenate([two, np.zeros((20, 126), np.float32)])
    found = facts(features(tmp_path, "train", one, padded)).get(MissingLandmarks)
    assert isinstance(found, MissingLandmarks) and found.frames == 40
    assert found.shares == pytest.approx({"left_hand": 9 / 40, "right_hand": 5 / 40})
    assert found.both_hands == pytest.approx(5 / 40)


def test_one_handed_clips_are_told_from_hands_lost_within_a_clip(tmp_path: Path) -> None:
    one, two, neither = (clip(i, 10, 126) + 3 for i in range(3))
    one[:, :63] = 0
    two[:4, :63] = 0
    neither[:-1] = 0  # one frame in ten with a hand
    neither[-1, :63] = 0
    neither = np.concatenate([np.zeros((10, 126), np.float32), neither])
    two = np.concatenate([two, np.zeros((20, 126), np.float32)])
    found = facts(features(tmp_path, "train", one, two, neither)).get(MissingLandmarks)
    assert isinstance(found, MissingLandmarks)
    # missing from 19 of 20 frames is missing throughout
    assert astuple(found.hands["left_hand"]) == pytest.approx((1 / 3, 24 / 30))
    assert astuple(found.hands["right_hand"]) == pytest.approx((0.0, 19 / 40))


def test_axis_order_needs_clips_of_two_axes(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="fewer than 3 clips with two axes"):
        facts(features(tmp_path, "train", clip(0), clip(1))).get(AxisOrder)
    order = facts(features(tmp_path, "dev", *(clip(i, 20 + i) for i in range(4)))).get(AxisOrder)
    assert isinstance(order, AxisOrder)
    assert (order.first_share, order.second, order.second_share, order.second_known) == (
        0.25,
        6,
        1.0,
        False,
    )


def test_missing_landmarks_are_not_told_of_a_layout_that_few_clips_have(tmp_path: Path) -> None:
    wide = [clip(i, 10, 126) for i in range(2)]
    known = facts(features(tmp_path, "train", *wide, *(clip(i, 10, 200 + i) for i in range(3))))
    with pytest.raises(Unavailable, match="only 2 of 5 clips of train"):
        known.get(MissingLandmarks)
