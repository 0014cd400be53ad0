"""What the sources of a run say of its settings: claims with their place, and how sure each is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slrdoctor.artifacts.kinds.source.evaluate import CALL, Value, Values
from slrdoctor.artifacts.kinds.source.names import Folder, enclosing, full_name, keyword
from slrdoctor.artifacts.kinds.source.program import Program

# the settings that calls of libraries give: callee -> (setting, keyword, position) of each
_OPTIMIZER = (("learning_rate", "lr", 1), ("weight_decay", "weight_decay", -1), ("betas", "betas", -1))
_KERAS_RATE = (("learning_rate", "learning_rate", 0),)
CALLS: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    "CTCLoss": (("blank", "blank", 0), ("zero_infinity", "zero_infinity", 2)),
    "ctc_loss": (("blank", "blank", 4), ("zero_infinity", "zero_infinity", 6)),
    "SGD": (*_OPTIMIZER, ("momentum", "momentum", 2)),
    "RMSprop": (*_OPTIMIZER, ("momentum", "momentum", -1)),
    **dict.fromkeys(("Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adagrad", "Adadelta"), _OPTIMIZER),
    "StepLR": (("scheduler_step", "step_size", 1), ("scheduler_factor", "gamma", 2)),
    "MultiStepLR": (("scheduler_factor", "gamma", 2),),
    "ExponentialLR": (("scheduler_factor", "gamma", 1),),
    "ReduceLROnPlateau": (("scheduler_factor", "factor", 2), ("scheduler_patience", "patience", 3)),
    "OneCycleLR": (("learning_rate", "max_lr", 1),),
    "DataLoader": (("batch_size", "batch_size", 1), ("shuffle", "shuffle", 2)),
    "clip_grad_norm_": (("clip_norm", "max_norm", 1),),
    "clip_grad_value_": (("clip_value", "clip_value", 1),),
    "Trainer": (("precision", "precision", -1), ("clip_norm", "gradient_clip_val", -1)),
    "TrainingArguments": (
        ("learning_rate", "learning_rate", -1),
        ("batch_size", "per_device_train_batch_size", -1),
        ("fp16", "fp16", -1),
        ("bf16", "bf16", -1),
        ("clip_norm", "max_grad_norm", -1),
    ),
    "autocast": (("precision", "dtype", 1),),
}
_LIBRARIES = re.compile(r"^(?:torch|pytorch_lightning|lightning|transformers|keras|tensorflow)\b")


@dataclass(frozen=True)
class SourceClaim:
    """One value of a setting that a source gives."""

    setting: str  # "learning_rate", "blank", ... as in CALLS
    value: Any
    where: str  # the line of the call: "train.py line 41"
    source: str  # the file alone
    how: str  # "call", "constant", or "default": a config, a command line or a log may overrule it

    @property
    def sentence(self) -> str:
        return f"{self.setting.replace('_', ' ')} {self.value}"


def claims_of(program: Program, values: Values) -> Iterator[SourceClaim]:
    """The settings that a program's calls of libraries give, as far as they can be worked out."""
    for node in program.nodes:
        if not isinstance(node, ast.Call):
            continue
        full = full_name(program, node.func)
        name = full.rpartition(".")[2]
        if name not in CALLS or not _LIBRARIES.search(full):
            continue
        settings = _KERAS_RATE if full.startswith(("keras", "tensorflow")) else CALLS[name]
        for setting, word, position in settings:
            given = keyword(node, word, position)
            value = _value(program, values, given)
            if value is not None and value.value is not None:
                yield SourceClaim(
                    setting, value.value, program.place(given or node), program.where, value.how
                )


def _value(program: Program, values: Values, given: ast.expr | None) -> Value | None:
    if given is None:
        return None
    dtype = full_name(program, given)
    if dtype.startswith("torch.") and dtype.count(".") == 1:  # torch.float16
        return Value(dtype.partition(".")[2], program.place(given), CALL)
    return values.of(program, given)


def strides_of(program: Program, values: Values) -> Iterator[tuple[ast.ClassDef, SourceClaim]]:
    """The product of the strides along time of a torch module's own one-dimensional layers.

    Only where every one of them gives its stride, and they lie one after another in one Sequential,
    or as attributes that `forward` calls once each.
    """
    for owner in program.nodes:
        if not isinstance(owner, ast.ClassDef):
            continue
        product = 1
        places: list[ast.Call] = []
        for node in ast.walk(owner):
            if not isinstance(node, ast.Call):
                continue
            stride = _stride(program, values, node)
            if stride is None:
                continue
            if stride < 1 or _is_repeated(program, node, owner):
                places = []
                break
            if stride > 1:
                product *= stride
                places.append(node)
        if places:
            claim = SourceClaim("stride", product, program.place(places[0]), program.where, CALL)
            yield owner, claim


DEEPEST = 4  # classes within each other
LEARNS = re.compile(r"\b(?:Linear|Conv\dd|LSTM|GRU|RNN|Transformer\w*|Embedding)\(")
_LAYERS = {"Conv1d": 3, "MaxPool1d": 1, "AvgPool1d": 1}


def _stride(program: Program, values: Values, call: ast.Call) -> int | None:
    """The stride of a layer along time; None for any other call, -1 where it is not known."""
    full = full_name(program, call.func)
    name = full.rpartition(".")[2]
    if name not in _LAYERS or not full.startswith("torch.nn."):
        return None
    given = keyword(call, "stride", _LAYERS[name])
    if given is None:
        if name == "Conv1d":
            return 1
        given = keyword(call, "kernel_size", 0)
    found = values.of(program, given)
    return found.value if found is not None and type(found.value) is int else -1


def _is_repeated(program: Program, node: ast.AST, owner: ast.ClassDef) -> bool:
    """Whether a layer is made in a loop, a comprehension or a branch: then their number is open."""
    above = program.parents.get(node)
    while above is not None and above is not owner:
        if isinstance(above, (ast.For, ast.While, ast.If, ast.IfExp, ast.comprehension, ast.ListComp)):
            return True
        above = program.parents.get(above)
    return False


def _is_the_model(folder: Folder, program: Program, owner: ast.ClassDef) -> bool:
    """Whether every model that the folder makes has a class in it: another may be the one trained."""
    made = {
        found
        for one in folder.programs
        for node in one.nodes
        if isinstance(node, ast.Call) and enclosing(one, node, (ast.ClassDef,)) is None
        if (found := folder.class_of(one, node.func)) is not None
        if folder.is_module(one, node.func) and LEARNS.search(_text(*found))
    }
    return bool(made) and all(_reaches(folder, *one, owner, 0) for one in made)


def _reaches(
    folder: Folder, program: Program, start: ast.ClassDef, owner: ast.ClassDef, depth: int
) -> bool:
    """Whether a class is another, or makes it in its own body."""
    if start is owner:
        return True
    inner = [folder.class_of(program, n.func) for n in ast.walk(start) if isinstance(n, ast.Call)]
    return depth < DEEPEST and any(
        _reaches(folder, *one, owner, depth + 1) for one in inner if one is not None
    )


def _text(program: Program, owner: ast.ClassDef) -> str:
    return "\n".join(program.lines[owner.lineno - 1 : owner.end_lineno])


def all_claims(folder: Folder, values: Values) -> tuple[SourceClaim, ...]:
    """The claims of all programs of a folder, in the order in which these were read."""
    found: list[SourceClaim] = []
    for program in folder.programs:
        found += claims_of(program, values)
    strides = [
        one
        for program in folder.programs
        for owner, one in strides_of(program, values)
        if _is_the_model(folder, program, owner)
    ]
    # several modules with strides may follow one another, or be choices: then nothing is known
    return (*found, *(strides if len(strides) == 1 else ()))
