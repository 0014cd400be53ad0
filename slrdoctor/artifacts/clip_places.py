"""Where in its file the array of a clip lies.

`str` of a place is how it is shown: "", "test/01/keypoints", "17/sign", "X[12]", "row 12".
Places of one file share what they lie in, and stay small where there are many of them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Whole:
    """The file's only array, or a table of numbers, one row a frame."""

    @property
    def parts(self) -> tuple[str, ...]:
        return ()

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Member:
    """An array of a container by its name; those of h5 are paths."""

    name: str

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.name.split("/"))

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Way:
    """The way through pickled containers: keys of dicts and places in lists."""

    keys: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        return self.keys

    def __str__(self) -> str:
        return "/".join(self.keys)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the first axis of an array that holds many clips."""

    of: Whole | Member | Way
    index: int

    @property
    def parts(self) -> tuple[str, ...]:
        return self.of.parts

    def __str__(self) -> str:
        return f"{self.of}[{self.index}]"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table whose *_X, *_Y cells are lists over the frames (SPOTER): [T, points, 2]."""

    row: int

    @property
    def parts(self) -> tuple[str, ...]:
        return ()

    def __str__(self) -> str:
        return f"row {self.row}"


class _Within:
    """What lies in another place and is shown as that place is."""

    __slots__ = ()
    of: Whole | Member | Way | Entry

    @property
    def parts(self) -> tuple[str, ...]:
        return self.of.parts

    def __str__(self) -> str:
        return str(self.of)


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows of a table from `start` to before `stop`: a frame each, or [D] where it is one.

    `without` are the columns that are no features, negative ones counted from the end.
    """

    start: int
    stop: int
    without: tuple[int, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        return ()

    def __str__(self) -> str:
        return f"row {self.start}"


@dataclass(frozen=True, slots=True)
class OneFrame(_Within):
    """An array [K, C] that is the landmarks of one frame, and not K frames of C values."""

    of: Whole | Member | Way | Entry


@dataclass(frozen=True, slots=True)
class FrameRecords:
    """A list of a record a frame, each with its landmarks under the key `inner`."""

    of: Whole | Way
    inner: str

    @property
    def parts(self) -> tuple[str, ...]:
        return (*self.of.parts, self.inner)

    def __str__(self) -> str:
        return f"{self.of}/*/{self.inner}".lstrip("/")


Place = Whole | Member | Way | Entry | TableRow | TableRows | OneFrame | FrameRecords
WHOLE = Whole()


def member(name: str) -> Whole | Member:
    """An array of a container; the only one of a file has no name."""
    return Member(name) if name else WHOLE


def way(*keys: str) -> Whole | Way:
    """The end of a way; a file that is nothing else has none."""
    return Way(keys) if keys else WHOLE
