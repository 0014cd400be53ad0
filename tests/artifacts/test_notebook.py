"""Notebooks: what their cells printed is a log, their code is a source."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import slrdoctor
from slrdoctor.artifacts.content import Text, Unreadable
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.run import HistoryFile, SourceFile, Sources, TrainingRun
from slrdoctor.facts.environment.source_code import source_code

HEALTHY = Path(__file__).resolve().parents[2] / "examples" / "healthy"


def stream(text: str, in_lines: bool = True) -> dict[str, Any]:
    lines = text.splitlines(keepends=True)
    return {"output_type": "stream", "name": "stdout", "text": lines if in_lines else text}


def code(*outputs: dict[str, Any], source: str = "") -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs)}


def write(path: Path, *cells: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": list(cells)}), encoding="utf-8")
    return path


def write_3(path: Path, *cells: dict[str, Any]) -> Path:
    """The same in the format of before 2015."""
    old = [{**cell, "input": cell["source"], "language": "python"} for cell in cells]
    for cell in old:
        del cell["source"]
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["output_type"] = "pyout"
                output["text"] = output.pop("data")["text/plain"]
    value = {"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"cells": old}]}
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


WRITERS = pytest.mark.parametrize("writer", [write, write_3])


def wer(epoch: int) -> str:
    return f"val_wer {1 - epoch / 20}"


def german(first: int, last: int, slope: float = 0.2) -> str:
    return "".join(
        f"Epoche {e} | train_loss {4 - slope * e:.3f} | val_loss {4.2 - slope * e:.3f} | {wer(e)}\n"
        for e in range(first, last + 1)
    )


def keras(epochs: int) -> str:
    return "".join(
        f"Epoch {e}/{epochs}\n9/9 [=====] - 1s 90ms/step - loss: {3 - e / 9:.4f} - val_loss: 3.1\n"
        for e in range(1, epochs + 1)
    )


def runs(folder: Path) -> list[TrainingRun]:
    return [run for _, runs in discover(folder).cases for run in runs if run.histories]


def losses(history: HistoryFile) -> tuple[float, ...]:
    [found] = [s for s in history.series if (s.split, s.quantity) == ("train", "loss")]
    return found.values


@WRITERS
@pytest.mark.parametrize("in_lines", [True, False])
def test_what_a_cell_printed_is_a_history(writer: Any, in_lines: bool, tmp_path: Path) -> None:
    writer(tmp_path / "Untitled3.ipynb", code(source="x = 1"), code(stream(german(1, 9), in_lines)))
    [run] = runs(tmp_path)
    assert run.histories[0].row_epochs == tuple(range(1, 10))
    assert losses(run.histories[0]) == pytest.approx([4 - 0.2 * e for e in range(1, 10)])


@WRITERS
def test_a_value_that_a_cell_ends_with_is_printed_too(writer: Any, tmp_path: Path) -> None:
    shown = {"output_type": "execute_result", "data": {"text/plain": ["Number of classes: 37"]}}
    picture = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo"}}
    writer(tmp_path / "lauf.ipynb", code(dict(shown)), code(stream(keras(5))), code(picture))
    [run] = runs(tmp_path)
    assert run.histories[0].facts["classes"] == 37
    assert run.histories[0].row_epochs == (1, 2, 3, 4, 5)


def test_two_cells_that_train_are_two_runs_and_one_that_goes_on_is_the_same(tmp_path: Path) -> None:
    other = german(1, 6, slope=0.5)
    write(
        tmp_path / "a.ipynb", code(stream(german(1, 5))), code(stream(german(6, 9))), code(stream(other))
    )
    first, second = runs(tmp_path)
    assert (first.name, second.name) == ("a.ipynb#cell 1", "a.ipynb#cell 3")
    assert first.histories[0].row_epochs == tuple(range(1, 10))
    assert len(losses(first.histories[0])) == 9 and len(losses(second.histories[0])) == 6


def test_a_stream_that_was_cut_within_a_line_is_put_together(tmp_path: Path) -> None:
    text = german(1, 7)
    write(tmp_path / "a.ipynb", code(stream(text[:100], False), stream(text[100:], False)))
    assert len(losses(runs(tmp_path)[0].histories[0])) == 7


def test_the_error_that_ended_a_cell_is_noted(tmp_path: Path) -> None:
    error = {"output_type": "error", "ename": "RuntimeError", "evalue": "CUDA out of memory"}
    write(tmp_path / "a.ipynb", code(stream(german(1, 4)), error))
    notes = [text for _, text in runs(tmp_path)[0].histories[0].notes]
    assert "RuntimeError: CUDA out of memory" in notes


def test_a_notebook_without_a_training_is_no_history_whatever_it_prints(tmp_path: Path) -> None:
    shutil.copytree(HEALTHY, tmp_path / "run")
    (tmp_path / "run" / "history.json").unlink()
    words = "\n".join(f"WORD{i}" for i in range(40))
    write(tmp_path / "run" / "labels.ipynb", code(stream(words)), code(stream("accuracy: 0.91\n")))
    [run] = [run for _, runs in discover(tmp_path / "run").cases for run in runs]
    assert not run.histories
    assert all(
        v.where != "labels.ipynb" for d, _ in discover(tmp_path / "run").cases for v in d.vocabularies
    )


def test_an_earlier_try_in_a_notebook_does_not_count_beside_a_history(tmp_path: Path) -> None:
    shutil.copytree(HEALTHY, tmp_path / "run")
    before = slrdoctor.scan(tmp_path / "run")
    write(tmp_path / "run" / "try.ipynb", code(stream(german(1, 12, slope=0.0)), source="lr = 0.1"))
    after = slrdoctor.scan(tmp_path / "run")
    assert after.verdict == before.verdict and not after.diagnoses
    [choice] = [c for c in after.run["choices"] if c["kind"] == "history"]
    assert list(choice["others"]) == ["try.ipynb"]


def test_the_code_of_cells_is_a_source_with_its_cell_and_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.ipynb",
        {"cell_type": "markdown", "source": "num_classes = 3"},
        code(
            source="!pip install torch\n%matplotlib inline\nfiles = !ls\nnum_classes = 51\nimport torch"
        ),
        code(source="%%bash\nnum_classes=4"),
        code(source="for x in (1,):\n    !nvidia-smi\nloss = nn.CTCLoss(zero_infinity=True)"),
    )
    found = source_code(Sources((SourceFile("a.ipynb", path, "notebook"),)))
    assert [(c.name, c.value, c.where) for c in found.constants] == [
        ("num_classes", 51, "a.ipynb cell 2 line 4")
    ]
    assert found.imports == {"torch"}
    assert found.zero_infinity == ((True, "a.ipynb cell 4 line 3"),)


@pytest.mark.parametrize(
    "text",
    ['{"cells": 3}', "[]", '"cells"', '{"a": 1}', '{"cells": [{"cell_type": "code", "outputs": 7'],
)
def test_what_is_no_notebook_is_unreadable(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable):
        read(tmp_path / "a.ipynb")


@pytest.mark.parametrize("outputs", [None, 3, [None], [{"output_type": "stream"}], [{"text": {"a": 1}}]])
def test_outputs_of_another_shape_are_left_out(outputs: Any, tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": 7, "outputs": outputs}
    content = read(write(tmp_path / "a.ipynb", cell))
    assert isinstance(content, Text) and not content.lines
