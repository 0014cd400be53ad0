"""Faults put into small data sets: which checks of features fire on them, and which do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.artifacts.run import AnnotationFile, Clip, DataSet, FeatureSet, Row, Sources, TrainingRun
from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core import packs
from slrdoctor.core.engine import Crashed, Facts, Judged, judge
from slrdoctor.core.registry import REGISTRY

Array = NDArray[Any]
Clips = list[Array]
COUNT = 20
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n"


def curves(rng: np.random.Generator, frames: int, dims: int) -> Array:
    """Smooth motion about a place of each dimension's own."""
    time = np.linspace(0, 1, frames)[:, np.newaxis]
    places: Array = 0.5 + 0.15 * rng.normal(size=(1, dims)) + 0.002 * rng.normal(size=(frames, dims))
    for k in (1, 2, 3):
        places += 0.1 / k * np.sin(2 * np.pi * (k * time + rng.random((1, dims))))
    return places


def hand(rng: np.random.Generator, frames: int) -> Array:
    """A hand that rests out of sight for about a third of the clip."""
    points = curves(rng, frames, 63).reshape(frames, 21, 3)
    points[:, :, 2] *= 0.1
    points[:, 0, 2] = 1e-7
    start = rng.integers(0, frames - frames // 3)
    points[start : start + frames // 3] = 0
    return points.reshape(frames, 63)


def body_and_hands(rng: np.random.Generator, frames: int) -> Array:
    return np.concatenate([curves(rng, frames, 99), hand(rng, frames), hand(rng, frames)], axis=1)


def hands(rng: np.random.Generator, frames: int) -> Array:
    return np.concatenate([hand(rng, frames), hand(rng, frames)], axis=1)


def points(rng: np.random.Generator, frames: int) -> Array:
    return body_and_hands(rng, frames).reshape(frames, 75, 3)


def activations(rng: np.random.Generator, frames: int) -> Array:
    active: Array = np.maximum(0, 10 * curves(rng, frames, 64) - 5).astype(np.float32)
    return active


def one_hot(rng: np.random.Generator, frames: int) -> Array:
    states = np.concatenate([rng.permutation(8) for _ in range(frames // 32 + 1)])
    return np.repeat(np.eye(8, dtype=np.float32)[states], 4, axis=0)[:frames]


KINDS = (body_and_hands, hands, points, activations, one_hot)


def codes(
    folder: Path, kind: Callable[..., Array], fixed: bool, fault: Callable[[Clips], Any]
) -> set[str]:
    """The codes of the findings on a data set of 20 clips, annotated with two glosses each."""
    rng = np.random.default_rng(7)
    lengths = [30] * COUNT if fixed else rng.integers(32, 80, COUNT).tolist()
    clips, rows = [], []
    for i, array in enumerate(fault([kind(rng, frames) for frames in lengths])):
        path = folder / f"v{i}.npy"
        if isinstance(array, bytes):
            path.write_bytes(array)
        elif array is not None:
            np.save(path, array)
        if array is not None:
            clips.append(Clip(path.stem, path, "npy"))
        split, glosses = "dev" if i >= 15 else "train", (f"A{i % 7}", f"B{i % 5}")
        rows.append(Row(path.stem, split, glosses, frames=lengths[i]))
    stored = FeatureSet("", "features", "npy", "file per sample", tuple(clips))
    labels = AnnotationFile("a.csv", "csv", "csv", tuple(rows))
    expected = () if clips else ("config.yaml: features_dir",)
    data = DataSet("", folder, (stored,), (labels,), looked=COUNT, expected_features=expected)
    shared = Facts(REGISTRY, (data, Settings(), Sources()))
    run = Facts(REGISTRY, (TrainingRun("", folder),), parent=shared)
    packs.load_all()
    outcomes = [judge(check, run) for code, check in REGISTRY.checks.items() if code.startswith("FEA")]
    assert not any(isinstance(outcome, Crashed) for outcome in outcomes)
    return {
        outcome.check.code for outcome in outcomes if isinstance(outcome, Judged) and outcome.findings
    }


def some(change: Callable[[Array], Any], every: int = 5) -> Callable[[Clips], Any]:
    return lambda clips: [change(clip) if i % every == 0 else clip for i, clip in enumerate(clips)]


def all_of(change: Callable[[Array], Any]) -> Callable[[Clips], Any]:
    return some(change, every=1)


def with_nan(clip: Array) -> Array:
    clip = clip.copy()
    clip[3, 5] = np.nan
    return clip


def padded(clips: Clips, with_last: bool = False) -> Clips:
    longest = max(map(len, clips))
    return [
        np.concatenate([c, np.repeat(c[-1:] if with_last else 0 * c[-1:], longest - len(c), axis=0)])
        for c in clips
    ]


def stalled(clip: Array) -> Array:
    clip = clip.copy()
    clip[5:] = clip[5]
    return clip


FAULTS: dict[str, tuple[Callable[[Clips], Any], set[str]]] = {
    "none at all": (all_of(lambda clip: clip), set()),
    "half precision in some": (some(lambda clip: clip.astype(np.float16)), set()),
    "every second frame": (all_of(lambda clip: clip[::2]), set()),
    "no files": (all_of(lambda clip: None), {"FEA101"}),
    "pointers": (all_of(lambda clip: POINTER), {"FEA101", "FEA103"}),
    "files missing": (some(lambda clip: None), {"FEA102"}),
    "zero bytes": (some(lambda clip: b""), {"FEA103"}),
    "flattened": (some(lambda clip: clip.ravel(), every=10), {"FEA103", "FEA109"}),
    "one nan": (some(with_nan, every=COUNT), {"FEA104"}),
    "all zero": (some(lambda clip: 0 * clip), {"FEA105"}),
    "no frames": (some(lambda clip: clip[:0]), {"FEA105"}),
    "one dimension short": (some(lambda clip: clip[..., :-1]), {"FEA109"}),
    "pixels": (all_of(lambda clip: clip * 1000), {"FEA111"}),
    "some in pixels": (some(lambda clip: clip * 1000), {"FEA111"}),
    "one array for many": (
        lambda clips: [clips[0] if i % 4 == 1 else c for i, c in enumerate(clips)],
        {"FEA113"},
    ),
    "cut short": (some(lambda clip: clip[: len(clip) // 2]), {"FEA117"}),
}


@pytest.mark.parametrize("fixed", [False, True], ids=["lengths of their own", "one length"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_gives_its_finding_and_no_other(
    tmp_path: Path, kind: Callable[..., Array], fixed: bool, fault: str
) -> None:
    change, expected = FAULTS[fault]
    # an array that was put in another's place has its length too
    also = {"FEA117"} if fault == "one array for many" and not fixed else set()
    assert expected <= codes(tmp_path, kind, fixed, change) <= expected | also


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("with_last", [False, True])
def test_clips_padded_to_one_length_are_padding(
    tmp_path: Path, kind: Callable[..., Array], with_last: bool
) -> None:
    assert codes(tmp_path, kind, False, lambda clips: padded(clips, with_last)) == {"FEA115"}


@pytest.mark.parametrize("kind", [body_and_hands, points, activations])
@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize(
    "change", [some(stalled, every=3), all_of(lambda clip: np.repeat(clip[::2], 2, axis=0)[: len(clip)])]
)
def test_clips_that_stall_or_repeat_every_frame_are_frozen(
    tmp_path: Path, kind: Callable[..., Array], fixed: bool, change: Callable[[Clips], Clips]
) -> None:
    assert codes(tmp_path, kind, fixed, change) == {"FEA110"}


@pytest.mark.parametrize("kind", [body_and_hands, hands, activations])
def test_transposed_clips_are_swapped_axes_and_explain_their_differing_sizes(
    tmp_path: Path, kind: Callable[..., Array]
) -> None:
    (tmp_path / "fixed").mkdir()
    found = codes(tmp_path, kind, False, all_of(lambda clip: clip.T))
    assert {"FEA109", "FEA116"} <= found <= {"FEA108", "FEA109", "FEA116"}
    assert codes(tmp_path / "fixed", kind, True, all_of(lambda clip: clip.T)) == {"FEA116"}


def without(start: int, stop: int, share: float) -> Callable[[Clips], Clips]:
    def change(clip: Array) -> Array:
        clip = clip.copy()
        gone = np.random.default_rng(len(clip)).random(len(clip)) < share
        clip.reshape(len(clip), -1)[gone, start:stop] = 0
        return clip

    return all_of(change)


@pytest.mark.parametrize("kind", [body_and_hands, points])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (without(99, 225, 1.0), {"FEA106", "FEA107", "FEA108"}),
        (without(99, 162, 0.98), {"FEA106", "FEA107"}),
        (without(162, 225, 0.6), {"FEA107"}),
        (without(99, 225, 0.4), {"FEA107"}),
        (without(99, 162, 0.1), set()),
    ],
)
def test_hands_that_are_gone_or_come_and_go(
    tmp_path: Path, kind: Callable[..., Array], change: Callable[[Clips], Clips], expected: set[str]
) -> None:
    assert codes(tmp_path, kind, False, change) == expected


def test_pose_alone_lacks_the_hands(tmp_path: Path) -> None:
    assert codes(tmp_path, body_and_hands, False, all_of(lambda clip: clip[:, :99])) == {"FEA106"}
