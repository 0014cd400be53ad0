"""The axes and their values: a value is a function of a module of `axes/`, by its decorator."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field

from clinic.layouts.draft import Draft

Write = Callable[[Draft], None]
# In the order in which they are applied: an axis reads what those before it have settled.
ORDER = (
    "places",
    "ids",
    "shape",
    "splits",
    "columns",
    "annotations",
    "features",
    "vocabulary",
    "unit",
    "history",
    "predictions",
    "config",
    "checkpoint",
    "neighbours",
)


@dataclass
class Axis:
    """Its values by name, and which of them the plain layout has."""

    name: str
    values: dict[str, Write] = field(default_factory=dict)
    plain: str = ""


AXES: dict[str, Axis] = {}


def value(write: Write) -> Write:
    """Register a value of the axis that its module, or the folder of the module, is named for."""
    axis = _axis_of(write)
    if write.__name__ in axis.values:
        raise ValueError(f"{axis.name} has two values called {write.__name__}")
    axis.values[write.__name__] = write
    return write


def plain(write: Write) -> Write:
    """Register the value that the plain layout has."""
    axis = _axis_of(write)
    if axis.plain:
        raise ValueError(f"{axis.name} is plain as {axis.plain} and as {write.__name__}")
    axis.plain = write.__name__
    return value(write)


def _axis_of(write: Write) -> Axis:
    name = write.__module__.partition(".axes.")[2].partition(".")[0]
    return AXES.setdefault(name, Axis(name))


def load() -> dict[str, Axis]:
    """Every axis in the order in which it is applied."""
    for name in ORDER:
        module = importlib.import_module(f"clinic.layouts.axes.{name}")
        for inner in sorted(m.name for m in pkgutil.iter_modules(getattr(module, "__path__", ()))):
            importlib.import_module(f"{module.__name__}.{inner}")
    return {name: AXES[name] for name in ORDER}


def plain_layout() -> dict[str, str]:
    return {name: axis.plain for name, axis in load().items()}
