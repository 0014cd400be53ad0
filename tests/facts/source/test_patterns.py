"""The seven patterns of sources, on programs that have them and on programs that only look like it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from slrdoctor.artifacts.run import SourceFile, Sources
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.source._pattern import Pattern
from slrdoctor.facts.source.source_programs import SourcePrograms, source_programs
from tests.facts.source.broken_programs import BROKEN
from tests.facts.source.sound_programs import SOUND

MEASURES = {
    "SRC001": "gradient_resets",
    "SRC002": "loss_inputs",
    "SRC003": "zero_rates",
    "SRC004": "bleu_references",
    "SRC005": "exchanged_axes",
    "SRC006": "unregistered_layers",
    "SRC007": "scored_modes",
}


def written(folder: Path, files: Mapping[str, str | list[str]]) -> Sources:
    """The sources of a folder with these files; a list is the cells of a notebook."""
    sources = []
    for name, text in files.items():
        path = folder / name
        if isinstance(text, list):
            cells = [{"cell_type": "code", "source": code, "outputs": []} for code in text]
            text = json.dumps({"cells": cells, "nbformat": 4})
        path.write_text(text, encoding="utf-8")
        sources.append(SourceFile(name, path, "notebook" if path.suffix == ".ipynb" else "python"))
    return Sources(tuple(sources))


def patterns(code: SourcePrograms) -> dict[str, Pattern]:
    """What every measure gives that has something to judge, by the code of its check."""
    found = {}
    for check, name in MEASURES.items():
        module = importlib.import_module(f"slrdoctor.facts.source.{name}")
        try:
            found[check] = getattr(module, name)(code)
        except Unavailable:
            continue
    return found


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_in_a_program_is_found_at_its_line_and_no_other_is(tmp_path: Path, name: str) -> None:
    check, where, files = BROKEN[name]

    found = patterns(source_programs(written(tmp_path, files)))

    faults = [(code, one.where) for code, pattern in found.items() for one in pattern.faults]
    assert faults == [(check, where)]


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_program_has_no_fault_whatever_it_looks_like(tmp_path: Path, name: str) -> None:
    found = patterns(source_programs(written(tmp_path, SOUND[name])))

    assert not {code: pattern.faults for code, pattern in found.items() if pattern.faults}


@pytest.mark.parametrize("check", ["SRC001", "SRC003", "SRC006", "SRC007"])
def test_what_a_source_that_was_not_read_may_make_good_is_not_found(tmp_path: Path, check: str) -> None:
    names = [name for name, (code, _, _) in BROKEN.items() if code == check and "rate" in name]
    name = (names or [name for name, (code, _, _) in BROKEN.items() if code == check])[0]
    sources = written(tmp_path, BROKEN[name][2])
    assert patterns(source_programs(sources))[check].faults
    unread = tmp_path / "more.py"
    unread.write_bytes(b"import torch\n" + b"x = 1\n" * 1_000_000)
    more = Sources((*sources.files, SourceFile("more.py", unread, "python")))

    found = patterns(source_programs(more))

    assert check not in found or not found[check].faults


@pytest.mark.parametrize("name", BROKEN)
def test_a_patch_applies_and_what_it_makes_is_sound(tmp_path: Path, name: str) -> None:
    check, _, files = BROKEN[name]
    code = source_programs(written(tmp_path, files))
    (fault,) = patterns(code)[check].faults
    if not fault.patch:
        pytest.skip("the value stands in another file than the call")
    patched = dict(files)
    for program in code.programs:
        if f"a/{program.where}" in fault.patch:
            assert not isinstance(files[program.where], list) or "cell" in fault.patch
            if not program.cells:
                patched[program.where] = applied(program.text, fault.patch)
    if patched == files:
        return  # a notebook's patch is for its cell

    again = patterns(source_programs(written(tmp_path, patched)))

    assert check not in again or not again[check].faults


def applied(text: str, patch: str) -> str:
    """The text after a unified diff, strictly: every line that is kept or removed must be there."""
    lines, made, at = text.split("\n"), [], 0
    for line in patch.split("\n")[2:]:
        if line.startswith("@@"):
            start = int(line.split()[1].lstrip("-").partition(",")[0]) - 1
            made += lines[at:start]
            at = start
        elif line.startswith("+"):
            made.append(line[1:])
        else:
            assert lines[at] == line[1:], (lines[at], line)
            made += [lines[at]] if line.startswith(" ") else []
            at += 1
    return "\n".join(made + lines[at:])
