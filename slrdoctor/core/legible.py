"""The report as it may be shown: whatever a file called anything, it is text and stays in its place."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from slrdoctor.core.registry import Check
from slrdoctor.words.controls import escaped, one_line

T = TypeVar("T")
SEVERAL_LINES = ("how", "trace")  # fields whose line ends are ours


def legible(value: T) -> T:
    """The same with every text in it made visible, and on one line where it is meant to be."""
    shown: Any = value
    if isinstance(value, str):
        shown = one_line(value)
    elif isinstance(value, Mapping):
        shown = {legible(key): _field(key, item) for key, item in value.items()}
    elif isinstance(value, (tuple, list)):
        shown = type(value)(map(legible, value))
    elif dataclasses.is_dataclass(value) and not isinstance(value, (type, Check)):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}
        shown = dataclasses.replace(value, **{name: _field(name, item) for name, item in fields.items()})
    return shown  # type: ignore[no-any-return]


def _field(name: object, value: Any) -> Any:
    return escaped(value) if name in SEVERAL_LINES and isinstance(value, str) else legible(value)
