"""Put what `slrdoctor.toml` points to in the place of what detection found."""

from __future__ import annotations

import fnmatch
import glob
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.directory.listing import File, Listing, walk
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.kinds.outputs.folders import as_features, settle
from slrdoctor.artifacts.kinds.vocabulary import recognise_vocabulary
from slrdoctor.artifacts.run import VocabularyFile
from slrdoctor.artifacts.settings.read import NAME, Settings, SettingsError

Find = Callable[[Listing], Found]
# below the root; a settings file that came with a run must not set us walking through all of them
OF_THE_KERNEL = ("proc", "sys", "dev")
OF_THE_SYSTEM = ("bin", "boot", "etc", "lib", "lib32", "lib64", "opt", "run", "sbin", "usr", "var")


def apply(found: Found, settings: Settings, root: Path, find: Find) -> None:
    """Take the user's word over detection, for each artifact that the settings name.

    Raises SettingsError where annotations, a vocabulary, a history, predictions, a config
    or a checkpoint are named and not there; missing features are a finding, not an error.
    """
    if settings.features:
        detected = found.features
        # a split that the user does not name stays as it was found; a set of no split holds
        # files that are now named, so it goes
        found.features = [s for s in detected if s.split and s.split not in settings.features]
        for split, written in settings.features.items():
            named = find(_listing(written, root))
            named.features += [as_features(output) for output in named.outputs]
            found.features += [replace(s, split=split) for s in named.features]
            found.problems += [p for p in named.problems if p not in found.problems]
            found.unopened += [u for u in named.unopened if u not in found.unopened]
            if not named.features:
                found.beside = [s for s in detected if s not in found.features]
                found.expected.append(f"{NAME}: [features] {split} = {written!r} has no features")
        named_so = {one.where for one in found.features}
        found.outputs = [output for output in found.outputs if output.where not in named_so]
    if settings.annotations:
        found.annotations = []
        for split, written in settings.annotations.items():
            named = _named(written, root, find, "annotations", split)
            rows = [
                replace(a, rows=tuple(replace(r, split=split) for r in a.rows))
                for a in named.annotations
            ]
            found.annotations += rows
    paths: Mapping[str, str] = {
        "vocabularies": settings.vocabulary,
        "checkpoints": settings.checkpoint,
        "histories": settings.history,
        "predictions": settings.predictions,
        "configs": settings.config,
    }
    for kind, written in paths.items():
        if written:
            named = _named(written, root, find, kind, "path")
            if kind == "predictions":
                settle(named)
                found.outputs = named.outputs or found.outputs
            setattr(found, kind, getattr(named, kind) or getattr(found, kind))


def _named(written: str, root: Path, find: Find, kind: str, key: str) -> Found:
    listing = _listing(written, root)
    if not listing.files:
        raise SettingsError(f"{NAME}: {key} = {written!r} is not a file in {root}")
    named = find(listing)
    if kind == "vocabularies" and not named.vocabularies:
        named.vocabularies = list(_as_vocabulary(listing))
    if not getattr(named, kind) and not (kind == "predictions" and _outputs(named)):
        why = f": {named.problems[0].message}" if named.problems else ""
        raise SettingsError(f"{NAME}: {key} = {written!r} could not be read as {kind}{why}")
    return named


def _outputs(named: Found) -> bool:
    """Whether there are log-probabilities or embeddings among what the user says to be predictions."""
    named.outputs += [replace(output, kind="log_probs") for output in named.perhaps]
    return bool(named.outputs)


def _as_vocabulary(listing: Listing) -> Iterator[VocabularyFile]:
    """A file that is a vocabulary because the user says so, whatever its name is."""
    for file in listing.files:
        try:
            words = recognise_vocabulary("vocabulary.txt", file.suffix, read(file.path))
        except Unreadable:
            continue
        if words is not None:
            yield replace(words, where=file.where)


def _listing(written: str, root: Path) -> Listing:
    """The files that a path, a folder or a glob names; it may lie outside the run directory."""
    files: list[File] = []
    problems: list[tuple[str, str]] = []
    by_folder: dict[str, list[File]] = {}
    for path in _paths(written, root):
        try:
            stat = path.stat()
        except OSError as error:  # it went away meanwhile
            problems.append((path.as_posix(), error.strerror or str(error)))
            continue
        try:
            where = path.relative_to(root).as_posix()
        except ValueError:
            where = path.as_posix()
        file = File(path, where, stat.st_size, stat.st_mtime_ns)
        files.append(file)
        by_folder.setdefault(file.folder, []).append(file)
    return Listing(root, tuple(files), tuple(problems), by_folder)


def _paths(written: str, root: Path) -> Iterable[Path]:
    place = root / written
    if place.is_dir():
        return [file.path for file in _below(place, written)]
    if place.is_file():
        return [place]
    if "**" not in place.parts:
        return sorted(path for path in map(Path, glob.glob(str(place))) if path.is_file())
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
