"""What the artifacts around a checkpoint say of the model that it should be of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.config.search import every_setting
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.artifacts.run import ConfigFile, DataSet, FeatureSet, HistoryFile, VocabularyFile
from slrdoctor.words.settings import CLASSES, INPUT_SIZE, plain_key
from slrdoctor.words.tokens import is_special

ADDED = 5  # outputs that a model may have beyond its glosses: blank, padding, unknown, start and end
LONGEST_PATH = 1000  # characters
SETS_OPENED = 4  # feature sets of which a clip is opened for its size


@dataclass(frozen=True)
class NamedPath:
    """A text of a config or a log as a path: its parts in lower case, its key, and where it stands."""

    parts: tuple[str, ...]
    key: str
    where: str


@dataclass(frozen=True)
class Surroundings:
    """What agrees with a run: sizes of a head, sizes of a first layer, the last epoch."""

    heads: tuple[tuple[int, int], ...]  # (fewest, most) outputs
    inputs: frozenset[int]  # features a frame
    epochs: float  # the last one that is logged; nan where none is
    named: Mapping[str, Sequence[NamedPath]]  # paths in configs and logs, by their last part


def surroundings(
    data: DataSet, histories: Sequence[HistoryFile], configs: Sequence[ConfigFile]
) -> Surroundings:
    settings = list(_settings(histories, configs))
    sizes = [(key, value) for key, value, _ in settings if isinstance(value, int) and value > 1]
    heads = [(n, n + 1) for key, n in sizes if CLASSES.is_meant(key)]
    inputs = {n for key, n in sizes if INPUT_SIZE.is_named(plain_key(key).rpartition(".")[2])}
    epochs = [e for h in histories for s in h.series if s.per == "epoch" for e in s.epochs]
    return Surroundings(
        heads=(*heads, *_of_vocabularies(data)),
        inputs=frozenset(inputs | set(_stored_sizes(data.features))),
        epochs=max(epochs, default=math.nan),
        named=_named_paths(settings),
    )


def _named_paths(settings: Iterable[tuple[str, object, str]]) -> dict[str, list[NamedPath]]:
    found: dict[str, list[NamedPath]] = {}
    for key, value, where in settings:
        if isinstance(value, str) and len(value) <= LONGEST_PATH:
            parts = [p for p in value.lower().replace("\\", "/").split("/") if p not in ("", ".", "..")]
            if parts:
                found.setdefault(parts[-1], []).append(NamedPath(tuple(parts), key.lower(), where))
    return found


def _settings(
    histories: Iterable[HistoryFile], configs: Iterable[ConfigFile]
) -> Iterator[tuple[str, object, str]]:
    for where, value in (
        *((config.where, config.value) for config in configs),
        *((history.where, history.facts) for history in histories),
    ):
        for path, setting in every_setting(value):
            yield ".".join(path), setting, where


def _of_vocabularies(data: DataSet) -> Iterator[tuple[int, int]]:
    """The outputs that the vocabulary needs; without one, those that the annotated classes need."""
    for file in data.vocabularies[:1]:
        if file.target != "text" and file.tokens:
            yield outputs_of_vocabulary(file)
            return
    rows = [row for file in data.annotations for row in file.rows if row.glosses]
    names = {gloss for row in rows for gloss in row.glosses or ()}
    if len(names) > 1:
        yield len(names), len(names) + ADDED


def outputs_of_vocabulary(file: VocabularyFile) -> tuple[int, int]:
    """The fewest and the most outputs of a model with this vocabulary."""
    glosses = sum(t is not None and not is_special(t.strip(), True) for t in file.tokens)
    return glosses, len(file.tokens) + ADDED


def _stored_sizes(sets: Sequence[FeatureSet]) -> Iterator[int]:
    """The values a frame of the first clip of each feature set."""
    for one in sets[:SETS_OPENED]:
        for clip in one.clips[:1]:
            try:
                shape = open_clip(clip).shape
            except Unreadable:  # which the features' own facts tell
                continue
            yield math.prod(shape[1:])
