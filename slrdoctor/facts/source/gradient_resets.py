"""Loops that train, and whether they reset the gradients between two steps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from slrdoctor.artifacts.kinds.source.bindings import dotted, own_nodes
from slrdoctor.artifacts.kinds.source.names import (
    FUNCTIONS,
    LOOPS,
    Folder,
    enclosing,
    full_name,
    last_name,
)
from slrdoctor.artifacts.kinds.source.program import Program
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.source._pattern import Pattern, SourceFault, fault, indent_of
from slrdoctor.facts.source.source_programs import SourcePrograms

RESETS = re.compile(
    r".*zero.*grads?|.*zero_.*|.*(?:clear|reset|discard)_?(?:grad|opt).*|set_to_none|fill_",
    re.IGNORECASE,
)
LOADER = re.compile(r".*(?:loader|batches|dl|iterator|iter|dataset)", re.IGNORECASE)
OPTIMIZER = re.compile(r"(?:.*_)?(?:opt|optim|optimi[sz]er)(?:_?\w{1,8})?", re.IGNORECASE)
SCALER = re.compile(r"(?:.*_)?(?:grad_?)?scaler", re.IGNORECASE)
# what steps and resets in one, or is told to accumulate
WRAPS = re.compile(
    r"deepspeed|colossalai|horovod|fairscale|accumulat|\bsam\b|lbfgs|closure", re.IGNORECASE
)
DEEPEST = 4  # calls of functions of the folder that are followed


class GradientResets(Pattern):
    """Where gradients are reset in a loop that trains, and where they never are."""


@measure
def gradient_resets(code: SourcePrograms) -> GradientResets:
    """Follow every loop with a `backward` and a `step` of an optimizer of torch."""
    faults: list[SourceFault] = []
    sound: list[str] = []
    resets = _Resets(code.folder)
    for program in code.programs:
        if not any(name.split(".")[0] == "torch" for name in program.imports.values()):
            continue
        for loop, step, backward in _training(program, code.folder):
            reset = resets.place(program, loop)
            if reset:
                sound.append(f"the gradients are reset in {reset}")
            elif not code.may_hide("zero_grad") and _is_followed(program, loop, step, resets):
                faults.append(_fault(program, backward, step))
    if not faults and not sound:
        raise Unavailable("no loop with a backward pass and an optimizer's step in the sources")
    return GradientResets(tuple(faults), tuple(sound), code.read_from)


Loop = ast.For | ast.AsyncFor | ast.While


def _training(program: Program, folder: Folder) -> Iterator[tuple[ast.AST, ast.Call, ast.Call]]:
    """(the innermost loop or the function called in one, its step, its backward)."""
    seen = set()
    for node in program.nodes:
        if not isinstance(node, ast.Call) or not _is_step(node):
            continue
        around: ast.AST | None = enclosing(program, node, (*LOOPS, *FUNCTIONS, ast.Lambda))
        while around is not None:
            backward = next((call for call in _calls(around) if _is_backward(call)), None)
            if backward is not None:
                break
            if isinstance(around, (*FUNCTIONS, ast.Lambda)):
                around = None
                break
            around = enclosing(program, around, (*LOOPS, *FUNCTIONS, ast.Lambda))
        if around is None or around in seen or isinstance(around, ast.Lambda):
            continue
        if isinstance(around, FUNCTIONS) and not _is_looped(around, folder):
            continue
        seen.add(around)
        assert backward is not None
        yield around, node, backward


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in own_nodes(node) if isinstance(one, ast.Call))


def _is_step(call: ast.Call) -> bool:
    """`optimizer.step()` and `scaler.step(optimizer)`; a closure does all in itself."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "step":
        return False
    owner = last_name(call.func.value)
    if SCALER.fullmatch(owner):
        return len(call.args) == 1
    return bool(OPTIMIZER.fullmatch(owner)) and not call.args and not call.keywords


def _is_backward(call: ast.Call) -> bool:
    """`loss.backward()`, `accelerator.backward(loss)` and `self.manual_backward(loss)`."""
    return last_name(call.func) in ("backward", "manual_backward")


def _is_looped(function: ast.AST, folder: Folder) -> bool:
    """Whether the folder calls a function within a loop, and in no other way."""
    name = getattr(function, "name", "")
    calls = folder.calls.get(name, [])
    is_only = len(folder.functions.get(name, [])) == 1
    return is_only and bool(calls) and all(enclosing(p, call, LOOPS) is not None for p, call in calls)


class _Resets:
    """Where the programs of a folder reset gradients, and what their names are bound to."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.assigned: dict[str, list[tuple[Program, ast.expr]]] = {}
        direct: dict[str, str] = {}
        for program in folder.programs:
            for node in program.nodes:
                if isinstance(node, ast.Assign):
                    for target in node.targets:
                        self.assigned.setdefault(last_name(target), []).append((program, node.value))
                if _resets(node):
                    name = getattr(program.scope_of(node), "name", "")
                    direct.setdefault(name, program.place(node))
        direct.pop("", None)
        self.functions = folder.callers_too(direct, DEEPEST)

    def place(self, program: Program, node: ast.AST) -> str:
        """Where the gradients are reset in a loop, or in the functions of the folder that it calls."""
        for one in program.own(node):
            if _resets(one):
                return program.place(one)
            called = last_name(one.func) if isinstance(one, ast.Call) else ""
            if called in self.functions and called in self.folder.functions:
                return self.functions[called]
        return ""


def _resets(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return bool(RESETS.fullmatch(last_name(node.func)))
    return isinstance(node, ast.Assign) and any(last_name(one) == "grad" for one in node.targets)


def _is_followed(program: Program, loop: ast.AST, step: ast.Call, resets: _Resets) -> bool:
    """Whether nothing outside of what was read could reset the gradients."""
    if isinstance(loop, FUNCTIONS):  # called from loops: those may do it
        for other, call in resets.folder.calls.get(loop.name, []):
            around = enclosing(other, call, LOOPS)
            if around is None or resets.place(other, around) or _is_wrapped(other, around):
                return False
    if _is_wrapped(program, loop) or _ends(loop) or _is_part_of_a_batch(program, loop, step, resets):
        return False
    owner = step.func.value if isinstance(step.func, ast.Attribute) else None
    optimizer = step.args[0] if step.args else owner
    names = {dotted(optimizer), dotted(optimizer).partition(".")[0]} - {"self"}
    if names & _bound_in(loop):
        return False  # an optimizer a turn, with parameters of its own
    if _may_be_ours(optimizer, resets):
        return False
    inner = [c for c in _calls(loop) if _gets(c, dotted(optimizer)) and not _is_step(c)]
    return not any(_is_foreign(call, resets.folder) for call in inner)


def _is_part_of_a_batch(program: Program, loop: ast.AST, step: ast.Call, resets: _Resets) -> bool:
    """Whether a loop around it resets, and this one may go over the parts of one batch."""
    outer = enclosing(program, loop, (*LOOPS, *FUNCTIONS))
    while outer is not None and not isinstance(outer, FUNCTIONS):
        if resets.place(program, outer):
            over = getattr(loop, "iter", None)
            while isinstance(over, ast.Call) and over.args:
                over = over.args[0]
            is_sometimes = enclosing(program, step, (ast.If, *LOOPS)) is not loop
            return is_sometimes or not LOADER.fullmatch(last_name(over))
        outer = enclosing(program, outer, (*LOOPS, *FUNCTIONS))
    return False


def _is_wrapped(program: Program, loop: ast.AST) -> bool:
    """Whether a library that resets gradients by itself, or an accumulation on purpose, is at work."""
    first, last = loop.lineno, loop.end_lineno  # type: ignore[attr-defined]
    text = "\n".join(program.lines[first - 1 : last])
    owners = {
        dotted(c.func.value)
        for c in _calls(loop)
        if isinstance(c.func, ast.Attribute) and c.func.attr == "step"
    }
    engines = {
        dotted(c.func.value)
        for c in _calls(loop)
        if isinstance(c.func, ast.Attribute) and c.func.attr == "backward" and c.args
    }
    return bool(WRAPS.search(text) or owners & engines or "deepspeed" in program.text)


def _ends(loop: ast.AST) -> bool:
    """Whether the loop leaves after one turn."""
    body = getattr(loop, "body", [])
    return isinstance(loop, LOOPS) and any(
        isinstance(one, (ast.Break, ast.Return, ast.Raise)) for one in body
    )


def _bound_in(loop: ast.AST) -> set[str]:
    if not isinstance(loop, LOOPS):
        return set()
    bound = set()
    for node in own_nodes(loop):
        targets = node.targets if isinstance(node, ast.Assign) else []
        bound |= {dotted(one) for target in targets for one in ast.walk(target)} - {""}
        if isinstance(node, (ast.For, ast.AsyncFor)):
            bound |= {dotted(one) for one in ast.walk(node.target)} - {""}
    if isinstance(loop, (ast.For, ast.AsyncFor)):
        bound |= {dotted(one) for one in ast.walk(loop.target)} - {""}
    return bound


def _may_be_ours(optimizer: ast.AST | None, resets: _Resets) -> bool:
    """Whether the optimizer may be of a class of the folder, whose `step` may reset, or is unknown."""
    if any(name in resets.functions for name in ("step", "step_and_update_lr", "optimizer_step")):
        return True
    for program, value in resets.assigned.get(last_name(optimizer), []):
        if isinstance(value, ast.Call) and (
            not full_name(program, value.func) or resets.folder.class_of(program, value.func) is not None
        ):
            return True
    return False


def _gets(call: ast.Call, name: str) -> bool:
    return bool(name) and any(
        dotted(one) == name for one in (*call.args, *(k.value for k in call.keywords))
    )


def _is_foreign(call: ast.Call, folder: Folder) -> bool:
    """Whether a call that is given the optimizer is of code that is not here."""
    name = last_name(call.func)
    return name not in folder.functions and name not in ("unscale_", "print", "isinstance", "len")


def _fault(program: Program, backward: ast.Call, step: ast.Call) -> SourceFault:
    statement = backward.lineno
    owner = step.args[0] if step.args else step.func.value  # type: ignore[attr-defined]
    line = f"{indent_of(program, statement)}{ast.unparse(owner)}.zero_grad()"
    what = (
        f"the loop calls `{ast.unparse(backward.func)}` and `{ast.unparse(step.func)}`, "
        f"and nothing resets the gradients between two steps"
    )
    edits = {statement: [line, program.lines[statement - 1]]}
    return fault(program, [backward, step], what, edits)
