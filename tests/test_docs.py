"""The docs say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clinic import messages, pages
from slrdoctor.core import packs
from slrdoctor.core.registry import REGISTRY
from tests.programs import program

ROOT = Path(__file__).resolve().parents[1]


def test_the_pages_of_the_checks_are_fresh() -> None:
    written = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "docs" / "checks").glob("*.md")}

    assert written == pages.pages(), "run `make docs`"


def test_the_page_of_formats_is_fresh() -> None:
    assert pages.FORMATS.read_text(encoding="utf-8") == pages.formats(), "run `make docs`"


def test_the_table_of_simulations_is_fresh() -> None:
    written = (ROOT / "docs" / "simulate.md").read_text(encoding="utf-8")

    assert written == pages.simulations(), "run `make docs`"


def test_every_page_shows_what_the_check_says_in_one_of_its_tests() -> None:
    """Run the tests that the messages come from, and no others."""
    kept = messages.stored()
    said = messages.messages_of(sorted({entry["test"] for entry in kept.values()}))
    fired = {(one["code"], one["message"]) for one in said}

    packs.load_all()
    own = {code for code, check in REGISTRY.checks.items() if check.pack == "builtin"}
    assert set(kept) == own
    stale = [code for code, entry in kept.items() if (code, entry["message"]) not in fired]
    assert not stale, "run `make docs`"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


def test_the_file_to_copy_works_as_it_stands(tmp_path: Path) -> None:
    """The last Python block of the guide is a whole check: it is listed and it judges."""
    (tmp_path / "mine.py").write_text(blocks("docs/writing-a-check.md", "python")[-1], encoding="utf-8")

    listed = program("checks", "--checks", str(tmp_path))
    judged = program(
        "scan", "examples/healthy", "--checks", str(tmp_path), "--select", "LAB9", "--format", "json"
    )

    tested = program("checks", "test", str(tmp_path))

    assert "LAB901" in listed.stdout
    assert tested.returncode == 0 and "2 passed, 0 failed" in tested.stdout, tested.stdout
    assert '"LAB901"' in judged.stdout and judged.returncode == 0, judged.stderr


def test_the_readme_shows_what_a_scan_of_the_broken_example_says() -> None:
    shown = [block for block in blocks("README.md", "text") if "BROKEN" in block]
    # commands have the absolute path of the run, so that they work from any folder
    said = program("scan", "examples/broken").stdout.replace(f"{ROOT.as_posix()}/", "")
    words = [line.strip(" ├└│─") for line in shown[0].splitlines()]

    assert shown and [line for line in words if line not in said] == []


PAGES = [
    page.relative_to(ROOT).as_posix() for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
]


@pytest.mark.parametrize("page", sorted(PAGES))
def test_links_within_the_repository_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), target
