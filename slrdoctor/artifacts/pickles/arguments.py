"""How the operations of a pickle read the arguments that follow their code."""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Callable
from typing import Any

from slrdoctor.artifacts.pickles.machine import Machine

LONGEST_NUMBER = 1024  # bytes of an integer; printing longer ones takes quadratic time
VIEW_FROM = 1024  # bytes: longer strings of bytes stay views of the file

_ESCAPE = rb"\\(?:[\\'\"abfnrtv]|x[0-9a-fA-F]{2})"
_LITERAL = re.compile(rb"'(?:[ -&(-\[\]-~]|%(e)s)*'|\"(?:[ !#-\[\]-~]|%(e)s)*\"" % {b"e": _ESCAPE})

Read = Callable[[Machine], Any]


def fixed(layout: str) -> Read:
    """A number of fixed width."""
    packed = struct.Struct(layout)
    unpack_from, size = packed.unpack_from, packed.size

    def read(m: Machine) -> Any:
        m.at += size
        return unpack_from(m.data, m.at - size)[0]

    return read


def constant(value: Any) -> Read:
    """Nothing: the code says it all."""
    return lambda m: value


def counted(width: int, convert: Callable[[memoryview], Any]) -> Read:
    """Bytes behind their count, which itself has `width` bytes."""
    return lambda m: convert(m.take(m.take_int(width)))


def raw_bytes(view: memoryview) -> bytes | memoryview:
    """Bytes; many of them stay a view of the file."""
    return view if len(view) > VIEW_FROM else bytes(view)


def text(view: memoryview) -> str:
    """Text of Python 3."""
    return str(view, "utf-8", "surrogatepass")


def old_string(view: memoryview) -> str | bytes | memoryview:
    """A str of Python 2, which is text or bytes: text where it can be."""
    try:
        return str(view, "utf-8")
    except UnicodeDecodeError:
        return raw_bytes(view)


def long_int(view: memoryview) -> int:
    """An integer of any reasonable size."""
    if len(view) > LONGEST_NUMBER:
        raise ValueError("an integer of absurd length")
    return int.from_bytes(view, "little", signed=True)


def int_line(m: Machine) -> int:
    """An integer in digits; 00 and 01 are False and True."""
    line = m.line()
    if len(line) > LONGEST_NUMBER:
        raise ValueError("an integer of absurd length")
    return line == b"01" if line in (b"00", b"01") else int(line.rstrip(b"L"))


def string_line(m: Machine) -> str | bytes | memoryview:
    """A str of Python 2 as its literal."""
    line = m.line()
    if not _LITERAL.fullmatch(line):
        raise ValueError("a string that Python would not write so")
    return old_string(memoryview(ast.literal_eval("b" + line.decode("ascii"))))
