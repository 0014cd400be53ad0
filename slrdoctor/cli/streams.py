"""Standard output and error of the commands: what is written there is text, whoever wrote it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

from slrdoctor.cli.exits import UNENCODABLE, ReaderGone
from slrdoctor.words.controls import escaped

_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")


class Guarded:
    """A text stream on which nothing but line ends, tabs and, on a terminal, colours is obeyed."""

    def __init__(self, stream: TextIO) -> None:
        self.unguarded = stream

    def write(self, text: str) -> int:
        parts = _COLOUR.split(text) if self.unguarded.isatty() else [text]
        # every second part is a colour
        text = "".join(part if i % 2 else escaped(part) for i, part in enumerate(parts))
        with self._noticing():
            return self.unguarded.write(text)

    def flush(self) -> None:
        with self._noticing():
            self.unguarded.flush()

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        """Not a BrokenPipeError, which rich and click turn into an exit code of their own."""
        try:
            yield
        except BrokenPipeError:
            # what is left in the buffer is written when the interpreter ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.unguarded.fileno())
            raise ReaderGone from None

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unguarded, name)


def unguarded(stream: TextIO) -> TextIO:
    """For what moves the cursor: a bar or a line that is overwritten. It writes nothing of a file."""
    return cast(TextIO, getattr(stream, "unguarded", stream))


def guard() -> None:
    """Guard both streams of this process; text is UTF-8 wherever the terminal allows it."""
    for name in ("stdout", "stderr"):
        # a stream that was closed before we started is None: what goes there goes nowhere
        stream = getattr(sys, name) or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # a Windows console, or a C locale: glosses in Bengali must not end the program
            encoding = stream.encoding if stream.isatty() else "utf-8"
            reconfigure(encoding=encoding, errors=UNENCODABLE)
        setattr(sys, name, Guarded(stream))
