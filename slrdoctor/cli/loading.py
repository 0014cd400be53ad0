"""The checks that a command is about: our own, those of a user's folders, and how they are called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from slrdoctor.cli.exits import cannot

if TYPE_CHECKING:
    from slrdoctor.core.registry import Check


def called_checks(word: str, by_code: dict[str, Check]) -> list[Check]:
    from slrdoctor.core.lookup import called, nearest

    matches = called(word, by_code)
    if not matches:
        raise cannot(f"no check is called {word!r}{nearest(word, by_code)}")
    return matches


def loaded_checks(folders: list[Path] | None) -> dict[str, Check]:
    from slrdoctor.core import packs
    from slrdoctor.core.registry import REGISTRY

    for folder in folders or ():
        if not folder.is_dir():
            raise cannot(f"--checks {folder} is not a folder")
    for path, trace in packs.load_all(folders or ()).items():
        typer.echo(f"slrdoctor: {path}: {trace.strip().splitlines()[-1]}", err=True)
    return dict(sorted(REGISTRY.checks.items()))
