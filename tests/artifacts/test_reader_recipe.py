"""The reader that the documentation prints is one file, and a scan uses it everywhere."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import slrdoctor
from slrdoctor.artifacts import formats

ROOT = Path(__file__).parents[2]
CACHES = (formats.readers, formats.reader_named, formats.clip_suffixes, formats.array_suffixes)


@pytest.fixture
def lmk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The recipe's file, as if it lay in the folder of formats."""
    page = (ROOT / "docs" / "writing-a-reader.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    folder = tmp_path / "more formats"
    folder.mkdir()
    (folder / "lmk.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(folder)])
    for cache in CACHES:
        cache.cache_clear()
    yield
    sys.modules.pop("slrdoctor.artifacts.formats.lmk")
    for cache in CACHES:
        cache.cache_clear()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The healthy example with every clip as a file of the new format."""
    run = tmp_path / "run"
    shutil.copytree(ROOT / "examples" / "healthy", run)
    for path in run.rglob("*.npy"):
        np.savetxt(path.with_suffix(".lmk"), np.load(path), fmt="%.6f")
        path.unlink()
    return run


@pytest.mark.usefixtures("lmk")
def test_its_clips_join_the_annotations_and_are_judged(run: Path) -> None:
    report = slrdoctor.scan(run, select=("FEA101", "FEA103", "FEA104", "MDL604"))
    assert {entry.code for entry in report.passed} >= {"FEA101", "FEA103", "FEA104"}
    assert not report.findings


@pytest.mark.usefixtures("lmk")
def test_ids_with_the_new_suffix_name_the_clips(run: Path) -> None:
    for table in run.rglob("*.csv"):
        named, count = re.subn(r"((?:train|dev)_\d+)\|", r"\1.lmk|", table.read_text(encoding="utf-8"))
        assert count
        table.write_text(named, encoding="utf-8")
    report = slrdoctor.scan(run, select=("FEA101",))
    assert [entry.code for entry in report.passed] == ["FEA101"]


@pytest.mark.usefixtures("lmk")
def test_damaged_ones_are_found(run: Path) -> None:
    damaged = sorted(run.rglob("*.lmk"))[::2]
    for path in damaged:
        path.write_text("0.1 0.2\n0.3 x\n", encoding="utf-8")
    report = slrdoctor.scan(run, select=("FEA103",))
    [finding] = report.findings
    assert finding["code"] == "FEA103" and str(len(damaged)) in finding["message"]


@pytest.mark.usefixtures("lmk")
def test_pointers_in_place_of_all_of_them_are_found(run: Path) -> None:
    for path in run.rglob("*.lmk"):
        path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    report = slrdoctor.scan(run, select=("FEA101", "FEA103"))
    assert "LFS" in " ".join(finding["message"] for finding in report.findings)
