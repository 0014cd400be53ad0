"""What a file calls anything reaches nobody's terminal as a command, in no format, from no command."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import struct
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slrdoctor import render, scan
from slrdoctor.artifacts.settings.read import read_settings
from slrdoctor.core.registry import Check
from slrdoctor.core.report import Report
from slrdoctor.words.controls import escaped, one_line
from tests.after_init import take_every_guess

ROOT = Path(__file__).resolve().parents[1]
# writes the clipboard, clears the screen, clears it again in 8 bits, turns text round, sets a title
EVIL = "\x1b]52;c;cHduZWQ=\x1b\\\x1b[2J\x9b2J\u202egpj\x7f\x1b]0;t\x07\r\x08"
FORGED = "\nFORGED everything is fine"
SCRIPT = ("-P", "-c") if sys.version_info >= (3, 11) else ("-c",)
MAIN = "import sys; from slrdoctor.__main__ import main; sys.exit(main())"


def obeyed(text: str) -> set[str]:
    """The characters in it that a terminal obeys, or that turn text round."""
    kinds = {c: unicodedata.category(c) for c in set(text) - {"\n", "\t"}}
    order = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    return {c for c, kind in kinds.items() if kind in ("Cc", "Zl", "Zp") or c in order}


def evil_run(folder: Path) -> Path:
    """Such characters in ids, glosses, names of files and folders, configs, logs and pickles."""
    folder.mkdir()
    rows = [{"id": f"{EVIL}{i}", "gloss": EVIL if i % 2 else ""} for i in range(9)]
    (folder / "train.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "dev.json").write_text(json.dumps([{"id": "d", "gloss": FORGED}]), encoding="utf-8")
    (folder / f"{EVIL}{FORGED}.json").write_text("{broken", encoding="utf-8")
    (folder / "slrdoctor.toml").write_text('[ignore]\nSPL = "\\u001b]0;t\\u0007"\n', encoding="utf-8")
    (folder / "config.yaml").write_text('num_classes: "\\e[2J"\nmodel: {name: "\\e[2J"}\n', "utf-8")
    (folder / "train.log").write_text(f"Epoch 1: {EVIL} train loss nan\n" * 9, encoding="utf-8")
    name = EVIL.encode()
    code = b"\x80\x04\x8c\x02osX" + struct.pack("<I", len(name)) + name + b"\x93)R."
    (folder / "train.pkl").write_bytes(code)
    (folder / f"best{EVIL}.pkl").write_bytes(pickle.dumps({EVIL: [1.0, 2.0]}))
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return evil_run(tmp_path_factory.mktemp("evil") / f"run{EVIL}")


def poisoned(value: Any) -> Any:
    """The same with such characters, and a line of its own, after every text."""
    if isinstance(value, str):
        return f"{value}{FORGED}{EVIL}"
    if isinstance(value, Mapping):
        return {f"{k}": poisoned(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(map(poisoned, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, (type, Check)):
        names = [f.name for f in dataclasses.fields(value) if f.name not in ("verdict", "how", "trace")]
        return dataclasses.replace(value, **{n: poisoned(getattr(value, n)) for n in names})
    return value


@pytest.fixture(scope="module", params=["healthy", "broken"])
def report(request: pytest.FixtureRequest) -> Report:
    found: Report = poisoned(scan(ROOT / "examples" / request.param))
    assert FORGED in found.run["path"]
    return found


@pytest.mark.parametrize("format", render.formats())
def test_no_format_passes_on_what_a_terminal_obeys(report: Report, format: str) -> None:
    assert not obeyed(render.render(report, format))


@pytest.mark.parametrize("format", render.formats())
def test_in_no_format_does_a_text_begin_a_line_of_its_own(report: Report, format: str) -> None:
    assert not [line for line in render.render(report, format).splitlines() if line.startswith("FORGED")]


def test_whoever_reads_the_json_document_gets_every_text_as_it_is(report: Report) -> None:
    document = json.loads(render.render(report, "json"))
    assert document["run"]["path"] == report.run["path"]
    assert document == json.loads(json.dumps(report.as_dict()))


def test_what_python_shows_of_a_report_is_text(report: Report) -> None:
    assert not obeyed(f"{report}{report!r}{report._repr_html_()}")


@pytest.mark.parametrize(
    "text",
    ["আমি বাংলা শিখি", "क्‍ष", "می‌خواهم", "עִבְרִית", "hôtel\tÄÖÜß", "手話 👩🏽‍🏫", "WETTER-MORGEN ❤️"],
)
def test_letters_and_joiners_of_every_script_stay_as_they_are(text: str) -> None:
    assert escaped(text) == one_line(text) or "\t" in text
    assert escaped(text) == text


def test_every_control_character_is_shown_by_its_number() -> None:
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)):
        assert one_line(chr(code)) == f"\\u{code:04x}"
    assert escaped("\n\t\r") == "\n\t\\u000d"


def ended(*words: str, cwd: Path | None = None) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *SCRIPT, MAIN, *words],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        cwd=cwd,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    "words",
    [
        ("scan", "{run}"),
        ("scan", "{run}", "--verbose"),
        ("scan", "{run}", "--quiet"),
        ("scan", "{run}{evil}"),
        ("scan", "{run}", "--format", "{evil}"),
        ("scan", "{run}", "--checks", "{evil}"),
        ("scan", "{run}", "--model", "{evil}.py:f"),
        ("scan", "{run}", "--{evil}"),
        ("scan", "{run}", "--jobs", "{evil}"),
        ("{evil}",),
        ("init", "{run}"),
        ("init", "{run}{evil}"),
        ("explain", "{evil}"),
        ("checks", "--checks", "{run}"),
        ("checks", "test", "{run}"),
        ("checks", "new", "{evil}", "{run}"),
        ("checks", "new", "ABC101", "{run}/train.json"),
        ("models", "copy", "{evil}", "."),
        ("models", "copy", "isolated_transformer", "{run}/train.json"),
        ("simulate", "{evil}", "out"),
        ("overfit", "{run}", "--seconds", "5", "--no-picture"),
        ("overfit", "{run}", "--model", "{evil}"),
        ("overfit", "{run}", "--picture", "{evil}.txt"),
        ("retrain", "{run}", "--out", "{run}/out"),
        ("retrain", "{run}", "--out", "{run}/train.json"),
    ],
    ids=lambda words: " ".join(words),
)
def test_no_command_lets_a_file_speak_to_the_terminal(run: Path, words: tuple[str, ...]) -> None:
    given = [word.format(run=run, evil=EVIL) for word in words]
    _, said = ended(*given)
    assert said and not obeyed(said)


@pytest.mark.parametrize("format", render.formats())
def test_no_file_that_is_written_holds_them(run: Path, tmp_path: Path, format: str) -> None:
    code, _ = ended("scan", str(run), "--format", format, "--output", str(tmp_path / "report"))
    written = (tmp_path / "report").read_text(encoding="utf-8")
    assert code in (0, 1) and written and not obeyed(written)


def test_what_init_writes_holds_none_and_names_the_same_files(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    name = f"train{EVIL.replace('/', '')}.json"
    rows = [{"id": f"s{i}", "gloss": "A"} for i in range(9)]
    (folder / name).write_text(json.dumps(rows), encoding="utf-8")
    code, said = ended("init", str(folder))
    assert code == 0 and not obeyed(said)
    assert not obeyed((folder / "slrdoctor.toml").read_text(encoding="utf-8"))
    take_every_guess(folder)
    assert (name,) in read_settings(folder).annotations.values()


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal")
@pytest.mark.parametrize(
    "words", [("scan", "{run}"), ("scan", "{run}", "--verbose"), ("scan", "{evil}")]
)
def test_on_a_terminal_there_are_our_colours_and_nothing_else(run: Path, words: tuple[str, ...]) -> None:
    import pty
    import re

    given = [word.format(run=run, evil=EVIL) for word in words]
    ours, theirs = pty.openpty()
    child = subprocess.Popen([sys.executable, *SCRIPT, MAIN, *given], stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end was closed
            break
        if not part:
            break
        said += part
    child.wait()
    os.close(ours)
    text = said.decode("utf-8").replace("\r\n", "\n")
    # colours, and what the progress bar does with the cursor: none of it stands in the run
    text = re.sub(r"\x1b\[[0-9;]*m|\x1b\[\?25[hl]|\x1b\[1A|\x1b\[(?!2J)2K|\r", "", text)
    assert "run" in text or "slrdoctor" in text
    assert not obeyed(text)
