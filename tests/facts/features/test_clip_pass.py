"""The streaming pass against a slow, obvious second implementation."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.run import Clip
from slrdoctor.facts.features import _clip_pass as clip_pass
from slrdoctor.facts.features._clip_pass import measure_clip
from slrdoctor.facts.features.features import ClipRow, Moments
from slrdoctor.facts.features.landmarks import Landmarks

HANDS = Landmarks("two hands", 126, (("left_hand", 0, 63), ("right_hand", 63, 126)), 3, True, "clips")


def stored(folder: Path, array: NDArray[Any], reader: str = "npy", **more: Any) -> Clip:
    path = folder / "clip.npy"
    np.save(path, array)
    return Clip("clip", path, reader, **more)


def row_of(
    folder: Path, array: NDArray[Any], landmarks: Landmarks | None = None, **more: Any
) -> ClipRow:
    return measure_clip(stored(folder, array, **more), "clip", "train", landmarks)[0]


def walk(frames: int, dims: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(frames, dims)).cumsum(axis=0) + 5


@pytest.mark.parametrize("block", [1 << 19, 300, 7])
@pytest.mark.parametrize("seed", range(6))
def test_a_row_is_what_plain_loops_over_the_frames_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, block: int
) -> None:
    monkeypatch.setattr(clip_pass, "BLOCK_VALUES", block)
    rng = np.random.default_rng(seed)
    x = walk(23, 126, seed).astype(np.float32)
    x[rng.integers(0, 23, 4), :63] = 0
    x[rng.integers(0, 23, 4), 63:] = 0
    x[5:8] = x[5]
    x[20 - seed :] = x[20 - seed] if seed % 2 else 0
    row = row_of(tmp_path, x, HANDS)
    equal = [bool((x[t] == x[t - 1]).all()) for t in range(1, 23)]
    both_zero = [not x[t].any() and not x[t - 1].any() for t in range(1, 23)]
    trailing = 0
    for t in reversed(range(23)):
        if not x[t].any() or (t > 0 and x[-1].any() and (x[t] == x[t - 1]).all() and trailing == 22 - t):
            trailing += 1
        else:
            break
    assert row.repeated == pytest.approx((sum(equal) - sum(both_zero)) / (22 - sum(both_zero)))
    assert row.trailing == trailing
    assert row.ends_in_zeros == (not x[-1].any())
    assert row.zero_frames == pytest.approx(sum(not f.any() for f in x) / 23)
    assert row.missing == pytest.approx(
        (sum(not f[:63].any() for f in x) / 23, sum(not f[63:].any() for f in x) / 23)
    )
    assert row.hands_missing == pytest.approx(row.zero_frames)
    assert [row.low, row.high] == pytest.approx([x.min(), x.max()])
    assert row.mean == pytest.approx(x.astype(float).mean())
    assert (row.frames, row.dims, row.shape, row.bad_values) == (23, 126, (23, 126), 0)


@pytest.mark.parametrize("block", [1 << 19, 40])
def test_moments_of_blocks_and_clips_add_up_to_numpys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(clip_pass, "BLOCK_VALUES", block)
    clips = [walk(t, 10, t) * 1e3 + 1e6 for t in (1, 17, 40)]
    clips[1][3, 4] = np.nan
    sums = [measure_clip(stored(tmp_path, clip), "clip", "train", None)[1] for clip in clips]
    merged = None
    for moments in sums:
        assert moments is not None
        merged = moments if merged is None else merged + moments
    assert merged is not None
    frames = np.concatenate(clips)
    assert merged.count.tolist() == np.isfinite(frames).sum(axis=0).tolist()
    np.testing.assert_allclose(merged.mean, np.nanmean(frames, axis=0), rtol=1e-12)
    np.testing.assert_allclose(merged.variance, np.nanvar(frames, axis=0), rtol=1e-9)
    np.testing.assert_array_equal(merged.low, np.nanmin(frames, axis=0))
    np.testing.assert_array_equal(merged.high, np.nanmax(frames, axis=0))


def test_moments_of_no_frames_change_nothing() -> None:
    some = Moments.of(walk(5, 3))
    for merged in (some + Moments.of(np.zeros((0, 3))), Moments.of(np.zeros((0, 3))) + some):
        np.testing.assert_array_equal(merged.mean, some.mean)
        np.testing.assert_array_equal(merged.low, some.low)
        assert merged.count.tolist() == [5, 5, 5]


def test_rows_and_moments_can_be_sent_to_another_process(tmp_path: Path) -> None:
    row, moments = measure_clip(stored(tmp_path, walk(9, 4)), "clip", "dev", None)
    again, sent = pickle.loads(pickle.dumps((row, moments)))
    assert moments is not None
    assert again == row and sent.mean.tolist() == moments.mean.tolist()


@pytest.mark.parametrize("shape", [(6, 4), (6, 2, 2), (6, 1, 2, 2), (6,)])
def test_all_shapes_of_clips_are_flattened_to_frames(tmp_path: Path, shape: tuple[int, ...]) -> None:
    row = row_of(tmp_path, np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + 1)
    assert row.shape == shape
    assert (row.frames, row.dims) == ((1, 6) if len(shape) == 1 else (6, 4))


@pytest.mark.parametrize("dtype", ["float16", "float64", "int16", "uint8", "bool", ">f4"])
def test_every_numeric_type_is_measured(tmp_path: Path, dtype: str) -> None:
    row = row_of(tmp_path, (np.arange(20).reshape(5, 4) % 7).astype(dtype))
    assert row.low == 0 and row.high == (1 if dtype == "bool" else 6)


@pytest.mark.parametrize("array", [np.array(3.0), np.array([["a"]]), np.ones((2, 2), complex)])
def test_what_is_no_array_of_numbers_is_unreadable(tmp_path: Path, array: NDArray[Any]) -> None:
    with pytest.raises(Unreadable):
        row_of(tmp_path, array)


def test_an_image_a_frame_is_refused_and_not_held(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="one frame holds"):
        row_of(tmp_path, np.zeros((1, (1 << 20) + 1), np.float32))


@pytest.mark.parametrize("array", [np.zeros((0, 4)), np.zeros((5, 0)), np.full((5, 4), np.nan)])
def test_a_clip_without_values_has_finite_shares(tmp_path: Path, array: NDArray[Any]) -> None:
    row = row_of(tmp_path, array)
    assert row.repeated == 0 and row.scale == 0 and np.isnan(row.mean)


def test_any_nan_in_npy_is_bad_also_over_a_whole_hand(tmp_path: Path) -> None:
    x = walk(10, 126)
    x[3:5, 63:] = np.nan
    row = row_of(tmp_path, x, HANDS)
    assert (row.bad_values, row.first_bad_frame, row.bad_block) == (126, 3, "right_hand")


@pytest.fixture
def any_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clips are npy files, whatever format they say that they were read from."""
    monkeypatch.setattr(clip_pass.measure_clip, "__defaults__", (lambda clip: np.load(clip.path),))


@pytest.mark.usefixtures("any_reader")
@pytest.mark.parametrize("reader", ["parquet", "pose"])
def test_a_whole_landmark_of_nan_is_missing_in_formats_that_write_it_so(
    tmp_path: Path, reader: str
) -> None:
    x = walk(10, 126).reshape(10, 42, 3)
    x[3:5, 21:] = np.nan
    x[7, 4] = np.nan
    row = row_of(tmp_path, x, HANDS, reader=reader)
    assert row.bad_values == 0 and row.missing == (0, 0.2)
    x[8, 2, 1] = np.nan  # one coordinate of three is no missing landmark
    x[9, 30] = np.inf
    assert row_of(tmp_path, x, HANDS, reader=reader).bad_values == 1 + 3


@pytest.mark.usefixtures("any_reader")
def test_a_whole_block_of_nan_is_missing_in_flat_parquet_and_a_part_of_it_is_not(tmp_path: Path) -> None:
    x = walk(10, 126)
    x[2, :63] = np.nan
    assert row_of(tmp_path, x, HANDS, reader="parquet").bad_values == 0
    x[4, 60:70] = np.nan
    assert row_of(tmp_path, x, HANDS, reader="parquet").bad_values == 10
    assert row_of(tmp_path, x, None, reader="parquet").bad_values == 73  # embeddings have no landmarks


def test_frames_beyond_the_stored_length_are_not_measured(tmp_path: Path) -> None:
    x = walk(10, 4)
    x[6:] = np.nan
    row = row_of(tmp_path, x, length=6)
    assert (row.frames, row.shape, row.bad_values) == (6, (10, 4), 0)


def test_equal_arrays_have_equal_digests_and_others_do_not(tmp_path: Path) -> None:
    x = walk(10, 4)
    changed = x.copy()
    changed[9, 3] += 1e-9
    digests = [row_of(tmp_path, a).digest for a in (x, x.copy(), changed, x.reshape(20, 2))]
    assert digests[0] == digests[1] and len(set(digests)) == 3


def test_doubled_frames_count_as_repeated_inside_and_padding_does_not(tmp_path: Path) -> None:
    doubled = row_of(tmp_path, np.repeat(walk(15, 4), 2, axis=0))
    assert doubled.repeated_inside == doubled.repeated > 0.5
    padded = row_of(tmp_path, np.concatenate([walk(15, 4), np.repeat(walk(15, 4)[-1:], 20, axis=0)]))
    assert padded.repeated > 0.5 and padded.repeated_inside == 0 and padded.trailing == 20


def test_steps_along_both_axes_tell_time_from_features(tmp_path: Path) -> None:
    x = np.linspace(0, 1, 40)[:, None] * 0.1 + np.random.default_rng(0).normal(size=(1, 60))
    upright, swapped = row_of(tmp_path, x), row_of(tmp_path, x.T)
    assert upright.adjacent < 0.1 * upright.across
    assert swapped.adjacent > 10 * swapped.across


def test_scale_is_the_median_size_of_values_that_are_not_zero(tmp_path: Path) -> None:
    x = np.zeros((50, 100))
    x[::2] = -300.0
    x[0, 0] = 1.0
    assert row_of(tmp_path, x).scale == 300


def test_a_clip_larger_than_memory_is_measured_by_blocks_spread_over_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_pass, "READ_IN_FULL", 1000)
    monkeypatch.setattr(clip_pass, "BLOCK_VALUES", 20)
    x = walk(10_000, 4)
    row = row_of(tmp_path, x)
    assert row.sampled and row.frames == 10_000 and not row.constant
    assert x.min() <= row.low < row.high <= x.max()


@pytest.mark.skipif(sys.platform == "win32", reason="its files are not sparse unless asked to be")
def test_a_sparse_npy_of_ten_gigabytes_is_measured_in_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "huge.npy"
    header = np.lib.format.header_data_from_array_1_0(np.zeros((1, 150), np.float32))
    frames = 10 * (1 << 30) // 600
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header | {"shape": (frames, 150)})
        file.truncate(file.tell() + frames * 600)
    row, _ = measure_clip(Clip("huge", path, "npy"), "huge", "train", None)
    assert row.sampled and row.constant and row.frames == frames


def test_real_pose_files_hold_no_bad_value_though_points_are_masked(shared_data: Path) -> None:
    for path in sorted(shared_data.rglob("*.pose")):
        row, _ = measure_clip(Clip(path.stem, path, "pose"), path.stem, "", None)
        assert row.bad_values == 0 and not row.constant and row.frames > 1
