"""Walk a run directory once: what files there are, in which folders."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from slrdoctor.artifacts.settings.read import NAME

SKIPPED_FOLDERS = frozenset(
    (".git", ".svn", ".hg", "__pycache__", "node_modules", ".venv", "venv", ".ipynb_checkpoints")
)


@dataclass(frozen=True, slots=True)
class File:
    """One file of the run directory. `where` is its path relative to it, with slashes."""

    path: Path
    where: str
    size: int  # bytes
    changed: int  # ns since the epoch

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()

    @property
    def folder(self) -> str:
        return self.where.rpartition("/")[0]


@dataclass(frozen=True)
class Listing:
    """The files of a run directory in a stable order, and what could not be walked."""

    root: Path
    files: tuple[File, ...]
    problems: tuple[tuple[str, str], ...] = ()  # (where, a sentence)
    by_folder: dict[str, list[File]] = field(default_factory=dict)
    empty_folders: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # (where, the place outside that it leads to)
    is_whole: bool = True  # false: of a folder only the files that the user names


def walk(root: Path) -> Listing:
    """List every file under `root`, following links but no loop of them, nor one that leads above it."""
    walk = _Walk(root)
    waiting = [(root, "")]
    while waiting:
        waiting += reversed(walk.below(*waiting.pop()))
    by_folder: dict[str, list[File]] = {}
    for file in walk.files:
        by_folder.setdefault(file.folder, []).append(file)
    return Listing(
        root,
        tuple(walk.files),
        tuple(walk.problems),
        by_folder,
        tuple(sorted(walk.empty)),
        tuple(walk.links),
    )


class _Walk:
    """What was listed so far."""

    def __init__(self, root: Path) -> None:
        home = root.stat()
        self.root = os.path.realpath(root)
        self.files: list[File] = []
        self.problems: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.empty: list[str] = []
        self._seen = {(home.st_dev, home.st_ino)}
        self._unreal = _kernel_devices() - {home.st_dev}

    def below(self, folder: Path, where: str) -> list[tuple[Path, str]]:
        """List the files of one folder; the folders in it that are to be listed too."""
        try:
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError as error:
            self.problems.append((where or ".", error.strerror or str(error)))
            return []
        if not entries:
            self.empty.append(where)
        folders = []
        for entry in entries:
            name = f"{where}/{entry.name}" if where else entry.name
            try:
                if self._is_to_be_listed(entry, name):
                    folders.append((Path(entry.path), name))
            except OSError as error:
                reason = "a link that leads nowhere" if entry.is_symlink() else error.strerror
                self.problems.append((name, reason or str(error)))
        return folders

    def _is_to_be_listed(self, entry: os.DirEntry[str], where: str) -> bool:
        """Take a file; whether it is a folder to go into."""
        stat = entry.stat()
        is_folder = entry.is_dir()
        if is_folder and (entry.name in SKIPPED_FOLDERS or stat.st_dev in self._unreal):
            return False
        place = _place_outside(entry, self.root)
        if place and _is_within(self.root, place):
            self.problems.append(
                (where, f"a link to {Path(place).as_posix()}, which holds this run directory")
            )
            return False
        if is_folder and entry.is_symlink() and not place and self._is_listed_itself(entry):
            return False  # the folder has a name of its own here
        if is_folder and (stat.st_dev, stat.st_ino) in self._seen and stat.st_ino:
            return False  # a link back to a folder that is already listed
        if place:
            self.links.append((where, Path(place).as_posix()))
        if is_folder:
            self._seen.add((stat.st_dev, stat.st_ino))
        elif entry.is_file() and entry.name != NAME:  # which is about the run, and not of it
            self.files.append(File(Path(entry.path), where, stat.st_size, stat.st_mtime_ns))
        return is_folder

    def _is_listed_itself(self, entry: os.DirEntry[str]) -> bool:
        """Whether the folder that a link leads to is walked without the link."""
        way = Path(os.path.relpath(os.path.realpath(entry.path), self.root)).parts
        return SKIPPED_FOLDERS.isdisjoint(way)


def _place_outside(entry: os.DirEntry[str], root: str) -> str:
    """Where a link leads that leaves the run directory, else ""."""
    if not entry.is_symlink():
        return ""
    place = os.path.realpath(entry.path)  # a folder may be 100,000 links, and pathlib takes far longer
    return "" if _is_within(place, root) else place


def _is_within(place: str, folder: str) -> bool:
    return place == folder or place.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def _kernel_devices() -> set[int]:
    """The devices of /proc and /sys: no files, and through them every process's view of the disk."""
    found = set()
    for place in ("/proc", "/sys"):
        try:
            found.add(Path(place).stat().st_dev)
        except OSError:
            continue  # not on this system
    return found - {Path("/").stat().st_dev}
