"""`slrdoctor.toml`: what the user says of a run, over what detection finds."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slrdoctor.words.landmark_parts import ORDER, part_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NAME = "slrdoctor.toml"
TASKS = ("ctc", "classification", "translation", "retrieval")
LARGEST = 1 << 20  # bytes: a larger file of this name is something else
LARGEST_STRIDE = 10_000  # frames, as the layers of a stack: a larger one is a slip of the pen

# section -> keys; None: any key is a name that the user gives
KEYS: Mapping[str, tuple[str, ...] | None] = {
    "features": ("train", "dev", "test", "path", "parts"),  # path: files that tell the splits themselves
    "annotations": ("train", "dev", "test", "path"),
    "vocabulary": ("path", "blank"),
    "checkpoint": ("path",),
    "model": ("factory", "stride", "layers", "task", "input", "output", "loss", "decode"),
    "history": ("path",),
    "predictions": ("path",),
    "config": ("path",),
    "ignore": None,
}

Paths = tuple[str, ...]

# letters of axes: B samples, T frames, D values of a frame, K points and C coordinates, C classes
AXES = {
    "input": ("BTD", "TBD", "BDT", "BTKC", "BCTK"),
    "output": ("TBC", "BTC", "BCT", "TCB", "CBT", "CTB", "BC", "CB"),
}


class SettingsError(Exception):
    """`slrdoctor.toml` cannot be used as it stands. The message is for the user."""


@dataclass(frozen=True)
class Settings:
    """The user's word. Paths are as written, relative to the run directory; each may be several."""

    features: Mapping[str, Paths] = field(default_factory=dict)
    parts: tuple[str, ...] = ()  # that clips are joined of, in this order
    annotations: Mapping[str, Paths] = field(default_factory=dict)
    vocabulary: Paths = ()
    blank: int | str | None = None  # an index, or "last"
    checkpoint: Paths = ()
    factory: str = ""
    input: str = ""  # how the model takes its features: BTD, TBD ...
    output: str = ""  # and gives its scores: TBC, BTC ...
    loss: str = ""  # path/to/file.py:function, where training does not use the model's own
    decode: str = ""
    stride: int | None = None
    layers: str = ""
    task: str = ""
    history: Paths = ()
    predictions: Paths = ()
    config: Paths = ()
    ignore: Mapping[str, str] = field(default_factory=dict)
    read_from: str = ""  # the file, where there is one


def read_settings(folder: Path) -> Settings:
    """Read `slrdoctor.toml` in `folder`; defaults where there is none.

    Raises SettingsError for a file that is not TOML, an unknown key (naming the nearest
    known one) or a value of the wrong type.
    """
    path = folder / NAME
    if not os.path.lexists(path):
        return Settings()
    written = _parsed(path)
    for section, values in written.items():
        _known(section, KEYS, "section")
        if not isinstance(values, dict):
            raise SettingsError(f"{NAME}: {section} is a section: write [{section}] and keys below it")
        keys = KEYS[section]
        for key in values if keys is not None else ():
            _known(key, keys or (), f"key of [{section}]")
    return _settings(written)


def _parsed(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise SettingsError(f"{NAME} is not a file: a folder, a pipe, or a link that leads nowhere")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise SettingsError(f"{NAME} has over {LARGEST >> 20} MiB: it does not contain settings")
        return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{NAME} cannot be read: {error}") from error
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise SettingsError(f"{NAME} is not TOML: {error}") from error


def _known(word: str, words: Any, what: str) -> None:
    if word in words:
        return
    near = difflib.get_close_matches(word, list(words), n=1, cutoff=0.0)
    raise SettingsError(f"{NAME}: unknown {what} {word!r}: did you mean {near[0]!r}?")


def _settings(written: Mapping[str, Mapping[str, Any]]) -> Settings:
    values = _Written(written)
    return Settings(
        features={key: at for key, at in values.places("features").items() if key != "parts"},
        parts=values.parts(),
        annotations=values.places("annotations"),
        vocabulary=values.paths("vocabulary", "path"),
        blank=values.blank(),
        checkpoint=values.paths("checkpoint", "path"),
        factory=values.text("model", "factory"),
        input=values.one_of(AXES["input"], "input"),
        output=values.one_of(AXES["output"], "output"),
        loss=values.text("model", "loss"),
        decode=values.text("model", "decode"),
        stride=values.stride(),
        layers=values.text("model", "layers"),
        task=values.one_of(TASKS, "task"),
        history=values.paths("history", "path"),
        predictions=values.paths("predictions", "path"),
        config=values.paths("config", "path"),
        ignore=values.texts("ignore"),
        read_from=NAME,
    )


@dataclass(frozen=True)
class _Written:
    """What stands in the file, section by section; each method raises SettingsError for a bad value."""

    sections: Mapping[str, Mapping[str, Any]]

    def text(self, section: str, key: str) -> str:
        value = self._value(section, key)
        return "" if value is None else _text(value, section, key)

    def paths(self, section: str, key: str) -> Paths:
        """One path or a list of them."""
        value = self._value(section, key)
        if value is None:
            return ()
        if not isinstance(value, list):
            return (_text(value, section, key),)
        if not value:
            raise SettingsError(f"{NAME}: [{section}] {key} is empty: write a path or leave it out")
        return tuple(dict.fromkeys(_text(one, section, key) for one in value))

    def places(self, section: str) -> dict[str, Paths]:
        return {key: self.paths(section, key) for key in self.sections.get(section, {})}

    def texts(self, section: str) -> dict[str, str]:
        return {key: self.text(section, key) for key in self.sections.get(section, {})}

    def parts(self) -> tuple[str, ...]:
        listed = self.paths("features", "parts")
        parts = tuple(part_of(name) for text in listed for name in text.split(","))
        if "" in parts or len(set(parts)) < len(parts):
            known = ", ".join(ORDER)
            raise SettingsError(f"{NAME}: [features] parts lists some of {known}, each once")
        return parts

    def one_of(self, allowed: tuple[str, ...], key: str) -> str:
        value = self.text("model", key)
        if value and value not in allowed:
            raise SettingsError(f"{NAME}: [model] {key} is one of {', '.join(allowed)}, not {value!r}")
        return value

    def blank(self) -> int | str | None:
        blank: int | str | None = self._value("vocabulary", "blank")
        if not (blank is None or blank == "last" or (_is_int(blank) and int(blank) >= 0)):
            raise SettingsError(f'{NAME}: [vocabulary] blank is an index or "last", not {blank!r}')
        return blank

    def stride(self) -> int | None:
        stride: int | None = self._value("model", "stride")
        if not (stride is None or (_is_int(stride) and 1 <= stride <= LARGEST_STRIDE)):
            allowed = f"a whole number from 1 to {LARGEST_STRIDE}"
            raise SettingsError(f"{NAME}: [model] stride is {allowed}, not {stride!r}")
        return stride

    def _value(self, section: str, key: str) -> Any:
        return self.sections.get(section, {}).get(key)


def _text(value: object, section: str, key: str) -> str:
    if not isinstance(value, str):
        raise SettingsError(f"{NAME}: [{section}] {key} is text, not {value!r}")
    if not value.strip() and section != "ignore":
        raise SettingsError(f"{NAME}: [{section}] {key} is empty: write a value or leave it out")
    return value


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
