"""Open pickles, object arrays and torch files as plain containers and numpy arrays.

Nothing that a file names is imported or called. What would have been an object of another
class is an `Opaque`, and its name stands in `Tree.refused`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Opaque, Table, Tree, Unreadable
from slrdoctor.artifacts.pickles.frames import is_frame, table_of_frame
from slrdoctor.artifacts.pickles.imports import acting
from slrdoctor.artifacts.pickles.machine import Name, Shell, Standin
from slrdoctor.artifacts.pickles.operations import execute
from slrdoctor.artifacts.pickles.torch_archive import BUILDERS, is_archive, read_archive
from slrdoctor.artifacts.storage.file_bytes import file_bytes, is_wrapped, unwrapped

DEEPEST = 100  # levels of containers; what lies deeper is cut off
MOST_REPEATED = 10_000_000  # elements that a walk may meet again because they are shared
CYCLE = "a container inside itself"
TOO_DEEP = f"nested over {DEEPEST} levels"

_LEAVES = frozenset((str, int, float, bool, bytes, complex, type(None), np.ndarray, Opaque))
# a pickle of protocol 0 or 1 has no magic: it opens a container or names a global
_PICKLE = re.compile(
    rb"\x80[\x02-\x05]|\([dltVSIFLXUKMN(\]}]|[\]}][q.(]|\(?c[\w.]+\r?\n[\w.]+\r?\n", re.A
)


def load_file(path: Path) -> Content:
    """What a pickle or torch file holds, compressed or not: a Tree, Arrays for a bare array, or a Table.

    Raises Unreadable.
    """
    view = file_bytes(path)
    if is_wrapped(view):
        view = unwrapped(view, _is_pickled)
    elif not _is_pickled(bytes(view[:512])):
        raise Unreadable("neither a pickle nor a torch file, in spite of its name", "unsupported")
    tree = _with_tables(load_pickle(view))
    if isinstance(tree, Table):
        return tree
    if not isinstance(tree.value, np.ndarray) or tree.refused:
        return tree
    array = tree.value
    return Arrays({"": ArrayInfo(array.shape, str(array.dtype))}, {"": array}.__getitem__)


def load_pickle(data: bytes | memoryview, start: int = 0) -> Tree:
    """Plain containers out of the pickle or torch file in `data`. Raises Unreadable.

    Arrays are read-only views of `data` wherever they can be.
    """
    view = memoryview(data)[start:]
    refused: list[str] = []
    value = read_archive(view, refused) if is_archive(view) else execute(view, 0, BUILDERS, refused)[0]
    finisher = _Finisher(refused)
    try:
        plain = finisher.finish(value, 0)[0]
    except (ValueError, TypeError, OverflowError) as error:
        raise Unreadable("not a valid pickle: its arrays do not fit their values") from error
    except MemoryError as error:
        raise Unreadable("its values need more memory than is available", "refused") from error
    return Tree(plain, tuple(refused))


def _with_tables(tree: Tree) -> Tree | Table:
    """A frame of pandas as a table, and those in a dict as lists of records."""
    if acting(tree.refused):
        return tree
    if is_frame(tree.value):
        return table_of_frame(tree.value) or tree
    if not isinstance(tree.value, dict) or not any(map(is_frame, tree.value.values())):
        return tree
    tables = {key: table_of_frame(value) for key, value in tree.value.items() if is_frame(value)}
    if None in tables.values():
        return tree
    records = {key: table.records() for key, table in tables.items() if table is not None}
    return Tree({**tree.value, **records})


def _is_pickled(head: bytes) -> bool:
    return bool(_PICKLE.match(head)) or is_archive(memoryview(head))


class _Finisher:
    """Replaces Names and Shells in what the machine left, each object once.

    Lists and dicts are changed in place. Each result comes with the number of elements
    that a walk through it meets: shared containers count every time.
    """

    def __init__(self, refused: list[str]) -> None:
        self.refused = refused
        # id -> the object, so that its id stays its own, what became of it, and its elements
        self.done: dict[int, tuple[Any, Any, int]] = {}
        self.open: set[int] = set()
        self.seen = 0

    def finish(self, value: Any, depth: int) -> tuple[Any, int]:
        if type(value) in _LEAVES:
            self.seen += 1
            return value, 1
        if id(value) in self.done:
            _, result, size = self.done[id(value)]
            return result, size
        if id(value) in self.open:
            return Opaque(CYCLE), 1
        if depth >= DEEPEST:
            return Opaque(TOO_DEEP), 1
        self.open.add(id(value))
        self.seen += 1
        result, size = self._replace(value, depth + 1)
        self.open.discard(id(value))
        if size > MOST_REPEATED and size > 10 * self.seen:
            raise Unreadable("shares containers so often that a walk through them never ends", "refused")
        self.done[id(value)] = (value, result, size)
        return result, size

    def _replace(self, value: Any, depth: int) -> tuple[Any, int]:
        if type(value) is list:
            return value, self._fill_list(value, depth)
        if type(value) is dict:
            return self._dict(value, depth)
        if type(value) is tuple:
            items = list(value)
            size = self._fill_list(items, depth)
            return tuple(items), size
        if type(value) in (set, frozenset):
            return type(value)(map(_plain_key, value)), 1 + len(value)
        if type(value) is memoryview:
            return bytes(value), 1
        if isinstance(value, Name):
            return Opaque(value.name), 1
        if isinstance(value, Standin) and value.name not in self.refused:
            self.refused.append(value.name)
        return self._shell(value, depth)

    def _shell(self, shell: Shell, depth: int) -> tuple[Any, int]:
        size = 1

        def plain(value: Any) -> Any:
            nonlocal size
            result, size = self.finish(value, depth)
            return result

        return shell.finish(plain), size

    def _fill_list(self, items: list[Any], depth: int) -> int:
        size = 1 + len(items)
        self.seen += len(items)
        for i, item in enumerate(items):
            if type(item) not in _LEAVES:
                items[i], inner = self.finish(item, depth)
                size += inner
        return size

    def _dict(self, items: dict[Any, Any], depth: int) -> tuple[dict[Any, Any], int]:
        values = list(items.values())
        size = self._fill_list(values, depth)
        for key, value in zip(items, values, strict=False):
            items[key] = value
        if all(type(key) in _LEAVES for key in items):
            return items, size
        return {_plain_key(key): value for key, value in items.items()}, size


def _plain_key(key: Any) -> Any:
    """A key without Names and Shells: an Opaque stands by its name and the argument it was made with."""
    if isinstance(key, Name):
        return Opaque(key.name)
    if isinstance(key, Standin):
        simple = tuple(arg for arg in key.args if type(arg) in (str, int, float, bool))
        return Opaque(key.name, simple or id(key))
    if isinstance(key, Shell):
        return Opaque("torch.Tensor", id(key))
    if isinstance(key, tuple):
        return tuple(map(_plain_key, key))
    return key
