"""What lies beside a user's model can be imported, as when its file is run itself.

Its names win over installed packages that have nothing to do with us: a folder `datasets` is the
user's, whatever else is installed. Names of Python's own modules and of our dependencies stay theirs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from types import ModuleType


class Beside(MetaPathFinder):
    """Finds modules in one folder, except under the names that are taken."""

    def __init__(self, folder: Path, taken: frozenset[str]) -> None:
        self.folder = folder
        self.taken = taken

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is not None or fullname in self.taken:  # a submodule, or not the user's name
            return None
        return PathFinder.find_spec(fullname, [str(self.folder)])


def make_importable(folder: Path) -> None:
    """For this process, and last of all for those that it starts, which are given its path."""
    folder = folder.resolve()
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
        sys.meta_path.insert(0, Beside(folder, _taken()))


def _taken() -> frozenset[str]:
    needed: set[str] = set()
    waiting = ["slrdoctor", "torch", "numpy"]
    while waiting:
        name = _normal(waiting.pop())
        if name not in needed:
            needed.add(name)
            waiting += [re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in _required(name)]
    owners = packages_distributions()
    ours = {module for module, by in owners.items() if needed & set(map(_normal, by))}
    return frozenset({*sys.stdlib_module_names, *ours, "slrdoctor"})


def _required(name: str) -> Sequence[str]:
    try:
        return [one for one in requires(name) or () if "extra ==" not in one]
    except PackageNotFoundError:
        return []


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
