"""Features as discovery finds them: clips that are not opened yet, and sets of them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from slrdoctor.artifacts.clip_places import WHOLE, Place


@dataclass(frozen=True, slots=True)
class Clip:
    """The stored features of one sample, not yet opened.

    `path` is a file, or a folder where every frame (or person) has a file of its own.
    `place` says where in a container it lies: a dataset of an h5, a key of an npz, the end of a
    way through a pickled tree. `rows` cuts it out of one long array (start, stop). Small and
    picklable: workers get clips, never arrays.
    """

    key: str  # its name below the feature set's root, without suffix: what ids are held against
    path: Path
    reader: str  # the name of the reader that opens it
    place: Place = WHOLE
    rows: tuple[int, int] | None = None
    frames: tuple[Path, ...] = ()  # frame files in frame order, where the clip is a folder
    label: str = ""  # what the folder names say, MP_Data/<label>/<sequence>/<frame>.npy
    length: int | None = None  # frames that are real, where the container stores it
    parts: tuple[Clip, ...] = ()  # whose values are joined, frame by frame; the key of each names it
    axes: str = ""  # as stored, where frames do not come first: T frames, 1 of length one, others by any


@dataclass(frozen=True)
class FeatureSet:
    """Features found together: one folder, one container file or one glob."""

    split: str  # train | dev | test, or "" where nothing says
    where: str  # relative to the run directory
    format: str  # the reader's name
    layout: str  # "file per sample" | "folder of frames per sample" | "container"
    clips: tuple[Clip, ...]
    length_stored: bool = False  # whether real lengths are stored beside the arrays
    broken: tuple[tuple[str, str, str], ...] = ()  # (where, fault, sentence) of unreadable clips
    counted: bool = False  # its keys only count the samples of an array: they are no names

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """The names of its clips, without folders."""
        return frozenset(clip.key.rpartition("/")[2] for clip in self.clips)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that its clips are joined of, in their order; none where they are stored whole."""
        return next((tuple(part.key for part in clip.parts) for clip in self.clips if clip.parts), ())
