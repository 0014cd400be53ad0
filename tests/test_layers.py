"""Who may import whom: imports point down the house, never up."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FINDING, REGISTRY, ENGINE = "slrdoctor.finding", "slrdoctor.registry", "slrdoctor.engine"
GRAMMAR = "slrdoctor.grammar"
SYMPTOMS = "slrdoctor.symptoms"
MAY_IMPORT: dict[str, tuple[str, ...]] = {  # file or folder: what of ours it may import
    "slrdoctor/finding.py": (),
    "slrdoctor/grammar.py": (),
    "slrdoctor/registry.py": (FINDING,),
    "slrdoctor/engine.py": (REGISTRY, FINDING),
    "slrdoctor/symptoms.py": (),
    "slrdoctor/ranking.py": (ENGINE, REGISTRY, FINDING, SYMPTOMS),
    "slrdoctor/artifacts": ("slrdoctor.artifacts",),
    "slrdoctor/facts": ("slrdoctor.facts", "slrdoctor.artifacts", REGISTRY, GRAMMAR),
    "slrdoctor/probes": (
        "slrdoctor.probes",
        "slrdoctor.facts",
        "slrdoctor.artifacts",
        REGISTRY,
        "slrdoctor.reference_models",
    ),
    "slrdoctor/reference_models.py": ("slrdoctor.packs",),
    "slrdoctor/retraining": (
        "slrdoctor.retraining",
        "slrdoctor.probes.trainable",
        "slrdoctor.probes.threads",
        "slrdoctor.facts",
        "slrdoctor.artifacts",
        REGISTRY,
        "slrdoctor.reference_models",
        "slrdoctor.dump",
    ),
    "slrdoctor/report.py": ("slrdoctor.ranking", ENGINE, FINDING, "slrdoctor.render"),
    "slrdoctor/render": ("slrdoctor.render", "slrdoctor.report", "slrdoctor.ranking", FINDING, GRAMMAR),
    "slrdoctor/packs.py": (REGISTRY,),
    "slrdoctor/simulation": (
        "slrdoctor.simulation",
        "slrdoctor.reference_models",
        "slrdoctor.dump",
        "slrdoctor.packs",
    ),
    "slrdoctor/api.py": (
        FINDING,
        GRAMMAR,
        REGISTRY,
        SYMPTOMS,
        "slrdoctor.facts",
        "slrdoctor.probes",
        "slrdoctor.artifacts.run",
    ),
    "checks": ("slrdoctor.api",),
    "reference_models": (),
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            # `from slrdoctor.artifacts import clips` imports a module as well as a name
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def is_within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


@pytest.mark.parametrize("place", MAY_IMPORT)
def test_imports_point_downwards(place: str) -> None:
    path = ROOT / place
    for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
        ours = {name for name in imported(file) if name.split(".")[0] == "slrdoctor"}
        assert not {name for name in ours if not is_within(name, MAY_IMPORT[place])}, file


def test_reference_models_import_nothing_but_torch() -> None:
    for file in (ROOT / "reference_models").rglob("*.py"):
        assert "slrdoctor" not in {name.split(".")[0] for name in imported(file)}, file


def test_no_import_package_is_called_checks_or_reference_models() -> None:
    assert not list((ROOT / "checks").rglob("__init__.py"))


def test_everything_is_caught_in_the_named_places_only() -> None:
    """A crash is contained around a judge, a measure and the import of a pack file, and nowhere else."""
    catching = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "slrdoctor").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
            & {"Exception", "BaseException"}
        )
    }
    # the command line turns what is left into a sentence; it contains nothing. A user's model that is
    # called the wrong way raises anything: the child process that finds out how it is called tries on
    assert catching <= {
        "slrdoctor/engine.py",
        "slrdoctor/packs.py",
        "slrdoctor/cli/exits.py",
        "slrdoctor/probes/calling.py",
    }


@pytest.mark.parametrize("path", sorted((ROOT / "slrdoctor").rglob("*.py")), ids=lambda p: p.name)
def test_no_module_outgrows_its_room(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
