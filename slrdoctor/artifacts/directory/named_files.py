"""The files that a path of `slrdoctor.toml` names: a file, a folder, or a glob."""

from __future__ import annotations

import difflib
import fnmatch
import glob
from collections.abc import Iterable, Sequence
from pathlib import Path

from slrdoctor.artifacts.directory.listing import File, Listing, walk
from slrdoctor.artifacts.settings.read import NAME, Paths, SettingsError

# below the root; a settings file that came with a run must not set us walking through all of them
OF_THE_KERNEL = ("proc", "sys", "dev")
OF_THE_SYSTEM = ("bin", "boot", "etc", "lib", "lib32", "lib64", "opt", "run", "sbin", "usr", "var")


def named_files(written: Paths, root: Path, section: str, key: str) -> Listing:
    """The files that paths, folders or globs name; they may lie outside the run directory.

    Raises SettingsError where one of them is not there, naming the nearest that is.
    """
    files: dict[Path, File] = {}
    problems: list[tuple[str, str]] = []
    by_folder: dict[str, list[File]] = {}
    for one in written:
        paths = list(_paths(one, root))
        if not paths and not (root / one).is_dir():
            raise SettingsError(
                f"{NAME}: [{section}] {key} = {one!r} does not exist in {root}{_nearest(one, root)}"
            )
        for path in paths:
            try:
                file = _file(path, root)
            except OSError as error:  # it went away meanwhile
                problems.append((path.as_posix(), error.strerror or str(error)))
                continue
            if path not in files:
                files[path] = file
                by_folder.setdefault(file.folder, []).append(file)
    return Listing(root, tuple(files.values()), tuple(problems), by_folder, is_whole=False)


def _file(path: Path, root: Path) -> File:
    stat = path.stat()
    try:
        where = path.relative_to(root).as_posix()
    except ValueError:
        where = path.as_posix()
    return File(path, where, stat.st_size, stat.st_mtime_ns)


def _nearest(written: str, root: Path) -> str:
    """ ": did you mean 'features/train'?", by the names in the deepest folder that is there."""
    parts = written.replace("\\", "/").split("/")
    for depth, part in enumerate(parts):
        folder = root / "/".join(parts[:depth])
        if part and not (folder / part).exists():
            names = [one.name for one in folder.iterdir()] if folder.is_dir() else []
            close = difflib.get_close_matches(part, names, 1, 0.6)
            return f": did you mean {'/'.join((*parts[:depth], close[0]))!r}?" if close else ""
    return ""


def _paths(written: str, root: Path) -> Iterable[Path]:
    place = root / written
    if place.is_dir():
        return [file.path for file in _below(place, written)]
    if place.is_file():
        return [place]
    if "**" not in place.parts:
        named = [Path(name) for name in sorted(glob.glob(str(place)))]
        # a pattern of folders, as pose and hands in folders of their own
        below = [file.path for path in named if path.is_dir() for file in _below(path, written)]
        return sorted({*below, *(path for path in named if path.is_file())})
    # `glob` goes round every loop of links below a `**`; our walk lists each folder once
    deep = place.parts.index("**")
    folders = map(Path, glob.glob(str(Path(*place.parts[:deep]))))
    listed = [file for folder in folders if folder.is_dir() for file in _below(folder, written)]
    return sorted(file.path for file in listed if _fits(file.where.split("/"), place.parts[deep:]))


def _below(folder: Path, written: str) -> Sequence[File]:
    _, *parts = folder.resolve().parts
    if not parts:
        raise SettingsError(f"{NAME}: {written!r} is the whole file system: name a folder in it")
    if parts[0] in OF_THE_KERNEL or (len(parts) == 1 and parts[0] in OF_THE_SYSTEM):
        raise SettingsError(f"{NAME}: {written!r} belongs to the operating system: name another folder")
    return walk(folder).files


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path fits a pattern in which `**` is any number of folders, none of them hidden."""
    if not parts or not pattern:
        return not parts and not pattern
    if pattern[0] == "**" and pattern[1:] and _fits(parts, pattern[1:]):
        return True
    if parts[0].startswith("."):
        return False
    if pattern[0] == "**":
        return (len(parts) == 1 and not pattern[1:]) or _fits(parts[1:], pattern)
    return fnmatch.fnmatch(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])
