"""Telling landmark layouts from sizes and values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slrdoctor.artifacts.run import Clip
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.features.features import Floats
from slrdoctor.facts.features.landmarks import Landmarks, tell_layout
from slrdoctor.facts.features.used_clips import UsedClip, UsedClips
from slrdoctor.words.landmark_layouts import Layout, is_landmark_size, layouts_of
from tests import making

FRAMES = 60


def parts(seed: int = 0, values: int = 3) -> dict[str, Floats]:
    """What MediaPipe gives for 60 frames: hands that are missing in some, wrists of depth 0."""
    rng = np.random.default_rng(seed)
    pose = np.concatenate(
        [0.5 + 0.03 * rng.normal(size=(FRAMES, 11, 4)), rng.random((FRAMES, 22, 4))], axis=1
    )
    pose[:, :, 2] -= 0.9
    pose[:, :11, 3] = 0.999
    face = 0.5 + 0.05 * rng.normal(size=(FRAMES, 468, 4))
    hands = []
    for first in (5, 30):
        hand = 0.5 + 0.1 * rng.normal(size=(FRAMES, 21, 4))
        hand[:, :, 2] -= 0.52
        hand[:, 0, 2] = 1e-7
        hand[first : first + 15] = 0
        hands.append(hand)
    found = {"pose": pose, "face": face, "left_hand": hands[0], "right_hand": hands[1]}
    cut = {name: block[:, :, :values].reshape(FRAMES, -1) for name, block in found.items()}
    return cut | {"pose4": pose.reshape(FRAMES, -1)}


def joined(*names: str, values: int = 3) -> Floats:
    return np.concatenate([parts(values=values)[name] for name in names], axis=1)


def blocks(frames: Floats, *shape: int) -> dict[str, tuple[int, int]]:
    found = tell_layout(frames, *shape)
    assert found is not None and found[1], found
    return {name: (start, stop) for name, start, stop in found[0].blocks}


@pytest.mark.parametrize(
    "order",
    [
        ("pose4", "face", "left_hand", "right_hand"),
        ("pose4", "left_hand", "right_hand", "face"),
        ("face", "left_hand", "right_hand", "pose4"),
        ("face", "left_hand", "pose", "right_hand"),
        ("pose", "face", "left_hand", "right_hand"),
        ("pose4", "left_hand", "right_hand"),
        ("left_hand", "right_hand", "pose"),
        ("pose", "left_hand", "right_hand"),
        ("left_hand", "right_hand"),
    ],
)
def test_the_order_of_blocks_is_told_by_the_values(order: tuple[str, ...]) -> None:
    start, expected = 0, {}
    for name in order:
        width = parts()[name].shape[1]
        expected[name.removesuffix("4")] = (start, start + width)
        start += width
    assert blocks(joined(*order)) == expected


@pytest.mark.parametrize(
    ("dims", "name"),
    [
        (1662, "MediaPipe holistic"),
        (1692, "MediaPipe holistic, refined face"),
        (1629, "MediaPipe holistic"),
        (258, "MediaPipe pose and hands"),
        (225, "MediaPipe pose and hands"),
        (226, "MediaPipe upper pose and hands"),
        (126, "two hands"),
        (63, "one hand"),
        (99, "MediaPipe pose"),
        (132, "MediaPipe pose"),
        (1404, "MediaPipe face"),
        (108, "SPOTER body and hands"),
        (172, "Isharah"),
        (411, "OpenPose body, face and hands"),
        (266, "COCO-WholeBody"),
        (1728, "pose-format holistic"),
        (1758, "pose-format refined holistic"),
        (534, "pose-format reduced holistic"),
        (6516, "MediaPipe holistic"),
    ],
)
def test_every_size_in_use_is_in_the_table(dims: int, name: str) -> None:
    assert layouts_of(dims)[0].name == name
    assert all(layout.dims == dims and layout.blocks[-1][2] == dims for layout in layouts_of(dims))


@pytest.mark.parametrize("dims", [512, 768, 1024, 2048, 64, 36])
def test_embeddings_are_no_landmarks(dims: int) -> None:
    assert not is_landmark_size(dims)
    assert tell_layout(np.random.default_rng(0).normal(size=(50, dims))) is None


def test_sparse_activations_of_a_landmark_size_are_no_landmarks() -> None:
    assert tell_layout(np.maximum(0, np.random.default_rng(0).normal(size=(50, 225)))) is None


def test_a_round_size_is_landmarks_only_where_its_values_say_so() -> None:
    assert tell_layout(np.random.default_rng(0).normal(size=(50, 150))) is None
    two = joined("pose", "left_hand", "right_hand", values=2)
    assert blocks(two)["left_hand"] == (66, 108)


def test_258_is_pose_with_visibility_or_isharahs_86_points() -> None:
    assert blocks(joined("pose4", "left_hand", "right_hand"))["pose"] == (0, 132)
    points = joined("right_hand", "left_hand", "face")[:, :258]
    points[:, 126:] -= 0.9  # centred, so that no column of it is a visibility
    assert blocks(points)["right_hand"] == (0, 63)
    # arrays [T, K, C] say it by themselves
    assert blocks(np.random.default_rng(0).random((9, 258)), 86, 3)["pose"] == (183, 258)


def test_two_orders_that_values_do_not_tell_are_not_certain() -> None:
    found = tell_layout(np.random.default_rng(0).normal(size=(50, 225)))
    assert found is not None and not found[1] and found[0].blocks[0] == ("pose", 0, 99)


def test_6516_is_1629_four_times_one_after_the_other_or_interleaved() -> None:
    base = joined("pose", "face", "left_hand", "right_hand")
    stacked = np.concatenate([base, *(np.gradient(base, axis=0) for _ in range(3))], axis=1)
    assert blocks(stacked)["left_hand"] == (1503, 1566)
    assert blocks(stacked)["velocity"] == (1629, 3258)
    interleaved = np.concatenate([base.reshape(FRAMES, 543, 3)] * 4, axis=2).reshape(FRAMES, -1)
    assert blocks(interleaved)["left_hand"] == (6012, 6264)


def test_hands_of_an_unknown_size_are_found_by_the_frames_they_are_missing_in() -> None:
    strange = np.concatenate([joined("left_hand"), joined("face")[:, :50], joined("right_hand")], axis=1)
    found = blocks(strange)
    assert (found["left_hand"], found["right_hand"]) == ((0, 63), (113, 176))


def test_dead_dimensions_as_wide_as_hands_are_no_hands() -> None:
    frames = np.random.default_rng(0).normal(size=(50, 190))
    frames[:, 10:73] = frames[:, 80:143] = 0
    assert tell_layout(frames) is None


def test_no_two_layouts_of_one_size_and_name_have_equal_blocks() -> None:
    for dims in range(40, 2400):
        found = [layout.blocks for layout in layouts_of(dims)]
        assert len(set(found)) == len(found), dims


def test_a_layout_says_what_it_is_made_of() -> None:
    layout = Layout("mine", (("pose", 33, 4), ("hand", 21, 3)), stacked=2)
    assert layout.sentence == "mine: pose 33 x 4, hand 21 x 3, 2 times"
    assert (layout.base, layout.dims, layout.values, layout.points) == (195, 390, 3, 54)


def measured(folder: Path, *arrays: Floats) -> Landmarks:
    clips = []
    for i, array in enumerate(arrays):
        np.save(folder / f"{i}.npy", array)
        clips.append(UsedClip(Clip(str(i), folder / f"{i}.npy", "npy"), str(i), "train"))
    used = UsedClips(tuple(clips), (), False, "features", 0)
    return making.measured(Landmarks, used)


def test_the_layout_is_that_of_most_clips_and_broken_ones_do_not_matter(tmp_path: Path) -> None:
    base = joined("pose", "left_hand", "right_hand")
    found = measured(tmp_path, base, base[:, :99], base, np.zeros((0, 5)))
    assert (
        found.dims == 225
        and found.certain
        and "225 values per frame are MediaPipe pose" in found.sentence
    )


def test_points_and_people_have_axes_of_their_own(tmp_path: Path) -> None:
    base = joined("pose", "left_hand", "right_hand").reshape(FRAMES, 75, 3)
    assert measured(tmp_path, base).blocks[1] == ("left_hand", 99, 162)
    two_people = np.stack([base, base], axis=1)
    assert measured(tmp_path, two_people).dims == 450


def test_embeddings_have_no_landmarks_to_measure(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="1024 values per frame, the size of embeddings"):
        measured(tmp_path, np.random.default_rng(0).normal(size=(20, 1024)))


def test_no_readable_clip_is_no_layout(tmp_path: Path) -> None:
    (tmp_path / "0.npy").write_bytes(b"\x93NUMPY")
    used = UsedClips(
        (UsedClip(Clip("0", tmp_path / "0.npy", "npy"), "0", ""),), (), False, "features", 0
    )
    with pytest.raises(Unavailable, match="no clip could be read"):
        making.measured(Landmarks, used)


def test_real_frames_of_226_are_upper_pose_and_hands(shared_data: Path) -> None:
    files = sorted((shared_data / "armandobecerril__MSL-150-Dataset").rglob("sample_npy/**/*.npy"))
    frames = np.stack([np.load(file) for file in files])
    assert blocks(frames) == {"pose": (0, 100), "left_hand": (100, 163), "right_hand": (163, 226)}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("mediapipe.pose", "pose-format reduced"),
        ("example.pose", "pose-format hol"),
        ("openpose.pose", "OpenPose"),
    ],
)
def test_real_pose_files_have_their_layouts(shared_data: Path, file: str, name: str) -> None:
    [path] = shared_data.rglob(file)
    used = UsedClips((UsedClip(Clip("a", path, "pose"), "a", ""),), (), False, "features", 0)
    fact = making.measured(Landmarks, used)
    assert fact.name.startswith(name) and fact.certain
