"""The layers of a model, told from the names and shapes of its tensors.

PyTorch stores a linear layer [out, in], a convolution [out, in, kernel] and an LSTM with its
gates one below the other; Keras stores them [in, out] and [kernel, in, out]. What no tensor
shows (strides, pooling, activations) is not told here.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from slrdoctor.artifacts.kinds.checkpoints.adapters import is_of_adapter
from slrdoctor.artifacts.kinds.checkpoints.weights import Weights

Shape = tuple[int, ...]
Tensors = dict[str, Shape]  # of one module, by their role: weight, bias, weight_ih_l0 ...

PRODUCERS = ("linear", "conv1d", "conv2d", "conv3d", "lstm", "gru", "rnn", "embedding")
RECURRENT = ("lstm", "gru", "rnn")
EMBEDDING = re.compile(
    r"(?:^|[._/])(?:\w*emb(?:ed(?:ding)?s?)?|lut|wte|wpe|tok\w*|pos\w*|vocab\w*)(?:[._/]|$)", re.I
)
ATTENTION = re.compile(r"attention|attn|(?:^|[._/])mha(?:[._/]|$)", re.I)
_GATES = {1: "rnn", 3: "gru", 4: "lstm"}
_RECURRENT = re.compile(r"weight_(ih|hh|hr)(?:_l(\d+))?(_reverse)?")
# a tensor under a reparametrisation stands for the weight that is made of it
_WEIGHT_OF = {
    "weight_v": "weight", "weight_orig": "weight", "weight_g": "", "weight_u": "",
    "parametrizations.weight.original1": "weight", "parametrizations.weight.original0": "",
    "parametrizations.weight.original": "weight",
}  # fmt: skip
_CELL = re.compile(r"^(?:.*/)?(?:(?:lstm|gru|simple_rnn)_)?cell(?:_\d+)?$")
_DIRECTION = re.compile(r"(?:^|/)(?:forward|backward)_[^/]*$")


@dataclass(frozen=True)
class ModelLayer:
    """One layer: `inputs` and `outputs` are features a frame, `parameters` all of its values.

    `kind` is linear, conv1d, conv2d, conv3d, lstm, gru, rnn, attention, embedding or norm.
    """

    name: str
    kind: str
    inputs: int
    outputs: int
    parameters: int
    kernel: int = 1  # of a convolution, its largest
    depth: int = 1  # layers of a recurrent stack
    hidden: int = 0  # of a recurrent layer, one direction
    transposed: bool = False  # stored [in, out]
    has_bias: bool = True
    tensors: tuple[str, ...] = ()  # their full names

    @property
    def weight(self) -> str:
        """The full name of its weight, "" where only a bias is stored."""
        return next((name for name in self.tensors if "bias" not in name), "")

    @property
    def is_classifying(self) -> bool:
        """Whether it maps each frame or clip by itself, as a head does."""
        return self.kind == "linear" or (self.kind == "conv1d" and self.kernel == 1)


def layers_of(weights: Weights) -> tuple[ModelLayer, ...]:
    """The layers in the order of the file, without those of adapters, which only add to others."""
    modules: dict[str, Tensors] = {}
    names: dict[str, list[str]] = {}
    for name, info in weights.tensors.items():
        if is_of_adapter(name):
            continue
        module, role = _place(name, weights.is_keras)
        names.setdefault(module, []).append(name)
        if role:
            modules.setdefault(module, {}).setdefault(role, info.shape)
    tell = _of_keras if weights.is_keras else _of_torch
    found = []
    for module, tensors in modules.items():
        layer = tell(module, tensors)
        if layer is not None and layer.inputs and layer.outputs:
            total = sum(math.prod(shape) for role, shape in tensors.items() if not _is_statistic(role))
            found.append(replace(layer, parameters=total, tensors=tuple(names[module])))
    if weights.is_keras:
        return tuple(_both_directions(found))
    return tuple(_turned(found))


def _place(name: str, is_keras: bool) -> tuple[str, str]:
    """The module a tensor belongs to and its role in it; no role for a part of a reparametrisation."""
    if is_keras:
        module, _, role = name.rpartition("/")
        owner, _, last = module.rpartition("/")
        return (owner if owner and _CELL.match(last) else module), role
    for suffix, role in _WEIGHT_OF.items():
        if name.endswith(f".{suffix}"):
            return name[: -len(suffix) - 1], role
    module, _, role = name.rpartition(".")
    return module, role


def _is_statistic(role: str) -> bool:
    return role.startswith(("running_", "num_batches", "moving_"))


def _of_torch(module: str, tensors: Tensors) -> ModelLayer | None:
    if any(_RECURRENT.fullmatch(role) for role in tensors):
        return _recurrent(module, tensors)
    projection = tensors.get("in_proj_weight") or tensors.get("q_proj_weight")
    if projection is not None and len(projection) == 2:
        return ModelLayer(module, "attention", projection[1], projection[1], 0)
    shape = tensors.get("weight")
    if shape is None:
        statistics = tensors.get("running_mean", ())  # a normalisation without weights of its own
        return (
            ModelLayer(module, "norm", statistics[0], statistics[0], 0) if len(statistics) == 1 else None
        )
    has_bias = "bias" in tensors
    if len(shape) == 1:
        return ModelLayer(module, "norm", shape[0], shape[0], 0)
    if len(shape) == 2:
        if not has_bias and EMBEDDING.search(module):
            return ModelLayer(module, "embedding", shape[0], shape[1], 0, has_bias=False)
        return ModelLayer(module, "linear", shape[1], shape[0], 0, has_bias=has_bias)
    if len(shape) in (3, 4, 5):
        kind = f"conv{len(shape) - 2}d"
        return ModelLayer(module, kind, shape[1], shape[0], 0, kernel=max(shape[2:]), has_bias=has_bias)
    return None


def _recurrent(module: str, tensors: Tensors) -> ModelLayer | None:
    first = tensors.get("weight_ih_l0") or tensors.get("weight_ih")
    carried = tensors.get("weight_hh_l0") or tensors.get("weight_hh")
    if first is None or carried is None or len(first) != 2 or len(carried) != 2:
        return None
    projected = tensors.get("weight_hr_l0")
    hidden = projected[1] if projected is not None and len(projected) == 2 else carried[1]
    kind = _GATES.get(first[0] // hidden if hidden else 0)
    if kind is None:
        return None
    both = any(role.endswith("_reverse") for role in tensors)
    depths = [int(m[2] or 0) for m in map(_RECURRENT.fullmatch, tensors) if m is not None]
    return ModelLayer(
        module,
        kind,
        inputs=first[1],
        outputs=carried[1] * (2 if both else 1),
        parameters=0,
        depth=max(depths) + 1,
        hidden=hidden,
    )


def _of_keras(module: str, tensors: Tensors) -> ModelLayer | None:
    kernel, carried = tensors.get("kernel"), tensors.get("recurrent_kernel")
    has_bias = "bias" in tensors
    if kernel is not None and carried is not None and len(kernel) == 2 and len(carried) == 2:
        kind = _GATES.get(kernel[1] // carried[0] if carried[0] else 0)
        if kind is None:
            return None
        return ModelLayer(module, kind, kernel[0], carried[0], 0, hidden=carried[0], transposed=True)
    if kernel is not None and ATTENTION.search(module):
        return ModelLayer(module, "attention", kernel[0], kernel[-1], 0, transposed=True)
    if kernel is not None and len(kernel) == 2:
        return ModelLayer(module, "linear", kernel[0], kernel[1], 0, has_bias=has_bias, transposed=True)
    if kernel is not None and len(kernel) in (3, 4, 5):
        kind = f"conv{len(kernel) - 2}d"
        return ModelLayer(
            module, kind, kernel[-2], kernel[-1], 0, max(kernel[:-2]), has_bias=has_bias, transposed=True
        )
    if "embeddings" in tensors and len(tensors["embeddings"]) == 2:
        return ModelLayer(module, "embedding", *tensors["embeddings"], 0, has_bias=False)
    size = tensors.get("gamma") or tensors.get("beta") or tensors.get("moving_mean")
    return (
        ModelLayer(module, "norm", size[0], size[0], 0) if size is not None and len(size) == 1 else None
    )


def _both_directions(layers: list[ModelLayer]) -> Iterator[ModelLayer]:
    """Keras's forward and backward layers as one that goes both ways."""
    pairs: dict[str, list[ModelLayer]] = {}
    for layer in layers:
        if layer.kind in RECURRENT and _DIRECTION.search(layer.name):
            pairs.setdefault(_DIRECTION.sub("", layer.name), []).append(layer)
    for layer in layers:
        owner = _DIRECTION.sub("", layer.name)
        mine = pairs.get(owner, []) if _DIRECTION.search(layer.name) else []
        if len(mine) != 2:
            yield layer
        elif layer is mine[0]:
            yield replace(
                layer,
                name=owner,
                outputs=2 * layer.hidden,
                parameters=sum(one.parameters for one in mine),
                tensors=(*mine[0].tensors, *mine[1].tensors),
            )


def _turned(layers: list[ModelLayer]) -> Iterator[ModelLayer]:
    """Linear layers without a bias whose weight is stored [in, out], seen by what feeds them.

    The NormLinear of the VAC family multiplies by its weight from the right: after a BiLSTM of
    2 x 512 it has the shape [1024, classes].
    """
    outputs = outputs_of(layers)
    for i, layer in enumerate(layers):
        is_linear = layer.kind == "linear" and not layer.has_bias and layer.inputs != layer.outputs
        fed_as_stored = outputs[layer.inputs] > 0
        if is_linear and i and not fed_as_stored and outputs[layer.outputs] > 1:
            yield replace(layer, inputs=layer.outputs, outputs=layer.inputs, transposed=True)
        else:
            yield layer


def entries(layers: Sequence[ModelLayer], is_ordered: bool = True) -> list[ModelLayer]:
    """The layers that could be first: those that nothing feeds but what they feed themselves.

    One for each stream of the model, those that take what no other layer puts out before the rest.
    Where layers feed each other in a circle, as a decoder that puts out what the encoder takes, the
    first of them in the file; all of them where `is_ordered` is false, the file's order tells nothing.
    """
    takers = [x for x in layers if x.kind in (*PRODUCERS, "attention") and x.kind != "embedding"]
    outputs = outputs_of(takers)
    fed = {x.inputs for x in takers if outputs[x.inputs] or x.inputs == 1}
    circles = _unfed_circles(takers) if fed else {}
    found = [x for x in takers if x.inputs not in fed and x.kind != "attention"]
    seen: set[int] = set()
    for layer in takers:
        circle = circles.get(layer.inputs) if layer.inputs in fed - {1} else None
        if circle is not None and (not is_ordered or circle not in seen):
            seen.add(circle)
            found.append(layer)
    return found or takers[:1]


def first_sizes(weights: Weights) -> tuple[int, ...]:
    """How many features a frame each layer takes that could be the model's first."""
    first = entries(layers_of(weights), weights.is_ordered)
    return tuple(dict.fromkeys(layer.inputs for layer in first))


def _unfed_circles(takers: Sequence[ModelLayer]) -> dict[int, int]:
    """Sizes that layers make of each other and that nothing else puts out, by the circle they are in."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    feeding = [x for x in takers if x.kind in PRODUCERS]
    number: dict[int, int] = {}
    for layer in takers:
        number.setdefault(layer.inputs, len(number))
        number.setdefault(layer.outputs, len(number))
    ways = [(number[x.inputs], number[x.outputs]) for x in feeding]
    starts, ends = np.array(ways or [(0, 0)], np.int32).T
    graph = coo_array((np.ones(len(starts)), (starts, ends)), shape=(len(number), len(number)))
    _, circle = connected_components(graph, connection="strong")
    entered = {int(circle[b]) for a, b in ways if circle[a] != circle[b]}
    return {size: int(circle[i]) for size, i in number.items() if int(circle[i]) not in entered}


def outputs_of(layers: Sequence[ModelLayer]) -> Counter[int]:
    """How many layers put out each number of features; those that only pass on are none of them."""
    return Counter(layer.outputs for layer in layers if layer.kind in PRODUCERS)


def by_top_module(sizes: Mapping[str, int]) -> dict[str, int]:
    """Values by the first part of their names, wrappers that hold everything left out."""
    names = list(sizes)
    depth = 0
    while names and len({tuple(re.split(r"[./]", name)[: depth + 1]) for name in names}) == 1:
        if any(len(re.split(r"[./]", name)) <= depth + 2 for name in names):
            break
        depth += 1
    counted: dict[str, int] = {}
    for name, size in sizes.items():
        parts = re.split(r"[./]", name)
        top = parts[min(depth, len(parts) - 1)]
        counted[top] = counted.get(top, 0) + size
    return counted
