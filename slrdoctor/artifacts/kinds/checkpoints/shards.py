"""Checkpoints in several files, by the index that says in which of them each tensor is.

`model.safetensors.index.json` and `pytorch_model.bin.index.json`: {"weight_map": {tensor: file}}.
"""

from __future__ import annotations

from collections.abc import Mapping

from slrdoctor.artifacts.content import Content, Tree

MAP = "weight_map"


def weight_map(content: Content) -> dict[str, str]:
    """The file of every tensor, all beside the index; {} where the content is not an index."""
    value = content.value if isinstance(content, Tree) else None
    files = value.get(MAP) if isinstance(value, Mapping) else None
    if not isinstance(files, Mapping):
        return {}
    found = {str(tensor): name for tensor, name in files.items() if isinstance(name, str)}
    is_beside = all(name and "/" not in name and "\\" not in name for name in found.values())
    return found if len(found) == len(files) and is_beside else {}


def shards_of(content: Content) -> tuple[str, ...]:
    """The names of the files that an index puts together."""
    return tuple(dict.fromkeys(weight_map(content).values()))
