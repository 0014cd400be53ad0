"""What else a checkpoint says: the vocabulary and the config of the run, embedded in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from slrdoctor.artifacts.checkpoints.weights import Weights
from slrdoctor.artifacts.content import Opaque, Tree
from slrdoctor.artifacts.kinds.config_search import is_small
from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.artifacts.kinds.vocabulary import recognise_vocabulary
from slrdoctor.artifacts.run import ConfigFile, VocabularyFile

CONFIGS = (
    "config", "cfg", "args", "hyper_parameters", "hparams", "opt", "opts", "params", "options",
    "settings", "model_config", "model_args", "hyperparameters", "train_args", "training_args",
)  # fmt: skip


def vocabulary_in(where: str, format: str, weights: Weights) -> VocabularyFile | None:
    """The vocabulary that a checkpoint carries, at its top or in a config in it; else None.

    `where` and `format` are the checkpoint's, and become the vocabulary's.
    """
    for part in _parts(weights.parts.extras):
        # under the name of a vocabulary its own keys decide, not the checkpoint's name
        found = recognise_vocabulary("checkpoint", format, Tree(part))
        if found is not None and len(found.tokens) > 1:
            return VocabularyFile(where, format, found.tokens, found.collisions, found.target)
    return None


def config_in(where: str, format: str, weights: Weights) -> ConfigFile | None:
    """The settings that a checkpoint carries: its arguments, hyper-parameters or config; else None."""
    settings: dict[str, Any] = {}
    for name, item in weights.parts.extras.items():
        value = item.state if isinstance(item, Opaque) else item
        if name.lower() in CONFIGS and isinstance(value, Mapping) and is_small(value):
            settings[name] = value
    return ConfigFile(where, format, settings) if settings else None


def _parts(extras: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The extras themselves, then every config among them, without arrays of numbers."""
    yield {name: value for name, value in extras.items() if not isinstance(value, np.ndarray)}
    for name, item in extras.items():
        value = item.state if isinstance(item, Opaque) else item
        if name.lower() in CONFIGS and isinstance(value, Mapping):
            yield {name_of(key): inner for key, inner in value.items()}
