"""How the operations of a pickle read the arguments that follow their code."""

from __future__ import annotations

import ast
import struct
from collections.abc import Callable
from typing import Any

from slrdoctor.artifacts.pickle_machine import Machine

LONGEST_NUMBER = 1024  # bytes of an integer; printing longer ones takes quadratic time
VIEW_FROM = 1024  # bytes: longer strings of bytes stay views of the file

Read = Callable[[Machine], Any]


def fixed(layout: str) -> Read:
    packed = struct.Struct(layout)
    unpack_from, size = packed.unpack_from, packed.size

    def read(m: Machine) -> Any:
        m.at += size
        return unpack_from(m.data, m.at - size)[0]

    return read


def constant(value: Any) -> Read:
    return lambda m: value


def counted(width: int, convert: Callable[[memoryview], Any]) -> Read:
    return lambda m: convert(m.take(m.take_int(width)))


def raw_bytes(view: memoryview) -> bytes | memoryview:
    return view if len(view) > VIEW_FROM else bytes(view)


def text(view: memoryview) -> str:
    return str(view, "utf-8", "surrogatepass")


def old_string(view: memoryview) -> str | bytes | memoryview:
    # Python 2 wrote text and bytes alike
    try:
        return str(view, "utf-8")
    except UnicodeDecodeError:
        return raw_bytes(view)


def long_int(view: memoryview) -> int:
    if len(view) > LONGEST_NUMBER:
        raise ValueError("an integer of absurd length")
    return int.from_bytes(view, "little", signed=True)


def int_line(m: Machine) -> int:
    line = m.line()
    if len(line) > LONGEST_NUMBER:
        raise ValueError("an integer of absurd length")
    return line == b"01" if line in (b"00", b"01") else int(line.rstrip(b"L"))


def string_line(m: Machine) -> str | bytes | memoryview:
    try:
        value = ast.literal_eval("b" + m.line().decode("ascii"))
    except (SyntaxError, RecursionError) as error:
        raise ValueError("a string without quotes") from error
    return old_string(memoryview(value))
