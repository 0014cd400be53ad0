"""A run that is being written: what one axis has settled, and the others keep to."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from clinic.layouts.subject import Frames, Prediction, Row, Sample, Subject

Array = NDArray[Any]


class DoesNotApply(Exception):
    """This value cannot be written of this run, or not with the values of the other axes."""


@dataclass
class Table:
    """A file of annotations: its place without a suffix, its samples, and whether it names the split."""

    place: str
    samples: list[Sample]
    names_split: bool = False


@dataclass
class Draft:
    """`array` makes of frames [T, D] what is stored; `columns` maps id, target, signer and split."""

    subject: Subject
    root: Path
    layout: dict[str, str]
    axis: str = ""  # whose files are being written
    places: dict[str, str] = field(default_factory=dict)  # by axis: the folder of its files
    file_of: Callable[[Sample], str] = lambda sample: sample.name  # a feature file without its suffix
    row_of: Callable[[Sample], str] = lambda sample: sample.name  # the id in the annotations
    array: Callable[[Frames], Array] = lambda frames: frames
    is_flat: bool = True  # arrays are [T, D]
    columns: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)  # what the splits are called
    folders: dict[str, str] = field(default_factory=dict)  # where the features of each split lie
    tables: list[Table] = field(default_factory=list)
    with_class_folders: bool = False
    holds_features: bool = True  # in files of their own
    percent: bool = False
    first_epoch: int = 1
    beside_weights: dict[str, Any] = field(default_factory=dict)  # what else a checkpoint holds

    def word(self, split: str) -> str:
        return self.words.get(split, split)

    def folder_of(self, sample: Sample) -> str:
        """Where the features of a sample lie, for containers of one clip."""
        folder = self.folders.get(sample.split, "features")
        return f"{folder}/{sample.target}" if self.with_class_folders else folder

    def by_folder(self) -> dict[str, list[Sample]]:
        """The samples of each folder of features, for containers of many clips."""
        if self.with_class_folders:
            raise DoesNotApply("a container of many clips has no folder per class")
        found: dict[str, list[Sample]] = {}
        for sample in self.subject.samples:
            found.setdefault(self.folder_of(sample), []).append(sample)
        return found

    def record(self, sample: Sample, names_split: bool) -> dict[str, str]:
        """The row of a sample in a table, by the names of its columns."""
        row = {
            self.column("id"): self.row_of(sample),
            self.column("target"): sample.target,
            self.column("signer"): sample.signer,
        }
        return row | ({self.column("split"): self.word(sample.split)} if names_split else {})

    def column(self, what: str) -> str:
        usual = {"target": self.subject.target}.get(what, what)
        return self.columns.get(what, usual)

    def pairs(self) -> list[Prediction]:
        """The predictions with the ids of the annotations."""
        rows = {sample.name: self.row_of(sample) for sample in self.subject.samples}
        return [Prediction(rows[p.name], p.hypothesis, p.reference) for p in self.subject.predictions]

    def logged(self) -> list[Row]:
        """The history in the unit and with the count of epochs that were settled."""
        rows = []
        for row in self.subject.history:
            now = dict(row)
            now["epoch"] = row["epoch"] - 1 + self.first_epoch
            for name in ("dev_wer", "dev_accuracy"):
                if name in now and self.percent:
                    now[name] = 100 * now[name]
            rows.append(now)
        return rows

    def at(self, place: str) -> Path:
        path = self.root / f"{self.places.get(self.axis, '')}{place}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def text(self, place: str, content: str) -> None:
        self.at(place).write_bytes(content.encode("utf-8"))

    def json(self, place: str, value: Any, indent: int | None = 1) -> None:
        self.text(place, json.dumps(value, indent=indent, ensure_ascii=False) + "\n")

    def table(self, place: str, rows: Iterable[Sequence[Any]], delimiter: str = ",") -> None:
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
        self.text(place, out.getvalue())
