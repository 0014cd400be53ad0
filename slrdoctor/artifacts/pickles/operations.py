"""The operations of a pickle, protocols 0 to 5, as functions on a `Machine`.

Their codes and meaning are those of the standard library's `pickletools`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.pickles.arguments import (
    constant,
    counted,
    fixed,
    int_line,
    long_int,
    old_string,
    raw_bytes,
    string_line,
    text,
)  # fmt: skip
from slrdoctor.artifacts.pickles.machine import Builder, Machine, Name, Shell, Standin, as_key

Operation = Callable[[Machine], None]
OPERATIONS: dict[int, Operation] = {}

_UNSOUND = (IndexError, KeyError, ValueError, TypeError, AttributeError, OverflowError, struct.error)


def execute(
    data: memoryview,
    start: int,
    builders: Mapping[str, Builder | None],
    refused: list[str],
    persistent: Callable[[Any], Any] | None = None,
) -> tuple[Any, int]:
    """Run one pickle; returns its value, holding Names and Shells, and where it ended.

    A global that `builders` maps to None may be named but is not called; one that it does
    not know is added to `refused`. Raises Unreadable.
    """
    machine = Machine(data, start, builders, refused, persistent)
    try:
        return machine.run(OPERATIONS), machine.at
    except _UNSOUND as error:
        if machine.at >= len(data):
            raise Unreadable("ends in the middle of a pickle", "truncated") from error
        raise Unreadable(f"not a valid pickle: wrong at byte {machine.at}") from error
    except RecursionError as error:
        raise Unreadable("pickles nested in pickles without end", "refused") from error
    except MemoryError as error:
        raise Unreadable("its objects need more memory than is available", "refused") from error


def _op(*codes: bytes) -> Callable[[Operation], Operation]:
    def register(function: Operation) -> Operation:
        OPERATIONS.update(dict.fromkeys((code[0] for code in codes), function))
        return function

    return register


def _push(code: bytes, read: Callable[[Machine], Any]) -> None:
    def push(m: Machine) -> None:
        value = read(m)  # which may put another stack in place
        m.stack.append(value)

    OPERATIONS[code[0]] = push


def _push_new(code: bytes, container: Callable[[], Any]) -> None:
    def push(m: Machine) -> None:
        m.count()
        m.stack.append(container())

    OPERATIONS[code[0]] = push


def _put(code: bytes, index: Callable[[Machine], int]) -> None:
    def put(m: Machine) -> None:
        m.memo[index(m)] = m.stack[-1]

    OPERATIONS[code[0]] = put


def _global_lines(m: Machine) -> Name:
    module, name = str(m.line(), "utf-8"), str(m.line(), "utf-8")
    return m.find(module, name)


def _instance_lines(m: Machine) -> Any:
    named = _global_lines(m)
    return m.call(named, tuple(m.pop_mark()))


_BYTE = fixed("<B")
for _code, _read in (
    (b"J", fixed("<i")), (b"K", _BYTE), (b"M", fixed("<H")), (b"G", fixed(">d")),
    (b"N", constant(None)), (b"\x88", constant(True)), (b"\x89", constant(False)),
    (b")", constant(())), (b"\x8c", counted(1, text)), (b"X", counted(4, text)),
    (b"\x8d", counted(8, text)), (b"C", counted(1, raw_bytes)), (b"B", counted(4, raw_bytes)),
    (b"\x8e", counted(8, raw_bytes)), (b"\x96", counted(8, raw_bytes)), (b"U", counted(1, old_string)),
    (b"T", counted(4, old_string)), (b"\x8a", counted(1, long_int)), (b"\x8b", counted(4, long_int)),
    (b"I", int_line), (b"L", int_line), (b"F", lambda m: float(m.line())), (b"S", string_line),
    (b"c", _global_lines), (b"i", _instance_lines),
    (b"V", lambda m: str(m.line(), "raw-unicode-escape")), (b"2", lambda m: m.stack[-1]),
    (b"h", lambda m: m.memo[_BYTE(m)]), (b"j", lambda m: m.memo[m.take_int(4)]),
    (b"g", lambda m: m.memo[int_line(m)]), (b"P", lambda m: m.persistent(str(m.line(), "utf-8"))),
    (b"Q", lambda m: m.persistent(m.stack.pop())), (b"\x82", lambda m: m.extension(1)),
    (b"\x83", lambda m: m.extension(2)), (b"\x84", lambda m: m.extension(4)),
    (b"t", lambda m: tuple(m.pop_mark())), (b"l", lambda m: m.pop_mark()),
):  # fmt: skip
    _push(_code, _read)
for _code, _container in ((b"]", list), (b"}", dict), (b"\x8f", set)):
    _push_new(_code, _container)
for _code, _index in (
    (b"q", _BYTE), (b"r", lambda m: m.take_int(4)),
    (b"p", int_line), (b"\x94", lambda m: len(m.memo)),
):  # fmt: skip
    _put(_code, _index)


@_op(b"\x80")
def _protocol(m: Machine) -> None:
    if m.take_int(1) > 5:
        raise Unreadable("pickled with a protocol that no Python knows", "unsupported")


@_op(b"\x95")
def _frame(m: Machine) -> None:
    if m.take_int(8) > len(m.data) - m.at:
        raise Unreadable("ends in the middle of a pickle", "truncated")


@_op(b"(")
def _mark(m: Machine) -> None:
    m.mark()


@_op(b"0", b"1")
def _pop(m: Machine) -> None:
    if m.stack and m.data[m.at - 1] == 0x30:
        m.stack.pop()
    else:
        m.pop_mark()


@_op(b"d")
def _dict(m: Machine) -> None:
    items = m.pop_mark()
    m.stack.append({})
    _set_items(m.stack[-1], items)


@_op(b"\x91")
def _frozenset(m: Machine) -> None:
    items = m.pop_mark()
    m.stack.append(frozenset(map(as_key, items)))


@_op(b"\x85", b"\x86", b"\x87")
def _short_tuple(m: Machine) -> None:
    size = m.data[m.at - 1] - 0x84
    if len(m.stack) < size:
        raise IndexError("a tuple of more than there is")
    m.stack[-size:] = [tuple(m.stack[-size:])]


@_op(b"a")
def _append(m: Machine) -> None:
    item = m.stack.pop()
    _extend(m.stack[-1], [item])


@_op(b"e")
def _appends(m: Machine) -> None:
    items = m.pop_mark()
    _extend(m.stack[-1], items)


@_op(b"\x90")
def _add_items(m: Machine) -> None:
    items = m.pop_mark()
    target = m.stack[-1]
    if isinstance(target, Standin):
        target.items += items
    elif type(target) is set:
        target.update(map(as_key, items))
    else:
        raise TypeError("elements added to something that is not a set")


@_op(b"s")
def _set_item(m: Machine) -> None:
    value, key = m.stack.pop(), m.stack.pop()
    _set_items(m.stack[-1], [key, value])


@_op(b"u")
def _set_many(m: Machine) -> None:
    items = m.pop_mark()
    _set_items(m.stack[-1], items)


def _extend(target: Any, items: list[Any]) -> None:
    (target.items if isinstance(target, Standin) else target).extend(items)


def _set_items(target: Any, items: list[Any]) -> None:
    entries = target.entries if isinstance(target, Standin) else target
    if type(entries) is not dict:
        raise TypeError("items set on something that is not a dict")
    if len(items) % 2:
        raise ValueError("a key without a value")
    for i in range(0, len(items), 2):
        key = items[i]
        entries[key if type(key) is str else as_key(key)] = items[i + 1]


@_op(b"\x93")
def _global_of_stack(m: Machine) -> None:
    name, module = m.stack.pop(), m.stack.pop()
    if type(name) is not str or type(module) is not str:
        raise TypeError("a global whose name is not text")
    m.stack.append(m.find(module, name))


@_op(b"R", b"\x81")
def _call(m: Machine) -> None:
    args = m.stack.pop()
    m.stack[-1] = m.call(m.stack[-1], args)


@_op(b"\x92")
def _call_with_names(m: Machine) -> None:
    names, args = m.stack.pop(), m.stack.pop()
    made = Standin(m.stack[-1].name, args)
    made.state = names
    m.stack[-1] = made


@_op(b"o")
def _instance_of_mark(m: Machine) -> None:
    args = m.pop_mark()
    m.stack.append(m.call(args[0], tuple(args[1:])))


@_op(b"b")
def _build(m: Machine) -> None:
    state = m.stack.pop()
    # a plain container that gets attributes, as a state dict does its `_metadata`, stays plain
    if isinstance(m.stack[-1], Shell):
        m.stack[-1].build(state)
        m.stack[-1] = m.stack[-1].after_build(m)


@_op(b"\x97", b"\x98")
def _buffer(m: Machine) -> None:
    raise Unreadable("pickled with buffers that are kept outside of the file", "unsupported")
