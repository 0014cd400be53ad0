"""What a fact says of itself is true of an ill run as well: reports print it whatever was found."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator

import pytest

from slrdoctor.core.registry import REGISTRY
from slrdoctor.facts.labels.blank_use import BlankUse
from slrdoctor.facts.labels.vocabulary import BlankIndex
from slrdoctor.facts.model.checkpoint import Pickled

importlib.import_module("slrdoctor.facts")
importlib.import_module("slrdoctor.probes.crossover")

FACTS = sorted(
    (fact for fact in REGISTRY.measures if isinstance(vars(fact).get("sentence"), property)),
    key=lambda fact: fact.__name__,
)
EVERY = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
# what is true of a sound run only, where it is said without a condition
CLAIM = re.compile(r"\b(finite|nothing|none|sound|fine|healthy|all)\b|^no\b|\bno$")


def body(fact: type) -> ast.FunctionDef:
    source = textwrap.dedent(inspect.getsource(vars(fact)["sentence"].fget))
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    return function


def conditional(node: ast.AST) -> bool:
    return isinstance(node, (ast.If, ast.IfExp, ast.BoolOp, ast.comprehension, ast.Dict, ast.For))


def unconditional(node: ast.AST) -> Iterator[str]:
    """The words of a sentence that are said of whatever was measured."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        if not conditional(child):
            yield from unconditional(child)


def returns(function: ast.FunctionDef) -> list[ast.Return]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Return)]


@EVERY
def test_a_fact_says_what_was_measured(fact: type) -> None:
    """A sentence without a value of its fact is the same for a sound and an ill run."""
    read = {n.value.id for n in ast.walk(body(fact)) if isinstance(n, ast.Attribute)
            and isinstance(n.value, ast.Name)}  # fmt: skip
    assert "self" in read


@EVERY
def test_a_fact_claims_nothing_without_a_condition(fact: type) -> None:
    function = body(fact)
    if any(conditional(node) for node in function.body):
        return  # what it says depends on what was measured
    words = [text for node in returns(function) for text in unconditional(node)]
    assert not [text for text in words if CLAIM.search(text)]


def test_a_blank_that_is_a_gloss_is_not_said_to_stand_for_nothing_else() -> None:
    blank = BlankIndex(0, "assumed", False, "vocabulary.json")
    fields = dict.fromkeys(BlankUse.__dataclass_fields__, 0)
    ill = BlankUse(**{**fields, "blank": blank, "owner": "HOUSE", "occurrences": 47})  # type: ignore[arg-type]

    assert "HOUSE" in ill.sentence and "47" in ill.sentence
    assert "nothing" not in ill.sentence


def test_a_pickle_that_runs_code_is_not_said_to_contain_only_tensors() -> None:
    fields: dict[str, object] = dict.fromkeys(Pickled.__dataclass_fields__, "best.pt")
    ill = Pickled(**{**fields, "names": (("best.pt", ("os.system",)),), "looked": 1})  # type: ignore[arg-type]

    assert "nothing but" not in ill.sentence and "only" not in ill.sentence
