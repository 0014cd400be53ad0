"""The reference models that are shipped: which there are, what they say they are, and loading one."""

from __future__ import annotations

import ast
import difflib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from slrdoctor.core.packs import bundled

FOLDER = "reference_models"
# the model that every command takes for a task where none is named
DEFAULTS = {
    "ctc": "bilstm_ctc",
    "classification": "isolated_transformer",
    "retrieval": "contrastive",
    "translation": "sign2text",
}


def available() -> dict[str, Path]:
    """The file of each model by its name, in the order of the names."""
    return {path.stem: path for path in sorted(bundled(FOLDER).glob("[!_]*.py"))}


def models_for(task: str) -> tuple[str, ...]:
    """The names of a task's models, the default first; none where no model is for it."""
    fitting = [name for name, path in available().items() if task_of(path) == task]
    return tuple(sorted(fitting, key=lambda name: (name != DEFAULTS.get(task), name)))


def path_of(name: str) -> Path:
    """The file of one model; an unknown name is a ValueError that names the nearest known one."""
    known = available()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name.strip().lower(), list(known), n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    raise ValueError(f"no reference model is called {name!r}: {hint}")


def load(name: str) -> ModuleType:
    """Import one model by its path, under a name that is nobody else's."""
    path = path_of(name)
    private = f"slrdoctor._reference.{name}"
    if private in sys.modules:
        return sys.modules[private]
    spec = importlib.util.spec_from_file_location(private, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a module")
    module = sys.modules[private] = importlib.util.module_from_spec(spec)
    is_whole = False
    try:
        spec.loader.exec_module(module)
        is_whole = True
    finally:
        if not is_whole:
            # what is half imported must not be found the next time
            del sys.modules[private]
    return module


def first_line(path: Path) -> str:
    """What the file says it is, read without importing it."""
    return (ast.get_docstring(_parsed(path)) or "").partition("\n")[0]


def task_of(path: Path) -> str:
    """The value of TASK, read without importing the file; empty where there is none."""
    for node in _parsed(path).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="TASK")], value=ast.Constant(value=str(task))):
                return task
    return ""


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
