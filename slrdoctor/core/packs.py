"""Load check packs: our own folder, the user's and installed ones, by the same few lines."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from slrdoctor.core.registry import REGISTRY

PACKAGE = Path(__file__).resolve().parents[1]
ENTRY_POINTS = "slrdoctor.checks"


def bundled(folder: str) -> Path:
    """Where a folder that we ship lives: inside the wheel, or beside the package in a checkout."""
    in_wheel, in_checkout = PACKAGE / "_bundled" / folder, PACKAGE.parent / folder
    if in_wheel.is_dir():
        return in_wheel
    if in_checkout.is_dir() and (PACKAGE.parent / "pyproject.toml").is_file():
        return in_checkout
    raise FileNotFoundError(f"slrdoctor was installed without its {folder}/ folder")


def load_folder(folder: Path, pack: str) -> dict[str, str]:
    """Import every check file under `folder`; return the tracebacks of those that fail.

    The files become modules of a package that exists only in `sys.modules`, so that
    they can import each other (`from ._shared import x`) and shadow nobody. A file
    whose name starts with an underscore is not loaded of itself.
    """
    broken: dict[str, str] = {}
    name = f"{__name__}.{pack}"
    if name in sys.modules:
        return broken
    _package(name, folder)
    for path in sorted(folder.rglob("[!_]*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if any(part.startswith(("_", ".")) for part in parts):
            continue
        for depth in range(1, len(parts)):
            _package(".".join((name, *parts[:depth])), folder.joinpath(*parts[:depth]))
        REGISTRY.pack = pack
        before, measured = set(REGISTRY.checks), set(REGISTRY.measures)
        try:
            importlib.import_module(".".join((name, *parts)))
        except (Exception, SystemExit):
            # a half-imported file must not judge: its checks and measures go with it
            for code in set(REGISTRY.checks) - before:
                del REGISTRY.checks[code]
            for fact in set(REGISTRY.measures) - measured:
                del REGISTRY.measures[fact]
            broken[str(path)] = traceback.format_exc()
        finally:
            REGISTRY.pack = ""
    return broken


def name_of(folder: Path) -> str:
    """The name of the pack that a user's folder is loaded as."""
    return f"user_{abs(hash(folder.resolve()))}"


def load_all(user_folders: Sequence[Path] = ()) -> dict[str, str]:
    """Load our own checks, those of installed packs, and the user's folders.

    Returns the tracebacks of the files that could not be imported, by path or entry point.
    """
    broken = load_folder(bundled("checks"), "builtin")
    for entry_point in entry_points(group=ENTRY_POINTS):
        # an entry point names a package: its folder is a pack like any other
        spec = importlib.util.find_spec(entry_point.module)
        places = (spec.submodule_search_locations or ()) if spec else ()
        for place in places:
            broken |= load_folder(Path(place), f"installed_{entry_point.name}")
        if not places:
            broken[entry_point.value] = f"the entry point {entry_point.name} names no package"
    for folder in user_folders:
        REGISTRY.folders[name_of(folder)] = str(folder.resolve())
        broken |= load_folder(folder, name_of(folder))
    return broken


def _package(name: str, folder: Path) -> None:
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
