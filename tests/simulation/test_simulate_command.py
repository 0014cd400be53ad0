"""The command: what it refuses, what it lists, what it says."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from slrdoctor.simulation import load_faults
from tests.programs import command

run = partial(command, "simulate")


def test_it_lists_every_fault_with_its_code() -> None:
    listed = run("--list")

    assert listed.exit_code == 0
    for name, fault in load_faults().items():
        assert f"{name}\n" in listed.stdout and fault.sentence in listed.stdout
        assert all(code in listed.stdout for code in fault.codes)


def test_an_unknown_fault_is_refused_with_the_nearest(tmp_path: Path) -> None:
    refused = run("stale-cash", tmp_path / "run")

    assert refused.exit_code == 2
    assert "did you mean stale-cache?" in refused.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("words", [(), ("healthy",)])
def test_a_fault_and_a_folder_must_be_named(words: tuple[str, ...]) -> None:
    refused = run(*words)

    assert refused.exit_code == 2
    assert "name a fault and a folder" in refused.stderr


def test_names_that_do_not_go_together_are_refused_before_anything_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    refused = run("targets-too-long", tmp_path, "--task", "translation", "--force")

    assert refused.exit_code == 2
    assert "of the tasks ctc" in refused.stderr
    assert (tmp_path / "kept").exists()


@pytest.mark.slow
def test_a_folder_that_is_not_empty_is_replaced_only_by_force(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("mine")
    words = ("healthy", tmp_path, "--task", "classification", "--convention", "hobby")

    refused = run(*words)
    assert refused.exit_code == 2
    assert "is not empty: --force replaces it" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["old"]

    made = run(*words, "--force")
    assert made.exit_code == 0, made.stderr
    assert not (tmp_path / "old").exists() and (tmp_path / "classes.txt").exists()
    assert f"slrdoctor scan {tmp_path}" in made.stdout and "nothing is to be found" in made.stdout


def test_a_file_is_no_folder_to_write_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    refused = run("healthy", tmp_path / "file", "--force")

    assert refused.exit_code == 2 and "is a file" in refused.stderr
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("place", [".", ".."])
def test_force_deletes_no_folder_that_one_works_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "mine.py").write_text("mine")
    monkeypatch.chdir(tmp_path / "work")
    refused = run("healthy", place, "--force")

    assert refused.exit_code == 2 and "name a folder of its own" in refused.stderr
    assert (tmp_path / "work" / "mine.py").exists()


def test_a_repository_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()

    assert run("healthy", tmp_path, "--force").exit_code == 2
    assert (tmp_path / ".git").exists()


def test_a_fault_is_named_once(tmp_path: Path) -> None:
    refused = run("stale-cache+stale-cache", tmp_path / "run")

    assert refused.exit_code == 2 and "names stale-cache twice" in refused.stderr
    assert not (tmp_path / "run").exists()


def test_a_place_that_cannot_be_is_found_out_before_the_training(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    refused = run("healthy", tmp_path / "file" / "run")

    assert refused.exit_code == 2
    assert "slrdoctor: " in refused.stderr and "training" not in refused.stderr
    assert "Errno" not in refused.stderr and "fault of ours" not in refused.stderr
