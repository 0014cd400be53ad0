"""Of several stores of the same samples, the one that other things in the folder speak for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.artifacts.run import Choice, DataSet

NAMES = [f"clip{i:02d}" for i in range(12)]
TRAIN, DEV = NAMES[:8], NAMES[8:]


def at(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def store(root: Path, where: str, width: int, names: list[str] = NAMES) -> None:
    """Clips of a width; `*` in `where` is the split."""
    for i, name in enumerate(names):
        split = "train" if name.partition("_")[0] in TRAIN else "dev"
        values = np.random.default_rng(i).random((20 + i, width), np.float32)
        np.save(at(root / where.replace("*", split) / f"{name}.npy"), values)


def annotate(root: Path) -> None:
    for split, names in (("train", TRAIN), ("dev", DEV)):
        lines = [f"{name},{'AB'[i % 2]}" for i, name in enumerate(names)]
        at(root / f"{split}.csv").write_text("\n".join(["id,gloss", *lines]))


def model(root: Path, takes: int, name: str = "best.pt") -> None:
    state = nn.ModuleDict({"proj": nn.Linear(takes, 16), "head": nn.Linear(16, 2)}).state_dict()
    torch.save(state, at(root / name))


def found_in(root: Path) -> tuple[DataSet, list[Choice]]:
    [(data, _)] = discover(root).cases
    return data, [choice for choice in data.choices if "features" in choice.kind]


def taken(root: Path) -> set[str]:
    return {one.where for one in found_in(root)[0].features}


@pytest.mark.parametrize(
    ("right", "other"),
    [
        ("keypoints/*", "features_v1/*"),  # an older extraction, before it by the alphabet
        ("features", "a_rgb_features/*"),  # one folder for all splits, beside folders of the splits
        ("data/*/landmarks", "data/*/i3d"),
        ("z/*", "a"),
    ],
)
def test_the_size_of_the_first_layer_tells_which_store_was_used(
    tmp_path: Path, right: str, other: str
) -> None:
    store(tmp_path, right, 225)
    store(tmp_path, other, 99)
    annotate(tmp_path)
    model(tmp_path, 225)

    data, choices = found_in(tmp_path)

    wheres = {right.replace("*", split) for split in ("train", "dev")}
    assert {one.where for one in data.features} == wheres
    assert {one.where.partition("/")[0] for one in data.rivals} == {
        other.partition("/")[0]
    } or "data" in other
    assert all("proj in best.pt takes 225 values per frame" in choice.why for choice in choices)
    assert choices


def test_a_config_that_names_a_store_wins_over_a_size(tmp_path: Path) -> None:
    store(tmp_path, "keypoints/*", 225)
    store(tmp_path, "flow/*", 99)
    annotate(tmp_path)
    model(tmp_path, 225)
    (tmp_path / "config.yaml").write_text(
        "data:\n  feature_dir: /home/me/corpus/flow\n  batch_size: 4\n"
    )

    data, [choice, *_] = found_in(tmp_path)

    assert {one.where for one in data.features} == {"flow/train", "flow/dev"}
    assert choice.why == "data.feature_dir in config.yaml is /home/me/corpus/flow"


def test_a_size_in_a_config_tells_where_there_is_no_checkpoint(tmp_path: Path) -> None:
    store(tmp_path, "keypoints/*", 225)
    store(tmp_path, "flow/*", 99)
    annotate(tmp_path)
    (tmp_path / "config.yaml").write_text("model:\n  input_size: 225\n  batch_size: 4\n")

    assert taken(tmp_path) == {"keypoints/train", "keypoints/dev"}


def test_the_user_s_word_wins_over_all_others(tmp_path: Path) -> None:
    store(tmp_path, "keypoints/*", 225)
    store(tmp_path, "flow/*", 99)
    annotate(tmp_path)
    model(tmp_path, 225)
    (tmp_path / "slrdoctor.toml").write_text('[features]\ntrain = "flow/train"\ndev = "flow/dev"\n')

    assert taken(tmp_path) == {"flow/train", "flow/dev"}


def test_a_few_clips_of_the_right_size_are_no_store_of_the_samples(tmp_path: Path) -> None:
    store(tmp_path, "demo/*", 225, [*TRAIN[:2], *DEV[:1]])
    store(tmp_path, "keypoints/*", 99)
    annotate(tmp_path)
    model(tmp_path, 225)

    assert taken(tmp_path) == {"keypoints/train", "keypoints/dev"}


def test_where_no_store_has_the_size_the_one_with_the_most_samples_is_taken(tmp_path: Path) -> None:
    store(tmp_path, "keypoints/*", 225, NAMES[:7] + NAMES[8:])
    store(tmp_path, "other/*", 99)
    annotate(tmp_path)
    model(tmp_path, 512)

    assert taken(tmp_path) == {"other/train", "other/dev"}


def test_copies_of_the_samples_under_further_names_are_no_rivals(tmp_path: Path) -> None:
    store(tmp_path, "features/*", 225)
    store(tmp_path, "features_aug/*", 225, [f"{name}_aug0" for name in TRAIN])
    annotate(tmp_path)

    data, choices = found_in(tmp_path)

    assert {one.where for one in data.features} == {
        "features/train",
        "features/dev",
        "features_aug/train",
    }
    assert not choices and not data.rivals


PARTS = {"pose": 99, "face": 60, "left_hand": 63, "right_hand": 63}


def parted(root: Path) -> None:
    for part, width in PARTS.items():
        store(root, f"features/{part}/*", width)
    annotate(root)


@pytest.mark.parametrize(
    ("takes", "config", "parts"),
    [
        (285, "", ("pose", "face", "left_hand", "right_hand")),
        (225, "", ("pose", "left_hand", "right_hand")),
        (186, "", ("face", "left_hand", "right_hand")),
        (63, "", ("pose", "face", "left_hand", "right_hand")),  # the left hand as well as the right one
        (1000, "", ("pose", "face", "left_hand", "right_hand")),
        (1000, "use_face: false", ("pose", "left_hand", "right_hand")),
        (1000, "parts: [hands, pose]", ("left_hand", "right_hand", "pose")),
        (1000, "modality: pose+face", ("pose", "face")),
    ],
)
def test_the_parts_that_the_model_takes_are_joined(
    tmp_path: Path, takes: int, config: str, parts: tuple[str, ...]
) -> None:
    parted(tmp_path)
    model(tmp_path, takes)
    (tmp_path / "config.yaml").write_text(f"batch_size: 4\nlr: 0.1\n{config}\n")

    data, choices = found_in(tmp_path)

    assert [one.parts for one in data.features] == [parts, parts]
    assert [choice.taken for choice in choices] == ([", ".join(parts)] if len(parts) < 4 else [])


def test_the_user_gives_parts_and_their_order(tmp_path: Path) -> None:
    parted(tmp_path)
    model(tmp_path, 225)
    (tmp_path / "slrdoctor.toml").write_text('[features]\nparts = "right_hand, pose"\n')

    assert {one.parts for one in found_in(tmp_path)[0].features} == {("right_hand", "pose")}


def test_a_whole_beside_its_parts_is_taken_where_the_model_takes_it(tmp_path: Path) -> None:
    parted(tmp_path)
    store(tmp_path, "all_landmarks/*", 300)
    model(tmp_path, 300)

    assert taken(tmp_path) == {"all_landmarks/train", "all_landmarks/dev"}


@pytest.mark.parametrize(
    ("takes", "fixed", "is_turned"),
    [
        (225, False, True),
        (40, False, False),  # a loader that cuts what it takes for values: the axes are swapped
        (225, True, True),
        (30, True, False),
        (126, False, True),  # landmarks, but not these: no loader cut 31 frames at most to 126
        (None, True, False),  # clips of one length: nothing tells which axis is time
        (None, False, False),
    ],
)
def test_values_by_frames_are_turned_where_the_model_takes_as_many_values(
    tmp_path: Path, takes: int | None, fixed: bool, is_turned: bool
) -> None:
    for i, name in enumerate(NAMES):
        split = "train" if name in TRAIN else "dev"
        values = np.random.default_rng(i).random((225, 30 if fixed else 20 + i), np.float32)
        np.save(at(tmp_path / "features" / split / f"{name}.npy"), values)
    annotate(tmp_path)
    if takes:
        model(tmp_path, takes)

    data, choices = found_in(tmp_path)

    shapes = {open_clip(clip).shape[1] for one in data.features for clip in one.clips}
    assert (shapes == {225}) is is_turned
    assert [choice.kind for choice in choices] == (["axes of the features"] if is_turned else [])


def numbered(root: Path, where: str, width: int, numbers: dict[str, list[int]], pad: int = 0) -> None:
    """Clips that numbers name; `*` in `where` is the split."""
    for split, some in numbers.items():
        for i in some:
            values = np.random.default_rng(i).random((20 + i % 9, width), np.float32)
            np.save(at(root / where.replace("*", split) / f"{i:0{pad}d}.npy"), values)


NUMBERS = {"train": [3, 5, 6, 9, 11, 12, 14, 17], "dev": [1, 8, 15], "test": [2, 4, 20]}


@pytest.mark.parametrize(
    ("right", "other"),
    [("data/poses", "rgb/*"), ("data/poses/*", "rgb/*"), ("poses/*", "other/cnn/*"), ("z/*", "a/b")],
)
def test_the_same_numbers_in_other_folders_name_the_same_samples(
    tmp_path: Path, right: str, other: str
) -> None:
    numbered(tmp_path, right, 126, NUMBERS)
    numbered(tmp_path, other, 32, NUMBERS, pad=5)
    for split, some in NUMBERS.items():
        lines = [f"{number},{'AB'[number % 2]}" for number in some]
        at(tmp_path / f"{split}.csv").write_text("\n".join(["id,gloss", *lines]))
    model(tmp_path, 126)

    data, _ = found_in(tmp_path)

    assert {one.where.partition("/")[0] for one in data.features} == {right.partition("/")[0]}
    assert {one.where.partition("/")[0] for one in data.rivals} == {other.partition("/")[0]}


@pytest.mark.parametrize(
    "numbers",
    [
        {"train": list(range(8)), "dev": list(range(3))},  # counters start again
        {"train": [3, 5, 6, 9, 11, 12, 14, 18], "dev": [1, 8, 15]},  # other samples
        {"train": list(range(11))},
    ],
)
def test_counters_and_other_numbers_name_other_samples(
    tmp_path: Path, numbers: dict[str, list[int]]
) -> None:
    numbered(tmp_path, "data/poses/*", 126, {"train": list(range(8)), "dev": list(range(3))})
    numbered(tmp_path, "more/*", 126, numbers)
    model(tmp_path, 126)

    assert {where.partition("/")[0] for where in taken(tmp_path)} == {"data", "more"}
