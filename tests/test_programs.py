"""The small training programs: their edits apply, a run is judged, and the page is that of the lines."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from clinic.programs import page
from clinic.programs.__main__ import PAGE, read
from clinic.programs.faulty import FAULTY
from clinic.programs.healthy import HEALTHY
from clinic.programs.judging import PROGRAMS, figures, rank_of_cause, scanned
from clinic.programs.program import SOUND, Program, write
from clinic.programs.running import DoesNotRun, train

SHORT = Program(
    "plain-short",
    "plain",
    "",
    (("train.py", "EPOCHS = 16", "EPOCHS = 2"), ("train.py", "        optimizer.zero_grad()\n", "")),
)


@pytest.mark.parametrize("style", sorted({program.style for program in PROGRAMS.values()}))
def test_the_edits_of_every_program_apply_and_leave_it_well_formed(style: str, tmp_path: Path) -> None:
    assert write(PROGRAMS[f"{style}-sound"], tmp_path / "sound").exists()
    for program in (
        program for program in PROGRAMS.values() if program.style == style and program.edits
    ):
        texts: dict[str, str] = {}
        for file, old, new in program.edits:
            stored = texts.get(file) or (SOUND / style / f"{file}.txt").read_text(encoding="utf-8")
            assert stored.count(old) == 1, (program.name, old)
            texts[file] = stored.replace(old, new)
        for file, text in texts.items():
            assert file.endswith(".yaml") or ast.parse(text), program.name


def test_a_program_is_run_in_its_folder_and_judged(tmp_path: Path) -> None:
    train(SHORT, tmp_path / "run")

    written = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"train.py", "train.log", "best.pt", "dev_predictions.csv", "features"} <= written
    assert "__pycache__" not in written
    assert "SRC001" in scanned(tmp_path / "run")["roots"]


def test_a_program_that_fails_says_how(tmp_path: Path) -> None:
    broken = Program("plain-broken", "plain", "", (("train.py", "EPOCHS = 16", "EPOCHS = nothing"),))

    with pytest.raises(DoesNotRun, match="name 'nothing' is not defined"):
        train(broken, tmp_path / "run")


def test_the_outputs_of_a_notebook_lie_in_it(tmp_path: Path) -> None:
    short = Program("notebook-short", "notebook", "", (("train.py", "range(1, 19)", "range(1, 2)"),))

    train(short, tmp_path / "run")

    cells = json.loads((tmp_path / "run" / "train.ipynb").read_text(encoding="utf-8"))["cells"]
    printed = "".join(
        text for cell in cells for output in cell.get("outputs", ()) for text in output["text"]
    )
    assert re.search(r"epoch 1 \| train loss \d", printed)


def test_an_edit_whose_text_does_not_stand_there_is_refused(tmp_path: Path) -> None:
    program = Program("plain-other", "plain", "", (("train.py", "EPOCHS = 15", ""),))

    with pytest.raises(ValueError, match="stands 0 times"):
        write(program, tmp_path / "run")


def test_the_place_of_the_cause_is_that_of_the_first_code_that_names_it() -> None:
    assert rank_of_cause({"roots": ["TRN504", "SRC001", "MDL603"]}, ("MDL603", "SRC001")) == 2
    assert rank_of_cause({"roots": ["TRN504"]}, ("SRC001",)) is None


@pytest.mark.parametrize(("message", "place"), [("the rate is 0", 1), ("the head is the same", None)])
def test_a_cause_that_is_said_in_the_message_is_looked_for_there(
    message: str, place: int | None
) -> None:
    line = {"roots": ["MDL603"], "messages": [message]}

    assert rank_of_cause(line, ("SRC003", "MDL603: rate is")) == place


def test_the_figures_count_what_was_said_first_and_what_was_called_healthy() -> None:
    common: dict[str, object] = {"grave": [], "crashed": [], "score": None}
    lines = [
        {"name": "plain-no-zero-grad", "roots": ["SRC001"], "verdict": "broken", **common},
        {"name": "plain-rate-zero", "roots": ["EVL905", "SRC003"], "verdict": "broken", **common},
        {"name": "plain-no-eval", "roots": [], "verdict": "healthy", **common},
        {"name": "plain-sound", "roots": [], "verdict": "healthy", **common},
        {"name": "hf-sound", "roots": ["DEC801"], "verdict": "broken", **common | {"grave": ["DEC801"]}},
    ]

    assert list(figures(lines).values()) == [(1, 3), (2, 3), (1, 3), (1, 3), (1, 2), (1, 2)]


def test_the_names_are_unique_and_only_faults_have_a_right_cause() -> None:
    assert len(PROGRAMS) == len(FAULTY) + len(HEALTHY)
    assert all(program.right for program in FAULTY) and not any(program.right for program in HEALTHY)


def test_the_page_is_that_of_the_recorded_lines() -> None:
    assert PAGE.read_text(encoding="utf-8") == page.page(read()), (
        "python -m clinic.programs --report-only"
    )
