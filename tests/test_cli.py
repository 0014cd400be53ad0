"""The command line: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from slrdoctor.core.report import schema
from tests.programs import program

ROOT = Path(__file__).resolve().parents[1]
HEALTHY, BROKEN = ROOT / "examples" / "healthy", ROOT / "examples" / "broken"


def scanned(*words: str | Path) -> tuple[dict[str, Any], int]:
    done = program("scan", *words, "--format", "json")
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema())
    return document, done.returncode


def test_the_healthy_example_is_healthy_and_exits_with_0() -> None:
    document, code = scanned(HEALTHY)

    assert document["verdict"] == "healthy" and code == 0
    assert not [f for f in document["findings"] if f["severity"] != "note"]


def test_the_broken_example_names_the_cause_before_its_symptom_and_exits_with_1() -> None:
    document, code = scanned(BROKEN)
    first = document["findings"][0]

    assert (document["verdict"], code) == ("broken", 1)
    assert first["code"] == "CTC401" and "TRN501" in first["explains"]
    symptom = next(f for f in document["findings"] if f["code"] == "TRN501")
    assert not symptom["root_cause"] and symptom["explained_by"] == ["CTC401"]


@pytest.mark.parametrize(
    ("run_dir", "code", "ending", "words"),
    [
        (BROKEN, "CTC401", 1, "CTC401 still fires: 53 of 114 targets"),
        ("examples/healthy", "ctc401", 0, "CTC401 is fixed: 114 of 114 targets fit"),
        (BROKEN, "DEC803", 1, "DEC803 could not be judged: the annotations have no texts"),
    ],
)
def test_verify_answers_for_one_check_alone(run_dir: str, code: str, ending: int, words: str) -> None:
    done = program("scan", run_dir, "--verify", code)

    assert done.returncode == ending
    assert words in " ".join(done.stdout.split()) and len(done.stdout.splitlines()) < 4


@pytest.mark.parametrize(("fail_on", "code"), [("blocks", 1), ("note", 1), ("never", 0)])
def test_fail_on_decides_the_exit_code(fail_on: str, code: int) -> None:
    assert program("scan", BROKEN, "--fail-on", fail_on).returncode == code


def test_select_and_ignore_take_prefixes_comma_separated_and_repeated() -> None:
    document, _ = scanned(
        BROKEN, "--select", "CTC4,TRN", "--select", "SPL301", "--ignore", "CTC401", "--ignore", "TRN501"
    )
    looked = {entry["code"] for part in ("findings", "passed", "skipped") for entry in document[part]}

    assert all(code.startswith(("CTC4", "TRN", "SPL301")) for code in looked)
    assert {entry["code"] for entry in document["ignored"]} == {"CTC401", "TRN501"}


def test_an_ignored_check_keeps_its_reason_from_the_settings(tmp_path: Path) -> None:
    folder = shutil.copytree(BROKEN, tmp_path / "run")
    (folder / "slrdoctor.toml").write_text(
        '[ignore]\n"CTC401" = "known, see the issue"\n', encoding="utf-8"
    )

    document, _ = scanned(folder)

    assert document["ignored"] == [{"code": "CTC401", "reason": "known, see the issue"}]


def test_the_text_begins_with_the_verdict_and_the_cause_and_ends_in_the_counts() -> None:
    lines = program("scan", BROKEN).stdout.splitlines()

    assert "BROKEN" in lines[0] and "(CTC401)" in lines[0] and "100%" in lines[0]
    assert "1 cause, 4 symptoms" in lines[-1] and lines[-1].endswith("slrdoctor explain CTC401")


def test_piped_text_is_neither_wrapped_nor_padded() -> None:
    lines = program("scan", BROKEN, "--verbose").stdout.splitlines()
    document, _ = scanned(BROKEN)

    assert all(line == line.rstrip() for line in lines)
    for finding in document["findings"]:
        assert any(finding["message"] in line for line in lines)
        assert any(finding["verify"] in line for line in lines)


def test_the_headline_repeats_no_finding_word_for_word() -> None:
    document, _ = scanned(BROKEN)
    outline = document["outline"]

    assert outline["causes"][0]["rank"] == 1 and outline["causes"][0]["explains"]
    assert not any(f["message"] in outline["headline"] for f in document["findings"])


def test_a_file_can_be_written_instead(tmp_path: Path) -> None:
    done = program("scan", HEALTHY, "--format", "json", "--output", tmp_path / "r.json")

    assert (
        done.stdout == ""
        and json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["verdict"] == "healthy"
    )
    assert done.stderr.startswith("HEALTHY  ") and "r.json" in done.stderr
    assert done.stderr.count("\n") == 1


def is_one_clear_sentence(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode == 2 and "Traceback" not in done.stderr and len(done.stderr.strip()) > 20


@pytest.mark.parametrize(
    "words",
    [
        ("scan", "no/such/folder"),
        ("scan", "README.md"),
        ("scan", "examples/healthy", "--select", "XYZ999"),
        ("scan", "examples/healthy", "--format", "papyrus"),
        ("scan", "examples/healthy", "--output", "no/such/folder/report.json"),
        ("scan", "examples/healthy", "--checks", "no/such/folder"),
        ("explain", "CTC999"),
        ("scan", "examples/healthy", "--fail-on", "everything"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_with_exit_code_2(words: tuple[str, ...]) -> None:
    done = program(*words)

    assert is_one_clear_sentence(done), done.stderr


def test_an_empty_folder_is_nothing_to_examine(tmp_path: Path) -> None:
    done = program("scan", tmp_path)

    assert is_one_clear_sentence(done) and "nothing to examine" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[vocabulary]\nblnak = 0\n", "did you mean 'blank'"),
        ("[vocab]\n", "did you mean 'vocabulary'"),
        ("[model]\nstride = 'four'\n", "stride"),
        ("[model]\ntask = 'ctcc'\n", "task"),
        ("[vocabulary\n", "not TOML"),
        ("[history]\npath = 'nowhere.json'\n", "nowhere.json"),
        ("[features]\ntrain = 'features/trainn'\n", "did you mean 'features/train'?"),
        ("[predictions]\npath = ['dev_predictions.json', 'nowhere.json']\n", "nowhere.json"),
        ("[model]\nfactory = 'train.py:build'\n", "factory = 'train.py:build' does not exist"),
        ("[model]\nloss = 'no/loss.py:ctc'\n", "loss = 'no/loss.py:ctc' does not exist"),
        ("[vocabulary]\nblank = 99\n", "11 tokens"),
        ("[model]\nlayers = 'K5-Q2'\n", "K5-Q2"),
        ('[ignore]\n"CTC40" = "x"\n"CTC499" = "y"\n', "CTC499"),
    ],
)
def test_settings_that_cannot_be_used_are_said(tmp_path: Path, text: str, said: str) -> None:
    folder = shutil.copytree(HEALTHY, tmp_path / "run")
    (folder / "slrdoctor.toml").write_text(text, encoding="utf-8")

    done = program("scan", folder)

    assert is_one_clear_sentence(done) and said in done.stderr


def test_a_check_of_the_users_that_crashes_is_a_result_and_exit_code_2(tmp_path: Path) -> None:
    text = (
        (ROOT / "docs" / "writing-a-check.md").read_text(encoding="utf-8").rpartition("```python\n")[2]
    )
    (tmp_path / "mine.py").write_text(
        text.partition("```")[0].replace("long = [", "long = 1 / 0 + ["), encoding="utf-8"
    )

    document, code = scanned(HEALTHY, "--checks", tmp_path)

    assert code == 2 and [c["code"] for c in document["crashed"]] == ["LAB901"]
    assert document["verdict"] == "unknown"


def test_init_writes_settings_that_a_scan_reads_with_the_same_result(tmp_path: Path) -> None:
    folder = shutil.copytree(BROKEN, tmp_path / "run")
    before, _ = scanned(folder)

    assert program("init", folder).returncode == 0
    after, _ = scanned(folder)

    assert [f["code"] for f in after["findings"]] == [f["code"] for f in before["findings"]]
    assert is_one_clear_sentence(program("init", folder)), "a file that is there is not written over"


def test_explain_tells_limits_with_their_sources() -> None:
    done = program("explain", "ctc401")

    assert done.returncode == 0 and "## Limits" in done.stdout and "## Fix" in done.stdout


def test_version() -> None:
    assert program("--version").stdout.strip() == "slrdoctor 0.1.0"


def test_json_on_a_pipe_is_the_document_and_nothing_else() -> None:
    done = program("scan", HEALTHY, "--format", "json", "--output", "-")

    assert done.stdout.startswith("{") and done.stdout.rstrip().endswith("}") and done.stderr == ""


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes, and /dev/full")
def test_names_that_are_no_utf8_and_streams_that_take_nothing_are_no_traceback(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"run\xff")
    shutil.copytree(HEALTHY, folder)
    (folder / os.fsdecode(b"odd\xff.npy")).write_bytes(b"\x93NUM")
    written = tmp_path / "report.json"

    assert program("scan", folder, "--format", "json", "--output", written).returncode == 0
    assert json.loads(written.read_text(encoding="utf-8"))["run"]["path"] == str(folder)
    assert scanned(folder)[0]["run"]["path"] == str(folder), "the name is whole on a pipe too"

    command = f"{sys.executable} -m slrdoctor"
    for line, code in (
        (f"{command} scan {BROKEN} >&-", 1),
        (f"{command} scan {BROKEN} --format json <&- >&- 2>&-", 1),
        (f"{command} scan {BROKEN} -q --format json >/dev/full", 2),
        (f"{command} --help >/dev/full", 2),
    ):
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == code and "Traceback" not in done.stderr, (line, done.stderr)
