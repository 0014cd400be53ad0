"""Values of expressions as a reader of the source works them out: arithmetic on what names stand for."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slrdoctor.artifacts.kinds.source.bindings import UNKNOWN, dotted
from slrdoctor.artifacts.kinds.source.names import Folder, full_name, keyword, last_name
from slrdoctor.artifacts.kinds.source.program import Program

Scalar = bool | int | float | str | None
DEEPEST = 40  # names and operators within each other
CALL, CONSTANT, DEFAULT = "call", "constant", "default"  # how sure: a default may be overruled


@dataclass(frozen=True)
class Value:
    """What an expression comes to, where that is written, and how sure it is."""

    value: Any  # a scalar, or a list of them
    where: str
    how: str = CALL


_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNARY: Mapping[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_COMPARED: Mapping[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_CALLED: Mapping[str, Callable[..., Any]] = {
    "min": min, "max": max, "float": float, "int": int, "abs": abs,
    "math.cos": math.cos, "math.sin": math.sin, "math.exp": math.exp, "math.sqrt": math.sqrt,
    "math.pow": math.pow, "numpy.cos": math.cos, "numpy.exp": math.exp, "numpy.sqrt": math.sqrt,
}  # fmt: skip
_NAMED = {"math.pi": math.pi, "numpy.pi": math.pi}
MOST_ITEMS = 100  # of a list that is a setting
LARGEST = 1e12  # of a number that is worked with


class NotKnown(Exception):
    """The value depends on what only a run would tell."""


def arithmetic(program: Program, node: ast.expr, names: Mapping[str, float], depth: int = 0) -> Any:
    """The number that an expression comes to with these names; raises NotKnown.

    Only operators, comparisons, choices and a few functions of numbers, all worked out here.
    """
    if depth > DEEPEST:
        raise NotKnown

    def of(one: ast.expr) -> Any:
        return arithmetic(program, one, names, depth + 1)

    try:
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            return node.value
        if isinstance(node, (ast.Name, ast.Attribute)):
            return names[dotted(node)] if dotted(node) in names else _NAMED[full_name(program, node)]
        if isinstance(node, ast.UnaryOp):
            return _UNARY[type(node.op)](of(node.operand))
        if isinstance(node, ast.BinOp):
            return _combined(node, of(node.left), of(node.right))
        if isinstance(node, ast.IfExp):
            return of(node.body) if of(node.test) else of(node.orelse)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return _COMPARED[type(node.ops[0])](of(node.left), of(node.comparators[0]))
        if isinstance(node, ast.Call) and not node.keywords:
            return _CALLED[full_name(program, node.func)](*map(of, node.args))
    except (KeyError, ArithmeticError, ValueError, TypeError) as error:
        raise NotKnown from error
    raise NotKnown


def _combined(node: ast.BinOp, left: Any, right: Any) -> Any:
    if abs(left) > LARGEST or abs(right) > LARGEST:
        raise NotKnown
    if isinstance(node.op, ast.Pow):
        if abs(right) > 1000 or (abs(left) > 1000 and abs(right) > 3):
            raise NotKnown
        return left**right
    return _OPERATORS[type(node.op)](left, right)


class Values:
    """The values of names of a folder: literals, constants, defaults of arguments and of dataclasses."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._constants: dict[Program, dict[str, list[ast.expr]]] = {}
        self._attributes: dict[str, list[tuple[Program, ast.expr]]] = {}  # of settings, by bare name
        for program in folder.programs:
            self._constants[program] = _module_constants(program)
            self._settings(program)

    def of(self, program: Program, node: ast.expr | None, depth: int = 0) -> Value | None:
        """What an expression comes to; None where only a run would tell."""
        if node is None or depth > DEEPEST:
            return None
        is_plain, plain = _plain(node)
        if is_plain:
            return Value(plain, program.place(node))
        if isinstance(node, ast.Name):
            return self._name(program, node, depth)
        if isinstance(node, ast.Attribute) or _key(node):
            return self._setting(node, depth)
        names = {}
        for one in ast.walk(node):
            found = self.of(program, one, depth + 1) if isinstance(one, ast.Name) else None
            if found is not None and isinstance(found.value, (int, float)) and found.how != DEFAULT:
                names[dotted(one)] = found.value
        try:
            how = CONSTANT if names else CALL
            return Value(arithmetic(program, node, names), program.place(node), how)
        except NotKnown:
            return None

    def _name(self, program: Program, node: ast.Name, depth: int) -> Value | None:
        scope = program.scope_of(node)
        inner = program.bindings(scope).get(node.id)
        if inner is not None and scope is not program.tree:
            return self._only(program, inner, depth, CONSTANT)
        here = self._constants[program].get(node.id)
        if here is not None:
            return self._only(program, here, depth, CONSTANT)
        source = program.imports.get(node.id, "")
        module, _, name = source.rpartition(".")
        for other in self.folder.programs:
            if module and other.where.removesuffix(".py").replace("/", ".").endswith(module.lstrip(".")):
                found = self._constants[other].get(name)
                return self._only(other, found, depth, CONSTANT) if found else None
        return None

    def _setting(self, node: ast.expr, depth: int) -> Value | None:
        """`args.lr`, `cfg["lr"]`: the default of that name, where the folder has one value for it."""
        name = _key(node) or last_name(node)
        found = self._attributes.get(name, [])
        values = [self.of(program, one, depth + 1) for program, one in found]
        known = [value for value in values if value is not None]
        if not known or len(known) < len(values) or len({repr(v.value) for v in known}) > 1:
            return None
        return Value(known[0].value, known[0].where, DEFAULT)

    def _only(self, program: Program, bound: list[ast.expr], depth: int, how: str) -> Value | None:
        if len(bound) != 1 or bound[0] is UNKNOWN:
            return None
        found = self.of(program, bound[0], depth + 1)
        return (
            None
            if found is None
            else Value(found.value, found.where, found.how if found.how == DEFAULT else how)
        )

    def _settings(self, program: Program) -> None:
        for node in program.nodes:
            if isinstance(node, ast.Call) and last_name(node.func) in ("add_argument", "option"):
                default, name = keyword(node, "default"), _flag(node)
                if default is not None and name:
                    self._attributes.setdefault(name, []).append((program, default))
            elif isinstance(node, ast.ClassDef):
                for name, value in _fields(node):
                    self._attributes.setdefault(name, []).append((program, value))
            elif isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        self._attributes.setdefault(key.value, []).append((program, value))


def _plain(node: ast.expr) -> tuple[bool, Any]:
    """(whether it is a literal, its value): a scalar, or a list of them, as a tuple is read too."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (bool, int, float, str, type(None))), node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = node.operand
        is_number = isinstance(inner, ast.Constant) and isinstance(inner.value, (int, float))
        return (True, -inner.value) if is_number else (False, None)  # type: ignore[attr-defined]
    if isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) < MOST_ITEMS:
        items = [_plain(item) for item in node.elts]
        return all(is_plain for is_plain, _ in items), [value for _, value in items]
    return False, None


def _module_constants(program: Program) -> dict[str, list[ast.expr]]:
    return {
        name: values for name, values in program.bindings(program.tree).items() if name.isidentifier()
    }


def _flag(call: ast.Call) -> str:
    """What argparse stores an option under."""
    dest = keyword(call, "dest")
    if isinstance(dest, ast.Constant):
        return str(dest.value)
    flags = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    long = [flag for flag in flags if flag.startswith("--")] or flags
    return long[0].lstrip("-").replace("-", "_") if long else ""


def _fields(node: ast.ClassDef) -> list[tuple[str, ast.expr]]:
    """The defaults of a class that is written like a dataclass or a bag of constants."""
    fields = []
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.value is not None:
            default = one.value
            if isinstance(default, ast.Call) and last_name(default.func) in ("field", "Field"):
                default = keyword(default, "default") or UNKNOWN
            fields.append((one.target.id, default))
        elif (
            isinstance(one, ast.Assign)
            and len(one.targets) == 1
            and isinstance(one.targets[0], ast.Name)
        ):
            fields.append((one.targets[0].id, one.value))
    return fields


def _key(node: ast.expr) -> str:
    """The key of `cfg["lr"]`, of `cfg["train"]["lr"]`, and of `cfg.get("lr", 1)`."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value if isinstance(node.slice.value, str) else ""
    return ""
