"""Open a checkpoint of whatever kind as named tensors, each loaded when it is asked for.

Nothing that a checkpoint's pickle names is imported or called: `Weights.imports` lists what
loading it in the usual way would have imported beyond tensors, plain containers and arrays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Tree, Unreadable
from slrdoctor.artifacts.formats import read, read_head
from slrdoctor.artifacts.kinds.checkpoints.adapters import is_of_adapter
from slrdoctor.artifacts.kinds.checkpoints.keras_weights import (
    is_keras_zip,
    keras_tensors,
    open_keras_zip,
)
from slrdoctor.artifacts.kinds.checkpoints.optimizer_state import Optimizer, optimizers_in
from slrdoctor.artifacts.kinds.checkpoints.shards import weight_map
from slrdoctor.artifacts.kinds.checkpoints.state_dicts import Module, StateDict, state_dict_in
from slrdoctor.artifacts.kinds.plain_values import name_of, plain
from slrdoctor.artifacts.pickles.torch_archive import ZIP_MAGIC
from slrdoctor.artifacts.storage.file_bytes import WRAPPING_MAGIC

ALWAYS_A_CHECKPOINT = (".pt", ".pth", ".ckpt", ".safetensors", ".keras")
EPOCHS = ("epoch", "epochs", "current_epoch", "last_epoch", "epoch_num", "ep")
OTHER_PACKING = (b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"7z\xbc\xaf", b"Rar!")  # zstd, lz4, 7z, rar
MOST = 10**12  # of epochs or steps
STEPS = ("global_step", "step", "steps", "iteration", "iter", "global_steps")


@dataclass(frozen=True, eq=False, repr=False)
class Parts:
    """What a checkpoint holds beside its tensors."""

    layout: str  # state dict | whole model | keras | named arrays
    key: str = ""  # the key that the state dict stands under, "" for a bare one
    modules: tuple[Module, ...] = ()  # of whole models and Keras files: what the tensors belong to
    buffers: frozenset[str] = frozenset()  # of whole models: the tensors that are no parameters
    shared: Mapping[str, str] = field(default_factory=dict)  # a tensor -> the one that it is, tied
    unread: tuple[str, ...] = ()  # tensors of kinds that are not read: sparse, quantised, 8-bit floats
    optimizers: tuple[Optimizer, ...] = ()
    epoch: int | None = None
    step: int | None = None
    imports: tuple[str, ...] = ()  # "module.name" of all that was not built
    extras: Mapping[str, Any] = field(default_factory=dict)  # config, arguments, vocabulary, scores


class NoTensors(Unreadable):
    """A file that can be read and holds no model; `imports` is what its pickle names."""

    def __init__(self, imports: tuple[str, ...] = ()) -> None:
        super().__init__("holds no named tensors", "unsupported")
        self.imports = imports


class Weights:
    """The tensors of a model by name, in the order of the file, and what came with them."""

    def __init__(
        self, tensors: Mapping[str, ArrayInfo], load: Callable[[str], NDArray[Any]], parts: Parts
    ) -> None:
        self.tensors, self.load, self.parts = tensors, load, parts

    def __str__(self) -> str:
        return f"{len(self.tensors)} tensors, a {self.parts.layout}"

    @property
    def is_keras(self) -> bool:
        """Whether kernels are stored [in, out], and names are Keras's."""
        return self.parts.layout == "keras"

    @property
    def is_ordered(self) -> bool:
        """Whether tensors stand in the order in which the model has its layers, not by name."""
        return self.parts.layout in ("state dict", "whole model")

    @property
    def is_adapter(self) -> bool:
        """Whether most tensors are of a low-rank adapter, whose model is in another file."""
        return 2 * sum(map(is_of_adapter, self.tensors)) > len(self.tensors)

    @property
    def signature(self) -> str:
        """A digest of names and shapes: equal for two checkpoints of one model."""
        told = sorted(f"{name} {info.shape}" for name, info in self.tensors.items())
        return hashlib.blake2b("\n".join(told).encode("utf-8", "replace"), digest_size=8).hexdigest()


def open_weights(path: Path) -> Weights:
    """Open a checkpoint: pt, pth, ckpt, tar, bin, safetensors, h5, keras, npz, pickles.

    Raises Unreadable, with the fault "unsupported" for a file that is fine and no checkpoint.
    """
    if is_keras_zip(path):
        return _of_arrays(open_keras_zip(path))
    try:
        content = read(path)
    except Unreadable as error:
        if error.fault == "unsupported" and _is_damaged(path):
            reason = "no checkpoint of any known format: damaged, or not what its name says"
            raise Unreadable(reason) from error
        raise
    files = weight_map(content)
    return _of_shards(path.parent, files) if files else weights_of(content)


def weights_of(content: Content) -> Weights:
    """The weights in what was read; raises NoTensors where it holds none with names."""
    if isinstance(content, Arrays) and set(content.members) != {""}:
        return _of_arrays(content)
    if not isinstance(content, Tree):
        raise NoTensors
    found = state_dict_in(content.value)
    if found is None:
        raise NoTensors(content.refused)
    extras = _beside(content.value, found)
    parts = Parts(
        layout="whole model" if found.modules else "state dict",
        key=found.key,
        modules=found.modules,
        buffers=frozenset(found.buffers),
        shared=_shared(found.tensors),
        unread=found.unread,
        optimizers=tuple(optimizers_in(content.value)),
        epoch=_number(content.value, EPOCHS),
        step=_number(content.value, STEPS),
        imports=content.refused,
        extras=extras,
    )
    infos = {name: ArrayInfo(array.shape, str(array.dtype)) for name, array in found.tensors.items()}
    return Weights(infos, found.tensors.__getitem__, parts)


def _of_shards(folder: Path, files: Mapping[str, str]) -> Weights:
    """The tensors of all the files that an index names, those of the index alone and in its order."""
    opened: dict[str, Weights] = {}
    for name in dict.fromkeys(files.values()):
        if not (folder / name).is_file():
            raise Unreadable(f"{name}, which it names, is not beside it", "truncated")
        try:
            opened[name] = weights_of(read(folder / name))
        except Unreadable as error:
            raise Unreadable(f"{name}: {error}", error.fault) from error
    missing = [tensor for tensor, name in files.items() if tensor not in opened[name].tensors]
    if missing:
        raise Unreadable(f"{files[missing[0]]} does not hold {missing[0]}, which the index puts there")
    imports = {name: None for weights in opened.values() for name in weights.parts.imports}
    return Weights(
        {tensor: opened[name].tensors[tensor] for tensor, name in files.items()},
        lambda tensor: opened[files[tensor]].load(tensor),
        Parts("named arrays", imports=tuple(imports)),
    )


def _shared(tensors: Mapping[str, NDArray[Any]]) -> dict[str, str]:
    """Tensors that lie on the values of one before, as tied weights do, by the name of that one.

    bfloat16 is widened into memory of its own, and ties do not show there.
    """
    first: dict[tuple[int, int], str] = {}
    shared = {}
    for name, array in tensors.items():
        if array.size > 1:
            owner = first.setdefault((array.__array_interface__["data"][0], array.size), name)
            if owner != name:
                shared[name] = owner
    return shared


def _of_arrays(content: Arrays) -> Weights:
    keras = keras_tensors(content)
    if keras is None:
        extras = dict(content.extras)
        return Weights(content.members, content.load, Parts("named arrays", extras=extras))
    stored, modules, config = keras
    infos = {name: content.members[place] for name, place in stored.items()}
    parts = Parts("keras", modules=modules, extras=config)
    return Weights(infos, lambda name: content.load(stored[name]), parts)


def _beside(value: Any, found: StateDict) -> dict[str, Any]:
    """What stands beside the tensors at the top of the file."""
    if not isinstance(value, dict) or not found.key:
        return {}
    taken = {key.partition(".")[0] for key in found.key.split(", ")}
    return {
        name: item
        for name, item in ((name_of(key), item) for key, item in value.items())
        if name not in taken and not any(True for _ in optimizers_in(item))
    }


def _number(value: Any, names: tuple[str, ...]) -> int | None:
    """The first of `names` that a dict has as a whole number."""
    for name, item in _top(value):
        is_number = isinstance(item, (int, float)) and not isinstance(item, bool)
        if name.lower() in names and is_number and abs(item) < MOST:  # which NaN is not
            return int(item)
    return None


def _top(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield name_of(key), plain(item)


def _is_damaged(path: Path) -> bool:
    """Whether a file that no reader takes has the name of a checkpoint and the bytes of nothing known.

    A TensorFlow folder has a text file called `checkpoint` and others beside it.
    """
    if path.suffix.lower() not in ALWAYS_A_CHECKPOINT:
        return False
    head = read_head(path)
    is_something = head.startswith((b"\x80", ZIP_MAGIC, *WRAPPING_MAGIC, *OTHER_PACKING))
    return not is_something and (b"\0" in head or path.suffix.lower() != ".ckpt")
