"""`slrdoctor models` lists what is shipped; `slrdoctor models copy` hands out one file as it is."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from slrdoctor.models import reference as reference_models
from tests.programs import program

ROOT = Path(__file__).resolve().parents[1]
NAME = "isolated_transformer"
SOURCE = ROOT / "reference_models" / f"{NAME}.py"


run = partial(program, "models")


def test_each_model_is_listed_on_a_line_with_its_task_and_what_it_is() -> None:
    done = run()
    lines = done.stdout.splitlines()

    assert done.returncode == 0 and not done.stderr
    assert [line.split()[0] for line in lines] == list(reference_models.available())
    line = next(line for line in lines if line.startswith(NAME))
    assert line.split()[1] == "classification" and line.endswith(reference_models.first_line(SOURCE))


def test_a_copy_is_the_file_itself_in_a_folder_that_is_made_for_it(tmp_path: Path) -> None:
    done = run("copy", NAME, tmp_path / "new" / "folder")
    written = tmp_path / "new" / "folder" / f"{NAME}.py"

    assert done.returncode == 0 and str(written) in done.stdout
    assert written.read_bytes() == SOURCE.read_bytes()


def test_a_file_that_is_there_is_written_over_with_force_alone(tmp_path: Path) -> None:
    mine = tmp_path / f"{NAME}.py"
    mine.write_text("MINE = True\n", encoding="utf-8")

    refused = run("copy", NAME, tmp_path)
    kept = mine.read_text(encoding="utf-8")
    forced = run("copy", NAME, tmp_path, "--force")

    assert refused.returncode == 2 and "--force" in refused.stderr and kept == "MINE = True\n"
    assert forced.returncode == 0 and mine.read_bytes() == SOURCE.read_bytes()


def test_an_unknown_name_exits_with_2_names_the_nearest_and_writes_nothing(tmp_path: Path) -> None:
    done = run("copy", "isolated_transfomer", tmp_path / "new")

    assert done.returncode == 2 and f"did you mean {NAME}?" in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "new").exists()


def test_a_folder_that_is_a_file_is_told_and_left_alone(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("text", encoding="utf-8")

    done = run("copy", NAME, taken)

    assert done.returncode == 2 and "is not a folder" in done.stderr
    assert "Traceback" not in done.stderr and taken.read_text(encoding="utf-8") == "text"


def test_the_models_are_those_of_the_folder_in_order() -> None:
    files = sorted((ROOT / "reference_models").glob("*.py"))

    assert list(reference_models.available().values()) == files
    assert list(reference_models.available()) == [file.stem for file in files]


def test_a_model_is_imported_once_and_shadows_nobody() -> None:
    module = reference_models.load(NAME)

    assert module is reference_models.load(NAME)
    assert module.TASK == "classification" and Path(str(module.__file__)) == SOURCE
    assert NAME not in sys.modules and "reference_models" not in sys.modules


def test_loading_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean contrastive"):
        reference_models.load("contrastiv")
    with pytest.raises(ValueError, match=NAME):
        reference_models.load("0")


def test_a_model_that_breaks_while_it_is_imported_is_not_found_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("TASK = 'ctc'\nraise OSError('no')\n", encoding="utf-8")
    monkeypatch.setattr(reference_models, "bundled", lambda folder: tmp_path)

    for _ in range(2):
        with pytest.raises(OSError, match="no"):
            reference_models.load("broken")


def test_title_and_task_are_read_from_a_file_that_could_not_be_imported(tmp_path: Path) -> None:
    file = tmp_path / "odd.py"
    file.write_text('"""First.\n\nMore.\n"""\nimport nothing_such\nTASK = "ctc"\n', encoding="utf-8")
    bare = tmp_path / "bare.py"
    bare.write_text("", encoding="utf-8")

    assert (reference_models.first_line(file), reference_models.task_of(file)) == ("First.", "ctc")
    assert (reference_models.first_line(bare), reference_models.task_of(bare)) == ("", "")


@pytest.mark.parametrize("path", reference_models.available().values(), ids=lambda path: str(path.stem))
def test_every_model_says_what_it_is_and_for_which_task(path: Path) -> None:
    assert reference_models.first_line(path).endswith(".")
    assert reference_models.task_of(path) in {"ctc", "classification", "retrieval", "translation"}
