"""A small training program: a style, and the edits by which it differs from the sound program of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clinic.programs import data

SOUND = Path(__file__).with_name("sound")
DATA: dict[str, Callable[[Path], None]] = {
    "plain": data.isolated,
    "trainer": data.sequences,
    "lightning": data.isolated,
    "keras": data.isolated,
    "hf": data.texts,
    "notebook": data.sequences,
}
FIRST_FILE = {  # what is run
    "plain": "train.py",
    "trainer": "train.py",
    "lightning": "train.py",
    "keras": "fit.py",
    "hf": "train.py",
    "notebook": "train.ipynb",
}
Edit = tuple[str, str, str]  # file, text that stands there once, text instead


@dataclass(frozen=True)
class Program:
    """`right` are codes, any of which is the cause; none of a healthy program.

    `kind` is what sort of fault it is, or what a healthy program looks like.
    """

    name: str
    style: str
    kind: str
    edits: tuple[Edit, ...] = ()
    right: tuple[str, ...] = ()


def write(program: Program, folder: Path) -> Path:
    """The data and the files of a program, not yet run; the file to run."""
    DATA[program.style](folder)
    texts = {
        path.name.removesuffix(".txt"): path.read_text(encoding="utf-8")
        for path in sorted((SOUND / program.style).glob("*.txt"))
    }
    for file, old, new in program.edits:
        if texts[file].count(old) != 1:
            raise ValueError(f"{program.name}: {old!r} stands {texts[file].count(old)} times in {file}")
        texts[file] = texts[file].replace(old, new)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    if program.style == "trainer":
        (folder / "checkpoints").mkdir()
    if program.style == "notebook":
        _as_notebook(folder / "train.py")
    return folder / FIRST_FILE[program.style]


def _as_notebook(path: Path) -> None:
    cells: list[dict[str, object]] = []
    for part in path.read_text(encoding="utf-8").split("# %%")[1:]:
        first, _, body = part.partition("\n")
        if "markdown" in first:
            cells.append({"cell_type": "markdown", "metadata": {}, "source": body.replace("# ", "")})
        else:
            cells.append(
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "metadata": {},
                    "outputs": [],
                    "source": body.strip("\n").splitlines(keepends=True),
                }
            )
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.with_suffix(".ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    path.unlink()


def clean(folder: Path) -> None:
    """What an interpreter left and no run would keep."""
    for cache in folder.rglob("__pycache__"):
        shutil.rmtree(cache)
