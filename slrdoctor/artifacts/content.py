"""What a file holds once it is opened, whatever its format.

A reader knows a format and gives one of these; a kind (`artifacts/kinds/`) knows what
annotations, a vocabulary or a history look like in any of them. So formats and kinds
multiply without knowing each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from slrdoctor.extras import PackageMissing, needed_for

NEEDS_PACKAGE = "needs-package"  # the fault of a file that is fine: we lack what reads it


class Unreadable(Exception):
    """A file cannot be read. The message is a sentence for the user, without a path.

    `fault` is one word for what is wrong: empty, truncated, corrupt, lfs-pointer,
    refused, permission, encoding, unsupported, needs-package.
    """

    def __init__(self, message: str, fault: str = "corrupt") -> None:
        super().__init__(message)
        self.fault = fault


@contextmanager
def needed_to_read(what: str, module: str) -> Iterator[None]:
    """Import in here what a reader needs: where it is missing, the file is Unreadable."""
    try:
        with needed_for(f"reading {what}", module):
            yield
    except PackageMissing as missing:
        raise Unreadable(str(missing), NEEDS_PACKAGE) from missing


@dataclass(frozen=True)
class ArrayInfo:
    """What a header says of an array, before its values are read."""

    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Arrays:
    """Named numeric arrays that can be loaded one at a time.

    A file that holds one array has the single name "". `load(name)` gives the values.
    `extras` are small companions that are no arrays of samples: attributes, fps, headers.
    """

    members: Mapping[str, ArrayInfo]
    load: Callable[[str], NDArray[Any]]
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """Rows of named columns. `columns` is None where the file has no header line.

    Values are str where the format has no types of its own (csv), else as stored.
    """

    columns: tuple[str, ...] | None
    rows: Sequence[Sequence[Any]]

    def records(self) -> list[dict[str, Any]]:
        names = self.columns or tuple(str(i) for i in range(max(map(len, self.rows), default=0)))
        return [dict(zip(names, row, strict=False)) for row in self.rows]


@dataclass(frozen=True)
class Tree:
    """Nested plain containers: dict, list, str, number, bool, None, numpy arrays.

    `refused` names what the restricted unpickler would not build ("module.name"), each
    replaced in the tree by an `Opaque`.
    """

    value: Any
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Opaque:
    """The place of an object that was not built because building it could run code."""

    name: str  # "module.qualname"
    state: Any = None


@dataclass(frozen=True)
class Text:
    """Lines of text, decoded, without line ends.

    `parts` are the names and first lines (from 0) of what was written separately: a cell's outputs.
    """

    lines: Sequence[str]
    encoding: str = "utf-8"
    parts: tuple[tuple[str, int], ...] = ()


Content = Arrays | Table | Tree | Text


@dataclass(frozen=True)
class Reader:
    """One file format.

    A reader is one module in `artifacts/formats/` with a module-level `READER`. It is
    chosen by `magic` (the file's first bytes) before `suffixes`; `read` raises only
    `Unreadable` for whatever a hostile file holds. `example` writes a small sound file of the
    format into an empty folder and gives its path: by it every reader is tested.

    `cost` orders readers that claim the same suffix: the lower is tried first. `patterns` are
    for names that a suffix cannot tell, such as `*tfevents*`, in lower case. `needs` is the
    optional package that it imports, a name in `slrdoctor.extras`. `places` are regular
    expressions of the whole path, for files whose names say nothing.

    What the files can be for a run: `holds` is their one kind ("history", "features") where they
    can be one only, and no other kind gets them; `likely` is the kind that a file which cannot be
    opened most likely was, where they can be several. `clip_suffixes` are those of the suffixes
    under which a file may be one clip, so that a folder of them is a set of features; `is_frame`
    where such a file is one frame of it, `one_array` where it is one array and nothing else, so
    that one alone may be a clip. `nan_is_missing` where the format writes a landmark that was not
    detected as NaN; in any other format a NaN is a fault, also where it covers a whole hand:
    nothing stops it on its way into the model.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Path], Content]
    example: Callable[[Path], Path]
    magic: tuple[bytes, ...] = ()
    cost: int = 0
    patterns: tuple[str, ...] = ()
    needs: str = ""
    places: tuple[str, ...] = ()
    holds: str = ""
    likely: str = ""
    clip_suffixes: tuple[str, ...] = ()
    is_frame: bool = False
    one_array: bool = False
    nan_is_missing: bool = False

    @property
    def likely_kind(self) -> str:
        return self.holds or self.likely
