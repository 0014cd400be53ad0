"""What else in a folder tells of the features: the first layer of a checkpoint, and the configs."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.directory.cases.run_checkpoints import likely_own
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.kinds.checkpoints.layers import entries, layers_of
from slrdoctor.artifacts.kinds.checkpoints.weights import open_weights
from slrdoctor.artifacts.kinds.config.search import every_setting
from slrdoctor.artifacts.run import ConfigFile
from slrdoctor.words.landmark_parts import part_of
from slrdoctor.words.settings import INPUT_SIZE, plain_key
from slrdoctor.words.splits import split_of_word

MOST_OPENED = 3  # checkpoints, the likeliest to be the run's own first
_PLACE = re.compile(r"feat|keypoint|landmark|pose|skelet|data|path|dir|root|folder|input", re.IGNORECASE)
_USE = re.compile(r"(use|with|include)_(\w+)")


class TakenSizes:
    """How many features a frame a model takes; checkpoints are opened when first asked for."""

    def __init__(self, found: Found) -> None:
        self._found = found

    @property
    def of_layers(self) -> tuple[int, ...]:
        """What the layers take that may be first in the model, the likeliest checkpoint first."""
        return tuple(reversed(self._by_layer))

    def taker(self, size: int) -> str:
        """What takes that many features a frame, in words; "" where nothing does."""
        return self._by_layer.get(size) or self._by_config.get(size, "") if size > 1 else ""

    def strength(self, size: int) -> int:
        """How much that tells: 2 of a layer, 1 of a config, 0 of nothing."""
        return 2 if size in self._by_layer else int(size in self._by_config)

    @functools.cached_property
    def _by_layer(self) -> dict[int, str]:
        return dict(reversed(list(self._of_checkpoints())))

    @functools.cached_property
    def _by_config(self) -> dict[int, str]:
        return dict(reversed(list(self._of_configs())))

    def _of_checkpoints(self) -> Iterator[tuple[int, str]]:
        for file in likely_own(self._found.checkpoints)[:MOST_OPENED]:
            try:
                weights = open_weights(file.path)
            except Unreadable:
                continue
            for layer in entries(layers_of(weights), weights.is_ordered):
                name = layer.name or "the first layer"
                yield layer.inputs, f"{name} in {file.where} takes {layer.inputs} values per frame"

    def _of_configs(self) -> Iterator[tuple[int, str]]:
        for config, key, value in _settings(self._found.configs):
            is_size = isinstance(value, int) and not isinstance(value, bool)
            if is_size and INPUT_SIZE.is_named(plain_key(key).rpartition(".")[2]):
                yield value, f"{key} in {config.where} is {value}"


def naming_configs(where: str, configs: Sequence[ConfigFile]) -> str:
    """The setting that names the folder or file of features, in words; "" where none does."""
    folders = [piece for piece in where.split("/") if not split_of_word(piece)]
    for config, key, value in _settings(configs):
        if not isinstance(value, str) or not _PLACE.search(key) or len(value) > 300:
            continue
        pieces = [p for p in value.replace("\\", "/").split("/") if p not in ("", ".", "..")]
        pieces = [p for p in pieces if not split_of_word(p) and "*" not in p]
        if pieces and folders and _ends_at(pieces, folders):
            return f"{key} in {config.where} is {value}"
    return ""


def _ends_at(pieces: list[str], folders: list[str]) -> bool:
    """Whether a path, of another machine perhaps, leads to the folder or to one above or below it."""
    for start in range(len(pieces)):
        tail = pieces[start:]
        if tail == folders[: len(tail)]:
            return True
    return False


def configured_parts(there: Sequence[str], configs: Sequence[ConfigFile]) -> tuple[tuple[str, ...], str]:
    """The parts that a config lists, in its order, or leaves switched on; none where it is silent."""
    off: list[str] = []
    why = ""
    for config, key, value in _settings(configs):
        listed = _listed(value, there)
        if listed:
            return listed, f"{key} in {config.where} lists them"
        use = _USE.fullmatch(plain_key(key).rpartition(".")[2])
        if use and value is False and part_of(use[2]):
            off += [part for part in there if part in _meant(part_of(use[2]), there)]
            why = f"{key} in {config.where} is off"
    kept = tuple(part for part in there if part not in off)
    return (kept, why) if off and kept else ((), "")


def _listed(value: Any, there: Sequence[str]) -> tuple[str, ...]:
    """Parts in a list, or in a text such as `pose+hands`; none where it lists anything else."""
    if isinstance(value, str):
        value = re.split(r"[,+;| ]+", value.strip())
    if not isinstance(value, list) or not all(isinstance(item, str) and part_of(item) for item in value):
        return ()
    meant = [part for item in value for part in _meant(part_of(item), there)]
    return tuple(dict.fromkeys(meant)) if len(meant) > 1 else ()


def _meant(part: str, there: Sequence[str]) -> list[str]:
    """The parts that a name means: hands are the left and the right one."""
    if part in there:
        return [part]
    return [one for one in there if one.endswith("_hand")] if part in ("hand", "hands") else []


def _settings(configs: Sequence[ConfigFile]) -> Iterator[tuple[ConfigFile, str, Any]]:
    for config in configs:
        for path, value in every_setting(config.value):
            yield config, ".".join(path), value
