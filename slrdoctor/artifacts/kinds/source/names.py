"""What the names of a source stand for: imports, and functions and classes of the folder."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from slrdoctor.artifacts.kinds.source.bindings import dotted, own_nodes
from slrdoctor.artifacts.kinds.source.program import Program

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
NESTED = (*FUNCTIONS, ast.ClassDef, ast.Lambda)
LOOPS = (ast.For, ast.AsyncFor, ast.While)


def last_name(node: ast.AST | None) -> str:
    """The last part of a name or attribute: `step` of `self.optimizer.step`, also of `f().step`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def full_name(program: Program, node: ast.AST | None) -> str:
    """The dotted name with its first part as imported: `nn.Linear` is "torch.nn.Linear"."""
    name = dotted(node)
    first, _, rest = name.partition(".")
    bound = program.imports.get(first, first)
    return f"{bound}.{rest}" if rest else bound


def is_torch(program: Program, node: ast.AST | None, *names: str) -> bool:
    """Whether a callee is one of these of torch, however torch was imported."""
    full = full_name(program, node)
    if full.rpartition(".")[2] not in names:
        return False
    return full.startswith("torch.") or ("." not in full and has_star(program, "torch"))


def has_star(program: Program, package: str) -> bool:
    """Whether the source imports everything of a package or a module of it."""
    return program.imports.get("*", "").startswith(f"{package}.")


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in own_nodes(node) if isinstance(one, ast.Call))


def keyword(call: ast.Call, name: str, position: int = -1) -> ast.expr | None:
    """The argument of a call by its name, else by its position (-1: it has none)."""
    for one in call.keywords:
        if one.arg == name:
            return one.value
    plain = call.args[: position + 1]
    if position < 0 or len(plain) <= position or any(isinstance(a, ast.Starred) for a in plain):
        return None
    return plain[position]


def enclosing(program: Program, node: ast.AST, kinds: tuple[type, ...]) -> ast.AST | None:
    """The nearest node of these kinds around a node."""
    around = program.parents.get(node)
    while around is not None and not isinstance(around, kinds):
        around = program.parents.get(around)
    return around


def function_of(program: Program, node: ast.AST) -> ast.AST:
    """The function that a node lies in, or the module."""
    return enclosing(program, node, FUNCTIONS) or program.tree


class Folder:
    """Functions and classes of all programs of a run, by their bare names."""

    def __init__(self, programs: Iterable[Program]) -> None:
        self.programs = tuple(programs)
        self.functions: dict[str, list[tuple[Program, Function]]] = {}
        self.classes: dict[str, list[tuple[Program, ast.ClassDef]]] = {}
        self.calls: dict[str, list[tuple[Program, ast.Call]]] = {}
        for program in self.programs:
            for node in program.nodes:
                if isinstance(node, FUNCTIONS):
                    self.functions.setdefault(node.name, []).append((program, node))
                elif isinstance(node, ast.ClassDef):
                    self.classes.setdefault(node.name, []).append((program, node))
                elif isinstance(node, ast.Call):
                    self.calls.setdefault(last_name(node.func), []).append((program, node))

    def callers_too(self, functions: dict[str, str], rounds: int) -> dict[str, str]:
        """With these functions, by name and each with a place, all that call them, and their callers."""
        found, new = dict(functions), dict(functions)
        for _ in range(rounds):
            above: dict[str, str] = {}
            for name, place in new.items():
                for program, call in self.calls.get(name, []) if name in self.functions else []:
                    caller = getattr(program.scope_of(call), "name", "")
                    if caller and caller not in found:
                        above[caller] = place
            found |= above
            new = above
        return found

    def class_of(self, program: Program, node: ast.AST | None) -> tuple[Program, ast.ClassDef] | None:
        """The one class of the folder that a name stands for: of the same source before others."""
        name = full_name(program, node).rpartition(".")[2]
        found = self.classes.get(name, [])
        here = [one for one in found if one[0] is program]
        found = here or found
        return found[0] if len(found) == 1 else None

    def is_module(self, program: Program, node: ast.AST | None, depth: int = 0) -> bool:
        """Whether a name stands for a class of torch modules, by its bases."""
        full = full_name(program, node)
        if full in MODULES or (full in ("Module",) and has_star(program, "torch")):
            return True
        found = self.class_of(program, node) if depth < 5 else None
        return found is not None and any(
            self.is_module(found[0], base, depth + 1) for base in found[1].bases
        )


MODULES = frozenset(
    (
        "torch.nn.Module",
        "torch.nn.modules.module.Module",
        "torch.nn.modules.Module",
        "pytorch_lightning.LightningModule",
        "lightning.LightningModule",
        "lightning.pytorch.LightningModule",
        "pytorch_lightning.core.LightningModule",
    )
)
