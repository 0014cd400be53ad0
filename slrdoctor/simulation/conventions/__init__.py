"""The ways in which people lay a run out on disk, a module each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from slrdoctor.simulation.conventions import h5, hobby, lightning, plain, signjoey, vac
from slrdoctor.simulation.records import Run, Style
from slrdoctor.simulation.worlds import TASKS


@dataclass(frozen=True)
class Convention:
    write: Callable[[Run, Style, Path], None]
    tasks: tuple[str, ...]
    style: Style
    sentence: str


CONVENTIONS = {
    "plain": Convention(
        plain.write, TASKS, Style(), "a npy file a clip, csv annotations, a json history"
    ),
    "h5": Convention(
        h5.write, TASKS, Style(), "a h5 file a split, json lines, a csv history with CRLF"
    ),
    "signjoey": Convention(
        signjoey.write, ("ctc", "translation"), Style(percent=True),
        "gzip pickles of records, .vocab files, train.log and validations.txt",
    ),
    "vac": Convention(
        vac.write, ("ctc",), Style(percent=True, first_epoch=0),
        "info and gloss_dict in npy, features in pickled npy, log.txt and dev.txt",
    ),
    "lightning": Convention(
        lightning.write, TASKS, Style(first_epoch=0),
        "npz archives, json annotations, metrics.csv, hparams.yaml, .ckpt",
    ),
    "hobby": Convention(
        hobby.write, ("classification",), Style(percent=False, first_epoch=0),
        "a folder a class, a history of lists as Keras has it",
    ),
}  # fmt: skip


def conventions_of(task: str) -> tuple[str, ...]:
    return tuple(name for name, convention in CONVENTIONS.items() if task in convention.tasks)
