"""TensorBoard event files, written record by record and by TensorBoard itself."""

from __future__ import annotations

import math
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from slrdoctor.artifacts.content import Tree, Unreadable
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.formats import reader_of
from slrdoctor.artifacts.formats.tfevents import read
from slrdoctor.artifacts.kinds.history import recognise_history

NAME = "events.out.tfevents.1740049154.host.15658.7.v2"


def write(path: Path, scalars: list[tuple[str, int, float]], tensors: bool = False) -> Path:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    events = [Event(file_version="brain.Event:2")]
    for tag, step, number in scalars:
        value = Summary.Value(tag=tag)
        if tensors:
            value.tensor.CopyFrom(TensorProto(dtype=1, float_val=[number]))
            value.metadata.plugin_data.plugin_name = "scalars"
        else:
            value.simple_value = number
        events.append(Event(step=step, summary=Summary(value=[value])))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for event in events:
            record = event.SerializeToString()
            file.write(struct.pack("<Q4x", len(record)) + record + bytes(4))
    return path


def scalars_of(path: Path) -> list[tuple[str, list[int], list[float]]]:
    content = read(path)
    assert isinstance(content, Tree)
    return [(r["tag"], r["step"].tolist(), r["value"].tolist()) for r in content.value]


@pytest.mark.parametrize("tensors", [False, True])
def test_scalars_of_both_kinds_are_read(tmp_path: Path, tensors: bool) -> None:
    path = write(tmp_path / NAME, [("epoch_loss", 0, 3.5), ("epoch_loss", 1, math.nan)], tensors)
    reader = reader_of(path)
    assert reader is not None and reader.name == "tfevents"
    [(tag, steps, values)] = scalars_of(path)
    assert (tag, steps, values[0]) == ("epoch_loss", [0, 1], 3.5)
    assert math.isnan(values[1])


def test_a_file_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, [("loss", 0, 3.5), ("loss", 1, 2.5)])
    path.write_bytes(path.read_bytes()[:-3])
    assert scalars_of(path) == [("loss", [0], [3.5])]


@pytest.mark.parametrize(
    "junk", [b"x" * 100, b"\xff" * 64, struct.pack("<Q4x", 8) + b"\xff" * 12, b"short"]
)
def test_what_is_no_event_file_is_unreadable(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / NAME
    path.write_bytes(junk)
    with pytest.raises(Unreadable):
        read(path)


def test_a_folder_named_validation_gives_the_split(tmp_path: Path) -> None:
    path = write(
        tmp_path / NAME, [("epoch_loss", 0, 3.5), ("epoch_loss", 1, 2.5), ("epoch_accuracy", 0, 0.1)]
    )
    for folder, split in (("train", "train"), ("validation", "dev"), ("LSTM_64", "train")):
        [history] = recognise_history(f"logs/{folder}/{NAME}", "tfevents", read(path))
        assert {s.split for s in history.series} == {split}
        assert history.row_epochs == (0, 1)


def test_steps_become_epochs_where_a_tag_says_which(tmp_path: Path) -> None:
    scalars = [("val_loss", 66, 3.0), ("epoch", 66, 0.0), ("val_loss", 133, 2.0), ("epoch", 133, 1.0)]
    path = write(tmp_path / NAME, [*scalars, ("train_loss_step", 49, 3.3), ("train_loss_step", 99, 3.1)])
    [history] = recognise_history(f"lightning_logs/version_0/{NAME}", "tfevents", read(path))
    dev, train = history.series
    assert (dev.per, dev.epochs) == ("epoch", (0, 1))
    assert (train.per, train.epochs) == ("step", (49, 99))


def test_a_file_without_scalars_is_no_history(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, [])
    assert recognise_history(NAME, "tfevents", read(path)) == ()


def test_reading_one_does_not_import_tensorflow(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, [("loss", 0, 3.5)], tensors=True)
    code = (
        "import sys, pathlib; from slrdoctor.artifacts.formats.tfevents import read; "
        f"read(pathlib.Path({str(path)!r})); sys.exit('tensorflow' in sys.modules or 'torch' in "
        f"sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_real_event_file(shared_data: Path) -> None:
    root = shared_data / "armandobecerril__MSL-150-Dataset"
    [path] = root.rglob("*tfevents*")
    where = path.relative_to(root).as_posix()
    [history] = recognise_history(where, "tfevents", read(path))
    by_name = {s.name: s for s in history.series}
    assert by_name["epoch_loss"].split == by_name["evaluation_loss_vs_iterations"].split == "dev"
    assert by_name["epoch_loss"].epochs == tuple(range(25))
    assert by_name["epoch_accuracy"].values[22] == pytest.approx(0.42825598)
    assert by_name["evaluation_loss_vs_iterations"].epochs[0] == 2887


def curves(folder: Path, *names: str) -> dict[str, tuple[str, str]]:
    """What the curves mean that `add_scalars` wrote in folders below `folder`, by their names."""
    meanings = {}
    for name in names:
        tag, sub = name.rsplit("/", 1)
        place = f"logs/tb/{tag.replace('/', '_')}_{sub}"
        write(folder / place / NAME, [(tag, 50 * n, 0.9**n) for n in range(1, 9)])
        where = f"{place}/{NAME}"
        [history] = recognise_history(where, "tfevents", read(folder / where))
        assert history.folder == "logs/tb"
        [series] = history.series
        meanings[series.name] = (series.split, series.quantity)
    return meanings


def test_folders_that_add_scalars_makes_are_curves_with_both_their_names(tmp_path: Path) -> None:
    assert curves(
        tmp_path, "Loss/train", "Loss/val", "dev/WER/del_rate", "dev/WER/wer", "dev/WER/sub_rate"
    ) == {
        "Loss/train": ("train", "loss"),
        "Loss/val": ("dev", "loss"),
        "dev/WER/del_rate": ("dev", "deletions"),
        "dev/WER/wer": ("dev", "wer"),
        "dev/WER/sub_rate": ("dev", "substitutions"),
    }


def test_folders_that_add_scalars_makes_are_one_run(tmp_path: Path) -> None:
    write(tmp_path / "lauf" / NAME, [("lr", n, 0.1) for n in range(9)])
    for split, start in (("train", 3.0), ("test", 3.3)):
        write(
            tmp_path / f"lauf/verlust_{split}" / NAME,
            [("verlust", n, start / n) for n in range(1, 9)],
        )
    [(_, runs)] = discover(tmp_path).cases
    [run] = runs
    assert {(s.split, s.quantity) for h in run.histories for s in h.series} == {
        ("train", "loss"), ("test", "loss"),
    }  # fmt: skip


def test_folders_named_otherwise_stay_runs_of_their_own(tmp_path: Path) -> None:
    for name, start in (("adam", 3.0), ("sgd", 9.0)):
        write(tmp_path / name / NAME, [("loss", n, start / n) for n in range(1, 9)])
    [(_, runs)] = discover(tmp_path).cases
    assert {run.name for run in runs} == {"adam", "sgd"}
