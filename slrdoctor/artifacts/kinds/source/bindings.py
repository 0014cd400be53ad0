"""What the names of a function or module are bound to, by its assignments."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

UNKNOWN = ast.Name("", ast.Load())
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node, in the order of the source, without operators and contexts."""
    below: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            below += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST) and not isinstance(value, (ast.expr_context, ast.operator)):
            below.append(value)
    return below


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All that lies in a function, loop or module, without the functions and classes defined there.

    In the order of the source.
    """
    waiting = children(node)[::-1]
    while waiting:
        one = waiting.pop()
        yield one
        if not isinstance(one, _INNER):
            waiting += children(one)[::-1]


def dotted(node: ast.AST | None) -> str:
    """A name with its attributes, "self.model.fc"; "" for anything else."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join((node.id, *reversed(parts)))


def bindings_in(scope: ast.AST, nodes: Iterable[ast.AST]) -> dict[str, list[ast.expr]]:
    """What every name of a function or module is bound to; UNKNOWN where no expression tells."""
    bound: dict[str, list[ast.expr]] = {}
    if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = scope.args
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            bound.setdefault(one.arg, []).append(UNKNOWN)
    for node in nodes:
        for target, value in _targets(node):
            for name, exact in _names_of(target):
                bound.setdefault(name, []).append(value if exact else UNKNOWN)
    return bound


def _targets(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from paired(target, node.value)
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, (ast.AugAssign, ast.For, ast.AsyncFor, ast.comprehension)):
        yield node.target, UNKNOWN
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, UNKNOWN
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        for name in node.names:
            yield ast.Name(name, ast.Store()), UNKNOWN


def paired(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """The targets of an assignment with their values: `a, b = [], []` are two."""
    both = (ast.Tuple, ast.List)
    if (
        not isinstance(target, both)
        or not isinstance(value, both)
        or len(target.elts) != len(value.elts)
    ):
        return [(target, value)]
    if any(isinstance(one, ast.Starred) for one in (*target.elts, *value.elts)):
        return [(target, value)]
    return list(zip(target.elts, value.elts, strict=True))


def _names_of(target: ast.AST) -> Iterator[tuple[str, bool]]:
    """The names that a target binds, and whether each is bound to the whole value."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for item in target.elts:
            yield from ((name, False) for name, _ in _names_of(item))
    elif isinstance(target, ast.Starred):
        yield from ((name, False) for name, _ in _names_of(target.value))
    elif dotted(target):
        yield dotted(target), True
