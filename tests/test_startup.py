"""What only asks for words must not pay for torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "torch",
    "pandas",
    "matplotlib",
    "h5py",
    "mediapipe",
    "pyarrow",
    "tensorboard",
    "scipy",
    "sklearn",
}
ROOT = Path(__file__).resolve().parents[1]
RUN = """
import sys
from slrdoctor.cli import main
sys.argv = ["slrdoctor", *{words!r}]
try:
    main()
except SystemExit as ended:
    print("EXIT", ended.code, file=sys.stderr)
print("LOADED", *(name for name in sys.modules if "." not in name), file=sys.stderr)
"""


def loaded_by(*words: str) -> set[str]:
    command = [sys.executable, "-c", RUN.format(words=list(words))]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=ROOT
    )
    line = next(line for line in done.stderr.splitlines() if line.startswith("LOADED"))
    assert "EXIT 2" not in done.stderr, done.stderr
    return set(line.split())


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("--version",),
        ("checks",),
        ("explain", "CTC401"),
        ("scan", "--help"),
        ("retrain", "--help"),
        ("models",),
        ("models", "copy", "--help"),
    ],
)
def test_words_load_nothing_heavy(words: tuple[str, ...]) -> None:
    assert not HEAVY & loaded_by(*words)


def test_help_does_not_even_load_numpy() -> None:
    assert "numpy" not in loaded_by("--help")


def test_a_scan_without_a_checkpoint_loads_no_torch() -> None:
    loaded = loaded_by("scan", str(ROOT / "examples" / "healthy"))

    assert not {"torch", "matplotlib", "mediapipe", "tensorboard"} & loaded
