"""Recognise checkpoints, without reading their tensors."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slrdoctor.artifacts.content import Arrays, Content, Tree
from slrdoctor.artifacts.kinds.checkpoints.keras_weights import keras_tensors

ALWAYS = (".pth", ".ckpt", ".safetensors", ".keras")
PERHAPS = (".pt", ".bin", ".tar", ".h5", ".hdf5", ".pkl")
_NAMED = re.compile(
    r"(?:^|[^a-z])(?:best|last|final|latest|model|epoch|step|iter|ckpt|checkpoint|weights?|state)(?:[^a-z]|$)"
)
_PARAMETER = re.compile(
    r"(?:^|[./])(?:weight|bias|kernel|gamma|beta|running_mean)(?:_|:|\.|$)|weight_[ih]h_l\d"
)


def is_named_like_checkpoint(name: str) -> bool:
    """Whether the file name alone says checkpoint: `best_model.pt`, `epoch_12.tar`, `x.ckpt`."""
    name = name.lower()
    return name.endswith(ALWAYS) or (name.endswith(PERHAPS[:3]) and bool(_NAMED.search(name)))


def is_checkpoint(content: Content) -> bool:
    """Whether what was read is a state dict, bare or under a key, or a Keras weight file."""
    if isinstance(content, Arrays):
        return _mostly_parameters(content.members) or keras_tensors(content) is not None
    if isinstance(content, Tree) and isinstance(content.value, dict):
        value = content.value
        inner = [v for v in value.values() if isinstance(v, dict)]
        return any(_mostly_parameters(map(str, tree)) for tree in (value, *inner) if tree)
    return False


def _mostly_parameters(names: Iterable[str]) -> bool:
    listed = list(names)
    return bool(listed) and sum(bool(_PARAMETER.search(n)) for n in listed) > len(listed) / 2
