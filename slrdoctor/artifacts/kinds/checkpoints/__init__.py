"""Recognise checkpoints, without reading their tensors."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slrdoctor.artifacts.content import Arrays, Content, Tree
from slrdoctor.artifacts.kinds.checkpoints.keras_weights import keras_tensors

ALWAYS = (".pth", ".ckpt", ".safetensors", ".keras")
OF_ANY_ARRAYS = (".safetensors",)
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


def may_hold_samples(name: str) -> bool:
    """Whether files of a name like this one's, which checkpoints have, are written of any arrays."""
    return name.lower().endswith(OF_ANY_ARRAYS)


def has_parameters(content: Content) -> bool:
    """Whether the name of any array is that of a parameter."""
    return isinstance(content, Arrays) and any(map(_PARAMETER.search, content.members))


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
