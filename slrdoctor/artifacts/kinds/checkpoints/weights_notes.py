"""What else a checkpoint says: the vocabulary, the config and the history of the run, embedded in it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Opaque, Tree, Unreadable
from slrdoctor.artifacts.kinds.checkpoints.weights import Weights, open_weights
from slrdoctor.artifacts.kinds.config.search import is_small
from slrdoctor.artifacts.kinds.history.trees import histories_of_tree
from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.artifacts.kinds.vocabulary import recognise_vocabulary
from slrdoctor.artifacts.run import CheckpointFile, ConfigFile, HistoryFile, VocabularyFile

CONFIGS = (
    "config", "cfg", "args", "hyper_parameters", "hparams", "opt", "opts", "params", "options",
    "settings", "model_config", "model_args", "hyperparameters", "train_args", "training_args",
)  # fmt: skip
INSIDE = ", key "  # between a checkpoint and the key in it: "best.pt, key vocab"
MOST_OPENED = 4  # checkpoints that are opened for their notes
LONGEST_TEXT = 4 << 20  # characters of JSON that a text in a checkpoint may have


def notes_in(
    files: Sequence[CheckpointFile],
) -> tuple[list[VocabularyFile], list[ConfigFile]]:
    """The vocabulary and the configs in the first of these checkpoints that has any."""
    vocabularies: list[VocabularyFile] = []
    configs: list[ConfigFile] = []
    for file in files[:MOST_OPENED]:
        try:
            weights = open_weights(file.path)
        except Unreadable:  # which the checkpoints' own facts tell
            continue
        if not vocabularies:
            found = vocabulary_in(file.where, file.format, weights)
            vocabularies += [found] if found is not None else []
        configs = configs or configs_in(file.where, file.format, weights)
        if vocabularies and configs:
            break
    return vocabularies, configs


def histories_in(files: Sequence[CheckpointFile]) -> list[HistoryFile]:
    """The history that checkpoints carry, the longest of each folder, of the first of these files."""
    longest: dict[str, HistoryFile] = {}
    for file in files[:MOST_OPENED]:
        try:
            weights = open_weights(file.path)
        except Unreadable:
            continue
        history = history_in(file.where, file.format, weights)
        folder = file.where.rpartition("/")[0]
        if history is not None and (
            folder not in longest or len(history.row_epochs) > len(longest[folder].row_epochs)
        ):
            longest[folder] = history
    return list(longest.values())


def history_in(where: str, format: str, weights: Weights) -> HistoryFile | None:
    """The curves that a checkpoint carries, in a container of theirs or as lists at its top; else None.

    Scores of the one epoch of the checkpoint are not a history.
    """
    if weights.is_keras or weights.parts.layout == "named arrays":
        return None
    held = {name: _opened(item) for name, item in weights.parts.extras.items()}
    # a list of one or two values is of something else: `betas`, a range of scores
    lists = {name: item for name, item in held.items() if isinstance(item, list) and len(item) > 2}
    own = {name: {name: item} for name, item in held.items() if isinstance(item, (Mapping, list))}
    for name, part in [*own.items(), *([(next(iter(lists)), lists)] if lists else [])]:
        found = histories_of_tree(f"{where}{INSIDE}{name}", part)
        if len(found) == 1 and len(set(found[0].row_epochs)) > 2:
            return dataclasses.replace(found[0], format=format)
    return None


def vocabulary_in(where: str, format: str, weights: Weights) -> VocabularyFile | None:
    """The vocabulary that a checkpoint carries, at its top or in a config in it; else None.

    `where` and `format` are the checkpoint's; the vocabulary's place has the key as well.
    """
    for key, part in _parts(weights.parts.extras):
        # under the name of a vocabulary its own keys decide, not the checkpoint's name
        found = recognise_vocabulary("checkpoint", format, Tree(part))
        if found is not None and found.target != "text" and len(found.tokens) > 1:
            return VocabularyFile(
                f"{where}{INSIDE}{key}", format, found.tokens, found.collisions, found.target
            )
    return None


def configs_in(where: str, format: str, weights: Weights) -> list[ConfigFile]:
    """The settings that a checkpoint carries: its arguments, hyper-parameters or config."""
    if weights.is_keras:  # whose config is the model's own, layer by layer
        return []
    held = {name: _opened(item) for name, item in weights.parts.extras.items()}
    return [
        ConfigFile(f"{where}{INSIDE}{name}", format, {name_of(key): one for key, one in value.items()})
        for name, value in held.items()
        if name.lower() in CONFIGS and isinstance(value, Mapping) and value and is_small(value)
    ]


def _parts(extras: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each container beside the tensors, by itself; then what is in those that hold others."""
    held = {name: _opened(item) for name, item in extras.items() if not isinstance(item, np.ndarray)}
    held = {name: item for name, item in held.items() if isinstance(item, (Mapping, list, tuple))}
    for name, item in held.items():
        yield name, {name: list(item) if isinstance(item, tuple) else item}
    for name, item in held.items():
        if isinstance(item, Mapping) and (name.lower() in CONFIGS or "vocab" in name.lower()):
            for key, inner in item.items():
                inside = _opened(inner)
                if isinstance(inside, (Mapping, list)):
                    yield f"{name}.{name_of(key)}", {name_of(key): inside}


def _opened(item: Any) -> Any:
    """What an object held in the object's place, and what a text in JSON says in the text's."""
    if isinstance(item, Opaque):
        return item.state
    if isinstance(item, str) and item[:1] in ("{", "[") and len(item) <= LONGEST_TEXT:
        try:
            return json.loads(item)
        except (ValueError, RecursionError):
            return item
    return item
