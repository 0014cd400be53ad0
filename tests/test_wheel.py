"""The wheel: built from the sdist, installed elsewhere, run from elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own with the wheel in it; what the wheel requires is borrowed from this one."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", with_pip=True, system_site_packages=False)
    python = next(
        p for p in (folder / "env/bin/python", folder / "env/Scripts/python.exe") if p.exists()
    )
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    places = [p for p in sys.path if "site-packages" in p]
    site = run(
        python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", cwd=folder
    ).strip()
    # an editable install of ours is a .pth or finder there: plain paths do not run it
    Path(site, "borrowed.pth").write_text("\n".join(places), encoding="utf-8")
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
    ours = {p.relative_to(ROOT).as_posix() for p in (ROOT / "checks").rglob("*.py")}

    assert shipped == ours


def test_it_runs_from_a_folder_with_a_checks_module_of_its_own(elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text("raise RuntimeError('not yours')", encoding="utf-8")

    listed = run(elsewhere, "-m", "slrdoctor", "checks", cwd=tmp_path)
    where = run(elsewhere, "-c", "import slrdoctor; print(slrdoctor.__file__)", cwd=tmp_path)

    assert "CTC401" in listed
    assert str(ROOT / "slrdoctor") not in where


def test_it_scans_the_healthy_example_and_validates_against_its_own_schema(
    elsewhere: Path, tmp_path: Path
) -> None:
    code = (
        "import sys, json, jsonschema, slrdoctor; from slrdoctor.core.report import schema;"
        "report = slrdoctor.scan(sys.argv[1]); jsonschema.validate(report.as_dict(), schema());"
        "print(report.verdict)"
    )

    assert run(elsewhere, "-c", code, ROOT / "examples" / "healthy", cwd=tmp_path).strip() == "healthy"
