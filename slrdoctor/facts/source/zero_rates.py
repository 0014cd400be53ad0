"""Learning rates of optimizers and factors of schedules as the sources give them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from slrdoctor.artifacts.kinds.source.evaluate import DEFAULT, NotKnown, Values, arithmetic
from slrdoctor.artifacts.kinds.source.flow import At, Flow
from slrdoctor.artifacts.kinds.source.names import LOOPS, enclosing, full_name, keyword, last_name
from slrdoctor.artifacts.kinds.source.program import Program
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.source._pattern import Pattern, SourceFault, fault
from slrdoctor.facts.source.source_programs import SourcePrograms

OPTIMIZERS = frozenset(
    (
        "Adam",
        "AdamW",
        "SGD",
        "RMSprop",
        "Adagrad",
        "Adadelta",
        "Adamax",
        "NAdam",
        "RAdam",
        "ASGD",
        "Adafactor",
    )
)
LIBRARIES = re.compile(r"^(?:torch\.optim|transformers|keras|tensorflow)\b")
# (keyword, position) of the factor that a schedule multiplies the rate by
FACTORS = {
    "StepLR": ("gamma", 2),
    "MultiStepLR": ("gamma", 2),
    "ExponentialLR": ("gamma", 1),
    "ReduceLROnPlateau": ("factor", 2),
}
MULTIPLIES = ("LambdaLR", "MultiplicativeLR")  # by what a function of the epoch gives
# whoever sets rates by hand, or has a schedule that begins from rates of its own
SETS = re.compile(
    r"""\[\s*["']lr["']\s*\]\s*[*+/-]?=(?!=)|\.(?:lr|learning_rate)\s*[*+/-]?=(?!=)|learning_rate\.assign"""
    r"|set_value\(|OneCycleLR|CyclicLR|LearningRateScheduler|ReduceLROnPlateau\(monitor|set_lr|adjust_lr"
    r"|adjust_learning_rate|Noam|ScheduledOptim"
)
STEPS = (1, 2, 3, 5, 10, 20, 50, 100, 1_000, 10_000, 100_000)  # epochs at which a schedule is worked out


class ZeroRates(Pattern):
    """Learning rates and factors that are literals or constants, by whether they are 0."""


@measure
def zero_rates(code: SourcePrograms) -> ZeroRates:
    """A default that the command line may overrule says nothing of the run and is left out."""
    reading = _Reading(code)
    faults: list[SourceFault] = []
    sound: list[str] = []
    for program in code.programs:
        for node in program.nodes:
            if isinstance(node, ast.Call):
                for kind, one in reading.of(program, node):
                    if isinstance(one, SourceFault):
                        faults.append(one)
                    else:
                        sound.append(f"{kind} is {one}")
    if not faults and not sound:
        raise Unavailable("no learning rate or factor of a schedule stands in the sources as a number")
    return ZeroRates(tuple(faults), tuple(sound), code.read_from)


class _Reading:
    """What calls of optimizers and schedules are given."""

    def __init__(self, code: SourcePrograms) -> None:
        self.values: Values = code.values
        self.flow = Flow(code.folder)
        # a folder that sets rates itself may well begin at 0
        self.is_set = code.may_hide(r"\blr\b|learning_rate") or any(
            SETS.search(program.text) for program in code.programs
        )

    def of(self, program: Program, call: ast.Call) -> Iterator[tuple[str, SourceFault | str]]:
        full = full_name(program, call.func)
        name = full.rpartition(".")[2]
        if name in OPTIMIZERS and LIBRARIES.search(full):
            yield from self._rate(program, call, name)
        elif name in FACTORS and full.startswith("torch."):
            given = keyword(call, *FACTORS[name])
            yield from self._number(program, call, given, f"the factor of {name}", "0.1")
        elif name in MULTIPLIES and full.startswith("torch."):
            yield from self._schedule(program, call, name)
        elif name == "ExponentialDecay" and LIBRARIES.search(full):
            given = keyword(call, "decay_rate", 2)
            yield from self._number(program, call, given, f"the factor of {name}", "0.96")
        elif name == "TrainingArguments" and full.startswith("transformers."):
            given = keyword(call, "learning_rate")
            yield from self._number(program, call, given, "the learning rate", "5e-5")

    def _rate(
        self, program: Program, call: ast.Call, name: str
    ) -> Iterator[tuple[str, SourceFault | str]]:
        is_keras = not full_name(program, call.func).startswith(("torch.", "transformers."))
        given = keyword(call, "lr", 0 if is_keras else 1) or keyword(call, "learning_rate")
        if given is None:
            return
        value = self.values.of(program, given)
        if value is not None and not value.value and not (is_keras or self._is_stepped(program, call)):
            return  # one that only holds parameters, or that something wraps: NoamOpt(..., Adam(lr=0))
        if self.is_set or _has_groups(call):
            value = self.values.of(program, given)
            if value is None or not value.value:
                return
        yield from self._number(program, call, given, f"the learning rate of {name}", "1e-3")

    def _is_stepped(self, program: Program, call: ast.Call) -> bool:
        """Whether the optimizer that a call makes takes steps in a loop, or is Lightning's."""
        around = program.parents.get(call)
        if isinstance(around, ast.Return):
            return getattr(program.scope_of(call), "name", "") == "configure_optimizers"
        if not isinstance(around, ast.Assign) or len(around.targets) != 1:
            return False
        name = last_name(around.targets[0])
        return bool(name) and any(
            last_name(step.func.value) == name
            for other, step in self.flow.folder.calls.get("step", [])
            if isinstance(step.func, ast.Attribute) and enclosing(other, step, LOOPS) is not None
        )

    def _number(
        self, program: Program, call: ast.Call, given: ast.expr | None, what: str, better: str
    ) -> Iterator[tuple[str, SourceFault | str]]:
        value = self.values.of(program, given)
        if given is None or value is None or isinstance(value.value, (bool, str)):
            return
        if value.how == DEFAULT or not isinstance(value.value, (int, float)):
            return
        if value.value:
            yield f"{what} in {program.place(call)}", f"{value.value:g}"
            return
        line = given.lineno if isinstance(given, ast.Constant) else int(value.where.rpartition(" ")[2])
        where = program if value.where.startswith(f"{program.where} ") else None
        says = f"{what} is {value.value:g}, so no step changes the model"
        if "factor" in what:
            says = f"{what} is {value.value:g}, so the learning rate is 0 after its first change"
        edits = {}
        if where is not None and not program.cells:
            edits = {line: [_replaced(program.lines[line - 1], better)]}
        yield (
            what,
            fault(program, [call], says, edits)
            if edits
            else SourceFault(program.place(call), says, program.quote(call), ""),
        )

    def _schedule(
        self, program: Program, call: ast.Call, name: str
    ) -> Iterator[tuple[str, SourceFault | str]]:
        """Work out what the function of a schedule gives at a few epochs."""
        given = keyword(call, "lr_lambda", 1)
        at = self.flow.value(At(program, given)) if given is not None else None
        if at is None or not isinstance(at.node, ast.Lambda) or len(at.node.args.args) != 1:
            return
        lambda_, epoch = at.node, at.node.args.args[0].arg
        try:
            factors = [float(arithmetic(at.program, lambda_.body, {epoch: step})) for step in STEPS]
        except (NotKnown, TypeError, ValueError):
            return
        if any(factors):
            yield f"the factor of {name} in {program.place(call)}", f"{factors[0]:g} at first"
            return
        says = (
            f"`{ast.unparse(lambda_)}` is 0 in every epoch after the first, and so is the learning rate"
        )
        line = lambda_.lineno
        text = at.program.lines[line - 1]
        edits = {line: [text.replace("//", "/") if "//" in text else f"{text}  # not 0"]}
        made = fault(at.program, [lambda_], says, edits)
        yield name, SourceFault(program.place(call), says, made.quoted, made.patch)


def _has_groups(call: ast.Call) -> bool:
    """Whether the parameters come in groups, which may have rates of their own."""
    given = keyword(call, "params", 0)
    return isinstance(given, (ast.List, ast.ListComp)) or (
        isinstance(given, ast.Name) and "group" in given.id
    )


def _replaced(line: str, better: str) -> str:
    return re.sub(
        r"(=\s*|\(\s*|,\s*)0(?:\.0*)?(?:e[-+]?\d+)?(?=\s*[,)\n#]|\s*$)", rf"\g<1>{better}", line, count=1
    )
