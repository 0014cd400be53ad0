"""What a folder holds, in any layout, told from its files."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.directory.found import NothingToExamine
from slrdoctor.artifacts.settings.read import SettingsError
from tests.folders import only_case, write

CONFIG = "data:\n  features: feats/*.npy\n  batch_size: 4\ntraining:\n  lr: 0.1\n"
RNG = np.random.default_rng(0)


def save(path: Path, shape: tuple[int, ...] = (20, 8)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, RNG.normal(size=shape).astype(np.float32))


def annotate(root: Path, ids: list[str], name: str = "train.csv") -> None:
    write(root / name, "id|gloss\n" + "".join(f"{i}|A B C\n" for i in ids))


def test_a_file_per_sample_below_split_folders_is_one_set_a_split(tmp_path: Path) -> None:
    for split in ("train", "val"):
        for i in range(4):
            save(tmp_path / "feats" / split / f"clip{i}.npy")

    data, _ = only_case(tmp_path)

    assert {(s.split, len(s.clips)) for s in data.features} == {("train", 4), ("dev", 4)}


def test_class_folders_are_one_set_with_labels(tmp_path: Path) -> None:
    for label in ("hello", "thanks", "iloveyou"):
        for i in range(4):
            save(tmp_path / "data" / label / f"{i}.npy", (30, 63))

    data, _ = only_case(tmp_path)

    [features] = data.features
    assert len(features.clips) == 12 and {c.label for c in features.clips} == {
        "hello",
        "thanks",
        "iloveyou",
    }


def test_frames_in_a_folder_per_sequence_are_one_clip_in_frame_order(tmp_path: Path) -> None:
    for label in ("hello", "thanks"):
        for sequence in range(3):
            for frame in range(12):
                save(tmp_path / "MP_Data" / label / str(sequence) / f"{frame}.npy", (1662,))

    data, _ = only_case(tmp_path)

    [features] = data.features
    clip = features.clips[0]
    assert features.layout == "folder of frames per sample" and len(features.clips) == 6
    assert [p.stem for p in clip.frames] == [str(i) for i in range(12)] and clip.label in (
        "hello",
        "thanks",
    )


def test_two_forms_of_the_same_samples_are_rivals_and_the_choice_is_said(tmp_path: Path) -> None:
    for i in range(5):
        save(tmp_path / "features_i3d" / f"video_a{i}.npy", (10, 1024))
        save(tmp_path / "features_pose" / f"video_a{i}.npy", (10, 150))
    annotate(tmp_path, [f"video_a{i}" for i in range(5)])

    data, _ = only_case(tmp_path)

    assert len(data.features) == 1
    [choice] = [c for c in data.choices if c.kind == "features"]
    assert choice.others and "[features]" in choice.how


def test_of_rivals_the_one_that_both_splits_have_is_taken(tmp_path: Path) -> None:
    for split, count in (("train", 6), ("dev", 4)):
        names = [f"{split}_{i}" for i in range(count)]
        annotate(tmp_path, names, f"{split}.csv")
        for name in names:
            save(tmp_path / "features" / split / f"{name}.npy", (10, 150))
            if split == "dev":
                save(tmp_path / "embeddings" / split / f"{name}.npy", (10, 32))
    (tmp_path / "features" / "dev" / "dev_3.npy").unlink()

    data, _ = only_case(tmp_path)

    assert {s.where for s in data.features} == {"features/train", "features/dev"}


def test_of_equal_rivals_what_is_not_called_embeddings_is_taken(tmp_path: Path) -> None:
    names = [f"video_a{i}" for i in range(5)]
    annotate(tmp_path, names)
    for name in names:
        save(tmp_path / "a_embeddings" / f"{name}.npy", (10, 32))
        save(tmp_path / "stored" / f"{name}.npy", (10, 150))

    data, _ = only_case(tmp_path)

    assert [s.where for s in data.features] == ["stored"]


def test_batches_with_labels_beside_them_are_clips_and_annotations(tmp_path: Path) -> None:
    for split, count in (("train", 12), ("test", 6)):
        save(tmp_path / f"X_{split}.npy", (count, 30, 63))
        np.save(tmp_path / f"y_{split}.npy", np.arange(count) % 3)

    data, _ = only_case(tmp_path)

    assert {(s.split, len(s.clips)) for s in data.features} == {("train", 12), ("test", 6)}
    assert {(a.rows[0].split, len(a.rows)) for a in data.annotations} == {("train", 12), ("test", 6)}


def test_settings_point_outside_the_folder_and_name_the_split(tmp_path: Path) -> None:
    for i in range(3):
        save(tmp_path / "elsewhere" / f"s{i}.npy")
    run = tmp_path / "run"
    annotate(run, ["s0", "s1", "s2"])
    write(run / "slrdoctor.toml", '[features]\ndev = "../elsewhere"\n')

    data, _ = only_case(run)

    assert [(s.split, len(s.clips)) for s in data.features] == [("dev", 3)]


def test_settings_that_point_to_a_folder_without_features_are_an_expectation(tmp_path: Path) -> None:
    annotate(tmp_path, ["s0"])
    (tmp_path / "clips").mkdir()
    write(tmp_path / "slrdoctor.toml", '[features]\ntrain = "clips"\n')

    data, _ = only_case(tmp_path)

    assert data.expected_features and "clips" in data.expected_features[0]


def test_six_histories_in_six_folders_are_six_runs_on_one_data_set(tmp_path: Path) -> None:
    for i in range(6):
        history = [{"epoch": e, "train_loss": 3.0 / (e + i), "val_wer": 0.5} for e in range(1, 5)]
        write(tmp_path / "results" / f"run{i}" / "history.json", json.dumps(history))
    for i in range(4):
        save(tmp_path / "features" / f"a{i}.npy")

    [(data, runs)] = discover(tmp_path).cases

    assert len(runs) == 6 and len(data.features[0].clips) == 4
    assert {r.name.rpartition("/")[2] for r in runs} == {f"run{i}" for i in range(6)}


def test_a_log_and_its_json_of_the_same_values_are_one_run(tmp_path: Path) -> None:
    losses = [3.21987, 2.50123, 1.98765]
    write(tmp_path / "out" / "metrics.json", json.dumps({"train_loss": losses, "val_loss": losses}))
    lines = [
        f"Epoch [{i}/3] | Train Loss: {v:.4f} | Val Loss: {v:.4f}" for i, v in enumerate(losses, start=1)
    ]
    write(tmp_path / "out" / "training_log.txt", "\n".join(lines))

    _, training = only_case(tmp_path)

    assert len(training.histories) == 2


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_links_that_loop_or_lead_nowhere_are_said_and_do_not_hang(tmp_path: Path) -> None:
    annotate(tmp_path, ["a", "b"])
    try:
        (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    except OSError:
        pytest.skip("this file system has no links")

    run = discover(tmp_path)

    assert [p.where for p in run.problems] == ["gone"]
    assert run.looked == 1, "a folder that a link leads back to is listed once"


def test_a_folder_of_git_lfs_pointers_is_features_all_the_same(tmp_path: Path) -> None:
    for i in range(5):
        write(
            tmp_path / "features" / f"s{i}.npy",
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
        )
    annotate(tmp_path, [f"s{i}" for i in range(5)])

    data, _ = only_case(tmp_path)

    assert len(data.features[0].clips) == 5


def test_nothing_to_examine_is_said(tmp_path: Path) -> None:
    write(tmp_path / "README.md", "# a project")
    write(tmp_path / "main.py", "print('hello')")

    with pytest.raises(NothingToExamine, match="nothing to examine"):
        discover(tmp_path)


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    annotate(tmp_path, ["a"])
    write(tmp_path / "slrdoctor.toml", "[model]\nstrde = 4\n")

    with pytest.raises(SettingsError, match="did you mean 'stride'"):
        discover(tmp_path)


def test_an_empty_folder_of_a_split_is_a_set_without_clips(tmp_path: Path) -> None:
    for i in range(4):
        save(tmp_path / "feats" / "train" / f"a{i}.npy")
    (tmp_path / "feats" / "dev").mkdir()

    data, _ = only_case(tmp_path)

    assert {(s.split, len(s.clips)) for s in data.features} == {("train", 4), ("dev", 0)}


def test_a_format_that_the_config_names_and_no_file_has_is_an_expectation(tmp_path: Path) -> None:
    for i in range(4):
        (tmp_path / "feats").mkdir(exist_ok=True)
        np.savez(tmp_path / "feats" / f"a{i}.npz", keypoints=RNG.normal(size=(9, 12)))
    annotate(tmp_path, [f"a{i}" for i in range(4)])
    write(tmp_path / "config.yaml", CONFIG)

    data, _ = only_case(tmp_path)

    assert not data.features and len(data.beside) == 1
    assert "feats/*.npy" in data.expected_features[0]


def test_a_pattern_of_the_config_that_matches_is_no_expectation(tmp_path: Path) -> None:
    for i in range(4):
        save(tmp_path / "feats" / f"a{i}.npy")
    annotate(tmp_path, [f"a{i}" for i in range(4)])
    write(tmp_path / "config.yaml", CONFIG)

    data, _ = only_case(tmp_path)

    assert data.features and not data.expected_features


def test_a_pickled_dict_of_arrays_by_id_is_many_clips_and_no_annotation(tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    for split, count in (("train", 6), ("dev", 3)):
        clips = {f"{split}{i:02d}": np.ones((4 + i, 6), np.float32) for i in range(count)}
        (tmp_path / "features" / f"{split}_keypoints.pkl").write_bytes(pickle.dumps(clips))
    write(tmp_path / "history.csv", "epoch,loss\n1,2.0\n2,1.0\n")
    found, _ = only_case(tmp_path)
    assert {(s.split, s.layout, len(s.clips)) for s in found.features} == {
        ("train", "container", 6),
        ("dev", "container", 3),
    }
    assert not found.annotations


def test_an_empty_folder_named_for_features_is_an_expectation(tmp_path: Path) -> None:
    annotate(tmp_path, ["a", "b"])
    (tmp_path / "features").mkdir()

    data, _ = only_case(tmp_path)

    assert data.expected_features == ("the folder features is empty",)


def test_containers_with_other_numbers_for_ids_are_parts_and_no_rivals(tmp_path: Path) -> None:
    for part in range(3):
        clips: dict[str, Any] = {str(1000 * part + 7 * i): RNG.normal(size=(20, 8)) for i in range(20)}
        (tmp_path / "landmarks").mkdir(exist_ok=True)
        np.savez(tmp_path / "landmarks" / f"{part}.npz", **clips)
    annotate(tmp_path, [str(1000 * part + 7 * i) for part in range(3) for i in range(20)])

    data, _ = only_case(tmp_path)

    assert sum(len(s.clips) for s in data.features) == 60
    assert not [c for c in data.choices if c.kind == "features"]


def test_openpose_frames_numbered_with_five_digits_are_one_clip_a_folder(tmp_path: Path) -> None:
    frame = {"version": 1.3, "people": [{"pose_keypoints_2d": [0.5] * 75}]}
    for video in ("10000", "10001"):
        for number in range(1, 6):
            name = f"pose_per_individual_videos/{video}/image_{number:05d}_keypoints.json"
            write(tmp_path / name, json.dumps(frame))

    data, _ = only_case(tmp_path)

    [features] = data.features
    assert {(c.key, len(c.frames)) for c in features.clips} == {("10000", 5), ("10001", 5)}


def test_a_log_that_counts_epochs_from_one_and_a_list_from_zero_are_one_run(tmp_path: Path) -> None:
    wers = [99.0, 80.5, 61.25, 40.0]
    logged = [f"Mean training loss: {9.5 - i:.4f}.\n Dev WER: {v:.2f}%" for i, v in enumerate(wers)]
    write(tmp_path / "work_dir" / "log.txt", "\n".join(logged) + "\n")
    told = [f"Epoch {i}, dev {v}%" for i, v in enumerate(wers)]
    write(tmp_path / "work_dir" / "dev.txt", "\n".join(told))

    _, training = only_case(tmp_path)

    assert len(training.histories) == 2


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (("epoch_2.pt", "epoch_10.pt", "epoch_1.pt"), "epoch_10.pt"),
        (("epoch_10.pt", "last.pt"), "last.pt"),
        (("final_model.pth", "best_epoch_3.pth", "epoch_9.pth"), "best_epoch_3.pth"),
        (("8000.ckpt", "12000.ckpt"), "12000.ckpt"),
        (("best_model.pth", "best_model_2hand.pth", "final_model.pth"), "best_model.pth"),
    ],
)
def test_of_several_checkpoints_the_best_or_the_last_is_taken(
    names: tuple[str, ...], taken: str, tmp_path: Path
) -> None:
    for name in names:
        (tmp_path / name).write_bytes(b"\x80\x02N.")
    ((_, (run,)),) = discover(tmp_path).cases

    assert run.checkpoints[0].where == taken
