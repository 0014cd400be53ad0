"""The two ends of a model: whether it takes images, and which of its layers may put out classes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slrdoctor.artifacts.kinds.checkpoints.layers import ModelLayer

HEAD = re.compile(
    r"(?:^|[._/])(?:fcn?|cls|clf|\w*classif\w*|\w*head|out|output\w*|out_layer|logits?|final\w*|pred\w*|gloss\w*|gls\w*"
    r"|ctc\w*|linear|dense|last\w*|top)_?\d*(?:[._/]|$)",
    re.IGNORECASE,
)
IMAGE_CHANNELS = 4  # a convolution over pixels, or over landmarks as a graph, takes that many at most


def image_layers(layers: Sequence[ModelLayer]) -> list[ModelLayer]:
    """The convolutions that take images, or landmarks as a graph."""
    return [x for x in layers if x.kind in ("conv2d", "conv3d") and x.inputs <= IMAGE_CHANNELS]


def heads(layers: Sequence[ModelLayer]) -> list[ModelLayer]:
    """The layers that may put out the classes, the likeliest first.

    That is the last of the layers whose outputs no layer takes; one with a head's name before others.
    """
    taken = {x.inputs for x in layers} | {x.outputs for x in layers if x.kind in ("norm", "attention")}
    ends = [x for x in layers if _may_classify(x) and x.outputs not in taken]
    candidates = [x for x in ends if x.outputs > 1]
    if not ends:  # as many classes as some layer has features
        candidates = [x for x in layers if _may_classify(x) and HEAD.search(x.name)]
    if not candidates:
        return []
    first = max(enumerate(candidates), key=lambda item: (bool(HEAD.search(item[1].name)), item[0]))[1]
    return [first, *(x for x in candidates if x is not first)]


def _may_classify(layer: ModelLayer) -> bool:
    """Linear layers; and convolutions of one pixel that are called a head, as ST-GCN's and I3D's."""
    is_of_images = layer.kind in ("conv2d", "conv3d") and layer.kernel == 1
    return layer.is_classifying or (is_of_images and bool(HEAD.search(layer.name)))
