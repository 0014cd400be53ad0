"""The doctor's output: whole or not at all, the same each time, and quiet into a closed pipe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.storage.whole_file import PARTIAL, write_text

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
ENTRY = "import sys; from slrdoctor.__main__ import main; sys.exit(main())"
OLD = '{"old": "and good"}'


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-c", ENTRY, *map(str, words)]


def limited_to(size: int) -> Any:
    """What a full disk is to a process: no file of it may be larger."""
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.skipif(os.name != "posix", reason="a limit on the size of files")
def test_a_full_disk_leaves_the_older_report_as_it_was(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text(OLD, encoding="utf-8")
    words = command("scan", EXAMPLES / "broken", "--format", "json", "--output", report)
    done = subprocess.run(words, capture_output=True, text=True, preexec_fn=limited_to(2048))

    assert done.returncode == 2 and "too large" in done.stderr
    assert report.read_text(encoding="utf-8") == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.skipif(os.name != "posix", reason="a limit on the size of files")
def test_on_a_full_disk_init_leaves_nothing_half_written(tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(EXAMPLES / "broken", run)
    done = subprocess.run(command("init", run), capture_output=True, preexec_fn=limited_to(0))

    assert done.returncode == 2
    assert not [path for path in run.iterdir() if "slrdoctor.toml" in path.name]


def test_a_report_is_written_through_a_link_and_keeps_who_may_read_it(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "report.json", tmp_path / "report.json"
    target.write_text(OLD, encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    write_text(link, "new")

    assert link.is_symlink() and target.read_text(encoding="utf-8") == "new"
    assert target.stat().st_mode & 0o777 == 0o640
    assert not list(tmp_path.rglob(f"*{PARTIAL}"))


def test_what_is_not_a_file_is_written_to_as_it_is() -> None:
    write_text(Path(os.devnull), "gone")
    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(os.name != "posix", reason="pipes of a shell")
@pytest.mark.parametrize("words", ["scan --verbose", "scan --format json", "scan --help", "checks"])
def test_a_closed_pipe_is_no_finding_and_no_traceback(words: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    name, *options = words.split()
    folder = () if name == "checks" else (EXAMPLES / "healthy",)
    done = subprocess.run(command(name, *folder, *options), stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)

    assert done.returncode == 2
    assert done.stderr == b""


@pytest.mark.parametrize("example", ["healthy", "broken"])
def test_two_scans_of_a_run_write_the_same_report(tmp_path: Path, example: str) -> None:
    run = tmp_path / "run"
    shutil.copytree(EXAMPLES / example, run)
    for split in ("train", "dev"):
        head, *rows = (run / f"{split}.csv").read_text(encoding="utf-8").splitlines()
        between = "|" if "|" in head else ","
        signed = [f"{row}{between}Signer{i % 7}" for i, row in enumerate(rows)]
        text = "\n".join([f"{head}{between}signer", *signed]) + "\n"
        (run / f"{split}.csv").write_text(text, encoding="utf-8")
    written = {
        subprocess.run(
            command("scan", run, "--format", "json"),
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (1, 2, 3)
    }
    assert len(written) == 1 and b"Signers" in written.pop()
