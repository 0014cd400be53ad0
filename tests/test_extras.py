"""What the core leaves out is named, with the command that installs it, where it is missed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from slrdoctor.artifacts.content import NEEDS_PACKAGE, Reader, Unreadable
from slrdoctor.artifacts.formats import readers
from slrdoctor.extras import EXTRAS, PackageMissing, demand, needed_for

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDY = [reader for reader in readers() if reader.needs]
SCANS = ("artifacts", "facts", "arithmetic", "core", "examination", "render", "words")


def names(requirements: list[str]) -> set[str]:
    return {requirement.partition(">=")[0].partition("==")[0] for requirement in requirements}


@pytest.mark.parametrize("module", EXTRAS)
def test_the_named_extra_brings_the_package_and_the_core_does_not(module: str) -> None:
    wanted = EXTRAS[module]

    assert wanted.package in names(PROJECT["optional-dependencies"][wanted.extra])
    assert wanted.package not in names(PROJECT["dependencies"])


def test_all_brings_every_extra_but_mediapipe_and_the_developers_have_all() -> None:
    extras = PROJECT["optional-dependencies"]
    [everything] = extras["all"]
    listed = set(everything.removeprefix("slrdoctor[").removesuffix("]").split(","))

    assert listed == set(extras) - {"all", "dev", "mediapipe"}
    assert "slrdoctor[all]" in extras["dev"]


def test_every_package_that_was_asked_for_is_named() -> None:
    named = names(PROJECT["dependencies"]).union(*map(names, PROJECT["optional-dependencies"].values()))
    asked_for = {"torch", "numpy", "pandas", "rich", "typer", "matplotlib", "h5py"}

    assert asked_for <= named
    assert any(name.startswith("mediapipe") for name in named)


@pytest.mark.parametrize("reader", NEEDY, ids=lambda reader: reader.name)
def test_a_reader_without_its_package_names_the_command(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, reader.needs, None)
    path = tmp_path / f"x{reader.suffixes[0]}"
    path.write_bytes((*reader.magic, b"x")[0] * 20)

    with pytest.raises(Unreadable, match=r"^reading an? .* needs .*: pip install 'slrdoctor") as caught:
        reader.read(path)

    assert caught.value.fault == NEEDS_PACKAGE
    assert str(caught.value).endswith(f"pip install 'slrdoctor[{EXTRAS[reader.needs].extra}]'")


def test_a_package_that_is_there_and_broken_is_said_to_be_broken() -> None:
    broken = pytest.raises(
        PackageMissing, match=r"h5py, which is installed and cannot be imported \(built"
    )

    with broken, needed_for("reading an HDF5 file", "h5py"):
        raise ImportError("built for another numpy\nand more", name="h5py")


def test_a_demand_is_met_by_a_package_that_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    demand("h5py", "this")
    monkeypatch.setitem(sys.modules, "h5py", None)

    with pytest.raises(PackageMissing, match=r"^this needs h5py: pip install 'slrdoctor\[formats\]'$"):
        demand("h5py", "this")


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_what_a_scan_runs_imports_no_extra_package_without_naming_it() -> None:
    """A module that imports one does so inside `needed_for`, or for the process that did."""
    for room in SCANS:
        for path in (ROOT / "slrdoctor" / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            optional = set(imports(ast.parse(text))) & set(EXTRAS)
            is_child = path.name == "_h5_texts.py"
            assert not optional or is_child or "with needed_" in text or "TYPE_CHECKING" in text, path


BLOCKED = """
import sys
sys.modules[{module!r}] = None
sys.argv = ["slrdoctor", *{words!r}]
from slrdoctor.cli import main
main()
"""
HEALTHY = str(ROOT / "examples" / "healthy")


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("torch", ("overfit", HEALTHY)),
        ("torch", ("retrain", HEALTHY, "--out", "new")),
        ("torch", ("simulate", "healthy", "new")),
        ("torch", ("scan", HEALTHY, "--model", "train.py:build")),
        ("matplotlib", ("overfit", HEALTHY, "--picture", "curves.png")),
        ("h5py", ("simulate", "healthy", "new", "--convention", "h5")),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_command_without_its_package_ends_at_once_with_the_sentence(
    module: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED.format(module=module, words=words)],
        capture_output=True, text=True, encoding="utf-8", check=False, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr.startswith("slrdoctor: ") and done.stderr.count("\n") == 1
    assert f" needs {module}: pip install 'slrdoctor[{EXTRAS[module].extra}]'" in done.stderr
    assert not list(tmp_path.iterdir())
