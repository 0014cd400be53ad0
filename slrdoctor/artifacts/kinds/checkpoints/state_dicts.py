"""Find a model's tensors in what a torch file held: a state dict under any key, or a whole model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Opaque
from slrdoctor.artifacts.kinds.plain_values import name_of

DEEPEST = 3  # containers around a state dict
MOST_TENSORS = 200_000
# keys of what stands beside a model and is none
NO_MODEL = re.compile(
    r"(?:^|_)(?:optim\w*|(?:lr_?)?sched\w*|\w*scaler|rng\w*|random\w*|criteri\w*|loss\w*|callbacks?|loops?"
    r"|history|metrics?|logs?)(?:_|$)",
    re.IGNORECASE,
)
A_COPY = re.compile(
    r"(?:^|[._])(?:ema|averaged?|swa|teacher|momentum|best|prev|init|initial|old)(?:[._]|$)", re.I
)
OF_TENSORS = ("torch.Tensor", "torch._utils._rebuild_")
OWN_SCRIPT = "__torch__."  # TorchScript's classes are part of the file

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Module:
    """A layer of a model that was saved whole: its class, and the settings that tensors do not show."""

    name: str  # "encoder.conv.0"
    kind: str  # the class's own name: "Conv1d", "MaxPool1d", "MyEncoder"
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class StateDict:
    """Tensors by name, the key that they stood under, and the modules of a whole model."""

    tensors: Arrays
    key: str = ""
    modules: tuple[Module, ...] = ()
    buffers: tuple[str, ...] = ()  # of a whole model: the tensors that are no parameters
    unread: tuple[str, ...] = ()  # tensors of kinds that are not read: sparse, quantised, 8-bit floats


def state_dict_in(value: Any) -> StateDict | None:
    """The model's tensors in a tree; None where it holds none.

    Several state dicts, such as an encoder's and a decoder's, become one with their keys
    before the names. A copy of the model (its moving average, its best state) is left out.
    """
    found = list(_search(value, "", 0))
    kept: list[StateDict] = []
    for one in [s for s in found if not A_COPY.search(s.key)] or found[:1]:
        if not any(_shapes(one) == _shapes(other) for other in kept):
            kept.append(one)
    if not kept:
        return None
    if len(kept) == 1:
        return kept[0]
    tensors = {f"{one.key}.{name}": array for one in kept for name, array in one.tensors.items()}
    modules = tuple(
        Module(f"{one.key}.{m.name}", m.kind, m.settings) for one in kept for m in one.modules
    )
    buffers = tuple(f"{one.key}.{name}" for one in kept for name in one.buffers)
    unread = tuple(f"{one.key}.{name}" for one in kept for name in one.unread)
    return StateDict(tensors, ", ".join(one.key for one in kept), modules, buffers, unread)


def _shapes(one: StateDict) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in one.tensors.items()}


def _search(value: Any, key: str, depth: int) -> Iterator[StateDict]:
    if isinstance(value, Opaque):
        whole = _whole_model(value)
        if whole.tensors:
            whole.key = key
            yield whole
            return
        value = value.state  # a dict of a class of its own, or an object that holds the model
    if not isinstance(value, Mapping):
        return
    tensors = {name_of(k): v for k, v in value.items() if isinstance(v, np.ndarray)}
    if _is_state_dict(tensors, value):
        opaque = {name_of(k): v for k, v in value.items() if isinstance(v, Opaque)}
        unread = tuple(name for name, v in opaque.items() if v.name.startswith(OF_TENSORS))
        yield StateDict(_without_copies(tensors), key, unread=unread)
        return
    if depth < DEEPEST:
        for inner, item in value.items():
            name = name_of(inner)
            if not NO_MODEL.search(name):
                yield from _search(item, f"{key}.{name}" if key else name, depth + 1)


def _is_state_dict(tensors: Arrays, value: Mapping[Any, Any]) -> bool:
    """Whether a dict is of a model's tensors: named as such, or nothing but arrays with dotted names."""
    if not tensors or len(tensors) > MOST_TENSORS or not all(isinstance(k, str) for k in value):
        return False
    named = sum(bool(PARAMETER.search(name)) for name in tensors)
    return named > 0 and 2 * named >= len(tensors) and 2 * len(tensors) >= len(value)


def _without_copies(tensors: Arrays) -> Arrays:
    """Without a moving average or a teacher that lies beside the model under a prefix of its own.

    Everything under the prefix must be there again, by its name behind any prefix and its shape.
    """
    for top in dict.fromkeys(name.partition(".")[0] for name in tensors):
        if not A_COPY.search(top):
            continue
        rest = {name: array for name, array in tensors.items() if name.partition(".")[0] != top}
        shapes = {
            (end, array.shape)
            for name, array in rest.items()
            for end in (name, name.partition(".")[2], name.removeprefix("module."))
        }
        ends = [
            (name.partition(".")[2].removeprefix("module."), array.shape)
            for name, array in tensors.items()
            if name not in rest and array.size > 1  # not what counts the averaged models
        ]
        if ends and shapes.issuperset(ends):
            tensors = rest
    return tensors


PARAMETER = re.compile(
    r"(?:^|[._])(?:weight|bias|kernel|gamma|beta|running_(?:mean|var)|num_batches_tracked|embeddings?"
    r"|in_proj_(?:weight|bias)|weight_[gvu]|original[01]?)(?:$|_orig$)|weight_[ih]h(?:_l\d+)?|bias_[ih]h(?:_l\d+)?"
)


class _Walk:
    """The tensors and modules of a whole model, collected from its objects' states."""

    def __init__(self) -> None:
        self.tensors: Arrays = {}
        self.modules: list[Module] = []
        self.buffers: list[str] = []

    def take(self, model: Opaque, name: str) -> None:
        state = model.state
        if not isinstance(state, Mapping):
            return
        kind = model.name.rpartition(".")[2]
        self.modules.append(Module(name, kind, _settings(state)))
        if "_modules" in state or "_parameters" in state:
            self._take_tensors(state.get("_parameters"), name)
            self.buffers += self._take_tensors(state.get("_buffers"), name)
            below = state.get("_modules")
        elif model.name.startswith(OWN_SCRIPT):
            self._take_tensors(state, name)
            below = state
        else:
            return
        for inner, module in below.items() if isinstance(below, Mapping) else ():
            if isinstance(module, Opaque) and len(self.tensors) < MOST_TENSORS:
                self.take(module, _joined(name, name_of(inner)))

    def _take_tensors(self, members: Any, name: str) -> list[str]:
        """Keep the arrays of a dict under their full names, which are returned."""
        items = members.items() if isinstance(members, Mapping) else ()
        mine = {_joined(name, name_of(k)): v for k, v in items if isinstance(v, np.ndarray)}
        self.tensors |= mine
        return list(mine)


def _whole_model(model: Opaque) -> StateDict:
    walk = _Walk()
    walk.take(model, "")
    return StateDict(walk.tensors, "", tuple(walk.modules), tuple(walk.buffers))


def _settings(state: Mapping[Any, Any]) -> dict[str, Any]:
    """The numbers, words and short tuples of them among an object's attributes."""
    return {
        name_of(key): value
        for key, value in state.items()
        if isinstance(value, (int, float, str, bool))
        or (
            isinstance(value, tuple)
            and len(value) <= 4
            and all(isinstance(v, (int, str)) for v in value)
        )
    }


def _joined(above: str, name: str) -> str:
    return f"{above}.{name}" if above else name
