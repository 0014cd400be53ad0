"""Files that no reader opened are noted, with what they may hold and what would help."""

from __future__ import annotations

import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

import slrdoctor
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.directory.found import NothingToExamine
from slrdoctor.artifacts.run import UnopenedFile
from slrdoctor.core.finding import Severity
from slrdoctor.words.foreign_formats import FOREIGN, ForeignFormat, foreign_format

HEALTHY = Path(__file__).resolve().parents[2] / "examples" / "healthy"
FORMATS = "pip install 'slrdoctor[formats]'"


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HEALTHY, tmp_path / "run"))


@pytest.fixture
def no_pose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pose_format", None)


def unopened(run_dir: Path) -> dict[str, UnopenedFile]:
    return {file.where: file for data, _ in discover(run_dir).cases for file in data.unopened}


def write(path: Path, content: bytes = b"x" * 40) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def to_pose(folder: Path) -> None:
    for file in list(folder.glob("*.npy")):
        file.with_suffix(".pose").write_bytes(b"x" * 10)
        file.unlink()


def test_nothing_of_the_healthy_example_is_unopened() -> None:
    assert not unopened(HEALTHY)


def test_a_foreign_file_is_noted_with_what_it_may_hold(healthy: Path) -> None:
    write(healthy / "extra" / "dev.mat")

    file = unopened(healthy)["extra/dev.mat"]

    assert (file.format, file.kind, file.size, file.package) == ("MATLAB", "features", 40, "")
    assert "loadmat" in file.how and not file.spare


def test_a_store_of_many_files_is_one(healthy: Path) -> None:
    for name in (".zarray", "0.0", "deep/0.1"):
        write(healthy / "clips.zarr" / name, b"{}")

    assert {where: file.size for where, file in unopened(healthy).items()} == {"clips.zarr": 6}


def test_a_database_counts_only_where_no_history_was_read(healthy: Path) -> None:
    write(healthy / "optuna.db")
    beside = unopened(healthy)["optuna.db"]
    (healthy / "history.json").unlink()

    assert beside.spare and not unopened(healthy)["optuna.db"].spare


def test_a_file_that_was_read_is_not_noted_whatever_its_name(healthy: Path) -> None:
    # a state dict of torch in a tar, as SAM-SLR names them
    write(healthy / "model_best.tar")

    assert [c.where for _, runs in discover(healthy).cases for c in runs[0].checkpoints]
    assert not unopened(healthy)


def to_mat(folder: Path) -> None:
    for file in list(folder.rglob("*.npy")):
        savemat(file.with_suffix(".mat"), {"x": np.load(file)})
        file.unlink()


def by_split(run: Path) -> None:
    to_mat(run / "features")


def in_one_folder(run: Path) -> None:
    to_mat(run / "features")
    clips = run / "clips"
    clips.mkdir()
    for file in list((run / "features").rglob("*.mat")):
        file.rename(clips / file.name)
    shutil.rmtree(run / "features")


def of_dev_only(run: Path) -> None:
    to_mat(run / "features" / "dev")


CLIPS_IN_MAT = [by_split, in_one_folder, of_dev_only]


@pytest.mark.parametrize("arrange", CLIPS_IN_MAT, ids=lambda one: one.__name__)
def test_clips_that_are_read_are_not_noted_though_others_of_their_suffix_are_foreign(
    healthy: Path, arrange: Callable[[Path], None]
) -> None:
    arrange(healthy)

    report = slrdoctor.scan(healthy, select=("FEA101", "RUN101"))

    assert not unopened(healthy)
    assert {entry.code for entry in report.passed} == {"FEA101", "RUN101"}


@pytest.mark.parametrize("arrange", CLIPS_IN_MAT, ids=lambda one: one.__name__)
def test_a_file_that_cannot_be_read_is_noted_beside_clips_of_its_suffix_that_can(
    healthy: Path, arrange: Callable[[Path], None]
) -> None:
    arrange(healthy)
    write(healthy / "extra" / "more.mat")

    assert set(unopened(healthy)) == {"extra/more.mat"}


@pytest.mark.parametrize("form", FOREIGN, ids=lambda form: form.name)
def test_every_foreign_format_is_known_by_each_of_its_names(form: ForeignFormat) -> None:
    for pattern in form.patterns:
        where = f"data/{pattern.replace('*', 'x')}" + ("0.0" if pattern.endswith("/") else "")
        known = foreign_format(where)

        assert known is not None and known[0] is form


@pytest.mark.usefixtures("no_pose")
def test_features_of_a_missing_package_leave_their_checks_unjudged_and_the_verdict_open(
    healthy: Path,
) -> None:
    for split in ("train", "dev"):
        to_pose(healthy / "features" / split)

    report = slrdoctor.scan(healthy)
    skipped = {entry.code: entry for entry in report.skipped}
    run101 = next(d for d in report.diagnoses if d.check.code == "RUN101")

    assert report.verdict == "unknown" and report.worst() is Severity.NOTE
    assert skipped["FEA104"].text.endswith("was not opened, reading a pose file needs pose-format")
    assert skipped["FEA104"].enable == FORMATS
    assert run101.finding.evidence[0].value == 114 and run101.finding.fixes[0].how == FORMATS


@pytest.mark.usefixtures("no_pose")
def test_a_split_of_a_missing_package_is_not_called_missing_or_damaged(healthy: Path) -> None:
    to_pose(healthy / "features" / "dev")

    report = slrdoctor.scan(healthy, select=("FEA", "RUN101"))

    assert [d.check.code for d in report.diagnoses] == ["RUN101"]
    assert "24 pose files" in report.diagnoses[0].finding.message


@pytest.mark.usefixtures("no_pose")
def test_features_that_the_settings_name_and_a_package_is_missing_for_are_no_missing_features(
    healthy: Path,
) -> None:
    to_pose(healthy / "features" / "train")
    (healthy / "slrdoctor.toml").write_text('[features]\ntrain = "features/train"\n', encoding="utf-8")

    report = slrdoctor.scan(healthy, select=("FEA", "RUN101"))

    assert [d.check.code for d in report.diagnoses] == ["RUN101"]
    assert report.diagnoses[0].finding.evidence[0].value == 90


def test_a_history_of_a_missing_package_is_what_its_checks_lack(
    healthy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    (healthy / "history.json").unlink()
    write(healthy / "logs" / "events.out.tfevents.1.host")

    report = slrdoctor.scan(healthy, select=("TRN502", "RUN101"))

    [lacking] = [entry for entry in report.skipped if entry.code == "TRN502"]
    assert "events.out.tfevents.1.host was not opened" in lacking.text
    assert lacking.enable == FORMATS
    assert "may hold a history" in report.diagnoses[0].finding.message


def test_a_keras_checkpoint_is_noted_where_h5py_is_missing(
    healthy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(healthy / "model.keras", b"PK\x03\x04" + b"x" * 40)
    assert not unopened(healthy)

    monkeypatch.setitem(sys.modules, "h5py", None)

    assert unopened(healthy)["model.keras"].package == "h5py"


@pytest.mark.parametrize("name", ["model.keras", "model.weights.h5"])
def test_a_checkpoint_of_a_missing_package_is_what_its_checks_lack(
    healthy: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name.endswith(".keras"):
        with zipfile.ZipFile(healthy / name, "w") as archive:
            archive.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n")
            archive.writestr("config.json", "{}")
    else:
        write(healthy / name, b"\x89HDF\r\n\x1a\n" + b"x" * 40)
    monkeypatch.setitem(sys.modules, "h5py", None)

    report = slrdoctor.scan(healthy, select=("MDL602", "MDL605", "RUN101"))

    assert [d.check.code for d in report.diagnoses] == ["RUN101"]
    for entry in report.skipped:
        assert f"{name} was not opened" in entry.text and "needs h5py" in entry.text
        assert entry.enable == FORMATS
    assert {entry.code for entry in report.skipped} == {"MDL602", "MDL605"}


def test_a_folder_of_nothing_but_foreign_files_says_how_to_export_them(tmp_path: Path) -> None:
    write(tmp_path / "dev.mat")

    with pytest.raises(
        NothingToExamine, match=r"dev\.mat was not opened\. Save the arrays of each MATLAB"
    ):
        discover(tmp_path)
