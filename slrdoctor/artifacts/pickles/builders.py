"""What a pickle may build: plain containers, and numpy's arrays, scalars and dtypes.

Every builder takes what the pickle would have given to the real thing, checks it, and
touches no Python object but those made here. A ValueError or TypeError of theirs means
that the pickle is not sound.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Opaque, Unreadable
from slrdoctor.artifacts.pickles.machine import Builder, Machine, Name, Shell, Standin, as_key

MOST_DIMS = 32  # numpy's own limit before 2.0
_DTYPE = re.compile(r"[<>=|]?(?:[?bhilqpBHILQPefdgFDG]|[biufc]\d{1,2}|[USV]\d{0,9}|O\d?)")
_ARRAY_CLASSES = ("numpy.ndarray", "numpy.memmap", "numpy.matrix", "numpy.core.memmap.memmap")
_EMPTY_STRINGS = 1_000_000  # elements that may stand on no bytes at all


class Namespace(Shell):
    """argparse.Namespace and the like: a dict of what is set on it."""

    def __init__(self) -> None:
        self.state: dict[Any, Any] = {}

    def build(self, state: Any) -> None:
        if isinstance(state, dict):
            self.state.update(state)

    def finish(self, plain: Callable[[Any], Any]) -> Any:
        return plain(self.state)


class Inert(Shell):
    """An object of Python's that holds settings and is not made, as a range of 2**60 numbers."""

    def __init__(self, name: str, args: tuple[Any, ...]) -> None:
        self.name, self.args = name, args

    def finish(self, plain: Callable[[Any], Any]) -> Any:
        return Opaque(self.name, plain(self.args))


class Dtype(Shell):
    """A numpy dtype; `dtype` is None for one that is not read: records, times."""

    def __init__(self, dtype: np.dtype[Any] | None) -> None:
        self.dtype = dtype

    def build(self, state: Any) -> None:
        order = state[1]
        if self.dtype is not None and order in ("<", ">"):
            self.dtype = self.dtype.newbyteorder(order)

    def finish(self, plain: Callable[[Any], Any]) -> Any:
        return Opaque("numpy.dtype", None if self.dtype is None else self.dtype.str)


class Array(Shell):
    """A numpy array over the bytes of the pickle; the elements of an object array apart."""

    def __init__(self) -> None:
        self.array: NDArray[Any] | None = np.empty(0)
        self.elements: list[Any] | None = None
        self.shape: tuple[int, ...] = ()
        self.order: Literal["C", "F"] = "C"

    def build(self, state: Any) -> None:
        shape, dtype, is_fortran, raw = state[-4:]
        self._fill(raw, dtype, shape, "F" if is_fortran else "C")

    def _fill(self, raw: Any, dtype: Any, shape: Any, order: Any) -> None:
        if not isinstance(dtype, Dtype):
            raise TypeError("an array without a dtype")
        self.shape = as_shape(shape)
        if dtype.dtype is None:
            self.array = None
        elif dtype.dtype.hasobject:
            if type(raw) is not list or len(raw) != math.prod(self.shape):
                raise ValueError("an object array whose elements do not fill it")
            self.elements = raw
            self.order = "F" if order == "F" else "C"
        else:
            self.array = array_over(as_bytes(raw), dtype.dtype, self.shape, order)

    def finish(self, plain: Callable[[Any], Any]) -> Any:
        if self.elements is not None:
            if not self.shape:
                return plain(self.elements[0])
            flat = np.empty(len(self.elements), object)
            for i, element in enumerate(self.elements):  # a slice would broadcast equal lengths
                flat[i] = element
            return plain(flat.reshape(self.shape, order=self.order).tolist())
        if self.array is None:
            return Opaque("numpy.ndarray")
        return plain_array(self.array)


class FollowingArray(Namespace):
    """joblib's place of an array: its values follow in the file, between the objects of the pickle."""

    def after_build(self, machine: Machine) -> Any:
        dtype = self.state.get("dtype")
        if not isinstance(dtype, Dtype) or dtype.dtype is None:
            raise Unreadable("an array of records, written by joblib", "unsupported")
        if dtype.dtype.hasobject:
            return machine.run_on()  # a pickle of its own
        if self.state.get("numpy_array_alignment_bytes") is not None:
            machine.take(machine.take_int(1))
        shape = as_shape(self.state.get("shape"))
        raw = machine.take(math.prod(shape) * dtype.dtype.itemsize)
        found = Array()
        found.array = array_over(raw, dtype.dtype, shape, self.state.get("order"))
        return found


def as_shape(shape: Any) -> tuple[int, ...]:
    """A shape of whole numbers; raises ValueError or TypeError for anything else."""
    sizes = tuple(shape)
    if len(sizes) > MOST_DIMS or not all(type(n) is int and 0 <= n < 2**62 for n in sizes):
        raise ValueError("no shape of an array")
    return sizes


def as_bytes(raw: Any) -> bytes | memoryview:
    """Bytes as any protocol writes them; Python 2's may have passed for text."""
    if isinstance(raw, (bytes, memoryview)):
        return raw
    if isinstance(raw, str):
        return raw.encode("utf-8")
    raise TypeError("values that are not bytes")


def array_over(
    raw: bytes | memoryview, dtype: np.dtype[Any], shape: tuple[int, ...], order: Any = "C"
) -> NDArray[Any]:
    """An array that lies on `raw`, which has to hold exactly its values."""
    count = math.prod(shape)
    if count * dtype.itemsize != len(raw) or (count > _EMPTY_STRINGS and not dtype.itemsize):
        raise ValueError(f"{len(raw)} bytes for {count} values of {dtype}")
    if not len(raw):
        return np.empty(shape, dtype)
    return np.ndarray(shape, dtype, raw, order="F" if order == "F" else "C")


def plain_array(array: NDArray[Any]) -> Any:
    """Numbers stay an array; text becomes nested lists of str. Raises Unreadable."""
    if array.dtype.kind == "S":
        return np.char.decode(array, "utf-8", "replace").tolist()
    if array.dtype.kind == "U":
        codes = np.frombuffer(array.astype(array.dtype.newbyteorder("=")).tobytes(), np.uint32)
        if codes.max(initial=0) > sys.maxunicode:  # numpy itself fails with a SystemError
            raise Unreadable("text that holds invalid characters")
        return array.tolist()
    if array.dtype.kind == "V":
        return Opaque("numpy.ndarray")
    return array


def _reconstruct(kind: Name, *_: Any) -> Shell:
    return Array() if kind.name in _ARRAY_CLASSES else Standin(kind.name)


def _from_buffer(raw: Any, dtype: Any, shape: Any, order: Any, *_: Any) -> Array:
    array = Array()
    array._fill(raw, dtype, shape, order)
    return array


def _dtype(name: Any, *_: Any) -> Dtype:
    if isinstance(name, Name) or not isinstance(name, str) or not _DTYPE.fullmatch(name):
        return Dtype(None)
    return Dtype(np.dtype(name))


def _scalar(dtype: Dtype, raw: Any = None) -> Any:
    if dtype.dtype is None:
        return Opaque("numpy.generic")
    if dtype.dtype.hasobject:
        return raw
    value = plain_array(array_over(as_bytes(raw), dtype.dtype, ()))
    value = value.item() if isinstance(value, np.ndarray) else value
    return float(value) if isinstance(value, np.floating) else value


def _encode(text: str, encoding: str = "utf-8") -> bytes:
    if encoding.lower() not in ("latin1", "latin-1", "utf-8", "utf8", "ascii"):
        raise ValueError("an encoding that no pickle uses")
    return text.encode(encoding)


def _sequence(items: Any) -> Any:
    if not isinstance(items, (list, tuple, set, frozenset)):
        raise TypeError("elements that are not a list")
    return items


def _pairs(*args: Any) -> dict[Any, Any]:
    if not args or args[-1] is None or isinstance(args[-1], (Name, Shell)):
        return {}  # all that there is is a defaultdict's factory
    items = args[-1].items() if isinstance(args[-1], dict) else _sequence(args[-1])
    return {as_key(key): value for key, value in items}


def _complex(real: float, imaginary: float = 0.0) -> complex:
    return complex(float(real), float(imaginary))


def _path(*parts: str) -> str:
    return "/".join(part for part in parts if isinstance(part, str)).replace("//", "/")


def _new_object(kind: Any, *_: Any) -> Any:
    builder = PLAIN.get(kind.name)
    return builder() if builder is not None else Standin(kind.name)


def _old_joblib(*_: Any) -> Any:
    raise Unreadable("written by joblib before 0.10, which kept arrays in other files", "unsupported")


_NAMED_ONLY = ("bool", "float", "getattr", "int", "object", "str", "type", "unicode", "long")
_NUMPY_NAMES = (
    "bool", "bool_", "bytes_", "complex128", "complex64", "float16", "float32", "float64", "float_",
    "generic", "int16", "int32", "int64", "int8", "intc", "longlong", "matrix", "memmap", "ndarray",
    "object_", "str_", "uint16", "uint32", "uint64", "uint8",
)  # fmt: skip
_PATHS = ("Path", "PosixPath", "PurePath", "PurePosixPath", "PureWindowsPath", "WindowsPath")

# a name that stands for None may be named, as the class of something, but is not called
PLAIN: Mapping[str, Builder | None] = {
    **dict.fromkeys((f"builtins.{name}" for name in _NAMED_ONLY), None),
    **dict.fromkeys((f"numpy.{name}" for name in _NUMPY_NAMES), None),
    **dict.fromkeys((f"pathlib.{name}" for name in _PATHS), _path),
    **dict.fromkeys((f"pathlib._local.{name}" for name in _PATHS), _path),
    "builtins.range": lambda *args: Inert("builtins.range", args),
    "builtins.slice": lambda *args: Inert("builtins.slice", args),
    "builtins.dict": _pairs,
    "builtins.list": lambda items=(): list(_sequence(items)),
    "builtins.tuple": lambda items=(): tuple(_sequence(items)),
    "builtins.set": lambda items=(): {as_key(item) for item in _sequence(items)},
    "builtins.frozenset": lambda items=(): frozenset(as_key(item) for item in _sequence(items)),
    "builtins.complex": _complex,
    "builtins.bytearray": lambda raw=b"", encoding="latin-1": (
        _encode(raw, encoding) if isinstance(raw, str) else as_bytes(raw)
    ),
    "builtins.bytes": lambda raw=b"": as_bytes(raw),
    "collections.OrderedDict": _pairs,
    "collections.defaultdict": _pairs,
    "collections.Counter": _pairs,
    "collections.deque": lambda items=(), size=None: list(_sequence(items)),
    "argparse.Namespace": lambda *_: Namespace(),
    "types.SimpleNamespace": lambda *_: Namespace(),
    "copyreg._reconstructor": _new_object,
    "copyreg.__newobj__": _new_object,
    "_codecs.encode": _encode,
    "numpy.dtype": _dtype,
    "numpy.core.multiarray._reconstruct": _reconstruct,
    "numpy.core.multiarray.scalar": _scalar,
    "numpy.core.numeric._frombuffer": _from_buffer,
    "joblib.numpy_pickle.NumpyArrayWrapper": lambda *_: FollowingArray(),
    "joblib.numpy_pickle.NDArrayWrapper": _old_joblib,
}
