"""The wheel: built from the sdist, installed elsewhere, run from elsewhere."""

from __future__ import annotations

import email
import importlib.metadata
import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import jsonschema
import pytest
from packaging.requirements import Requirement

from slrdoctor.core.report import schema
from slrdoctor.extras import EXTRAS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]


def run(*command: str | Path, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, encoding="utf-8",
        env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # `python -m build` makes the sdist and then the wheel from it; the backend is installed already
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    [made] = out.glob("*.whl")
    return made


def core(wheel: Path) -> set[str]:
    """The distributions that `pip install` of the wheel brings, by what they require of each other."""
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        waiting = email.message_from_bytes(archive.read(metadata)).get_all("Requires-Dist", [])
    brought: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        if requirement.name not in brought:
            brought.add(requirement.name)
            waiting += importlib.metadata.requires(requirement.name) or []
    return brought


@pytest.fixture(scope="session")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own with the wheel and its core in it, and nothing else.

    The core's packages are linked from this environment, which needs no network.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", with_pip=False, system_site_packages=False)
    python = next(
        p for p in (folder / "env/bin/python", folder / "env/Scripts/python.exe") if p.exists()
    )
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    site = run(
        python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", cwd=folder
    ).strip()
    for name in core(wheel):
        distribution = importlib.metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            there = Path(site, top)
            if not there.exists():
                there.symlink_to(Path(str(distribution.locate_file(top))))
    return python


def test_no_import_package_is_called_checks_or_reference_models(wheel: Path) -> None:
    top = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {name for name in top if not name.endswith(".dist-info")} == {"slrdoctor"}


def test_the_wheel_holds_every_check(wheel: Path) -> None:
    shipped = {
        n.removeprefix("slrdoctor/_bundled/")
        for n in zipfile.ZipFile(wheel).namelist()
        if "/_bundled/checks/" in n
    }
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "checks").rglob("*")
        if path.suffix in (".py", ".json")  # their messages stand on their pages
    }

    assert shipped == ours


def test_it_runs_from_a_folder_with_a_checks_module_of_its_own(elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text("raise RuntimeError('not yours')", encoding="utf-8")

    listed = run(elsewhere, "-m", "slrdoctor", "checks", cwd=tmp_path)
    where = run(elsewhere, "-c", "import slrdoctor; print(slrdoctor.__file__)", cwd=tmp_path)

    assert "CTC401" in listed
    assert str(ROOT / "slrdoctor") not in where


def test_the_core_is_light(wheel: Path) -> None:
    """A gate in CI installs it in seconds; what serves a few formats and commands are extras."""
    assert not core(wheel) & {extra.package for extra in EXTRAS.values()}


@pytest.mark.parametrize(
    ("example", "verdict", "first"), [("healthy", "healthy", None), ("broken", "broken", "CTC401")]
)
def test_the_core_alone_judges_the_examples_as_everything_does(
    elsewhere: Path, tmp_path: Path, example: str, verdict: str, first: str | None
) -> None:
    run_dir = ROOT / "examples" / example
    words = ("-m", "slrdoctor", "scan", run_dir, "--format", "json", "--fail-on", "never")
    document, whole = (
        json.loads(run(python, *words, cwd=tmp_path)) for python in (elsewhere, sys.executable)
    )

    jsonschema.validate(document, schema())
    assert document["verdict"] == verdict
    assert next((f["code"] for f in document["findings"] if f["severity"] != "note"), None) == first
    for part in ("findings", "passed", "skipped", "crashed"):
        assert document[part] == whole[part]


def test_the_core_alone_says_what_a_command_lacks(elsewhere: Path, tmp_path: Path) -> None:
    command = [str(elsewhere), "-m", "slrdoctor", "overfit", str(ROOT / "examples" / "healthy")]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
    )

    assert done.returncode == 2
    assert done.stderr == "slrdoctor: slrdoctor overfit needs torch: pip install 'slrdoctor[torch]'\n"
