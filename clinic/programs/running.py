"""Run a program where it lies, in a process of its own that has its files and nothing of ours."""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import runpy
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from clinic.programs.program import Program, clean, write

# A forked process has torch already, whose import takes longer than such a training.
START = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
MOST_SECONDS = 300


class DoesNotRun(RuntimeError):
    """The program ended with an error, or did not end; what it printed last."""


def train(program: Program, folder: Path) -> None:
    """Write a program with its data into a folder that is not there yet, and run it.

    Raises:
        DoesNotRun: If the program fails.
    """
    first = write(program, folder)
    with tempfile.TemporaryDirectory() as temporary:
        printed = Path(temporary) / "printed"
        context: Any = multiprocessing.get_context(START)
        process = context.Process(target=_run, args=(first, printed))
        process.start()
        process.join(MOST_SECONDS)
        process.kill()
        process.join()
        if process.exitcode:
            raise DoesNotRun(f"{program.name}: {printed.read_text(encoding='utf-8')[-2000:]}")
    clean(folder)


def _run(first: Path, printed: Path) -> None:
    import torch

    torch.set_num_threads(1)
    os.chdir(first.parent)
    sys.path.insert(0, str(first.parent))
    with (
        printed.open("w", encoding="utf-8") as file,
        contextlib.redirect_stdout(file),
        contextlib.redirect_stderr(file),
    ):
        try:
            if first.suffix == ".ipynb":
                _run_notebook(first)
            else:
                runpy.run_path(str(first), run_name="__main__")
        except Exception:
            traceback.print_exc()
            file.flush()
            sys.exit(1)


def _run_notebook(path: Path) -> None:
    """Run the cells in their order, and store what they print."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for count, cell in enumerate(cells, 1):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile("".join(cell["source"]), f"cell {count}", "exec"), names)
        cell["execution_count"] = count
        lines = printed.getvalue().splitlines(keepends=True)
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": lines}] if lines else []
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
