"""Packs: ours and the user's, loaded alike, and none of them can end a scan."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from slrdoctor.testing import outcome
from tests.programs import program

HEALTHY = Path(__file__).resolve().parents[1] / "examples" / "healthy"
CHECK = '''
from collections.abc import Iterator
from slrdoctor.api import NOTE, CERTAIN, Evidence, Finding, Fix, Samples, check

@check("MY{n:03d}", severity=NOTE, confidence=CERTAIN)
def too_many_samples(samples: Samples) -> Iterator[Finding]:
    """There are samples."""
    yield Finding("found some", (Evidence("samples", len(samples.rows), "here"),), (Fix("none"),))
'''


def listed(folder: Path) -> subprocess.CompletedProcess[str]:
    return program("checks", "--checks", folder)


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

    assert "CTC401" in program("checks", cwd=tmp_path).stdout


def test_a_new_check_passes_its_own_examples_and_judges_a_run(tmp_path: Path) -> None:
    folder = tmp_path / "mine"

    written = program("checks", "new", "MINE901", folder, "--name", "sentences-run-together")
    tested = program("checks", "test", folder)
    judged = program("scan", HEALTHY, "--checks", folder, "--select", "MINE901", "--format", "json")

    assert written.returncode == 0 and (folder / "sentences_run_together.py").is_file()
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "passed  MINE901 fires on a target of thirty glosses" in tested.stdout
    report = json.loads(judged.stdout)
    assert [entry["code"] for entry in report["passed"]] == ["MINE901"]
    assert "passed  MINE901 abstains on two targets" in tested.stdout
    # the fact that the pack brought was measured, from facts of ours
    assert "SentencesRunTogetherLengths" in report["facts"]


def test_an_example_that_does_not_fire_fails_and_so_does_a_check_without_a_quiet_one(
    tmp_path: Path,
) -> None:
    text = (
        CHECK.format(n=5)
        .replace("import NOTE,", "import NOTE, Samples, fires,")
        .replace(" Samples, check", " check")
    )
    text += "\n@fires('MY005')\ndef no_samples() -> Samples:\n    return Samples((), 'here')\n"
    text = text.replace("    yield Finding", "    if samples.rows:\n        yield Finding")
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")

    done = program("checks", "test", tmp_path)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAILED  MY005 fires on no samples: it found nothing" in done.stdout
    assert "FAILED  MY005 has an example under @quiet" in done.stdout


def test_a_taken_code_a_bad_code_and_a_taken_file_are_refused(tmp_path: Path) -> None:
    taken = program("checks", "new", "CTC401", tmp_path)
    bad = program("checks", "new", "mine", tmp_path)
    first = program("checks", "new", "MINE902", tmp_path)
    again = program("checks", "new", "MINE903", tmp_path)

    assert [done.returncode for done in (taken, bad, first, again)] == [2, 2, 0, 2]
    assert "CTC401 already" in taken.stderr and "not a code" in bad.stderr
    assert "already" in again.stderr and "Traceback" not in again.stderr


def test_half_a_file_does_not_measure(tmp_path: Path) -> None:
    program("checks", "new", "MINE904", tmp_path)
    [path] = tmp_path.glob("*.py")
    path.write_text(path.read_text(encoding="utf-8") + "\n1 / 0\n", encoding="utf-8")
    whole = path.read_text(encoding="utf-8").replace("1 / 0", "").replace("MINE904", "MINE905")
    (tmp_path / "whole.py").write_text(whole, encoding="utf-8")

    done = program("checks", "test", tmp_path)

    assert "ZeroDivisionError" in done.stdout and done.returncode == 1
    assert "passed  MINE905" in done.stdout and "MINE904" not in done.stdout.replace(str(path), "")


def test_the_commands_that_a_report_names_know_the_pack(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(CHECK.format(n=6), encoding="utf-8")

    scanned = program("scan", HEALTHY, "--checks", tmp_path, "--select", "MY006", "--format", "json")
    [finding] = json.loads(scanned.stdout)["findings"]
    again = program(*shlex.split(finding["verify"])[1:])

    assert again.returncode == 1 and "MY006 still fires: found some" in again.stdout


def test_a_check_that_abstains_needs_an_example_of_it(tmp_path: Path) -> None:
    program("checks", "new", "MINE906", tmp_path)
    [path] = tmp_path.glob("*.py")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('@abstains("MINE906")', ""), encoding="utf-8")

    done = program("checks", "test", tmp_path)

    assert done.returncode == 1 and "FAILED  MINE906 has an example under @abstains" in done.stdout


def test_a_test_of_a_check_that_is_not_loaded_says_how_to_load_it() -> None:
    with pytest.raises(LookupError, match=r"testing\.load"):
        outcome("NOSUCH001")


def test_the_projects_own_checks_are_no_pack_of_a_user() -> None:
    own = Path(__file__).resolve().parents[1] / "checks" / "features"
    tested = program("checks", "test", own)
    written = program("checks", "new", "MINE907", own)

    assert tested.returncode == written.returncode == 2
    assert "CONTRIBUTING.md" in tested.stderr and "CONTRIBUTING.md" in written.stderr
