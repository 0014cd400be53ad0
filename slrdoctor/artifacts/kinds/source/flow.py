"""What a name holds where it is used, and which class an object is of, as far as the source shows it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.source.bindings import UNKNOWN, dotted, paired
from slrdoctor.artifacts.kinds.source.names import (
    FUNCTIONS,
    Folder,
    Function,
    enclosing,
    full_name,
    keyword,
    last_name,
)
from slrdoctor.artifacts.kinds.source.program import Program

DEEPEST = 8  # steps from a use to where its value was made
# what a model is wrapped in without being another one
_WRAPPERS = ("DataParallel", "DistributedDataParallel", "DDP", "compile", "prepare", "prepare_model")
_MOVES = ("to", "cuda", "cpu", "float", "half", "double", "train", "eval", "requires_grad_")


@dataclass(frozen=True, eq=False)
class At:
    """An expression in the program that it stands in."""

    program: Program
    node: ast.expr
    item: int | None = None  # which item of it, where it is a tuple

    @property
    def place(self) -> str:
        return self.program.place(self.node)


def reaching(program: Program, name: str, use: ast.AST) -> At | None:
    """The value that a name was given last before a use, where no branch or loop leaves it open."""
    scope, line = program.scope_of(use), getattr(use, "lineno", 0)
    last: tuple[ast.stmt, At | None] | None = None
    for node, given in _given(program, scope).get(name, ()):
        if node.lineno < line and (_has_body(node) or not _holds(program, node, use)):
            last = (node, given)
    if last is None or last[1] is None:
        return None
    return last[1] if _dominates(program, last[0], use) else None


_Given = dict[str, list[tuple[ast.stmt, At | None]]]


def _given(program: Program, scope: ast.AST) -> _Given:
    """Every statement of a scope that binds a name, by the name, and the value where one shows."""
    known: dict[ast.AST, _Given] = program.given
    if scope not in known:
        found: _Given = {}
        for node in program.own(scope):
            if not isinstance(node, ast.stmt):
                continue
            for name, at in _assigned(program, node):
                found.setdefault(name, []).append((node, at))
        known[scope] = found
    return known[scope]


def _has_body(node: ast.AST) -> bool:
    return hasattr(node, "body") or isinstance(node, ast.excepthandler)


def _assigned(program: Program, node: ast.stmt) -> Iterator[tuple[str, At | None]]:
    """The names that a statement binds, each with its value; None where no expression is it."""
    targets: list[ast.AST] = []
    if isinstance(node, (ast.For, ast.AsyncFor, ast.AugAssign)):
        targets = [node.target]
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
    for target in targets:
        yield from ((dotted(one), None) for one in ast.walk(target) if dotted(one))
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        yield dotted(node.target), At(program, node.value)
    pairs = [
        pair
        for target in (node.targets if isinstance(node, ast.Assign) else [])
        for pair in paired(target, node.value)  # type: ignore[attr-defined]
    ]
    for target, value in pairs:
        if dotted(target):
            yield dotted(target), At(program, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            has_star = any(isinstance(one, ast.Starred) for one in target.elts)
            for place, item in enumerate(target.elts):
                yield dotted(item), None if has_star else At(program, value, place)


def _holds(program: Program, around: ast.AST, node: ast.AST) -> bool:
    while node is not around:
        above = program.parents.get(node)
        if above is None:
            return False
        node = above
    return True


def _dominates(program: Program, statement: ast.stmt, use: ast.AST) -> bool:
    """Whether the statement stands in a block that the use is in too, so that it was run before."""
    block = program.parents.get(statement)
    above: ast.AST | None = use
    while above is not None and above is not block:
        above = program.parents.get(above)
    if above is None or block is None:
        return False
    if isinstance(block, (ast.If, ast.Try, ast.For, ast.While)):
        branches = [getattr(block, part, []) for part in ("body", "orelse", "handlers", "finalbody")]
        return any(
            statement in branch and any(_holds(program, one, use) for one in branch)
            for branch in branches
        )
    return True


class Flow:
    """Follows values and objects through the programs of a folder."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    def value(self, at: At, depth: int = 0) -> At:
        """Where the value of an expression was made: names are followed as far as they are sure."""
        while depth < DEEPEST and isinstance(at.node, (ast.Name, ast.Attribute)) and at.item is None:
            found = reaching(at.program, dotted(at.node), at.node) or self._elsewhere(at, depth)
            if found is None or found.node is UNKNOWN:
                return at
            at, depth = found, depth + 1
        return at

    def _elsewhere(self, at: At, depth: int) -> At | None:
        """A name of the module, an attribute that a class sets once, or what the callers hand in."""
        name, program = dotted(at.node), at.program
        scope = program.scope_of(at.node)
        if name.startswith("self."):
            return self.attribute(program, at.node, name)
        bound = program.bindings(scope).get(name, [])
        if scope is not program.tree and not bound:
            of_module = program.bindings(program.tree).get(name, [])
            return At(program, of_module[0]) if len(of_module) == 1 else None
        if scope is not program.tree and bound == [UNKNOWN] and isinstance(scope, FUNCTIONS):
            return self.argument(program, scope, name, depth)
        return None

    def attribute(self, program: Program, node: ast.AST, name: str) -> At | None:
        """What `self.name` is set to, where the class around the node sets it in one place."""
        owner = enclosing(program, node, (ast.ClassDef,))
        if owner is None:
            return None
        found: list[ast.expr] = []
        for method in owner.body:  # type: ignore[attr-defined]
            if isinstance(method, FUNCTIONS):
                found += program.bindings(method).get(name, [])
        return At(program, found[0]) if len(found) == 1 else None

    def argument(self, program: Program, function: Function, name: str, depth: int) -> At | None:
        """What every caller in the folder gives a parameter, where they give the same."""
        if len(self.folder.functions.get(function.name, [])) != 1 or depth >= DEEPEST:
            return None
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        if name not in names:
            return None
        place = names.index(name) - (names[0] in ("self", "cls"))
        given: list[At] = []
        for other, call in self.folder.calls.get(function.name, []):
            value = keyword(call, name, place)
            if value is None:
                return None
            given.append(self.value(At(other, value), depth + 1))
        if not given or len({(one.program.where, one.node.lineno) for one in given}) > 1:
            return None
        return given[0]

    def made(self, at: At, depth: int = 0) -> At:
        """The call that made an object, without what it was wrapped in or moved by."""
        at = self.value(at, depth)
        while depth < DEEPEST and isinstance(at.node, ast.Call) and at.item is None:
            func = at.node.func
            if isinstance(func, ast.Attribute) and func.attr in _MOVES:
                inner = func.value
            elif last_name(func) in _WRAPPERS and at.node.args:
                inner = at.node.args[0]
            else:
                break
            at, depth = self.value(At(at.program, inner), depth + 1), depth + 1
        return at

    def class_of(self, at: At, depth: int = 0) -> tuple[Program, ast.ClassDef] | None:
        """The folder's class that an object is of."""
        made = self.made(at, depth)
        if not isinstance(made.node, ast.Call) or made.item is not None:
            return None
        return self.folder.class_of(made.program, made.node.func)

    def library_class(self, at: At, depth: int = 0) -> str:
        """The full name of the library's class or function that made an object; "" where unknown."""
        made = self.made(at, depth)
        if not isinstance(made.node, ast.Call) or made.item is not None:
            return ""
        if self.folder.class_of(made.program, made.node.func) is not None:
            return ""
        return full_name(made.program, made.node.func)


def method_of(owner: ast.ClassDef, name: str) -> Function | None:
    """A method that a class defines itself."""
    return next((one for one in owner.body if isinstance(one, FUNCTIONS) and one.name == name), None)
