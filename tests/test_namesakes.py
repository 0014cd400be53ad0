"""No code of a run folder runs, whatever its files are called and wherever the doctor is started."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
CLIPS = 2100  # from 2,000 on other processes read them too
ABSENT = {"sitecustomize", "usercustomize", "tensorflow", "mediapipe", "triton", "notf", "readline"}
NAMESAKE = """
import sys
from _io import FileIO  # `open` is not there yet while Python starts
FileIO({marker!r}, "a").write(__name__.encode() + b" ")
path, sys.path[:] = list(sys.path), [p for p in sys.path if p not in ("", ".", {folder!r})]
del sys.modules[__name__]
__import__(__name__)  # and nobody notices
sys.path[:] = path
"""
MODEL = """
import torch
from beside import WIDTH

class Model(torch.nn.Module):
    def __init__(self, input_size, num_classes):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(input_size, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, num_classes)
        )

    def forward(self, features):
        return self.layers(features)
"""


def slow(*words: str) -> Any:
    return pytest.param(words, marks=pytest.mark.slow)


def names() -> set[str]:
    """Every module that can be imported here by its first name, and some that are looked for only."""
    installed = {module.name for module in pkgutil.iter_modules() if module.name.isidentifier()}
    ours = {"tests", "docs", "checks", "conftest", "hatch_build"}
    return (set(sys.stdlib_module_names) | installed | ABSENT) - ours - {"__main__"}


def run_folder(folder: Path, clips: int) -> Path:
    """A run of small clips with a namesake of every module beside them."""
    (folder / "features").mkdir(parents=True)
    generator = np.random.default_rng(0)
    for i in range(clips):
        clip = generator.normal(size=(24, 4)).astype(np.float32)
        np.save(folder / "features" / f"s{i:04d}.npy", clip)
    rows = [f"s{i:04d},{'AB'[i % 2]} {'CD'[i % 3 % 2]}\n" for i in range(clips)]
    (folder / "train.csv").write_text("id,gloss\n" + "".join(rows), encoding="utf-8")
    (folder / "my_model.py").write_text(MODEL, encoding="utf-8")
    (folder / "beside.py").write_text("WIDTH = 32\n", encoding="utf-8")
    body = NAMESAKE.format(marker=str(folder / "MARKS"), folder=str(folder))
    for name in names():
        (folder / f"{name}.py").write_text(body, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_folder(tmp_path_factory.mktemp("many") / "run", CLIPS)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_folder(tmp_path_factory.mktemp("few") / "run", 20)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The console script as an installer writes it."""
    path = tmp_path_factory.mktemp("bin") / "slrdoctor"
    path.write_text("import sys\nfrom slrdoctor.__main__ import main\nsys.exit(main())\n", "utf-8")
    return str(path)


def marks(folder: Path, *command: str, done: tuple[int, ...] = (0, 1), **environment: str) -> list[str]:
    """Run it inside the folder; the modules of the folder that were imported meanwhile."""
    (folder / "MARKS").unlink(missing_ok=True)
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode in done, ended.stderr
    assert "Traceback" not in ended.stderr
    return (folder / "MARKS").read_text("utf-8").split() if (folder / "MARKS").exists() else []


def test_the_namesakes_leave_marks(few: Path) -> None:
    assert "wave" in marks(few, "-c", "import wave")


@pytest.mark.parametrize("where", ["", "."])
def test_a_scan_with_workers_imports_nothing_of_its_run(many: Path, script: str, where: str) -> None:
    words = [where] if where else []
    assert marks(many, script, "scan", *words, "--jobs", "2", "--format", "json") == []


@pytest.mark.parametrize(
    "words",
    [
        ("scan",),
        ("scan", "--verbose"),
        ("scan", "no_such_folder"),
        ("init", ".", "--force"),
        ("checks",),
        ("checks", "new", "ABC101", "new_pack"),
        ("explain", "CTC401"),
        ("models",),
        ("models", "copy", "isolated_transformer", "copied", "--force"),
        ("simulate", "--list"),
        slow("retrain", ".", "--out", "retrained", "--epochs", "1", "--force"),
        slow("overfit", "--seconds", "5", "--samples", "2"),
        slow("simulate", "healthy", "simulated", "--force"),
    ],
    ids=" ".join,
)
def test_no_command_imports_anything_of_the_folder(
    few: Path, script: str, words: tuple[str, ...]
) -> None:
    assert marks(few, script, *words, done=(0, 1, 2)) == []


@pytest.mark.slow
def test_a_model_that_may_run_has_what_lies_beside_it_but_no_namesakes(few: Path, script: str) -> None:
    """What is installed nowhere, and torch would use if it were, is found beside the model."""
    model = ("--model", "my_model.py:Model")
    words = ("overfit", *model, "--seconds", "5", "--samples", "2")
    overfit = marks(few, script, *words, done=(0, 1, 2))  # 2: on a busy machine it runs out of time
    assert set(overfit) | set(marks(few, script, "scan", *model)) <= ABSENT


def test_checks_of_ones_own_run_without_the_folder_they_are_given_in(few: Path, script: str) -> None:
    pack = few / "pack"
    pack.mkdir(exist_ok=True)
    (pack / "mine.py").write_text("import wave, colorsys\n", encoding="utf-8")
    assert marks(few, script, "scan", "--checks", "pack") == []
    (few / "MARKS").unlink(missing_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize("entries", [".", "{folder}", f"{os.pathsep}/nowhere"])
def test_an_entry_of_pythonpath_that_is_the_folder_reaches_no_child(
    many: Path, script: str, entries: str
) -> None:
    """What Python itself imports before any of ours, such as sitecustomize, is not ours to stop."""
    path = entries.format(folder=many)
    (many / "slrdoctor.py").unlink(missing_ok=True)
    nothing = Path(script).with_name("nothing")
    nothing.write_text("import sys, slrdoctor.python_path\n", encoding="utf-8")
    before = marks(many, str(nothing), PYTHONPATH=path)
    assert before
    # a child that had the entry would begin with these anew
    assert marks(many, script, "scan", "--jobs", "2", "--format", "json", PYTHONPATH=path) == before


@pytest.mark.slow
def test_python_m_imports_no_more_of_the_folder_than_python_does_before_us(
    many: Path, tmp_path: Path
) -> None:
    """Python itself has the current folder first on the path before the first line of ours."""
    (tmp_path / "nothing_at_all").mkdir()
    for name in ("__init__.py", "__main__.py"):
        (tmp_path / "nothing_at_all" / name).touch()
    (many / "slrdoctor.py").unlink(missing_ok=True)  # `python -m slrdoctor` asks for it
    elsewhere = os.pathsep.join([str(tmp_path), str(ROOT)])
    before = marks(many, "-m", "nothing_at_all", PYTHONPATH=elsewhere)
    scan = ("-m", "slrdoctor", "scan", "--jobs", "2", "--format", "json")
    assert marks(many, *scan, PYTHONPATH=elsewhere) == before
