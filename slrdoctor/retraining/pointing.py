"""The slrdoctor.toml of a retrained run: it points at the user's features and annotations."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from slrdoctor.artifacts.run import DataSet, Row
from slrdoctor.artifacts.settings.read import NAME, Settings
from slrdoctor.artifacts.settings.write import Setting, settings_text
from slrdoctor.artifacts.storage.whole_file import write_text
from slrdoctor.core.catalogue import FAMILIES
from slrdoctor.facts.features.join import Join
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.probes.trainable import Trainable
from slrdoctor.retraining.data import Material
from slrdoctor.retraining.run_files import ANNOTATIONS, VOCABULARY, relative, write_rows

HEADING = "Written by `slrdoctor retrain`: features and annotations are those of the run"
# what was ignored on purpose stays so, as far as it is of the data
OF_THE_DATA = tuple(family.code for family in FAMILIES if family.is_data)


@dataclass(frozen=True)
class Subject:
    """The run that is retrained: its data, opened, and what of them can be trained on."""

    path: Path
    data: DataSet
    settings: Settings
    samples: Samples
    join: Join
    trainable: Trainable


def write_settings(out: Path, subject: Subject, material: Material, stride: int) -> None:
    """Write slrdoctor.toml to the folder of the retrained run; `stride` is its model's, for CTC."""
    sections: dict[str, dict[str, str | int]] = {
        "features": dict(feature_places(out, subject)),
        "annotations": dict(annotation_places(out, subject, material)),
        "vocabulary": {"path": VOCABULARY},
        "model": {"task": material.task},
    }
    if material.task == "ctc":
        sections["vocabulary"]["blank"] = material.blank
        sections["model"]["stride"] = stride
    kept = {code: why for code, why in subject.settings.ignore.items() if code.startswith(OF_THE_DATA)}
    sections["ignore"] = dict(kept)
    settings = {name: [Setting(k, v) for k, v in keys.items()] for name, keys in sections.items()}
    write_text(out / NAME, settings_text(settings, HEADING))


def feature_places(out: Path, subject: Subject) -> Mapping[str, str]:
    """Where the features of each split are; of what several splits share, only the first has it."""
    sets: dict[str, list[str]] = {}
    for pair in subject.join.pairs:
        places = sets.setdefault(pair.split or "train", [])
        if pair.set_where not in places:
            places.append(pair.set_where)
    told: dict[str, str] = {}
    for split in sorted(sets, key=("train", "dev", "test").index):
        paths = [subject.path / where for where in sets[split]]
        shared = paths[0] if len(paths) == 1 else Path(os.path.commonpath(paths))
        written = relative(shared, out)
        if written not in told.values():
            told[split] = written
    return told


def annotation_places(out: Path, subject: Subject, material: Material) -> Mapping[str, str]:
    """The user's files, where each holds one split; else files of our own with the same rows."""
    of_file = {file.where: {row.split for row in file.rows} for file in subject.data.annotations}
    splits = [next(iter(own)) for own in of_file.values() if len(own) == 1]
    told_apart = len(splits) == len(of_file) == len(set(splits)) and all(splits)
    if told_apart and "dev" in splits and not subject.samples.from_folders:
        places = zip(splits, of_file, strict=True)
        return {split: relative(subject.path / where, out) for split, where in places}
    held_out = {item.sample.id for item in material.dev}
    by_split: dict[str, list[Row]] = {}
    for row in subject.samples.rows:
        split = "dev" if row.split in ("", "train") and row.id in held_out else row.split or "train"
        by_split.setdefault(split, []).append(replace(row, split=split))
    return dict(_write(out, by_split))


def _write(out: Path, by_split: Mapping[str, Sequence[Row]]) -> Sequence[tuple[str, str]]:
    told = []
    for split, rows in by_split.items():
        where = f"{ANNOTATIONS}/{split}.csv"
        write_rows(out / where, rows)
        told.append((split, where))
    return told
