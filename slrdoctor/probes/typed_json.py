"""Frozen dataclasses as JSON and back: each value of its declared type, no key missing or unknown."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_UNIONS = (Union, types.UnionType)


class WrongData(ValueError):
    """JSON that is not what was agreed. The message names the place and what stands there."""


def to_json(value: object) -> str:
    """The JSON of an instance of a dataclass; NaN and infinities are written as Python writes them."""
    assert dataclasses.is_dataclass(value) and not isinstance(value, type)
    return json.dumps(dataclasses.asdict(value))


def from_json(kind: type[T], text: str) -> T:
    """The instance of `kind` that `to_json` wrote. Raises WrongData."""
    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongData(f"{kind.__name__} is not JSON: {error}") from error
    return from_plain(kind, written)


def from_plain(kind: type[T], written: object) -> T:
    """The instance of `kind` that JSON's dicts, lists, numbers and texts describe. Raises WrongData."""
    instance = _value(kind, written, kind.__name__)
    assert isinstance(instance, kind)
    return instance


def _value(kind: Any, written: Any, place: str) -> Any:
    of, arguments = get_origin(kind), get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _instance(kind, written, place)
    if of in _UNIONS:  # one type, or None
        [other] = (one for one in arguments if one is not type(None))
        return None if written is None else _value(other, written, place)
    if of is tuple and isinstance(written, list):
        kinds = arguments[:1] * len(written) if arguments[1:] == (...,) else arguments
        if len(kinds) == len(written):
            pairs = enumerate(zip(kinds, written, strict=False))
            return tuple(_value(one, value, f"{place}[{i}]") for i, (one, value) in pairs)
    if of is Mapping and isinstance(written, dict):
        return {key: _value(arguments[1], one, f"{place}[{key!r}]") for key, one in written.items()}
    if kind is float and type(written) is int:
        return float(written)
    if of is None and type(written) is kind:
        return written
    raise WrongData(f"{place} is {written!r:.60}, not {getattr(kind, '__name__', kind)}")


def _instance(kind: Any, written: Any, place: str) -> Any:
    if not isinstance(written, dict):
        raise WrongData(f"{place} is {written!r:.60}, not an object with keys")
    fields = {field.name: field for field in dataclasses.fields(kind)}
    unknown = written.keys() - fields
    needed = {
        name
        for name, field in fields.items()
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    missing = needed - written.keys()
    if unknown or missing:
        what = "unknown" if unknown else "missing"
        raise WrongData(f"{place}: {what} key {', '.join(sorted(unknown or missing))}")
    kinds = get_type_hints(kind)
    return kind(**{key: _value(kinds[key], one, f"{place}.{key}") for key, one in written.items()})
