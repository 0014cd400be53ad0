"""What kind of model a checkpoint is of: its parts, what it takes in, and its head."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slrdoctor.artifacts.kinds.checkpoints.ends import HEAD, heads, image_layers
from slrdoctor.artifacts.kinds.checkpoints.layers import (
    RECURRENT,
    ModelLayer,
    by_top_module,
    entries,
    layers_of,
)
from slrdoctor.artifacts.kinds.checkpoints.weights import Weights
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.model.checkpoint import Checkpoint
from slrdoctor.facts.model.checkpoint_values import is_buffer
from slrdoctor.facts.model.optimizer_memory import OptimizerState
from slrdoctor.words.grammar import counted

CONVOLUTION = re.compile(r"Conv(?:olution)?1[dD]")
POOLING = re.compile(r"(?:Max|Avg|Average|Lp)Pool(?:ing)?1[dD]")


@dataclass(frozen=True)
class Architecture:
    """The layers of the model and its parameters, buffers left out."""

    layers: tuple[ModelLayer, ...]
    parameters: int
    by_module: tuple[tuple[str, int], ...]  # (top module, parameters), in the order of the file
    temporal: str  # "K5p2-P2": the stack of temporal convolutions and pools, "" where it does not show
    read_from: str
    unread: tuple[str, ...] = ()  # tensors of a kind that is not read: sparse, quantised
    is_ordered: bool = True  # its layers stand in the order in which the model has them

    def parts(self, *kinds: str) -> tuple[ModelLayer, ...]:
        return tuple(layer for layer in self.layers if layer.kind in kinds)

    @property
    def sizes(self) -> frozenset[int]:
        """Every number of features that any layer takes, carries or puts out."""
        return frozenset(n for x in self.layers for n in (x.inputs, x.outputs, x.hidden) if n)

    @property
    def sentence(self) -> str:
        told = []
        for kinds, word in (
            (RECURRENT, "recurrent"),
            (("conv1d",), "temporal convolution"),
            (("conv2d", "conv3d"), "2D or 3D convolution"),
            (("attention",), "attention"),
        ):
            count = sum(layer.depth for layer in self.parts(*kinds))
            told += [f"{count} {word} layer{'s' if count > 1 else ''}"] if count else []
        heaviest = max(self.by_module, key=lambda item: item[1], default=("", 0))
        made = ", ".join(told) or f"{len(self.parts('linear'))} linear layers"
        return (
            f"{self.read_from}: {self.parameters:,} parameters, {made}; "
            f"{heaviest[1] / max(self.parameters, 1):.0%} of the parameters are in "
            f"{heaviest[0] or 'the model itself'}"
        )


@measure
def architecture(checkpoint: Checkpoint) -> Architecture:
    weights = checkpoint.weights
    sizes = {
        name: math.prod(info.shape)
        for name, info in weights.tensors.items()
        if not is_buffer(name, weights)
    }
    layers = layers_of(weights)
    if weights.is_adapter:
        raise Unavailable(
            f"{checkpoint.where} is an adapter: the model that it adds to is in another file",
            "keep a checkpoint of the whole model in the folder, with the adapter merged into it",
        )
    if not layers:
        raise Unavailable(
            f"none of the {len(weights.tensors)} tensors in {checkpoint.where} is of a known layer"
        )
    modules = tuple(by_top_module(sizes).items())
    return Architecture(
        layers=layers,
        parameters=sum(sizes.values()),
        by_module=modules,
        temporal=temporal_stack(weights),
        read_from=checkpoint.where,
        unread=weights.parts.unread,
        is_ordered=weights.is_ordered,
    )


def temporal_stack(weights: Weights) -> str:
    """The 1D convolutions and pools of one sequence, as a layer stack is written: K5p2s1-P2.

    No tensor shows a stride, and a pool leaves none. Only whole models and Keras files tell
    them, and only the layers of one Sequential are surely one after the other.
    """
    modules = weights.parts.modules
    temporal = [m for m in modules if CONVOLUTION.fullmatch(m.kind) or POOLING.fullmatch(m.kind)]
    owners = {re.sub(r"[./]?[^./]*$", "", module.name) for module in temporal}
    config = weights.parts.extras.get("config")
    in_order = {m.name for m in modules if m.kind == "Sequential"}
    if weights.is_keras and isinstance(config, Mapping) and config.get("class_name") == "Sequential":
        in_order.add("")
    # a script keeps the settings of its layers in its code
    is_told = all(not {"kernel_size", "pool_size"}.isdisjoint(m.settings) for m in temporal)
    if len(owners) != 1 or not owners <= in_order or not is_told:
        return ""
    return "-".join(_written(bool(POOLING.fullmatch(m.kind)), m.settings) for m in temporal)


def _written(is_pool: bool, settings: Mapping[str, Any]) -> str:
    def one(name: str, default: int) -> int:
        # PyTorch has its own names for what Keras calls strides, pool_size and dilation_rate
        for alias in (name, f"{name}s", f"pool_{name.rpartition('_')[2]}", f"{name}_rate"):
            value = settings.get(alias)
            value = value[0] if isinstance(value, tuple) and value else value
            if isinstance(value, int) and not isinstance(value, bool):
                return value
        return default

    size = one("kernel_size", 1)
    own_stride = size if is_pool else 1
    stride, dilation = one("stride", own_stride), one("dilation", 1)
    is_same = settings.get("padding") == "same"
    padding = (size - 1) // 2 if is_same and not is_pool else one("padding", 0)
    text = f"{'P' if is_pool else 'K'}{size}" + (f"p{padding}" if padding else "")
    text += f"s{stride}" if stride != own_stride else ""
    text += f"d{dilation}" if dilation > 1 else ""
    return text + ("c" if is_pool and (settings.get("ceil_mode") is True or is_same) else "")


@dataclass(frozen=True)
class ModelInput:
    """How many features a frame the model's first layer takes."""

    layer: str
    size: int
    sizes: tuple[int, ...]  # of every layer that may be first: several for several streams
    kind: str  # of the layer
    read_from: str
    others: tuple[tuple[str, int], ...] = ()  # further layers that may be first, with what they take

    @property
    def sentence(self) -> str:
        layer = self.layer or "the first layer"
        return f"{layer} in {self.read_from} takes {counted(self.size, 'feature')} per frame"


@measure
def model_input(model: Architecture, memory: OptimizerState | None) -> ModelInput:
    """The layer that takes what no layer of the model puts out, or the layers that may be it.

    A part for images that was never trained, and whose outputs no first layer takes, is left out: what
    is stored does not go through it. Raises Unavailable for models of images and of tokens, and where
    a layer could not be read.
    """
    if model.unread:
        raise Unavailable(f"{model.read_from} has tensors of an unknown kind: {model.unread[0]}")
    layers = _in_use(model, memory)
    taking = entries(layers, model.is_ordered)
    if not taking:
        raise Unavailable(f"{model.read_from} has no layer that takes features")
    images = image_layers(layers)
    if images:
        raise Unavailable(
            f"{model.read_from} takes images or graphs: {images[0].name} is a {images[0].kind}"
        )
    by_size = {layer.inputs: layer.name for layer in reversed(taking)}
    sizes = tuple(dict.fromkeys(layer.inputs for layer in taking))
    others = tuple((by_size[size], size) for size in sizes[1:])
    one = taking[0]
    return ModelInput(one.name, one.inputs, sizes, one.kind, model.read_from, others)


def _in_use(model: Architecture, memory: OptimizerState | None) -> tuple[ModelLayer, ...]:
    """The layers without a part for images that nothing trains and that leads nowhere."""
    of_images = model.parts("conv2d", "conv3d")
    missing = set(memory.missing) if memory is not None else set()
    if not of_images or not all(layer.weight in missing for layer in of_images):
        return model.layers
    rest = tuple(layer for layer in model.layers if layer not in of_images)
    outputs = {layer.outputs for layer in of_images}
    # pooled and flattened, its outputs are a multiple of its channels
    fed = any(x.inputs % n == 0 for x in entries(rest, model.is_ordered) for n in outputs)
    return model.layers if fed else rest


@dataclass(frozen=True)
class ModelHead:
    """The layer whose outputs are the classes."""

    layer: ModelLayer
    others: tuple[int, ...]  # what other layers put out that may be heads of their own
    parameters: int
    share: float  # of the model's parameters
    read_from: str
    rivals: tuple[ModelLayer, ...] = ()  # the other layers that may be heads

    @property
    def outputs(self) -> int:
        return self.layer.outputs

    @property
    def sentence(self) -> str:
        layer = self.layer.name or "the last layer"
        return f"{layer} in {self.read_from} has {counted(self.outputs, 'output')}"


@measure
def model_head(model: Architecture, memory: OptimizerState | None) -> ModelHead:
    """The last of the layers whose outputs no layer takes; one with a head's name before others.

    A head that the optimizer never updated comes after one that it did: it may not be in use.
    """
    if model.unread:
        raise Unavailable(f"{model.read_from} has tensors of an unknown kind: {model.unread[0]}")
    found = heads(model.layers)
    if not found:
        raise Unavailable(f"{model.read_from} does not end in a linear layer that could output classes")
    missing = set(memory.missing) if memory is not None else set()
    if found[0].weight in missing:
        found.sort(key=lambda layer: layer.weight in missing or not HEAD.search(layer.name))
    layer, *rest = found
    others = tuple(dict.fromkeys(x.outputs for x in rest))
    share = layer.parameters / max(model.parameters, 1)
    return ModelHead(layer, others, layer.parameters, share, model.read_from, tuple(rest))
