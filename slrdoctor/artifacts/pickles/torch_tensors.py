"""PyTorch's tensors and storages as a pickle tells of them, rebuilt as numpy arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Opaque, Unreadable
from slrdoctor.artifacts.pickles.builders import as_shape
from slrdoctor.artifacts.pickles.machine import Builder, Name, Shell, Standin

MOST_REPEATED = 1 << 24  # elements of a tensor that is larger than what it is stored as


@dataclass(frozen=True)
class Element:
    """How a torch dtype is stored: `numpy` is "" for one that numpy has no type for."""

    name: str
    size: int  # bytes
    numpy: str = ""


BFLOAT16 = Element("bfloat16", 2, "u2")  # the upper half of a float32
_ELEMENTS = {
    element.name: element
    for element in (
        BFLOAT16,
        Element("float64", 8, "f8"), Element("float32", 4, "f4"), Element("float16", 2, "f2"),
        Element("int64", 8, "i8"), Element("int32", 4, "i4"), Element("int16", 2, "i2"),
        Element("int8", 1, "i1"), Element("uint64", 8, "u8"), Element("uint32", 4, "u4"),
        Element("uint16", 2, "u2"), Element("uint8", 1, "u1"), Element("bool", 1, "?"),
        Element("complex64", 8, "c8"), Element("complex128", 16, "c16"), Element("complex32", 4),
        Element("qint8", 1), Element("quint8", 1), Element("qint32", 4), Element("quint4x2", 1),
        Element("quint2x4", 1), Element("float8_e4m3fn", 1), Element("float8_e5m2", 1),
        Element("float8_e4m3fnuz", 1), Element("float8_e5m2fnuz", 1), Element("float8_e8m0fnu", 1),
    )
}  # fmt: skip
_OLD_NAMES = {
    "Double": "float64", "Float": "float32", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64",
    "Int": "int32", "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool",
    "ComplexFloat": "complex64", "ComplexDouble": "complex128", "QInt8": "qint8", "QUInt8": "quint8",
    "QInt32": "qint32", "QUInt4x2": "quint4x2", "QUInt2x4": "quint2x4", "Untyped": "uint8",
}  # fmt: skip


class Storage(Shell):
    """The flat memory that tensors share. `data` may come after the pickle that names it."""

    def __init__(self, element: Element, data: memoryview | None = None, start: int = 0) -> None:
        self.element, self.start = element, start
        self.data = data
        self.root: Storage = self  # whose data this is a part of
        self.order = "<"

    def view(self, start: int) -> Storage:
        part = Storage(self.element, None, self.start + start)
        part.root = self.root
        return part

    def finish(self, plain: Callable[[Any], Any]) -> Any:
        data = self.root.data
        count = len(data) // self.element.size - self.start if data is not None else 0
        return Tensor(self, 0, (count,), (1,)).finish(plain)


class Tensor(Shell):
    """A strided view of a storage."""

    def __init__(
        self, storage: Any, offset: Any, size: Any, stride: Any, element: Element | None = None
    ) -> None:
        if not isinstance(storage, Storage):
            raise TypeError("a tensor without a storage")
        self.storage = storage
        self.offset, self.size, self.stride = as_shape((offset,))[0], as_shape(size), as_shape(stride)
        self.element = element or storage.element

    def finish(self, plain: Callable[[Any], Any]) -> Any:
        """A numpy array over the storage's bytes; bfloat16 is widened to float32."""
        if not self.element.numpy:
            return Opaque("torch.Tensor", f"{self.element.name}{list(self.size)}")
        data, count = self.storage.root.data, math.prod(self.size)
        dtype = np.dtype(self.storage.root.order + self.element.numpy)
        if not count:
            return np.empty(self.size, np.float32 if self.element is BFLOAT16 else dtype)
        if data is None:
            raise Unreadable("a tensor whose values are not in the file", "truncated")
        if count > max(len(data), MOST_REPEATED):
            raise Unreadable("a tensor that claims to be far larger than its values", "refused")
        try:
            array: NDArray[Any] = np.ndarray(
                self.size,
                dtype,
                data,
                (self.offset + self.storage.start) * self.element.size,
                [step * self.element.size for step in self.stride],
            )
        except (ValueError, TypeError, OverflowError) as error:
            raise Unreadable("a tensor that reaches beyond its stored values", "truncated") from error
        return widened(array) if self.element is BFLOAT16 else array


def widened(upper: NDArray[Any]) -> NDArray[np.float32]:
    wide = np.asarray(upper).astype(np.uint32)
    return np.left_shift(wide, 16, out=wide).view(np.float32)


def element_of(kind: Any) -> Element:
    """The element type that a storage class or a dtype names; raises ValueError for any other."""
    leaf = kind.name.rpartition(".")[2]
    element = _ELEMENTS.get(_OLD_NAMES.get(leaf.removesuffix("Storage"), leaf))
    if element is None:
        raise ValueError("a storage of no known kind")
    return element


def _tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> Tensor:
    return Tensor(storage, offset, size, stride)


def _tensor_v3(storage: Any, offset: Any, size: Any, stride: Any, *rest: Any) -> Tensor:
    _grad, _hooks, dtype, *_ = rest
    return Tensor(storage, offset, size, stride, element_of(dtype))


def _parameter(data: Any, *_: Any) -> Any:
    return data


def _from_type(function: Any, kind: Any, args: Any, state: Any = None) -> Any:
    builder = TORCH.get(function.name) if isinstance(function, Name) else None
    return builder(*args) if builder is not None else Standin("torch._tensor._rebuild_from_type", args)


_NAMED_ONLY = (
    *_ELEMENTS, *(f"{old}Storage" for old in _OLD_NAMES), *(f"cuda.{old}Storage" for old in _OLD_NAMES),
    "storage.UntypedStorage", "storage.TypedStorage", "storage._TypedStorage", "storage._UntypedStorage",
    "Tensor", "nn.parameter.Parameter", "nn.parameter.Buffer", "float", "double", "half", "long", "int",
    "strided", "FloatTensor", "LongTensor", "DoubleTensor",
)  # fmt: skip

TORCH: Mapping[str, Builder | None] = {
    **dict.fromkeys((f"torch.{name}" for name in _NAMED_ONLY), None),
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _tensor_v3,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "torch._utils._rebuild_device_tensor_from_numpy": _parameter,
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": _parameter,
    "torch._tensor._rebuild_from_type": _from_type,
    "torch._tensor._rebuild_from_type_v2": _from_type,
    "torch.Size": lambda sizes=(): as_shape(sizes),
    "torch.device": lambda kind="", index=None: kind if index is None else f"{kind}:{index}",
    "torch.serialization._get_layout": lambda name: name,
}
