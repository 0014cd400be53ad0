"""Loops that score a model on held-out samples, and whether anything puts the model in eval mode."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from slrdoctor.artifacts.kinds.source.bindings import dotted, own_nodes
from slrdoctor.artifacts.kinds.source.flow import At, Flow
from slrdoctor.artifacts.kinds.source.names import FUNCTIONS, Folder, enclosing, full_name, last_name
from slrdoctor.artifacts.kinds.source.program import Program
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.source._pattern import Pattern, SourceFault, fault, indent_of
from slrdoctor.facts.source.source_programs import SourcePrograms

HELD_OUT = re.compile(
    r"(?:.*_)?(?:val|valid|validation|dev|test|eval|evaluation)(?:id)?_?(?:data)?_?"
    r"(?:loader|dl|iter|iterator|batches|generator|gen|set)s?",
    re.IGNORECASE,
)
EVALUATES = re.compile(
    r"(?:.*_)?(?:eval|evaluate|evaluation|validate|validation|valid|test|score)(?:_.*)?"
)
ANY_LOADER = re.compile(r"(?:.*_)?(?:data_?)?(?:loader|dl|iter|iterator|batches)", re.IGNORECASE)
MODEL = re.compile(r"(?:.*\.|.*_)?(?:model|net|network|classifier)(?:_?\d|_ft)?", re.IGNORECASE)
SCORES = re.compile(
    r"acc|correct|\bwer|\bcer\b|bleu|rouge|f1|metric|score|pred|hyp|error|loss", re.IGNORECASE
)
# layers that do another thing in each mode
MODES = re.compile(
    r"\bDropout\w*\(|BatchNorm[123]d\(|SyncBatchNorm|\bdropout\s*=\s*0?\.[0-9]*[1-9]|F\.dropout\(|\bresnet\d+\("
)
SWITCH = re.compile(
    r"eval|.*eval_mode.*|.*_to_eval|.*set_(?:training_|train_)?mode.*|evaluating|predict_mode"
)
ON_PURPOSE = re.compile(
    r"mc_?dropout|monte.?carlo|uncertaint|bayes|test.time.(?:train|adapt)", re.IGNORECASE
)
ITSELF = re.compile(r"pretrained|torch\.jit|onnx|\.export\(")  # these come in eval mode
DEEPEST = 4


class ScoredModes(Pattern):
    """Evaluation loops, with or without an `eval()` on their way."""


@measure
def scored_modes(code: SourcePrograms) -> ScoredModes:
    """Look for a switch of the mode in the loop's function, its callers, and what it calls."""
    reading = _Reading(code)
    faults: list[SourceFault] = []
    sound: list[str] = []
    for program in code.programs:
        if not any(name.split(".")[0] == "torch" for name in program.imports.values()):
            continue
        for loop, call in _evaluations(program):
            switch = reading.switch(program, loop)
            if switch:
                sound.append(f"{switch} sets the mode before {program.place(loop)} scores")
            elif not code.may_hide(r"\beval\b|\.train\(") and reading.is_followed(program, loop, call):
                faults.append(_fault(program, loop, call))
    if not faults and not sound:
        raise Unavailable("no loop in the sources scores a model of torch on held-out samples")
    return ScoredModes(tuple(faults), tuple(sound), code.read_from)


def _evaluations(program: Program) -> Iterator[tuple[ast.For, ast.Call]]:
    """(loop, its call of the model) of loops over held-out samples without a backward pass."""
    for node in program.nodes:
        if not isinstance(node, ast.For):
            continue
        over = _iterated(node.iter)
        scope = program.scope_of(node)
        of_function = bool(EVALUATES.fullmatch(getattr(scope, "name", "")))
        if not HELD_OUT.fullmatch(over) and not (of_function and ANY_LOADER.fullmatch(over)):
            continue
        inside = list(own_nodes(node))
        calls = [one for one in inside if isinstance(one, ast.Call)]
        if any(last_name(one.func) in ("backward", "step", "manual_backward") for one in calls):
            continue
        model = next((one for one in calls if MODEL.fullmatch(dotted(one.func))), None)
        text = "\n".join(program.lines[node.lineno - 1 : node.end_lineno])
        if model is not None and SCORES.search(text):
            yield node, model


def _iterated(node: ast.expr) -> str:
    """The name that a loop goes over: `val_loader` of `enumerate(tqdm(val_loader), 1)`."""
    while isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return f"{node.slice.value!s}_{last_name(node.value)}"  # loaders["val"]
    return last_name(node)


class _Reading:
    """What the programs say of modes."""

    def __init__(self, code: SourcePrograms) -> None:
        self.folder: Folder = code.folder
        self.flow = Flow(code.folder)
        self.programs = code.programs
        direct: dict[str, str] = {}
        for program in code.programs:
            for node in program.nodes:
                if self._sets(node):
                    name = getattr(program.scope_of(node), "name", "")
                    direct.setdefault(name, program.place(node))
        direct.pop("", None)
        self.functions = self.folder.callers_too(direct, DEEPEST)
        text = [program.text for program in code.programs]
        self.has_modes = any(MODES.search(one) for one in text)
        self.trains = any(".backward(" in one for one in text)
        self.trains_by_name = any(re.search(r"\.train\(\)", one) for one in text)

    def switch(self, program: Program, loop: ast.AST) -> str:
        """Where the mode is set around a loop; "" where nothing does."""
        scope = program.scope_of(loop)
        for other, one in self._around(program, scope):
            found = self._switch(other, one)
            if found:
                return found
        return ""

    def _around(self, program: Program, scope: ast.AST) -> list[tuple[Program, ast.AST]]:
        """The function of a loop, and all functions and modules that call it."""
        found, waiting = [(program, scope)], [(program, scope)]
        while waiting and len(found) < 40:
            _, one = waiting.pop()
            for other, call in self.folder.calls.get(getattr(one, "name", ""), []):
                caller = (other, other.scope_of(call))
                if caller not in found:
                    found.append(caller)
                    waiting.append(caller)
        return found

    def _switch(self, program: Program, scope: ast.AST) -> str:
        for node in program.own(scope):
            if self._sets(node):
                return program.place(node)
            called = last_name(node.func) if isinstance(node, ast.Call) else ""
            if called in self.functions and called in self.folder.functions:
                return self.functions[called]
        return ""

    def _sets(self, node: ast.AST) -> bool:
        """Whether a statement or call sets a mode, or may."""
        if isinstance(node, ast.Assign):
            return any(last_name(target) == "training" for target in node.targets)
        if not isinstance(node, ast.Call):
            return False
        name, is_method = last_name(node.func), isinstance(node.func, ast.Attribute)
        if is_method and (name == "eval" or (name == "train" and node.args)):
            return True
        if name in self.folder.functions:
            return False
        return bool(SWITCH.fullmatch(name)) or (name == "train" and bool(node.args or node.keywords))

    def is_followed(self, program: Program, loop: ast.For, call: ast.Call) -> bool:
        """Whether the model is of the folder, is trained here, has layers with modes, and comes here."""
        scope = program.scope_of(loop)
        if isinstance(scope, FUNCTIONS) and not self.folder.calls.get(scope.name):
            return False
        if enclosing(program, loop, (ast.Lambda,)) or not self.trains or ON_PURPOSE.search(program.text):
            return False
        made = self.flow.class_of(At(program, call.func))
        if made is not None:
            return self._has_modes(*made, 0)
        maker = self.flow.made(At(program, call.func)).node
        if isinstance(maker, ast.Call) and not full_name(program, maker.func).startswith("torch.nn."):
            return False  # made by what is not here, which may set the mode
        if any(ITSELF.search(one.text) for one in self.programs) and not self.trains_by_name:
            return False
        return self.has_modes

    def _has_modes(self, program: Program, owner: ast.ClassDef, depth: int) -> bool:
        """Whether a class, or one of the folder that it makes, has layers that differ between modes."""
        if MODES.search("\n".join(program.lines[owner.lineno - 1 : owner.end_lineno])):
            return True
        made = [
            self.folder.class_of(program, n.func) for n in ast.walk(owner) if isinstance(n, ast.Call)
        ]
        return depth < DEEPEST and any(
            self._has_modes(*one, depth + 1) for one in made if one is not None and one[1] is not owner
        )


def _fault(program: Program, loop: ast.For, call: ast.Call) -> SourceFault:
    model, indent = dotted(call.func), indent_of(program, loop.lineno)
    first, last = loop.lineno, loop.end_lineno or loop.lineno
    edits = {first: [f"{indent}{model}.eval()", program.lines[first - 1]]}
    after = [program.lines[last - 1], f"{indent}{model}.train()"]
    edits[last] = after if last != first else [*edits[first], after[1]]
    what = (
        f"the loop scores `{model}` on held-out samples, and neither it nor its callers call "
        f"`{model}.eval()`: dropout and batch norm go on as in training"
    )
    return fault(program, [loop, call], what, edits)
