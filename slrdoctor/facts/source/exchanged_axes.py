"""Views and reshapes that give a tensor its own sizes in another order."""

from __future__ import annotations

import ast
import re

from slrdoctor.artifacts.kinds.source.bindings import dotted
from slrdoctor.artifacts.kinds.source.flow import At, reaching
from slrdoctor.artifacts.kinds.source.names import full_name, keyword, last_name
from slrdoctor.artifacts.kinds.source.program import Program
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.source._pattern import Pattern, SourceFault, fault
from slrdoctor.facts.source.source_programs import SourcePrograms

# sides of pictures are often equal, and then nothing is exchanged
SIDES = re.compile(r"h|w|height|width|hh|ww|h\d|w\d|n|m|k", re.IGNORECASE)
# what a tensor has of its own is lost where it holds one value, or noise
MADE = frozenset(
    ("zeros", "ones", "full", "rand", "randn", "empty", "arange", "zeros_like", "ones_like", "pad")
)
# relative positions are shifted by such a view of a padded tensor on purpose
SKEWS = re.compile(r"skew|shift|rel_?(?:pos|to|att)|relative", re.IGNORECASE)
LEAST = 2  # axes


class ExchangedAxes(Pattern):
    """Reshapes of a tensor by its own sizes, and whether these stay in their order."""


@measure
def exchanged_axes(code: SourcePrograms) -> ExchangedAxes:
    """Where sizes were taken of a tensor and the same tensor is viewed by them."""
    faults: list[SourceFault] = []
    sound: list[str] = []
    for program in code.programs:
        for node in program.nodes:
            if not isinstance(node, ast.Call):
                continue
            order = _order(program, node)
            if order is None:
                continue
            if order == sorted(order):
                sound.append(f"{program.place(node)} keeps the order of the axes")
            else:
                faults.append(_fault(program, node, order))
    if not faults and not sound:
        raise Unavailable("no view or reshape in the sources is by the sizes of the same tensor")
    return ExchangedAxes(tuple(faults), tuple(sound), code.read_from)


def _order(program: Program, call: ast.Call) -> list[int] | None:
    """The old axis behind each new one, where the call gives every axis of a tensor its own size."""
    tensor, sizes = _viewed(program, call)
    if not tensor or len(sizes) < LEAST:
        return None
    axes = [_axis(program, size, tensor, call) for size in sizes]
    rank = next((rank for axis in axes if axis is not None and (rank := axis[1])), len(sizes))
    unknown = [place for place, axis in enumerate(axes) if axis is None]
    if rank != len(sizes) or any(axis is not None and axis[1] not in (0, rank) for axis in axes):
        return None
    if len(unknown) > 1 or any(not _is_rest(sizes[place]) for place in unknown):
        return None
    order = [axis[0] if axis is not None else -1 for axis in axes]
    missing = set(range(rank)) - set(order)
    if -1 in order:
        if len(missing) != 1:
            return None
        order[order.index(-1)] = missing.pop()
    if sorted(order) != list(range(rank)):
        return None
    named = [ast.unparse(size) for place, size in enumerate(sizes) if order[place] != place]
    if named and all(SIDES.fullmatch(name) for name in named):
        return None
    return order


def _viewed(program: Program, call: ast.Call) -> tuple[str, list[ast.expr]]:
    """The tensor by its name, and the sizes that it is viewed by."""
    full = full_name(program, call.func)
    if full in ("torch.reshape", "numpy.reshape", "tensorflow.reshape") and len(call.args) == 2:
        tensor, sizes = dotted(call.args[0]), [call.args[1]]
    elif isinstance(call.func, ast.Attribute) and call.func.attr in ("view", "reshape"):
        tensor, sizes = dotted(call.func.value), list(call.args)
        if isinstance(call.func.value, ast.Call):  # x.contiguous().view(...)
            inner = call.func.value
            if isinstance(inner.func, ast.Attribute) and inner.func.attr == "contiguous":
                tensor = dotted(inner.func.value)
    else:
        return "", []
    if keyword(call, "order") is not None:
        return "", []
    if len(sizes) == 1 and isinstance(sizes[0], (ast.Tuple, ast.List)):
        sizes = list(sizes[0].elts)
    made = reaching(program, tensor, call) if tensor else None
    maker = made.node.func if made is not None and isinstance(made.node, ast.Call) else None
    if last_name(maker) in MADE or SKEWS.search(getattr(program.scope_of(call), "name", "")):
        return "", []
    return tensor, sizes


def _is_rest(size: ast.expr) -> bool:
    return isinstance(size, ast.UnaryOp) and isinstance(size.op, ast.USub)


def _axis(program: Program, size: ast.expr, tensor: str, call: ast.Call) -> tuple[int, int] | None:
    """(axis, rank; 0 where unknown) of the same tensor that a size is the length of."""
    direct = _size_of(size, tensor)
    if direct is not None:
        return direct, 0
    if not isinstance(size, ast.Name):
        return None
    made = reaching(program, size.id, call)
    if made is None or not _same_tensor(program, tensor, made, call):
        return None
    if made.item is None:
        direct = _size_of(made.node, tensor)
        return None if direct is None else (direct, 0)
    if _is_shape(made.node, tensor):
        return made.item, _unpacked(program, made)
    return None


def _size_of(node: ast.expr, tensor: str) -> int | None:
    """The axis of `x.size(1)` or `x.shape[1]`."""
    place: ast.expr | None = None
    if isinstance(node, ast.Call) and dotted(node.func) == f"{tensor}.size" and len(node.args) == 1:
        place = node.args[0]
    elif isinstance(node, ast.Subscript) and _is_shape(node.value, tensor):
        place = node.slice
    if isinstance(place, ast.Constant) and isinstance(place.value, int):
        return place.value
    return None


def _is_shape(node: ast.expr, tensor: str) -> bool:
    """`x.shape` and `x.size()`."""
    if isinstance(node, ast.Call) and not node.args:
        node = node.func
    return dotted(node) in (f"{tensor}.shape", f"{tensor}.size")


def _unpacked(program: Program, made: At) -> int:
    """How many names the sizes were unpacked into."""
    statement = program.parents.get(made.node)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return next((len(t.elts) for t in targets if isinstance(t, (ast.Tuple, ast.List))), 0)


def _same_tensor(program: Program, tensor: str, made: At, call: ast.Call) -> bool:
    """Whether the tensor is the same where its sizes were taken and where it is viewed."""
    first, last = made.node.lineno, call.lineno
    for node in program.own(program.scope_of(call)):
        line = getattr(node, "lineno", 0)
        if not first <= line < last:
            continue
        targets: list[ast.AST] = []
        if isinstance(node, ast.Call) and last_name(node.func).endswith("_"):  # x.transpose_(0, 1)
            targets = [getattr(node.func, "value", node.func)]
        elif isinstance(node, ast.Assign):
            targets = list(node.targets)
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For)):
            targets = [node.target]
        if any(dotted(one) == tensor for target in targets for one in ast.walk(target)):
            return False
    return True


def _fault(program: Program, call: ast.Call, order: list[int]) -> SourceFault:
    tensor, sizes = _viewed(program, call)
    moved = [place for place, axis in enumerate(order) if axis != place]
    segment = ast.get_source_segment(program.text, call)
    right = f"{tensor}.permute({', '.join(map(str, order))})"
    if len(moved) == 2:
        right = f"{tensor}.transpose({moved[0]}, {moved[1]})"
    text = program.lines[call.lineno - 1]
    is_there = segment is not None and call.lineno == call.end_lineno and segment in text
    new = text.replace(segment or "", right) if is_there else f"{text}  # {right}"
    method = ast.unparse(call.func).rpartition(".")[2]
    shown = ", ".join(ast.unparse(size) for size in sizes)
    what = (
        f"`{method}` gives `{tensor}` its own sizes in another order ({shown}), "
        f"which cuts the same numbers anew and moves no axis"
    )
    return fault(program, [call], what, {call.lineno: [new]})
