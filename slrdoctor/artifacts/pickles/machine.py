"""Run a pickle without running what it names.

The standard library's Unpickler cannot be tamed by `find_class` alone: ten bytes with a
memo index of 2**32 make it allocate 64 GB, a tuple nested in itself forty times over takes
hours to hash as a key, and every array is copied. This machine looks up every global in a
table of `builders` and imports nothing; arrays are views of the file's own bytes. Its
operations are in `pickle_operations`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from slrdoctor.artifacts.content import Opaque, Unreadable

MOST_STEPS = 100_000_000  # operations; a pickled list of 30 million floats has as many
MOST_CONTAINERS = 20_000_000
# numpy 2 moved its core, Python 3 its builtins
_RENAMED = (
    ("numpy.core.", "numpy._core."), ("builtins.", "__builtin__."), ("copyreg.", "copy_reg."),
    ("builtins.range", "builtins.xrange"),
)  # fmt: skip
MOST_MARKS = 100_000  # open at once: one a level of nesting
_LARGEST_KEY = 2**61 - 2  # beyond it the hashes of integers can be made to collide

Builder = Callable[..., Any]


class Name:
    """A global that a pickle names: "module.qualname". Nothing is imported for it."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Shell(ABC):
    """An object that takes shape while the pickle runs; `finish` gives what it became."""

    def build(self, state: Any) -> None:
        """Take the state that the pickle sets; most are made of their arguments alone."""
        del state

    def after_build(self, machine: Machine) -> Any:
        """What stands for it from then on; joblib writes the values of an array there, as they are."""
        return self

    @abstractmethod
    def finish(self, plain: Callable[[Any], Any]) -> Any:
        """The value it stands for; `plain` does the same for what it holds."""


class Standin(Shell):
    """The place of an object that is not built: its class's name and what it would have got."""

    __slots__ = ("args", "entries", "items", "name", "state")

    def __init__(self, name: str, args: tuple[Any, ...] = ()) -> None:
        self.name, self.args = name, args
        self.state: Any = None
        self.items: list[Any] = []
        self.entries: dict[Any, Any] = {}

    def build(self, state: Any) -> None:
        self.state = state

    def finish(self, plain: Callable[[Any], Any]) -> Any:
        """An Opaque with what tells most of the object: its state, its elements, its arguments."""
        held = (self.state, self.entries, self.items, self.args)
        return Opaque(self.name, plain(next(filter(None, held), None)))


def as_key(value: Any, depth: int = 2) -> Any:
    """A value fit for a dict key or a set: one whose hash costs little. Raises Unreadable."""
    kind = type(value)
    if kind in (str, bytes, bool, float, type(None)) or isinstance(value, (Name, Shell)):
        return value
    if kind is int and abs(value) <= _LARGEST_KEY:
        return value
    if kind is memoryview:
        return bytes(value)
    if kind is tuple and depth and len(value) <= 16:
        return tuple(as_key(item, depth - 1) for item in value)
    if kind is frozenset:
        return value  # its elements were keys already, and it keeps its hash
    raise Unreadable(f"a dict key or set element that is a {kind.__name__} of its kind", "refused")


class Machine:
    """The pickle machine's stack, marks and memo."""

    def __init__(
        self,
        data: memoryview,
        start: int,
        builders: Mapping[str, Builder | None],
        refused: list[str],
        persistent: Callable[[Any], Any] | None,
    ) -> None:
        self.data, self.at = data, start
        self.builders, self.refused = builders, refused
        self.persistent = persistent or (lambda pid: self.call(self.find("persistent", "id"), (pid,)))
        self.stack: list[Any] = []
        self.marks: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.containers = 0
        self.operations: Mapping[int, Callable[[Machine], None]] = {}

    def run_on(self) -> Any:
        """What another pickle leaves that begins where this one is, and go on behind it."""
        inner = Machine(self.data, self.at, self.builders, self.refused, self.persistent)
        inner.containers = self.containers
        value = inner.run(self.operations)
        self.at, self.containers = inner.at, inner.containers
        return value

    def run(self, operations: Mapping[int, Callable[[Machine], None]]) -> Any:
        """Run up to the end of the pickle and give what it leaves on the stack."""
        data, self.operations = self.data, operations
        for _ in range(MOST_STEPS):
            code = data[self.at]
            self.at += 1
            if code == 0x2E:  # STOP
                return self.stack.pop()
            operations[code](self)
        raise Unreadable(f"more than {MOST_STEPS} objects", "refused")

    def take(self, size: int) -> memoryview:
        """The next bytes of the pickle."""
        if size < 0:
            raise ValueError("a negative length")
        if size > len(self.data) - self.at:
            raise Unreadable("ends in the middle of a pickle", "truncated")
        self.at += size
        return self.data[self.at - size : self.at]

    def take_int(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def line(self) -> bytes:
        """The bytes up to the next line end."""
        size = 128
        while True:
            piece = bytes(self.data[self.at : self.at + size])
            end = piece.find(b"\n")
            if end >= 0:
                self.at += end + 1
                return piece[:end]
            if len(piece) < size:
                raise Unreadable("ends in the middle of a pickle", "truncated")
            size *= 4

    def mark(self) -> None:
        if len(self.marks) >= MOST_MARKS:
            raise Unreadable(f"more than {MOST_MARKS} levels of nesting", "refused")
        self.marks.append(self.stack)
        self.stack = []

    def pop_mark(self) -> list[Any]:
        items, self.stack = self.stack, self.marks.pop()
        return items

    def count(self) -> None:
        """Note one more container, and stop at too many: one byte of a pickle makes 200 of memory."""
        self.containers += 1
        if self.containers > MOST_CONTAINERS:
            raise Unreadable(f"more than {MOST_CONTAINERS} lists, dicts and objects", "refused")

    def find(self, module: str, name: str) -> Name:
        full = f"{module}.{name}"
        for new, old in _RENAMED:
            full = new + full[len(old) :] if full.startswith(old) else full
        if full not in self.builders:
            self._refuse(full)
        return Name(full)

    def extension(self, size: int) -> Name:
        """A global that stands under a number in the registry of the program that wrote it."""
        return self.find("copyreg", f"extension_{self.take_int(size)}")

    def call(self, function: Any, args: Any) -> Any:
        """What calling a global gives: built where the table has a builder, else a stand-in."""
        if type(args) is not tuple:
            raise TypeError("arguments that are not a tuple")
        self.count()
        if isinstance(function, Name):
            if function.name == "builtins.getattr" and list(map(type, args)) == [Name, str]:
                # how protocol 2 names what is inside a class; nothing is looked up, as ever
                return self.find(args[0].name, args[1])
            builder = self.builders.get(function.name)
            if builder is not None:
                return builder(*args)
            self._refuse(function.name)
            return Standin(function.name, args)
        if isinstance(function, Standin):
            return Standin(function.name, args)
        raise TypeError("a call of something that is not a global")

    def _refuse(self, name: str) -> None:
        if name not in self.refused and len(self.refused) < 1000:
            self.refused.append(name[:200])
