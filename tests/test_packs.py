"""Packs: ours and the user's, loaded alike, and none of them can end a scan."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECK = '''
from collections.abc import Iterator
from slrdoctor.api import NOTE, CERTAIN, Evidence, Finding, Fix, Samples, check

@check("MY{n:03d}", severity=NOTE, confidence=CERTAIN)
def too_many_samples(samples: Samples) -> Iterator[Finding]:
    """There are samples."""
    yield Finding("found some", (Evidence("samples", len(samples.rows), "here"),), (Fix("none"),))
'''


def listed(*folders: Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    options = [word for folder in folders for word in ("--checks", str(folder))]
    command = [sys.executable, "-m", "slrdoctor", "checks", *options]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, encoding="utf-8", check=False
    )


def test_a_users_file_is_listed_beside_ours(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(CHECK.format(n=1), encoding="utf-8")

    done = listed(tmp_path)

    assert "MY001" in done.stdout and "CTC401" in done.stdout and done.returncode == 0


def test_files_of_a_pack_can_share_a_private_module(tmp_path: Path) -> None:
    (tmp_path / "family").mkdir()
    (tmp_path / "family" / "_shared.py").write_text("CODE = 7", encoding="utf-8")
    text = "from ._shared import CODE\n" + CHECK.format(n=2)
    (tmp_path / "family" / "mine.py").write_text(text, encoding="utf-8")

    assert "MY002" in listed(tmp_path).stdout


def test_a_file_that_cannot_be_imported_is_named_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import nosuchmodule", encoding="utf-8")
    (tmp_path / "exits.py").write_text("raise SystemExit(0)", encoding="utf-8")
    (tmp_path / "good.py").write_text(CHECK.format(n=3), encoding="utf-8")

    done = listed(tmp_path)

    assert "nosuchmodule" in done.stderr and "exits.py" in done.stderr
    assert "MY003" in done.stdout and "CTC401" in done.stdout


def test_half_a_file_does_not_judge(tmp_path: Path) -> None:
    (tmp_path / "half.py").write_text(CHECK.format(n=4) + "\n1 / 0\n", encoding="utf-8")

    assert "MY004" not in listed(tmp_path).stdout


def test_a_users_own_checks_module_shadows_nothing(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text("raise RuntimeError('mine')", encoding="utf-8")
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "__init__.py").write_text("raise RuntimeError('mine')", encoding="utf-8")

    assert "CTC401" in listed(cwd=tmp_path).stdout
