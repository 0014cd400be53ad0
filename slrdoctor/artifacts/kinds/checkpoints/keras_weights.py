"""Keras's weight files: h5 of Keras 1 and 2 and of Keras 3, and the zip of Keras 3.

Kernels are stored [in, out]. The names given to tensors are "layer/role", with the role a
word of Keras's: kernel, recurrent_kernel, bias, gamma, beta, moving_mean, embeddings ...
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Unreadable, needed_to_read
from slrdoctor.artifacts.kinds.checkpoints.state_dicts import Module
from slrdoctor.artifacts.storage.file_bytes import ZIP_ERRORS, ViewFile, file_bytes, member_bytes

WEIGHTS, CONFIG = "model.weights.h5", "config.json"
LARGEST_CONFIG = 64 << 20  # bytes
_ROLE = re.compile(
    r"^(?:kernel|recurrent_kernel|bias|gamma|beta|moving_mean|moving_variance|embeddings"
    r"|depthwise_kernel|pointwise_kernel)$"
)
_NUMBERED = re.compile(r"^(?:.*/)?vars/(\d+)$")
# the order in which Keras 3 stores the variables of a layer, by the class in the layer's name
_ROLES_BY_CLASS = (
    (
        re.compile(r"(?:^|/)(?:lstm|gru|simple_rnn)?_?cell(?:_\d+)?$"),
        ("kernel", "recurrent_kernel", "bias"),
    ),
    (
        re.compile(r"(?:^|/)batch_normalization(?:_\d+)?$"),
        ("gamma", "beta", "moving_mean", "moving_variance"),
    ),
    (re.compile(r"(?:^|/)(?:layer|group|unit|rms)_normalization(?:_\d+)?$"), ("gamma", "beta")),
    (re.compile(r"(?:^|/)embedding(?:_\d+)?$"), ("embeddings",)),
    (re.compile(r"(?:^|/)(?:depthwise_conv\dd)(?:_\d+)?$"), ("depthwise_kernel", "bias")),
)
_H5_ERRORS = (
    OSError,
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    MemoryError,
)

Found = tuple[dict[str, str], tuple[Module, ...], dict[str, Any]]  # name -> place, modules, config


def keras_tensors(content: Arrays) -> Found | None:
    """The model's tensors of an h5 file by their names; None where it is no Keras file."""
    legacy = {place: _legacy_name(place) for place in content.members}
    numbered = {place: name for place, name in _numbered_names(content.members) if name}
    names = {place: name for place, name in (*legacy.items(), *numbered.items()) if name}
    if not names or 2 * len(names) < sum(not _of_optimizer(place) for place in content.members):
        return None
    config = _json(content.extras.get("model_config"))
    modules = tuple(_modules(config))
    order = _layer_order(content.extras) or _paths_of(modules)
    ranks = {layer: rank for rank, layer in enumerate(order)}
    placed = sorted(names, key=lambda place: _rank(names[place], ranks))
    return {names[place]: place for place in placed}, modules, {"config": config} if config else {}


def is_keras_zip(path: Path) -> bool:
    """Whether a file is a zip with the members of `model.save("x.keras")`."""
    if path.suffix.lower() != ".keras":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return WEIGHTS in archive.namelist()
    except ZIP_ERRORS:
        return False


def open_keras_zip(path: Path) -> Arrays:
    """The arrays of the h5 file inside, with the model's config among the extras. Raises Unreadable."""
    view = file_bytes(path)
    try:
        with zipfile.ZipFile(io.BufferedReader(ViewFile(view))) as archive:
            stored = member_bytes(archive, archive.getinfo(WEIGHTS), view)
            has_config = CONFIG in archive.namelist()
            small = has_config and archive.getinfo(CONFIG).file_size <= LARGEST_CONFIG
            config = archive.read(CONFIG).decode("utf-8", "replace") if small else ""
    except ZIP_ERRORS as error:
        raise Unreadable(f"a damaged zip file: {error}", "truncated") from error
    members: dict[str, ArrayInfo] = {}

    def take(name: str, item: Any) -> None:
        if (
            isinstance(name, str)
            and getattr(item, "shape", None) is not None
            and item.dtype.kind in "biuf"
        ):
            members[name] = ArrayInfo(item.shape, str(item.dtype))

    with _opened(stored) as file:
        try:
            file.visititems(take)
        except _H5_ERRORS as error:
            raise Unreadable("HDF5 cannot read the weights in it") from error
    return Arrays(members, lambda name: _values(stored, name), {"model_config": config})


def _opened(stored: memoryview) -> Any:
    with needed_to_read("a .keras file", "h5py"):
        import h5py
    try:
        return h5py.File(io.BufferedReader(ViewFile(stored)), "r")
    except _H5_ERRORS as error:
        raise Unreadable("HDF5 cannot read the weights in it") from error


def _values(stored: memoryview, name: str) -> NDArray[Any]:
    with _opened(stored) as file:
        try:
            values: NDArray[Any] = file[name][()]
            return values
        except _H5_ERRORS as error:
            raise Unreadable(f"HDF5 cannot read the values of {name}") from error


def _of_optimizer(place: str) -> bool:
    return place.startswith(("optimizer_weights/", "optimizer/", "_optimizer")) or "/optimizer/" in place


def _legacy_name(place: str) -> str:
    """lstm/lstm_cell/kernel of model_weights/lstm/lstm/lstm_cell/kernel:0; "" for what is no weight."""
    if _of_optimizer(place):
        return ""
    parts = place.removeprefix("model_weights/").split("/")
    parts[-1] = parts[-1].partition(":")[0]
    # lstm/sequential/lstm/lstm_cell/kernel: the layer's name is repeated below the model's
    parts = parts[max(i for i, part in enumerate(parts) if part == parts[0]) :]
    return "/".join(parts) if len(parts) > 1 and _ROLE.match(parts[-1]) else ""


def _numbered_names(places: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names for Keras 3's layers/lstm/cell/vars/0: the number tells the role, by the layer's class."""
    for place in places:
        found = _NUMBERED.match(place)
        if found and not _of_optimizer(place):
            owner = place.rpartition("/vars/")[0].removeprefix("layers/")
            owner = owner.removeprefix("_layer_checkpoint_dependencies/").replace("/layers/", "/")
            roles = next(
                (r for pattern, r in _ROLES_BY_CLASS if pattern.search(owner)), ("kernel", "bias")
            )
            number = int(found[1])
            yield (
                place,
                f"{owner}/{roles[number]}" if number < len(roles) else f"{owner}/variable_{number}",
            )


def _layer_order(extras: Mapping[str, Any]) -> tuple[str, ...]:
    for key in ("layer_names", "model_weights/layer_names"):
        names = extras.get(key)
        if isinstance(names, list):
            return tuple(str(name) for name in names)
    return ()


def _json(written: Any) -> dict[str, Any]:
    if not isinstance(written, str) or len(written) > LARGEST_CONFIG:
        return {}
    try:
        config = json.loads(written)
    except (ValueError, RecursionError):
        return {}
    return config if isinstance(config, dict) else {}


def _modules(config: Mapping[str, Any], above: str = "") -> Iterator[Module]:
    """The layers of a Sequential or Functional model's config, in order."""
    inner = config.get("config")
    layers = inner.get("layers") if isinstance(inner, Mapping) else inner
    for layer in layers if isinstance(layers, list) else ():
        settings = layer.get("config") if isinstance(layer, Mapping) else None
        if not isinstance(settings, Mapping):
            continue
        name = f"{above}{settings.get('name', '')}"
        kind = str(layer.get("class_name", ""))
        yield Module(name, kind, {k: _plain(v) for k, v in settings.items() if _is_plain(v)})
        if "layers" in settings and above.count("/") < 8:
            yield from _modules(layer, f"{name}/")


def _is_plain(value: Any) -> bool:
    return isinstance(value, (int, float, str, bool)) or (isinstance(value, list) and len(value) <= 4)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _paths_of(modules: Iterable[Module]) -> tuple[str, ...]:
    """The layers in order, as Keras 3 names their places: by class, the second Dense is dense_1."""
    seen: Counter[str] = Counter()
    paths = []
    for module in modules:
        snake = re.sub(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", "_", module.kind).lower()
        paths.append(f"{snake}_{seen[snake]}" if seen[snake] else snake)
        seen[snake] += 1
    return tuple(paths)


def _rank(name: str, ranks: Mapping[str, int]) -> tuple[Any, ...]:
    layer = name.partition("/")[0]
    role = name.rpartition("/")[2]
    numbers = tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", layer))
    return (
        ranks.get(layer, len(ranks)),
        layer.startswith("dense"),  # where nothing tells the order: layers of frames before heads
        tuple(str(part).zfill(9) if isinstance(part, int) else part for part in numbers),
        name.rpartition("/")[0],
        role != "kernel" and role != "gamma",
        role,
    )
