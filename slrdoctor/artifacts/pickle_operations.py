"""The operations of a pickle, protocols 0 to 5, as functions on a `Machine`.

Their codes and meaning are those of the standard library's `pickletools`.
"""

from __future__ import annotations

import ast
import struct
from collections.abc import Callable, Mapping
from typing import Any

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.pickle_machine import Builder, Machine, Name, Shell, Standin, as_key

LONGEST_NUMBER = 1024  # bytes of an integer; printing longer ones takes quadratic time
VIEW_FROM = 1024  # bytes: longer strings of bytes stay views of the file

Operation = Callable[[Machine], None]
OPERATIONS: dict[int, Operation] = {}


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
    except (IndexError, KeyError, ValueError, TypeError, AttributeError, OverflowError, struct.error) as error:
        if machine.at >= len(data):
            raise Unreadable("ends in the middle of a pickle", "truncated") from error
        raise Unreadable(f"no sound pickle: wrong at byte {machine.at}") from error
    except RecursionError as error:
        raise Unreadable("pickles nested in pickles without end", "refused") from error
    except MemoryError as error:
        raise Unreadable("its objects need more memory than there is", "refused") from error


def _op(*codes: bytes) -> Callable[[Operation], Operation]:
    def register(function: Operation) -> Operation:
        OPERATIONS.update(dict.fromkeys((code[0] for code in codes), function))
        return function

    return register


def _fixed(code: bytes, layout: str) -> None:
    packed = struct.Struct(layout)
    OPERATIONS[code[0]] = lambda m: m.stack.append(packed.unpack(m.take(packed.size))[0])


def _constant(code: bytes, value: Any) -> None:
    OPERATIONS[code[0]] = lambda m: m.stack.append(value)


def _counted(code: bytes, width: int, convert: Callable[[memoryview], Any]) -> None:
    OPERATIONS[code[0]] = lambda m: m.stack.append(convert(m.take(m.take_int(width))))


def _bytes(view: memoryview) -> bytes | memoryview:
    return view if len(view) > VIEW_FROM else bytes(view)


def _unicode(view: memoryview) -> str:
    return str(view, "utf-8", "surrogatepass")


def _old_string(view: memoryview) -> str | bytes | memoryview:
    # Python 2 wrote text and bytes alike
    try:
        return str(view, "utf-8")
    except UnicodeDecodeError:
        return _bytes(view)


def _long(view: memoryview) -> int:
    if len(view) > LONGEST_NUMBER:
        raise ValueError("an integer of absurd length")
    return int.from_bytes(view, "little", signed=True)


for _code, _layout in ((b"J", "<i"), (b"K", "<B"), (b"M", "<H"), (b"G", ">d")):
    _fixed(_code, _layout)
for _code, _value in ((b"N", None), (b"\x88", True), (b"\x89", False), (b")", ())):
    _constant(_code, _value)
for _code, _width, _convert in (
    (b"\x8c", 1, _unicode), (b"X", 4, _unicode), (b"\x8d", 8, _unicode),
    (b"C", 1, _bytes), (b"B", 4, _bytes), (b"\x8e", 8, _bytes), (b"\x96", 8, _bytes),
    (b"U", 1, _old_string), (b"T", 4, _old_string),
    (b"\x8a", 1, _long), (b"\x8b", 4, _long),
):  # fmt: skip
    _counted(_code, _width, _convert)


@_op(b"\x80")
def _protocol(m: Machine) -> None:
    if m.take_int(1) > 5:
        raise Unreadable("pickled with a protocol that no Python knows", "unsupported")


@_op(b"\x95")
def _frame(m: Machine) -> None:
    if m.take_int(8) > len(m.data) - m.at:
        raise Unreadable("ends in the middle of a pickle", "truncated")


@_op(b"I", b"L")
def _int_line(m: Machine) -> None:
    line = m.line()
    if len(line) > LONGEST_NUMBER:
        raise ValueError("an integer of absurd length")
    m.stack.append({b"00": False, b"01": True}[line] if line in (b"00", b"01") else int(line.rstrip(b"L")))


@_op(b"F")
def _float_line(m: Machine) -> None:
    m.stack.append(float(m.line()))


@_op(b"S")
def _string_line(m: Machine) -> None:
    try:
        value = ast.literal_eval("b" + m.line().decode("ascii"))
    except (SyntaxError, RecursionError) as error:
        raise ValueError("a string without quotes") from error
    m.stack.append(_old_string(memoryview(value)))


@_op(b"V")
def _unicode_line(m: Machine) -> None:
    m.stack.append(str(m.line(), "raw-unicode-escape"))


@_op(b"(")
def _mark(m: Machine) -> None:
    m.mark()


@_op(b"0")
def _pop(m: Machine) -> None:
    if m.stack:
        m.stack.pop()
    else:
        m.pop_mark()


@_op(b"1")
def _pop_mark(m: Machine) -> None:
    m.pop_mark()


@_op(b"2")
def _duplicate(m: Machine) -> None:
    m.stack.append(m.stack[-1])


@_op(b"]")
def _empty_list(m: Machine) -> None:
    m.push_container([])


@_op(b"}")
def _empty_dict(m: Machine) -> None:
    m.push_container({})


@_op(b"\x8f")
def _empty_set(m: Machine) -> None:
    m.push_container(set())


@_op(b"l")
def _list(m: Machine) -> None:
    items = m.pop_mark()
    m.push_container(items)


@_op(b"t")
def _tuple(m: Machine) -> None:
    items = m.pop_mark()
    m.stack.append(tuple(items))


@_op(b"d")
def _dict(m: Machine) -> None:
    items = m.pop_mark()
    m.push_container({})
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
    if isinstance(m.stack[-1], Standin):
        m.stack[-1].items += items
    else:
        m.stack[-1].update(map(as_key, items))


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
        raise TypeError("items set on what is no dict")
    if len(items) % 2:
        raise ValueError("a key without a value")
    for i in range(0, len(items), 2):
        key = items[i]
        entries[key if type(key) is str else as_key(key)] = items[i + 1]


@_op(b"q")
def _put_short(m: Machine) -> None:
    m.memo[m.take_int(1)] = m.stack[-1]


@_op(b"r")
def _put_long(m: Machine) -> None:
    m.memo[m.take_int(4)] = m.stack[-1]


@_op(b"p")
def _put_line(m: Machine) -> None:
    m.memo[int(m.line())] = m.stack[-1]


@_op(b"\x94")
def _memoize(m: Machine) -> None:
    m.memo[len(m.memo)] = m.stack[-1]


@_op(b"h")
def _get_short(m: Machine) -> None:
    m.stack.append(m.memo[m.take_int(1)])


@_op(b"j")
def _get_long(m: Machine) -> None:
    m.stack.append(m.memo[m.take_int(4)])


@_op(b"g")
def _get_line(m: Machine) -> None:
    m.stack.append(m.memo[int(m.line())])


@_op(b"c")
def _global_lines(m: Machine) -> None:
    module, name = str(m.line(), "utf-8"), str(m.line(), "utf-8")
    m.stack.append(m.find(module, name))


@_op(b"\x93")
def _global_of_stack(m: Machine) -> None:
    name, module = m.stack.pop(), m.stack.pop()
    if type(name) is not str or type(module) is not str:
        raise TypeError("a global whose name is no text")
    m.stack.append(m.find(module, name))


@_op(b"\x82", b"\x83", b"\x84")
def _extension(m: Machine) -> None:
    width = {0x82: 1, 0x83: 2, 0x84: 4}[m.data[m.at - 1]]
    m.stack.append(m.find("copyreg", f"extension_{m.take_int(width)}"))


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


@_op(b"i")
def _instance_of_lines(m: Machine) -> None:
    module, name = str(m.line(), "utf-8"), str(m.line(), "utf-8")
    args = tuple(m.pop_mark())
    m.stack.append(m.call(m.find(module, name), args))


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


@_op(b"P")
def _persistent_line(m: Machine) -> None:
    m.stack.append(m.persistent(str(m.line(), "utf-8")))


@_op(b"Q")
def _persistent(m: Machine) -> None:
    m.stack.append(m.persistent(m.stack.pop()))


@_op(b"\x97", b"\x98")
def _buffer(m: Machine) -> None:
    raise Unreadable("pickled with buffers that are kept outside of the file", "unsupported")
