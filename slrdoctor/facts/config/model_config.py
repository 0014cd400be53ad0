"""What configs say of the model, its loss and its input, under whatever names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from slrdoctor.artifacts.kinds.config.search import every_setting
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.environment.source_code import SourceCode
from slrdoctor.facts.source.source_values import SourceValues
from slrdoctor.words.settings import (
    CLASSES,
    CONV_TYPE,
    LAYERS,
    MAX_FRAMES,
    MAX_LENGTH,
    STRIDE,
    STRIDE_OF_A_MODEL,
    ZERO_INFINITY,
    Setting,
)

# sections in which a name that means several things means the temporal one
MODEL = re.compile(r"model|net\b|network|encoder|temporal|frontend|arch")
DATA = re.compile(r"data|feeder|loader|input|preprocess|video|feature|sequence|sample")
TEXT = re.compile(r"decod|generat|tok|text|beam|target|translat|label|gloss|model|position")
EARLIER = re.compile(rf"{DATA.pattern}|backbone|extract")  # before the features that are on disk
LARGEST_STRIDE, LARGEST_PLAIN_STRIDE = 64, 8
SLIDING = re.compile(r"window|win_len|overlap|hop|chunk")  # beside it, `stride` is the window's


@dataclass(frozen=True)
class Said:
    """A value, and where it is written."""

    value: Any
    where: str  # "configs/baseline.yaml model_args.num_classes", "train.py line 12"
    in_list: bool = False  # written as a list of single layers

    @property
    def key(self) -> str:
        return self.where.rpartition(" ")[2].rpartition(".")[2]

    @property
    def sentence(self) -> str:
        return f"{self.value} in {self.where}"


@dataclass(frozen=True)
class ModelConfig:
    """What was found of each quantity, configs before sources; empty where nothing says it."""

    read_from: str
    classes: tuple[Said, ...] = ()  # outputs of the model, from configs only
    layers: tuple[Said, ...] = ()  # K5-P2 notation
    conv_types: tuple[Said, ...] = ()  # the VAC family's numbers for stacks
    strides: tuple[Said, ...] = ()
    max_frames: tuple[Said, ...] = ()
    zero_infinity: tuple[Said, ...] = ()
    files: tuple[str, ...] = field(default=())

    @property
    def sentence(self) -> str:
        said = [s.sentence for group in (self.classes, self.strides, self.max_frames) for s in group]
        return f"{self.read_from}: " + ("; ".join(said) or "no number of classes, stride or length")


@measure
def model_config(
    run: TrainingRun, code: SourceCode | None, calls: SourceValues | None = None
) -> ModelConfig:
    """Search every config, what the log says of its arguments, and the sources' constants and calls."""
    told = list(_written(run))
    configs = tuple(config.where for config in run.configs)
    if not told and not configs and code is None and calls is None:
        raise Unavailable(
            "neither a yaml, json or toml config nor Python sources in the run directory",
            "add the config that the run was started with",
        )
    constants = [] if code is None else [((c.name.lower(),), c.value, c.where) for c in code.constants]
    silenced = () if code is None else tuple(Said(value, where) for value, where in code.zero_infinity)
    silenced = silenced or _called(calls, "zero_infinity")
    source = code if code is not None else calls
    read_from = ", ".join((*configs, *((source.read_from,) if source is not None else ()))) or "the log"
    return ModelConfig(
        read_from=read_from,
        classes=tuple(_numbers(told, CLASSES, 2)),
        layers=tuple(_layers(told)) or _agreed(_layers(constants)),
        conv_types=tuple(_numbers(told, CONV_TYPE, 0)),
        strides=tuple(_strides(told))
        or tuple(_numbers(constants, STRIDE, 1))
        or _called(calls, "stride"),
        max_frames=tuple(_max_frames(told)) or tuple(_numbers(constants, MAX_FRAMES, 2)),
        zero_infinity=tuple(_switches(told, ZERO_INFINITY)) or silenced,
        files=configs,
    )


def _called(calls: SourceValues | None, setting: str) -> tuple[Said, ...]:
    """What calls of the sources give a setting, where they agree."""
    claim = calls.of(setting) if calls is not None else None
    return () if claim is None else (Said(claim.value, claim.where),)


Entry = tuple[tuple[str, ...], Any, str]  # (the keys down to it, the value, where)


def _written(run: TrainingRun) -> Iterator[Entry]:
    """Every setting of the configs, then of what the logs repeat of them."""
    files = [(config.where, config.value) for config in run.configs]
    files += [(history.where, history.facts) for history in run.histories]
    for where, settings in files:
        for path, value in every_setting(settings):
            keys = tuple(".".join(path).lower().replace("-", "_").split("."))
            if len(keys) > 1 and keys[-1] == "value":
                keys = keys[:-1]  # W&B writes every value of its config as {"value": ...}
            yield keys, value, f"{where} {'.'.join(path)}"


def _whole(value: Any) -> int | None:
    """The whole number that a value is or spells; None for anything else, and for switches."""
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}\s*", value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if abs(value) < 10**9 and value == int(value) else None


def _numbers(entries: Iterable[Entry], setting: Setting, least: int) -> Iterator[Said]:
    for keys, value, where in entries:
        number = _whole(value)
        if setting.is_meant(".".join(keys)) and number is not None and number >= least:
            yield Said(number, where)


def _strides(entries: list[Entry]) -> Iterator[Said]:
    sliding = {keys[:-1] for keys, _, _ in entries if SLIDING.search(keys[-1])}
    for keys, value, where in entries:
        section = ".".join(keys[:-1])
        if EARLIER.search(section) and not MODEL.search(section):
            continue
        temporal = STRIDE.is_named(keys[-1])
        plain = STRIDE_OF_A_MODEL.is_named(keys[-1]) and keys[:-1] not in sliding
        if not temporal and not (plain and (not section or MODEL.search(section))):
            continue
        # a list of a plain name, or a large number, is of an image's height and width
        numbers = [_whole(v) or 0 for v in (value if isinstance(value, list) and temporal else [value])]
        stride = math.prod(numbers)
        if 1 <= stride <= (LARGEST_STRIDE if temporal else LARGEST_PLAIN_STRIDE):
            yield Said(stride, where)


def _layers(entries: Iterable[Entry]) -> Iterator[Said]:
    for keys, value, where in entries:
        if not LAYERS.is_named(keys[-1]):
            continue
        if isinstance(value, str) and re.match(r"\s*[KPS]\d", value):
            yield Said(value, where)
        elif (
            isinstance(value, list)
            and value
            and all(isinstance(layer, str) and re.match(r"[KPS]\d", layer) for layer in value)
        ):
            yield Said("-".join(value), where, in_list=True)


def _agreed(said: Iterable[Said]) -> tuple[Said, ...]:
    """Those of the sources, unless they differ: then they are the choices and not the one taken."""
    found = tuple(said)
    return found[:1] if len({str(s.value) for s in found}) == 1 else ()


def _max_frames(entries: list[Entry]) -> Iterator[Said]:
    yield from _numbers(entries, MAX_FRAMES, 2)
    for said, keys in ((Said(_whole(v), where), keys) for keys, v, where in entries):
        section = ".".join(keys[:-1])
        inputs = DATA.search(section) if section else keys[-1].startswith(("max_seq", "seq"))
        if (
            MAX_LENGTH.is_named(keys[-1])
            and inputs
            and not TEXT.search(section)
            and (said.value or 0) >= 2
        ):
            yield said


def _switches(entries: Iterable[Entry], setting: Setting) -> Iterator[Said]:
    for keys, value, where in entries:
        if setting.is_named(keys[-1]):
            if isinstance(value, bool):
                yield Said(value, where)
            elif str(value).strip().lower() in ("true", "1", "false", "0"):
                yield Said(str(value).strip().lower() in ("true", "1"), where)


@dataclass(frozen=True)
class ZeroInfinity:
    """Whether the CTC loss replaces infinite losses by zero."""

    on: bool
    read_from: str

    @property
    def sentence(self) -> str:
        return f"zero_infinity={self.on} in {self.read_from}"


@measure
def zero_infinity(config: ModelConfig) -> ZeroInfinity:
    """What configs say, else the CTC losses of the sources; on where any of them has it on."""
    if not config.zero_infinity:
        raise Unavailable(
            f"zero_infinity is not set in {config.read_from}",
            "scan the folder that holds the training code or a config with zero_infinity in it",
        )
    said = max(config.zero_infinity, key=lambda s: bool(s.value))
    return ZeroInfinity(bool(said.value), said.where)


@dataclass(frozen=True)
class LongestInput:
    """The number of frames at which clips are cut off before the model sees them."""

    frames: int
    read_from: str

    @property
    def sentence(self) -> str:
        return f"clips are cut at {self.frames} frames ({self.read_from})"


@measure
def longest_input(config: ModelConfig) -> LongestInput:
    """The largest configured maximum: what does not fit there fits nowhere."""
    if not config.max_frames:
        raise Unavailable(
            f"no max_frames, max_seq_len, clip_len or similar setting in {config.read_from}",
            "name the longest input in the config as max_frames",
        )
    said = max(config.max_frames, key=lambda s: int(s.value))
    return LongestInput(int(said.value), said.where)
