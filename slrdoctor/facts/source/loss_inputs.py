"""What losses are given: logits, probabilities or their logarithms, followed back to the last layer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from slrdoctor.artifacts.kinds.source.bindings import UNKNOWN
from slrdoctor.artifacts.kinds.source.flow import At, Flow, method_of
from slrdoctor.artifacts.kinds.source.names import full_name, keyword, last_name
from slrdoctor.artifacts.kinds.source.program import Program
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.source._pattern import Pattern, SourceFault, fault
from slrdoctor.facts.source.source_programs import SourcePrograms

LOGITS, PROBABILITIES, LOGARITHMS, TWICE = (
    "logits",
    "probabilities",
    "log-probabilities",
    "softmax twice",
)
# losses of torch by what they take
_TAKES = {
    "torch.nn.CrossEntropyLoss": LOGITS,
    "torch.nn.functional.cross_entropy": LOGITS,
    "torch.nn.NLLLoss": LOGARITHMS,
    "torch.nn.functional.nll_loss": LOGARITHMS,
    "torch.nn.CTCLoss": LOGARITHMS,
    "torch.nn.functional.ctc_loss": LOGARITHMS,
}
_LOSSES = re.compile(r"CrossEntropyLoss|NLLLoss|CTCLoss")
_SOFTMAX = {"torch.nn.Softmax", "torch.nn.functional.softmax", "torch.softmax", "torch.special.softmax"}
_LOG_SOFTMAX = {
    "torch.nn.LogSoftmax",
    "torch.nn.functional.log_softmax",
    "torch.log_softmax",
    "torch.special.log_softmax",
}
_METHODS = ("softmax", "log_softmax")
_LINEAR = {"torch.nn.Linear", "torch.nn.LazyLinear"}
# methods that keep what the values are
_KEEPS = {
    "permute", "transpose", "contiguous", "view", "reshape", "float", "double", "squeeze", "unsqueeze",
    "flatten", "to", "cuda", "cpu", "t", "clone",
}  # fmt: skip
DEEPEST = 8  # steps back from a loss
LONGEST = 60  # letters of a call that is shown whole


class LossInputs(Pattern):
    """What the cross-entropies, CTC and likelihood losses of torch are given."""


@measure
def loss_inputs(code: SourcePrograms) -> LossInputs:
    """Follow the first argument of every such loss back to what made it."""
    reading = _Reading(Flow(code.folder))
    faults: list[SourceFault] = []
    sound: list[str] = []
    for program in code.programs:
        for call, takes in reading.losses(program):
            given = keyword(call, "input", 0) or keyword(call, "log_probs")
            if given is None:
                continue
            last = reading.last(At(program, given), 0)
            if last is None:
                continue
            kind, at = last
            name = ast.unparse(call.func)
            if kind in (TWICE, PROBABILITIES):
                faults.append(_fault(program, call, name, takes, kind, at))
            elif kind == takes or takes == LOGITS:  # a log-softmax of log-probabilities changes nothing
                sound.append(f"{program.place(call)} gives {name} {kind}")
    if not faults and not sound:
        raise Unavailable("no loss of torch in the sources whose input could be followed to its layer")
    return LossInputs(tuple(faults), tuple(sound), code.read_from)


class _Reading:
    """Follows values to the last operation that made them."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        # what losses are called in the folder; a parameter may be one under another name
        self.names = {
            last_name(target)
            for program in flow.folder.programs
            if _LOSSES.search(program.text)
            for node in program.nodes
            if isinstance(node, ast.Assign)
            and any(
                isinstance(one, ast.Call) and full_name(program, one.func) in _TAKES
                for one in ast.walk(node.value)
            )
            for target in node.targets
        }

    def losses(self, program: Program) -> Iterator[tuple[ast.Call, str]]:
        """(call, what it takes) of every loss that is called on an output."""
        for node in program.nodes:
            if not isinstance(node, ast.Call) or not (node.args or node.keywords):
                continue
            direct = _TAKES.get(full_name(program, node.func))
            if direct is not None and "functional" in full_name(program, node.func):
                yield node, direct
            elif (
                len(node.args) >= 2
                and direct is None
                and isinstance(node.func, (ast.Name, ast.Attribute, ast.Call))
            ):
                if not self._may_be_loss(program, node.func):
                    continue
                takes = _TAKES.get(self.flow.library_class(At(program, node.func)))
                if takes is not None:
                    yield node, takes

    def _may_be_loss(self, program: Program, func: ast.expr) -> bool:
        """Whether a callee has a loss's name, is made in place, or is handed in."""
        if isinstance(func, ast.Call):
            return True
        if last_name(func) in self.names:
            return True
        if not self.names or not isinstance(func, ast.Name):
            return False
        scope = program.scope_of(func)
        return scope is not program.tree and program.bindings(scope).get(func.id) == [UNKNOWN]

    def last(self, at: At, depth: int) -> tuple[str, At] | None:
        """What kind of values an expression gives, and the operation that made them so."""
        if depth > DEEPEST:
            return None
        at = self.flow.value(at)
        if not isinstance(at.node, ast.Call):
            return None
        call, program = at.node, at.program
        full = full_name(program, call.func)
        if at.item is None:
            made = self._operation(program, call, full, depth)
            if made is not None:
                return made
            is_method = isinstance(call.func, ast.Attribute) and call.func.attr in _KEEPS
            if is_method and not full.startswith("torch."):
                return self.last(At(program, call.func.value), depth + 1)  # type: ignore[attr-defined]
        return self._of_object(At(program, call.func), at.item, depth)

    def _operation(
        self, program: Program, call: ast.Call, full: str, depth: int
    ) -> tuple[str, At] | None:
        """A softmax or its logarithm, as a function, a method, or a layer that is called."""
        layer, given = full, keyword(call, "input", 0)
        if layer not in _SOFTMAX | _LOG_SOFTMAX:
            layer = self.flow.library_class(At(program, call.func)) or full
            is_method = isinstance(call.func, ast.Attribute) and last_name(call.func) in _METHODS
            if layer == full and is_method and not full.startswith("torch.") and _is_dim(call):
                layer = f"torch.{last_name(call.func)}"
                given = call.func.value  # type: ignore[attr-defined]
        if layer in _SOFTMAX:
            return PROBABILITIES, At(program, call)
        before = self.last(At(program, given), depth + 1) if given is not None else None
        if layer in _LOG_SOFTMAX:
            if before is not None and before[0] == PROBABILITIES:
                return TWICE, before[1]
            return LOGARITHMS, At(program, call)
        if full == "torch.log" and before is not None and before[0] == PROBABILITIES:
            return LOGARITHMS, At(program, call)
        return None

    def _of_object(self, func: At, item: int | None, depth: int) -> tuple[str, At] | None:
        """What calling a layer or a model gives: by its class, or by the returns of its `forward`."""
        made = self.flow.made(func)
        if not isinstance(made.node, ast.Call) or made.item is not None:
            return None
        full = full_name(made.program, made.node.func)
        if full in _LINEAR:
            return LOGITS, made
        if full == "torch.nn.Sequential" and made.node.args:
            return self._of_sequence(made, depth)
        found = self.flow.folder.class_of(made.program, made.node.func)
        if found is None or not self.flow.folder.is_module(made.program, made.node.func):
            return None
        forward = method_of(found[1], "forward")
        if forward is None:
            return None
        returns = [one for one in found[0].own(forward) if isinstance(one, ast.Return)]
        kinds = [self._returned(found[0], one, item, depth) for one in returns]
        if (
            not kinds
            or any(kind is None for kind in kinds)
            or len({kind[0] for kind in kinds if kind}) > 1
        ):
            return None
        return kinds[0]

    def _of_sequence(self, made: At, depth: int) -> tuple[str, At] | None:
        assert isinstance(made.node, ast.Call)
        layer = made.node.args[-1]
        full = full_name(made.program, layer.func) if isinstance(layer, ast.Call) else ""
        if full in _SOFTMAX:
            return PROBABILITIES, At(made.program, layer)
        if full in _LOG_SOFTMAX:
            return LOGARITHMS, At(made.program, layer)
        return (LOGITS, At(made.program, layer)) if full in _LINEAR else None

    def _returned(
        self, program: Program, one: ast.Return, item: int | None, depth: int
    ) -> tuple[str, At] | None:
        value = one.value
        if isinstance(value, ast.Tuple):
            if item is None or item >= len(value.elts):
                return None
            value, item = value.elts[item], None
        if value is None or item is not None:
            return None
        return self.last(At(program, value), depth + 1)


def _is_dim(call: ast.Call) -> bool:
    """Whether a method's arguments are those of a softmax over a dimension."""
    return len(call.args) + len(call.keywords) == 1 and (
        bool(call.args) or call.keywords[0].arg in ("dim", "axis")
    )


def _fault(program: Program, call: ast.Call, name: str, takes: str, kind: str, at: At) -> SourceFault:
    assert isinstance(at.node, ast.Call)
    softmax = ast.unparse(at.node)
    softmax = softmax if len(softmax) <= LONGEST else ast.unparse(at.node.func)
    if kind == TWICE:
        what = f"`{name}` is given a log-softmax of the softmax in {at.place} (`{softmax}`): that is two"
    else:
        what = f"`{name}` takes {takes}, and is given the probabilities of `{softmax}` in {at.place}"
    line = at.node.lineno
    text = at.program.lines[line - 1]
    new = _without(text, at, takes if kind != TWICE else LOGITS)
    made = fault(at.program, [at.node], what, {line: new})
    quoted = tuple(dict.fromkeys((*made.quoted, *program.quote(call))))
    return SourceFault(program.place(call), what, quoted, made.patch)


def _without(text: str, at: At, takes: str) -> list[str]:
    """The line without its softmax, or with a log-softmax where the loss takes that."""
    if takes == LOGARITHMS:
        return [text.replace("Softmax(", "LogSoftmax(").replace("softmax(", "log_softmax(")]
    call = at.node
    assert isinstance(call, ast.Call)
    segment = ast.get_source_segment(at.program.text, call)
    if segment is None or call.lineno != call.end_lineno:
        return [f"{text}  # without the softmax"]
    given = call.args[0] if call.args else None
    if (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "softmax"
        and last_name(call.func.value) not in ("F", "torch", "functional")
    ):
        given = call.func.value
    if given is None or "Softmax" in last_name(call.func):
        rest = text.replace(f", {segment}", "").replace(segment, "")
        return [rest] if rest.strip(" ,") else []
    return [text.replace(segment, ast.unparse(given))]
