"""Layers that torch modules keep in lists and dicts, and whether the modules know of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from slrdoctor.artifacts.kinds.source.bindings import dotted
from slrdoctor.artifacts.kinds.source.flow import method_of
from slrdoctor.artifacts.kinds.source.names import FUNCTIONS, Folder, Function, full_name, last_name
from slrdoctor.artifacts.kinds.source.program import Program
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.source._pattern import Pattern, SourceFault, fault
from slrdoctor.facts.source.source_programs import SourcePrograms

LEARNS = re.compile(
    r"(?:Lazy)?(?:Linear|Bilinear|Conv(?:Transpose)?[123]d|BatchNorm[123]d|LayerNorm|GroupNorm|InstanceNorm[123]d"
    r"|Embedding|EmbeddingBag|LSTM|GRU|RNN|LSTMCell|GRUCell|RNNCell|MultiheadAttention|Transformer\w*|PReLU)"
)
KNOWN = re.compile(r"(?:.*\.)?(?:ModuleList|ModuleDict|Sequential)")
LOOKS = ("len", "enumerate", "zip", "range", "print", "reversed", "isinstance")
# what makes layers known in another way, or hides them on purpose
REGISTERS = re.compile(r"add_module|register_module|setattr|_modules\b|__setattr__|register_parameter")


class UnregisteredLayers(Pattern):
    """Modules that keep layers in a plain list or dict, and those with a ModuleList."""


@measure
def unregistered_layers(code: SourcePrograms) -> UnregisteredLayers:
    """Look through the classes of torch modules for layers with parameters that are in no module."""
    folder = code.folder
    faults: list[SourceFault] = []
    sound: list[str] = []
    given = _given(folder)
    for program in () if code.may_hide("parameters") else code.programs:
        for node in program.nodes:
            if not isinstance(node, ast.ClassDef) or not _is_module(program, node, folder):
                continue
            init = method_of(node, "__init__")
            if init is None:
                continue
            for name, value, statement in _attributes(program, init):
                if isinstance(value, ast.Call) and KNOWN.fullmatch(full_name(program, value.func)):
                    sound.append(
                        f"{program.place(statement)} keeps its layers in {last_name(value.func)}"
                    )
                elif name.partition(".")[2] not in given and _is_fault(
                    program, node, init, name, value, folder
                ):
                    faults.append(_fault(program, init, name, value, statement, folder))
    if not faults and not sound:
        raise Unavailable("no torch module in the sources keeps its layers in a list")
    return UnregisteredLayers(tuple(faults), tuple(sound), code.read_from)


def _is_module(program: Program, node: ast.ClassDef, folder: Folder) -> bool:
    return any(folder.is_module(program, base) for base in node.bases)


def _attributes(program: Program, init: Function) -> Iterator[tuple[str, ast.expr, ast.stmt]]:
    for node in program.own(init):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            name = dotted(node.targets[0])
            if name.startswith("self.") and name.count(".") == 1:
                yield name, node.value, node
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            name = dotted(node.target)
            if name.startswith("self.") and name.count(".") == 1:
                yield name, node.value, node


def _is_fault(
    program: Program,
    node: ast.ClassDef,
    init: Function,
    name: str,
    value: ast.expr,
    folder: Folder,
) -> bool:
    """Whether an attribute is a list of layers that is used, and that nothing makes known."""
    if not _layers(program, init, name, value, folder):
        return False
    text = program.text.split("\n")[node.lineno - 1 : node.end_lineno]
    if REGISTERS.search("\n".join(text)) or len(program.bindings(init).get(name, [])) != 1:
        return False
    is_used = False
    for method in node.body:
        if not isinstance(method, FUNCTIONS):
            continue
        if method is not init and program.bindings(method).get(name):
            return False  # made anew elsewhere
        for one in program.own(method):
            if (method is init or _is_known(program, one)) and _wraps(program, one, name):
                return False
            if method is not init and dotted(one) == name:
                is_used = True
    return is_used


def _given(folder: Folder) -> set[str]:
    """The attributes of whose values any code of the folder takes the parameters."""
    given: set[str] = set()
    for name in ("parameters", "named_parameters"):
        for program, call in folder.calls.get(name, []):
            around: ast.AST | None = call
            for _ in range(8):
                if around is None or isinstance(around, (*FUNCTIONS, ast.ClassDef, ast.Module)):
                    break
                given |= {one.attr for one in ast.walk(around) if isinstance(one, ast.Attribute)}
                around = program.parents.get(around)
    return given


def _layers(
    program: Program, init: Function, name: str, value: ast.expr, folder: Folder
) -> list[ast.AST]:
    """The calls that make layers with parameters which a list or dict is filled with."""
    if isinstance(value, ast.Name):  # layers = []; ...; self.layers = layers
        bound = program.bindings(init).get(value.id, [])
        if len(bound) != 1 or isinstance(bound[0], ast.Name):
            return []
        if any(_wraps(program, one, value.id) for one in program.own(init)):
            return []
        return _layers(program, init, value.id, bound[0], folder)
    made: list[ast.AST] = []
    if isinstance(value, ast.List) and len(value.elts) > 1:
        made = [one for one in value.elts if _learns(program, init, one, folder)]
    elif isinstance(value, ast.Dict) and len(value.values) > 1:
        made = [one for one in value.values if _learns(program, init, one, folder)]
    elif isinstance(value, ast.ListComp) and _learns(program, init, value.elt, folder):
        made = [value.elt]
    elif isinstance(value, ast.DictComp) and _learns(program, init, value.value, folder):
        made = [value.value]
    elif isinstance(value, (ast.List, ast.Dict)) and not getattr(
        value, "elts", getattr(value, "keys", 1)
    ):
        made = [one for one in _filled(program, init, name) if _learns(program, init, one, folder)]
    elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        return []
    return made


def _is_known(program: Program, node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and bool(KNOWN.fullmatch(full_name(program, node.func)))


def _wraps(program: Program, node: ast.AST, name: str) -> bool:
    """Whether a call is given a list of layers: a ModuleList, or what may make one of it."""
    if not isinstance(node, ast.Call):
        return False
    if KNOWN.fullmatch(full_name(program, node.func)):
        return any(dotted(one) == name for one in ast.walk(node))
    given = [one.value if isinstance(one, ast.Starred) else one for one in node.args]
    given += [one.value for one in node.keywords]
    return last_name(node.func) not in LOOKS and any(dotted(one) == name for one in given)


def _filled(program: Program, init: Function, name: str) -> Iterator[ast.expr]:
    """What is appended to a list, or put under keys of a dict."""
    for node in program.own(init):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("append", "insert") and dotted(node.func.value) == name and node.args:
                yield node.args[-1]
        elif isinstance(node, ast.Assign):
            target = node.targets[0]
            if isinstance(target, ast.Subscript) and dotted(target.value) == name:
                yield node.value


def _learns(program: Program, init: Function, node: ast.expr, folder: Folder, depth: int = 0) -> bool:
    """Whether an expression makes a layer with parameters that is nowhere else an attribute."""
    if isinstance(node, ast.Name) and depth < 3:
        bound = program.bindings(init).get(node.id, [])
        is_kept = any(
            isinstance(value, ast.Name) and value.id == node.id
            for name, values in program.bindings(init).items()
            for value in values
            if name.startswith("self.")
        )
        return len(bound) == 1 and not is_kept and _learns(program, init, bound[0], folder, depth + 1)
    if not isinstance(node, ast.Call):
        return False
    full = full_name(program, node.func)
    if full.startswith("torch.nn.") and LEARNS.fullmatch(full.rpartition(".")[2]):
        return True
    if full == "torch.nn.Sequential":
        return any(_learns(program, init, one, folder, depth + 1) for one in node.args)
    found = folder.class_of(program, node.func)
    if found is None or not folder.is_module(program, node.func):
        return False
    inner = method_of(found[1], "__init__")
    return (
        inner is not None
        and depth < 3
        and any(
            _learns(found[0], inner, value, folder, depth + 1)
            for _, value, _ in _attributes(found[0], inner)
        )
    )


def _fault(
    program: Program, init: Function, name: str, value: ast.expr, statement: ast.stmt, folder: Folder
) -> SourceFault:
    kind = "dict" if isinstance(value, (ast.Dict, ast.DictComp)) else "list"
    known = "ModuleDict" if kind == "dict" else "ModuleList"
    made = _layers(program, init, name, value, folder)
    what = (
        f"`{name}` keeps layers in a plain {kind}, so they are not parameters of the module: "
        f"the optimizer does not train them, and no checkpoint or `.to(device)` reaches them"
    )
    prefix = next((alias for alias, full in program.imports.items() if full == "torch.nn"), "torch.nn")
    line, last = value.lineno, value.end_lineno or value.lineno
    edits: dict[int, list[str]] = {}
    first, end = program.lines[line - 1], program.lines[last - 1]
    start, stop = _columns(first, value.col_offset), _columns(end, value.end_col_offset or 0)
    if line == last:
        edits[line] = [f"{first[:start]}{prefix}.{known}({first[start:stop]}){first[stop:]}"]
    else:
        edits[line] = [f"{first[:start]}{prefix}.{known}({first[start:]}"]
        edits[last] = [f"{end[:stop]}){end[stop:]}"]
    return fault(program, [statement, *made[:2]], what, edits)


def _columns(line: str, offset: int) -> int:
    """A place in a line in characters: syntax trees count bytes."""
    return len(line.encode()[:offset].decode(errors="ignore"))
