"""Lengths after temporal layers: how many frames are left of a clip when the loss sees it.

A stack is written as in the VAC family's sources, one layer after the other, separated
by `-`, `,` or white space (`K5-P2-K5-P2`). A layer is a letter, its size and its options:

    K5      convolution of kernel 5      T + 2p - d (5 - 1), then the stride
    P2      pooling over 2, stride 2     floor((T + 2p - 2) / 2) + 1
    S4      every fourth frame           ceil(T / 4)

    p2  padding on both sides    s2 or S2  stride (P: its size unless given; K: 1)
    d2  dilation                 c         ceil mode, of pooling

So `K5-P2-K5-P2` makes 9 of 48 frames, and `K5p2-P2c-K5p2-P2c`, where every layer is
padded, makes 12: ceil(T / 4).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config.model_config import ModelConfig
from slrdoctor.facts.model.checkpoint_architecture import Architecture
from slrdoctor.facts.outputs.output_stride import OutputStride

_LAYER = re.compile(r"([KPSkps])(\d+)((?:[spdS]\d+|c)*)")
_OPTION = re.compile(r"([spdS])(\d+)|(c)")
_BETWEEN = re.compile(r"[\s,\-\[\]()'\"]*")
LARGEST = 10_000  # frames: a larger kernel, stride or padding is a slip of the pen
GRAMMAR = (
    "write the layers like K5-P2-K5-P2: K kernel, P pool, S stride, with p padding, s stride, d dilation"
)

# The VAC family (VAC, CorrNet, SEN, SignGraph) numbers its stacks. Its loaders pad the
# frames by half the receptive field, so that ceil(T / stride) of T frames are left.
VAC_CONV_TYPES = {
    0: "K3",
    1: "K5-P2",
    2: "K5-P2-K5-P2",
    3: "K5-K5-P2",
    4: "K5-K5",
    5: "K5-P2-K5",
    6: "P2-K5-K5",
    7: "P2-K5-P2-K5",
    8: "P2-P2-K5-K5",
}


@dataclass(frozen=True)
class Layer:
    """One temporal layer, as far as lengths go."""

    kind: str  # K convolution | P pooling | S stride alone
    size: int
    stride: int
    padding: int = 0
    dilation: int = 1
    ceil: bool = False

    def after(self, frames: NDArray[np.int64]) -> NDArray[np.int64]:
        """Lengths of shape [N] after this layer; 0 where too few frames are left for it."""
        if self.kind == "S":
            return (frames + self.stride - 1) // self.stride
        room = frames + 2 * self.padding - self.dilation * (self.size - 1) - 1
        if self.ceil:
            steps = -(-room // self.stride)
            # a window may not start in the padding on the right
            steps = np.where(steps * self.stride >= frames + self.padding, steps - 1, steps)
        else:
            steps = room // self.stride
        return np.where((steps >= 0) & (frames > 0), steps + 1, 0)


def parse_layers(text: str) -> tuple[Layer, ...]:
    """The layers that `text` writes down; raises ValueError, whose message is for the user."""
    layers = []
    at = _skip(text, 0)
    while at < len(text):
        found = _LAYER.match(text, at)
        if found is None:
            raise ValueError(f"{text!r} is not a layer stack from {text[at:]!r} on: {GRAMMAR}")
        layers.append(_layer(found[1].upper(), int(found[2]), found[3]))
        at = _skip(text, found.end())
    if not layers:
        raise ValueError(f"{text!r} does not hold a layer: {GRAMMAR}")
    return tuple(layers)


def length_after(frames: NDArray[np.int64] | int, layers: str | tuple[Layer, ...]) -> NDArray[np.int64]:
    """How many of `frames` (a number, or an array of shape [N]) are left after the layers."""
    left = np.asarray(frames, dtype=np.int64)
    for layer in parse_layers(layers) if isinstance(layers, str) else layers:
        left = np.maximum(layer.after(left), 0)
    return left


def total_stride(layers: str | tuple[Layer, ...]) -> int:
    """The product of the layers' strides."""
    parsed = parse_layers(layers) if isinstance(layers, str) else layers
    return math.prod(layer.stride for layer in parsed)


def padded(layers: str) -> str:
    """The same layers with the padding that keeps ceil(T / stride) of T frames."""
    written = []
    for layer in parse_layers(layers):
        if layer.kind == "K":
            written.append(f"K{layer.size}p{layer.dilation * (layer.size - 1) // 2}")
        else:
            written.append(f"{layer.kind}{layer.size}" + "c" * (layer.kind == "P"))
    return "-".join(written)


def _skip(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _layer(kind: str, size: int, options: str) -> Layer:
    given = {(found[1] or found[3]).lower(): int(found[2] or 1) for found in _OPTION.finditer(options)}
    stride = given.get("s", {"K": 1, "P": size, "S": size}[kind])
    if min(size, stride, given.get("d", 1)) < 1 or max(size, *given.values(), 0) > LARGEST:
        raise ValueError(f"{kind}{size}{options}: sizes, strides and dilations go from 1 to {LARGEST}")
    return Layer(kind, size, stride, given.get("p", 0), given.get("d", 1), "c" in given)


@dataclass(frozen=True)
class LayerStack:
    """The temporal layers before the loss, as arithmetic on lengths (`K5-P2-K5-P2`, or a stride)."""

    layers: str  # "" where they are unknown
    stride: int
    known_by: str
    read_from: str
    known: bool = True  # false: lengths are taken as stored, which no stride can make longer

    @property
    def what(self) -> str:
        return "temporal stride" if self.layers in ("", f"S{self.stride}") else "temporal layers"

    @property
    def shown(self) -> str:
        """The layers as written, or the stride: "8", or "unknown (taken as 1)"."""
        if not self.known:
            return f"unknown (taken as {self.stride})"
        return str(self.stride) if self.layers in ("", f"S{self.stride}") else self.layers

    @property
    def sentence(self) -> str:
        if not self.known:
            return "the temporal stride is unknown: lengths are taken as they are stored"
        verb = "are" if self.what == "temporal layers" else "is"
        return f"the {self.what} {verb} {self.shown} ({self.known_by})"

    def input_lengths(self, frames: NDArray[np.int64]) -> NDArray[np.int64]:
        """The frames that the loss sees of clips with `frames` stored ones, of shape [N]."""
        if self.layers:
            return length_after(frames, self.layers)
        return length_after(frames, (Layer("S", self.stride, self.stride),))


@measure
def layer_stack(
    settings: Settings,
    config: ModelConfig | None,
    model: Architecture | None,
    observed: OutputStride | None,
) -> LayerStack:
    """From the user's word, else configs and sources, else stored outputs, else a model saved whole,
    else not known.

    A plain stride is rounded up, as strided convolutions and the VAC family's padding
    do: a target that does not fit then fits under no rounding.
    """
    if settings.layers:
        try:
            stride = total_stride(settings.layers)
        except ValueError as error:
            raise Unavailable(f"[model] layers in {settings.read_from}: {error}", GRAMMAR) from error
        return LayerStack(settings.layers, stride, f"layers in {settings.read_from}", settings.read_from)
    if settings.stride is not None:
        known_by = f"stride in {settings.read_from}"
        return LayerStack(f"S{settings.stride}", settings.stride, known_by, settings.read_from)
    stacks = _from_config(config) if config is not None else []
    if stacks:
        # where they disagree, the smallest stride: what does not fit there fits nowhere
        return min(stacks, key=lambda stack: stack.stride)
    if observed is not None:
        return LayerStack(f"S{observed.stride}", observed.stride, observed.sentence, observed.read_from)
    if model is not None and model.temporal and total_stride(model.temporal) > 1:
        return _from_model(model)
    return LayerStack(
        "", 1, "nothing says the model's temporal stride", "the stored lengths", known=False
    )


def _from_model(model: Architecture) -> LayerStack:
    """The stride of the layers that a checkpoint tells of: the least that the model can have.

    State dicts tell of none: strides and pools leave no weights. What a model does besides its
    layers (a loader's padding, a pool that is called as a function) shows nowhere, so only their
    stride is taken, rounded up, and not their exact arithmetic.
    """
    stride = total_stride(model.temporal)
    known_by = f"at least this, by the layers {model.temporal} of the model saved in {model.read_from}"
    return LayerStack(f"S{stride}", stride, known_by, model.read_from)


def _from_config(config: ModelConfig) -> list[LayerStack]:
    written = [(said, str(said.value)) for said in config.layers]
    for said in config.conv_types:
        layers = VAC_CONV_TYPES.get(int(said.value))
        written += [(said, padded(layers))] if layers else []
    written += [(said, f"S{said.value}") for said in config.strides]
    stacks = []
    for said, layers in written:
        try:
            if said.in_list:  # how the VAC family writes it, whose frames are padded
                layers = padded(layers)
            stacks.append(LayerStack(layers, total_stride(layers), said.sentence, said.where))
        except ValueError:
            continue  # a key of that name that holds something else
    return stacks
