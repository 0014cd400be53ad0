"""Who may import whom: imports point down the house, never up."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from slrdoctor.core import packs
from slrdoctor.core.catalogue import FAMILIES as OUR_FAMILIES
from slrdoctor.core.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[1]
CORE, PATH = "slrdoctor.core", "slrdoctor.python_path"
# Every room, from the ground up: what of ours it may import beside itself.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "slrdoctor/_version.py": (),
    "slrdoctor/python_path.py": (),
    "slrdoctor/extras.py": (),
    "slrdoctor/words": (),
    "slrdoctor/arithmetic": (),
    "slrdoctor/core": (
        "slrdoctor.extras",
        "slrdoctor.words.controls",
    ),
    "slrdoctor/artifacts": ("slrdoctor.words", "slrdoctor.extras", PATH),
    "slrdoctor/facts": (
        PATH,
        "slrdoctor.artifacts",
        "slrdoctor.arithmetic",
        "slrdoctor.words",
        "slrdoctor.core.registry",
    ),
    "slrdoctor/models": ("slrdoctor.arithmetic", "slrdoctor.artifacts", "slrdoctor.core.packs"),
    "slrdoctor/probes": (
        PATH,
        "slrdoctor.models",
        "slrdoctor.facts",
        "slrdoctor.artifacts",
        "slrdoctor.arithmetic",
        "slrdoctor.core.registry",
        "slrdoctor.words",
    ),
    "slrdoctor/examination": (
        "slrdoctor.core",
        "slrdoctor.artifacts",
        "slrdoctor.facts",
        "slrdoctor.models",
        "slrdoctor.probes",
        "slrdoctor.retraining",
        "slrdoctor.extras",
        "slrdoctor.words.metrics",
        "slrdoctor._version",
    ),
    "slrdoctor/render": (CORE, "slrdoctor.words", "slrdoctor.extras"),
    "slrdoctor/simulation": (
        "slrdoctor.models",
        "slrdoctor.arithmetic",
        "slrdoctor.words",
        "slrdoctor.extras",
    ),
    "slrdoctor/retraining": (
        "slrdoctor.models",
        "slrdoctor.probes.trainable",
        "slrdoctor.facts",
        "slrdoctor.artifacts",
        "slrdoctor.arithmetic",
        "slrdoctor.core.catalogue",
        "slrdoctor.words",
    ),
    "slrdoctor/api.py": (CORE, "slrdoctor.facts", "slrdoctor.probes", "slrdoctor.words.grammar"),
    "slrdoctor/testing.py": (CORE,),
    "slrdoctor/cli": ("slrdoctor",),
    "slrdoctor/__init__.py": (
        "slrdoctor._version",
        "slrdoctor.examination",
        "slrdoctor.models.dump",
    ),
    "slrdoctor/__main__.py": ("slrdoctor.cli", PATH),
    "checks": ("slrdoctor.api",),
    "reference_models": (),
    "clinic": ("slrdoctor", "clinic"),
}
# The families of facts, from the ground up: none measures from a fact of a family above it.
FAMILIES = (
    "source",
    "environment",
    "config",
    "labels",
    "features",
    "splits",
    "ctc",
    "training",
    "embeddings",
    "evaluation",
    "outputs",
    "model",
)
# what still climbs: it may get less, and nothing may be added
CLIMBS = {
    "ctc/blind_floor.py evaluation/blind_score",
    "ctc/first_loss.py training/dev_score",
    "ctc/first_loss.py training/epoch_size",
    "ctc/first_loss.py training/history",
    "ctc/floor_distance.py outputs/log_probs",
    "ctc/floor_distance.py outputs/output_pass",
    "ctc/floor_distance.py training/progress",
    "ctc/layer_stack.py model/checkpoint_architecture",
    "ctc/layer_stack.py outputs/output_stride",
    "labels/rare_words.py evaluation/_scored_forms",
    "training/class_count.py evaluation/blind_score",
    "training/loss_course.py evaluation/blind_score",
    "training/score_course.py evaluation/blind_score",
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
        itself = place.removesuffix(".py").replace("/", ".")
        assert not {name for name in ours if not is_within(name, (*MAY_IMPORT[place], itself))}, file


def test_every_room_has_a_row() -> None:
    rooms = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "slrdoctor").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert rooms <= set(MAY_IMPORT)


def test_the_families_of_facts_are_ordered() -> None:
    facts = ROOT / "slrdoctor" / "facts"
    assert {path.parent.name for path in facts.glob("*/__init__.py")} == set(FAMILIES)
    climbs = set()
    for file in facts.glob("*/*.py"):
        own = file.parent.name
        for name in imported(file):
            family, _, module = name.removeprefix("slrdoctor.facts.").partition(".")
            if family in FAMILIES and FAMILIES.index(family) > FAMILIES.index(own):
                climbs.add(f"{own}/{file.name} {family}/{module}")
    assert climbs == CLIMBS


def test_a_module_of_facts_holds_a_fact_or_is_marked_as_a_part_of_its_family() -> None:
    """A leading underscore marks what several facts of one family share."""
    importlib.import_module("slrdoctor.facts")
    homes = {fact.__module__ for fact in REGISTRY.measures}
    homes |= {measure.function.__module__ for measure in REGISTRY.measures.values()}
    for file in (ROOT / "slrdoctor" / "facts").glob("*/*.py"):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        assert file.name.startswith("_") or module in homes, file


def test_reference_models_import_nothing_but_torch() -> None:
    for file in (ROOT / "reference_models").rglob("*.py"):
        assert "slrdoctor" not in {name.split(".")[0] for name in imported(file)}, file


def test_no_import_package_is_called_checks_or_reference_models() -> None:
    """A user's own checks.py would shadow it, or be shadowed by it; the wheel is held to it as well."""
    for name in ("checks", "reference_models"):
        assert (ROOT / name).is_dir()
        assert not list((ROOT / name).rglob("__init__.py"))


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
        "slrdoctor/core/engine.py",
        "slrdoctor/core/packs.py",
        "slrdoctor/cli/exits.py",
        "slrdoctor/models/calling.py",
    }


@pytest.mark.parametrize("path", sorted((ROOT / "slrdoctor/cli").glob("*.py")), ids=lambda p: p.name)
def test_a_command_only_parses_calls_and_exits(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 80


@pytest.mark.parametrize("path", sorted((ROOT / "slrdoctor").rglob("*.py")), ids=lambda p: p.name)
def test_no_module_outgrows_its_room(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


# the one place where families are written, and a task as people write it
CALLED_SO = {("catalogue.py", family.code) for family in OUR_FAMILIES} | {("outline.py", "CTC")}


def test_no_room_but_the_checks_knows_the_code_of_a_check() -> None:
    """Core, report, formats, commands, examination and retraining read roles and families."""
    packs.load_all()
    codes = set(REGISTRY.checks) | {code[:-1] for code in REGISTRY.checks}
    families = {check.family.code for check in REGISTRY.checks.values()}
    known = {
        f"{file.relative_to(ROOT)}: {text}"
        for room in ("core", "render", "cli", "examination", "retraining")
        for file in (ROOT / "slrdoctor" / room).rglob("*.py")
        for text in _strings(file)
        if text in codes or (text in families and (file.name, text) not in CALLED_SO)
    }
    assert not known


def _strings(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


MOST_LINES = 40


def length(function: ast.FunctionDef | ast.AsyncFunctionDef, is_command: bool) -> int:
    """Lines without the docstring, whose length is its own business.

    The parameters of a command are not counted: each is the declaration of an option.
    """
    assert function.end_lineno is not None
    first = function.body[0]
    has_page = ast.get_docstring(function, clean=False) is not None and first.end_lineno is not None
    if is_command:
        return function.end_lineno - (first.end_lineno or 0 if has_page else first.lineno - 1)
    page = (first.end_lineno or 0) - first.lineno + 1 if has_page else 0
    return function.end_lineno - function.lineno + 1 - page


def test_no_function_has_over_forty_lines() -> None:
    too_long = [
        f"{path.relative_to(ROOT).as_posix()} {node.name}"
        for room in ("slrdoctor", "checks", "clinic", "examples", "reference_models")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and length(node, is_command=path.parent.name == "cli") > MOST_LINES
    ]
    assert not too_long


def test_the_docstring_of_a_function_and_the_options_of_a_command_are_not_counted() -> None:
    page = '"""A page\n    of two lines."""'
    function = ast.parse(f"def f(\n    a,\n    b,\n):\n    {page}\n    return a\n").body[0]
    assert isinstance(function, ast.FunctionDef)

    assert length(function, is_command=False) == 5
    assert length(function, is_command=True) == 1
