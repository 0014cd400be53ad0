"""Walk a run directory once: what files there are, in which folders."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

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


def walk(root: Path) -> Listing:
    """List every file under `root`, following links but no loop of them."""
    files: list[File] = []
    problems: list[tuple[str, str]] = []
    empty: list[str] = []
    home = root.stat()
    seen: set[tuple[int, int]] = {(home.st_dev, home.st_ino)}
    unreal = _kernel_devices() - {home.st_dev}
    waiting = [(root, "")]
    while waiting:
        folder, where = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError as error:
            problems.append((where or ".", error.strerror or str(error)))
            continue
        if not entries:
            empty.append(where)
        subfolders = []
        for entry in entries:
            below = f"{where}/{entry.name}" if where else entry.name
            try:
                stat = entry.stat()
                if entry.is_dir():
                    if entry.name in SKIPPED_FOLDERS or stat.st_dev in unreal:
                        continue
                    if (stat.st_dev, stat.st_ino) in seen and stat.st_ino:
                        continue  # a link back to a folder that is already listed
                    seen.add((stat.st_dev, stat.st_ino))
                    subfolders.append((Path(entry.path), below))
                elif entry.is_file():
                    files.append(File(Path(entry.path), below, stat.st_size, stat.st_mtime_ns))
            except OSError as error:
                reason = "a link that leads nowhere" if entry.is_symlink() else error.strerror
                problems.append((below, reason or str(error)))
        waiting += reversed(subfolders)
    by_folder: dict[str, list[File]] = {}
    for file in files:
        by_folder.setdefault(file.folder, []).append(file)
    return Listing(root, tuple(files), tuple(problems), by_folder, tuple(sorted(empty)))


def _kernel_devices() -> set[int]:
    """The devices of /proc and /sys: no files, and through them every process's view of the disk."""
    found = set()
    for place in ("/proc", "/sys"):
        try:
            found.add(Path(place).stat().st_dev)
        except OSError:
            continue  # not on this system
    return found - {Path("/").stat().st_dev}
