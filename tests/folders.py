"""Folders that tests write, and what discovery makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import DataSet, RunDirectory, TrainingRun


def write(path: Path, content: str | bytes) -> None:
    """A file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


def written(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """A folder with files, by their places in it."""
    for where, content in files.items():
        write(root / where, content)
    return root


def only_case(found: RunDirectory | Path) -> tuple[DataSet, TrainingRun]:
    """The data and the run of a folder that has one of each."""
    directory = discover(found) if isinstance(found, Path) else found
    [(data, [run])] = [(data, list(runs)) for data, runs in directory.cases]
    return data, run
