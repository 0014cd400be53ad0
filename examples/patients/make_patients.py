"""Make the run directories of the patients: real broken runs, with the figures that their authors gave.

    python examples/patients/make_patients.py [p0 ...] [--into DIR] [--retrain]

Every `p*.py` beside this file is a patient; a name may be as short as it is unambiguous. What a
training gave lies in trained/ beside it, so that a run is the same on every machine; `--retrain`
trains anew and replaces that.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
import time
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
TRAINED = HERE / "trained"


def names() -> list[str]:
    """All patients, by the name of their file."""
    return sorted(path.stem for path in HERE.glob("p[0-9]*.py"))


def named(word: str) -> str:
    """The one patient that `word` begins. Raises ValueError for none or several."""
    found = [name for name in names() if name.startswith(word.lower())]
    if len(found) != 1:
        raise ValueError(f"{word!r} is not one of {', '.join(names())}")
    return found[0]


def load(name: str) -> ModuleType:
    """The module of a patient: its docstring tells the case, `make(folder)` writes the run.

    Where it has `make_trained(folder)`, that trains, and writes what the training gave.
    """
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ValueError(f"no patient is called {name!r}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def make(name: str, into: Path) -> Path:
    """Write one patient's run directory anew, with the stored training, and give its folder."""
    folder = _emptied(into / name)
    load(name).make(folder)
    if (TRAINED / name).is_dir():
        shutil.copytree(TRAINED / name, folder, dirs_exist_ok=True)
    return folder


def retrain(name: str) -> None:
    """Replace what is stored of a patient's training, where one is stored."""
    patient = load(name)
    if hasattr(patient, "make_trained"):
        patient.make_trained(_emptied(TRAINED / name))


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the run directories of the patients.")
    parser.add_argument("patients", nargs="*", metavar="p0", help="default: all")
    parser.add_argument("--into", type=Path, default=HERE / "runs", metavar="DIR")
    parser.add_argument("--retrain", action="store_true", help="train anew, a minute each at most")
    given = parser.parse_args()
    try:
        wanted = [named(word) for word in given.patients] or names()
    except ValueError as error:
        parser.error(str(error))
    for name in wanted:
        start = time.perf_counter()
        if given.retrain:
            retrain(name)
        folder = make(name, given.into)
        print(f"{folder} ({time.perf_counter() - start:.1f} s)")


if __name__ == "__main__":
    main()
