"""The two ends of a model: whether it takes images, and which of its layers may put out classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from slrdoctor.artifacts.kinds.checkpoints.layers import ModelLayer

HEAD = re.compile(
    r"(?:^|[._/])(?:fcn?|cls|clf|\w*classif\w*|\w*head|out|output\w*|out_layer|logits?|final\w*|pred\w*|gloss\w*|gls\w*"
    r"|ctc\w*|linear|dense|last\w*|top)_?\d*(?:[._/]|$)",
    re.IGNORECASE,
)
# what an attention takes its queries, keys and values from: never the classes
PROJECTION = re.compile(
    r"(?:^|[._/])(?:to_)?(?:w_?)?(?:qkv|kv|[qkv]|in|query|key|value|c_attn|linear_[qkv])(?:_?proj\w*)?$",
    re.I,
)
IMAGE_CHANNELS = 4  # a convolution over pixels, or over landmarks as a graph, takes that many at most


def image_layers(layers: Sequence[ModelLayer]) -> list[ModelLayer]:
    """The convolutions that take images, or landmarks as a graph."""
    return [x for x in layers if x.kind in ("conv2d", "conv3d") and x.inputs <= IMAGE_CHANNELS]


def heads(layers: Sequence[ModelLayer]) -> list[ModelLayer]:
    """The layers that may put out the classes, the likeliest first.

    That is the last of the layers whose outputs no layer takes; one with a head's name before others.
    An embedding takes tokens, not features: that it has as many as there are classes speaks for the
    head. Where no such layer has a head's name, the head may share the weight of an embedding.
    """
    taken = {x.inputs for x in layers if x.kind != "embedding"}
    taken |= {x.outputs for x in layers if x.kind in ("norm", "attention")}
    ends = [x for x in layers if _may_classify(x) and x.outputs not in taken]
    candidates = [x for x in ends if x.outputs > 1]
    if not ends:  # as many classes as some layer has features
        candidates = [x for x in layers if _may_classify(x) and HEAD.search(x.name)]
    if not candidates:
        return []
    first = max(enumerate(candidates), key=lambda item: (bool(HEAD.search(item[1].name)), item[0]))[1]
    shared = () if any(HEAD.search(x.name) for x in ends) else _shared(layers)
    return [first, *(x for x in candidates if x is not first), *shared]


def _shared(layers: Sequence[ModelLayer]) -> list[ModelLayer]:
    """Embeddings as the heads whose weight they may be: a file stores a shared weight once."""
    found = [x for x in layers if x.kind == "embedding" and x.inputs > 1]
    return [replace(x, kind="linear", inputs=x.outputs, outputs=x.inputs) for x in found]


def _may_classify(layer: ModelLayer) -> bool:
    """Linear layers; and convolutions of one pixel that are called a head, as ST-GCN's and I3D's.

    Not the projections of an attention, as qkv.
    """
    is_of_images = layer.kind in ("conv2d", "conv3d") and layer.kernel == 1
    if PROJECTION.search(layer.name):
        return False
    return layer.is_classifying or (is_of_images and bool(HEAD.search(layer.name)))
