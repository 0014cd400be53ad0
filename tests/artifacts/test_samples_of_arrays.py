"""Arrays of many samples: whatever they are called, each label meets the features of its own sample."""

from __future__ import annotations

import io
import json
import pickle
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import LabelEncoder

from slrdoctor import scan
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.features.join import Join, join
from slrdoctor.facts.labels.samples import samples
from tests.artifacts.sample_arrays import (
    CLASSES,
    MEMBERS,
    SPLITS,
    Broken,
    Sample,
    arrays_in_files,
    drawn,
    expected,
    ids,
    lengths,
    numbers,
    padded,
)

joblib = pytest.importorskip("joblib")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def codes_of(root: Path) -> set[str]:
    return {finding["code"] for finding in scan(root).findings}


def joined(root: Path) -> Join:
    [(data, _)] = discover(root).cases
    return join(data, samples(data))


def labelled(found: Join) -> dict[tuple[str, int], str]:
    """(split, the number that the stored features carry) -> the label that they were joined with."""
    return {
        (pair.split, int(np.ravel(open_clip(pair.clip))[0])): " ".join(pair.row.glosses or ())
        for pair in found.pairs
    }


@pytest.mark.parametrize("member", MEMBERS)
def test_every_label_meets_the_features_of_its_sample(tmp_path: Path, member: str) -> None:
    MEMBERS[member](tmp_path, drawn())

    found = joined(tmp_path)

    assert labelled(found) == expected()
    assert not found.missing and not found.unannotated
    assert found.covered == {split: (count, count) for split, count in SPLITS.items()}


@pytest.mark.parametrize("member", MEMBERS)
def test_values_that_are_not_finite_are_found_in_every_form(tmp_path: Path, member: str) -> None:
    parts = drawn()
    broken = {
        split: [Broken(s.id, s.number, s.label) if i < 3 else s for i, s in enumerate(p)]
        for split, p in parts.items()
    }
    MEMBERS[member](tmp_path, broken)

    codes = codes_of(tmp_path)

    assert "FEA104" in codes and not codes & {"FEA101", "FEA102", "FEA103", "FEA109"}


def table(parts: dict[str, list[Sample]], header: str, sep: str = ",") -> str:
    rows = [f"{s.id}{sep}{split}{sep}{s.label}" for split, p in parts.items() for s in p]
    return "\n".join([header, *rows]) + "\n"


@pytest.mark.parametrize("of_splits", [True, False])
def test_rows_of_a_table_meet_entries_by_order_and_not_by_a_number_in_their_id(
    tmp_path: Path, of_splits: bool
) -> None:
    parts = drawn()
    if of_splits:
        for split, p in parts.items():
            np.save(tmp_path / f"X_{split}.npy", padded(p))
    else:
        np.save(tmp_path / "X.npy", padded([s for p in parts.values() for s in p]))
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "all.csv").write_text(table(parts, "video_id,split,gloss"))

    found = joined(tmp_path)

    assert labelled(found) == expected(by_number=False) and not found.missing
    assert "by their order" in found.how


def test_ids_beside_an_array_win_over_the_order_of_a_table(tmp_path: Path) -> None:
    parts = drawn()
    for split, p in parts.items():
        np.savez(tmp_path / f"{split}.npz", x=padded(p), ids=ids(p))
    turned = {split: p[::-1] for split, p in parts.items()}
    (tmp_path / "all.csv").write_text(table(turned, "id,split,label"))

    assert labelled(joined(tmp_path)) == expected(by_number=False)


def test_names_of_a_table_are_taken_where_its_order_is_that_of_the_labels(tmp_path: Path) -> None:
    parts = drawn()
    arrays_in_files(tmp_path, parts)
    (tmp_path / "all.csv").write_text(table(parts, "id,split,label"))

    found = joined(tmp_path)

    assert labelled(found) == expected(by_number=False)
    assert {pair.row.id for pair in found.pairs} == {s.id for p in parts.values() for s in p}


def test_labels_beside_an_array_are_right_where_a_table_has_another_order(tmp_path: Path) -> None:
    parts = drawn()
    arrays_in_files(tmp_path, parts)
    turned = {split: sorted(p, key=lambda s: s.id) for split, p in parts.items()}
    (tmp_path / "all.csv").write_text(table(turned, "id,split,label"))

    assert labelled(joined(tmp_path)) == expected()


def test_a_table_of_more_rows_than_the_array_accuses_no_sample(tmp_path: Path) -> None:
    parts = drawn()
    np.save(tmp_path / "X_train.npy", padded(parts["train"][:20]))
    (tmp_path / "train.csv").write_text(table({"train": parts["train"]}, "id,split,gloss"))

    assert not codes_of(tmp_path) & {"FEA101", "FEA102"}
    with pytest.raises(Unavailable, match="which belongs to which is unknown"):
        joined(tmp_path)


@pytest.mark.parametrize(("kept", "code"), [(27, "FEA102"), (20, "LAB205")])
def test_labels_that_are_more_or_fewer_than_their_samples_are_found(
    tmp_path: Path, kept: int, code: str
) -> None:
    part = drawn()["train"]
    labels = np.resize(numbers(part), kept)
    np.savez(tmp_path / "train.npz", X=padded(part), y=labels, lengths=lengths(part))

    assert code in codes_of(tmp_path)


def test_two_parts_of_a_split_that_both_count_from_the_start_stay_two(tmp_path: Path) -> None:
    part = drawn()["train"]
    for name, mine in (("a", part[:14]), ("b", part[14:])):
        np.savez(tmp_path / f"train_{name}.npz", X=padded(mine), y=numbers(mine))

    found = joined(tmp_path)

    assert {number: label for (_, number), label in labelled(found).items()} == {
        s.number: str(CLASSES.index(s.label)) for s in part
    }
    assert len({pair.row.id for pair in found.pairs}) == len(part)


def test_one_frame_samples_are_samples_and_no_frames_of_a_clip(tmp_path: Path) -> None:
    part = [s for p in drawn().values() for s in p]
    np.save(tmp_path / "X_landmarks.npy", np.array([s.frames[0].ravel() for s in part]))
    np.save(tmp_path / "y_labels.npy", np.array([s.label for s in part]))
    np.save(tmp_path / "label_classes.npy", np.array(CLASSES))

    found = joined(tmp_path)

    assert {n: label for (_, n), label in labelled(found).items()} == {s.number: s.label for s in part}


@pytest.mark.parametrize("ragged", [True, False])
def test_a_pickle_of_landmarks_and_labels_holds_one_frame_samples(tmp_path: Path, ragged: bool) -> None:
    part = [s for p in drawn().values() for s in p]
    data = [s.frames[0].ravel().tolist() for s in part]
    if ragged:
        data[:3] = [row + row for row in data[:3]]  # two hands were found
    stored = {"data": data, "labels": [s.label for s in part]}
    (tmp_path / "data.pickle").write_bytes(pickle.dumps(stored))
    names = {str(i): name for i, name in enumerate(CLASSES)}
    (tmp_path / "sign_to_prediction_index_map.json").write_text(json.dumps(names))

    found = joined(tmp_path)
    codes = codes_of(tmp_path)

    assert {n: label for (_, n), label in labelled(found).items()} == {s.number: s.label for s in part}
    assert ("FEA109" in codes) == ragged
    assert "EVL905" not in codes


def test_samples_that_are_all_zero_are_found(tmp_path: Path) -> None:
    part = drawn()["train"]
    x = padded(part)
    x[4:9] = 0
    np.savez(tmp_path / "train.npz", X=x, y=numbers(part), lengths=lengths(part))

    assert "FEA105" in codes_of(tmp_path)


def test_what_a_model_gave_is_no_label_of_an_array(tmp_path: Path) -> None:
    part = drawn()["train"]
    np.save(tmp_path / "X.npy", padded(part))
    np.save(tmp_path / "y_pred.npy", np.zeros(len(part), np.int64))
    np.save(tmp_path / "y_true.npy", numbers(part))

    found = joined(tmp_path)

    assert sorted(labelled(found).values()) == sorted(map(str, numbers(part)))


def test_clips_with_their_own_labels_a_frame_stay_clips(tmp_path: Path) -> None:
    for s in drawn()["train"]:
        frames = s.frames.reshape(-1, 18)
        np.savez(tmp_path / f"{s.id}.npz", x=frames, y=np.arange(len(frames)) % 2)

    [(data, _)] = discover(tmp_path).cases

    assert [len(one.clips) for one in data.features] == [24]


def test_a_zip_of_arrays_is_a_folder_of_clips(tmp_path: Path) -> None:
    part = drawn()["train"]
    with zipfile.ZipFile(tmp_path / "features.zip", "w") as packed:
        for s in part:
            array = io.BytesIO()
            np.save(array, s.frames)
            packed.writestr(f"features/{s.id}.npy", array.getvalue())
    (tmp_path / "train.csv").write_text(table({"train": part}, "id,split,gloss"))

    assert {n: label for (_, n), label in labelled(joined(tmp_path)).items()} == {
        s.number: s.label for s in part
    }


@pytest.mark.parametrize(
    "name", ["photos.zip", "code.tar", "model.joblib", "old.mat", "x.arrow", "a.tfrecord"]
)
def test_what_is_not_read_is_named(tmp_path: Path, name: str) -> None:
    part = drawn()["train"]
    np.savez(tmp_path / "train.npz", X=padded(part), y=numbers(part), lengths=lengths(part))
    path = tmp_path / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("a.jpg", b"x" * 50)
    elif name.endswith(".tar"):
        with tarfile.open(path, "w") as file:
            member = tarfile.TarInfo("a.py")
            file.addfile(member, io.BytesIO(b""))
    elif name.endswith(".joblib"):
        joblib.dump(KNeighborsClassifier(1).fit(np.eye(4), [0, 1, 2, 3]), path)
    elif name.endswith(".mat"):
        savemat(path, {"X": np.eye(3)}, format="4")
    else:
        path.write_bytes(b"\x08\x00\x00\x00" + bytes(100))

    assert name in json.dumps(scan(tmp_path).as_dict())


@pytest.mark.parametrize(
    ("member", "features", "labels"),
    [
        ("npz_of_split_arrays", ("data.npz#X_train", "data.npz#X_val"), ("data.npz", "data.npz")),
        ("stgcn", ("train_data_joint.npy", "dev_data_joint.npy"), ("train_label.pkl", "dev_label.pkl")),
        ("arrays_in_files", ("X_train.npy", "./X_dev.npy"), ("y_train.npy", "y_dev.npy")),
        ("npz_with_ids", ("train.npz", "dev.npz"), ("train.npz", "dev.npz")),
    ],
)
def test_samples_that_the_settings_name_are_those_that_were_found(
    tmp_path: Path, member: str, features: tuple[str, str], labels: tuple[str, str]
) -> None:
    MEMBERS[member](tmp_path, drawn())
    written = [
        f'[{section}]\ntrain = "{train}"\ndev = "{dev}"\n'
        for section, (train, dev) in (("features", features), ("annotations", labels))
    ]
    (tmp_path / "slrdoctor.toml").write_text("".join(written))

    assert labelled(joined(tmp_path)) == expected()


@pytest.mark.parametrize("is_model", [True, False])
def test_a_model_of_scikit_learn_is_named_and_an_encoder_of_labels_is_not(
    tmp_path: Path, is_model: bool
) -> None:
    part = drawn()["train"]
    data = [s.frames[0].ravel().tolist() for s in part]
    stored = {"data": data, "labels": [s.label for s in part]}
    (tmp_path / "data.pickle").write_bytes(pickle.dumps(stored))
    model = KNeighborsClassifier(1) if is_model else LabelEncoder()
    model.fit(*((data, stored["labels"]) if is_model else (stored["labels"],)))
    (tmp_path / "model.p").write_bytes(pickle.dumps({"model": model}))

    notes = [f["message"] for f in scan(tmp_path).findings if f["code"] == "RUN101"]

    assert [("scikit-learn" in note and "model.p" in note) for note in notes] == [True] * is_model


@pytest.mark.parametrize(
    "names",
    [
        ("pose", "left_hand", "right_hand"),
        ("x_body", "x_lh", "x_rh"),
        ("train_pose", "train_lhand", "train_rhand"),
    ],
)
def test_arrays_of_the_parts_of_each_sample_are_one_array(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    part = drawn()["train"]
    x = padded(part, flat=False)
    parts: dict[str, Any] = dict(zip(names, (x[:, :, :2], x[:, :, 2:4], x[:, :, 4:]), strict=True))
    np.savez(tmp_path / "train.npz", y=numbers(part), lengths=lengths(part), **parts)

    found = joined(tmp_path)

    assert {n: label for (_, n), label in labelled(found).items()} == {
        s.number: str(CLASSES.index(s.label)) for s in part
    }
    for pair in found.pairs:
        stored = open_clip(pair.clip)
        of = next(s for s in part if s.number == int(np.ravel(stored)[0]))
        assert np.array_equal(stored[: len(of.frames)].reshape(-1, 18), of.frames.reshape(-1, 18))


@pytest.mark.parametrize("stored", ["{:05}", "{:03}", "{}"])
@pytest.mark.parametrize("row", ["{}", "{:04}"])
@pytest.mark.parametrize("of_splits", [True, False])
def test_numbers_beside_an_array_name_its_samples_and_are_no_places(
    tmp_path: Path, stored: str, row: str, of_splits: bool
) -> None:
    """Rows in another order than the entries, and ids that are filled up with zeros on one side."""
    parts = drawn()
    groups = parts if of_splits else {"features": [s for p in parts.values() for s in p]}
    for name, group in groups.items():
        names = np.array([stored.format(s.number) for s in group])
        np.savez(tmp_path / f"{name}.npz", X=padded(group), lengths=lengths(group), ids=names)
    rows = [
        f"{row.format(s.number)},{split},{s.label}"
        for split, p in parts.items()
        for s in sorted(p, key=lambda one: one.number)
    ]
    (tmp_path / "all.csv").write_text("\n".join(["id,split,label", *rows]) + "\n")

    found = joined(tmp_path)

    assert labelled(found) == expected(by_number=False) and not found.missing
