"""What a torch optimizer remembers of each tensor it updates, as a checkpoint stores it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Opaque
from slrdoctor.artifacts.kinds.plain_values import name_of, plain

DEEPEST = 4
# moments that have the shape of their tensor, the surest first
MOMENTS = ("exp_avg", "momentum_buffer", "square_avg", "sum", "exp_avg_sq", "acc_delta", "ax", "state1")

Key = int | str  # a tensor's place among the optimizer's, or its name


@dataclass(frozen=True)
class Remembered:
    """What is stored for one tensor: the shape of its moments and the steps it took, where told."""

    shape: tuple[int, ...] | None
    step: float | None

    @property
    def is_updated(self) -> bool:
        return self.step is None or self.step > 0


@dataclass(frozen=True)
class Optimizer:
    """One optimizer: the tensors it was given, in order, and what it remembers of them."""

    tensors: tuple[Key, ...]
    remembered: Mapping[Key, Remembered]
    learning_rates: tuple[float, ...]  # one a group
    moments: tuple[str, ...]  # the names of what it remembers

    @property
    def kind(self) -> str:
        names = set(self.moments)
        if {"exp_avg", "exp_avg_sq"} <= names:
            return "Adam"
        if "momentum_buffer" in names and "square_avg" not in names:
            return "SGD with momentum"
        return "RMSprop" if "square_avg" in names else "an optimizer"


def optimizers_in(value: Any, depth: int = 0) -> Iterator[Optimizer]:
    """Every optimizer state in a tree: a dict with `state` and `param_groups`, in lists or dicts."""
    if isinstance(value, Opaque):
        value = value.state
    if isinstance(value, Mapping):
        if "param_groups" in value and isinstance(value.get("state"), Mapping):
            found = _optimizer(value["state"], value["param_groups"])
            if found is not None:
                yield found
        elif depth < DEEPEST:
            for item in value.values():
                if isinstance(item, (Mapping, list, tuple, Opaque)):
                    yield from optimizers_in(item, depth + 1)
    elif isinstance(value, (list, tuple)) and depth < DEEPEST and len(value) <= 100:
        for item in value:
            if isinstance(item, (Mapping, Opaque)):
                yield from optimizers_in(item, depth + 1)


def _optimizer(state: Mapping[Any, Any], groups: Any) -> Optimizer | None:
    if not isinstance(groups, (list, tuple)) or not all(isinstance(g, Mapping) for g in groups):
        return None
    tensors: list[Key] = []
    for group in groups:
        listed = group.get("params")
        tensors += (
            [key for key in listed if isinstance(key, (int, str))] if isinstance(listed, list) else []
        )
    remembered = {
        key: _remembered(entry)
        for key, entry in state.items()
        if isinstance(key, (int, str)) and isinstance(entry, Mapping)
        if any(item is not None for item in entry.values())  # SGD without momentum has names only
    }
    rates = [plain(group.get("lr")) for group in groups]
    names = {
        name_of(name): None for entry in state.values() if isinstance(entry, Mapping) for name in entry
    }
    return Optimizer(
        tuple(dict.fromkeys(tensors)),
        remembered,
        tuple(float(rate) for rate in rates if isinstance(rate, (int, float))),
        tuple(name for name in names if re.fullmatch(r"\w{1,40}", name))[:20],
    )


def _remembered(entry: Mapping[Any, Any]) -> Remembered:
    shape = next((entry[m].shape for m in MOMENTS if isinstance(entry.get(m), np.ndarray)), None)
    step = entry.get("step")
    if isinstance(step, np.ndarray) and step.size == 1:
        step = step.reshape(()).item()
    known = isinstance(step, (int, float)) and not isinstance(step, bool)
    return Remembered(shape, float(step) if known and step is not None else None)
