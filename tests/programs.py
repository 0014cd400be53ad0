"""How tests start the program, one of its commands, and a script that is not part of a package."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from typer.testing import CliRunner, Result

from slrdoctor.cli import app

ROOT = Path(__file__).resolve().parents[1]


def program(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`slrdoctor` of this tree in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "slrdoctor", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def command(*words: str | Path) -> Result:
    """One of its commands in this process."""
    return CliRunner().invoke(app, list(map(str, words)))


def loaded(path: Path) -> ModuleType:
    """The module of a file, under a name that no other has."""
    spec = importlib.util.spec_from_file_location(f"{path.stem}_under_test", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
