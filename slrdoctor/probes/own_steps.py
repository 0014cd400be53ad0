"""The user's own loss and decoder, where the model or its file has them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor, nn

from slrdoctor.models.batches import Batch
from slrdoctor.probes.user_code import CannotUse

LOSSES = ("loss", "compute_loss", "loss_fn", "criterion", "ctc_loss", "loss_function", "training_loss")
DECODERS = ("decode", "greedy_decode", "decoder", "predict")
_OUTPUTS = re.compile(r"log_?prob|logit|output|pred|score|y_hat", re.IGNORECASE)


@dataclass(frozen=True)
class Outputs:
    """Scores [T, B, C] with the real output lengths [B] for CTC, [B, C] for classification."""

    scores: Tensor
    lengths: Tensor
    given: Tensor | None  # the lengths that the model itself gave


class Model(Protocol):
    """What a step needs of the model's handle."""

    module: nn.Module

    def outputs(self, batch: Batch) -> Outputs: ...


@dataclass(frozen=True)
class OwnSteps:
    """The loss and decoder of the user's own; None where there is none, and ours is taken."""

    loss: Callable[[Model, Batch], Tensor] | None = None
    loss_name: str = ""
    loss_blank: int | None = None  # the blank that its CTC loss is told
    decode: Callable[[Model, Batch], list[list[int]]] | None = None
    decode_name: str = ""


def find_own_steps(model: nn.Module, loss: Any = None, decode: Any = None) -> OwnSteps:
    """Those given, else attributes of the model under the usual names."""
    loss_name, loss_step = _first(model, LOSSES) if loss is None else (_name(loss), loss)
    decode_name, decode_step = _first(model, DECODERS) if decode is None else (_name(decode), decode)
    blank = getattr(loss_step, "blank", None)
    return OwnSteps(
        _loss_step(loss_name, loss_step, is_given=loss is not None) if loss_step is not None else None,
        loss_name,
        blank if isinstance(blank, int) else None,
        _decode_step(decode_name, decode_step, decode is not None) if decode_step is not None else None,
        decode_name,
    )


def _first(model: nn.Module, names: tuple[str, ...]) -> tuple[str, Any]:
    for name in names:
        step = getattr(model, name, None)
        # a layer may be called decoder too, and is no decoding
        if isinstance(step, nn.modules.loss._Loss) or inspect.ismethod(step) or inspect.isfunction(step):
            return name, step
    return "", None


def _name(step: Any) -> str:
    return str(getattr(step, "__name__", type(step).__name__))


def _current(handle: Model, name: str, step: Any, is_given: bool) -> Any:
    # the model is built anew for each try: its methods must be the new one's
    return step if is_given else getattr(handle.module, name)


def _loss_step(name: str, step: Any, is_given: bool) -> Callable[[Model, Batch], Tensor]:
    def loss(handle: Model, batch: Batch) -> Tensor:
        function = _current(handle, name, step, is_given)
        if not _takes_outputs(function):
            found: Tensor = function(batch.features, batch.lengths, batch.targets, batch.target_lengths)
            return found
        outputs = handle.outputs(batch)
        # as the model gives them: what it leaves out, nothing here puts in
        if outputs.scores.ndim == 2:
            found = function(outputs.scores, batch.targets[:, 0])
        else:
            lengths = outputs.given if outputs.given is not None else outputs.lengths
            found = function(outputs.scores, batch.targets, lengths, batch.target_lengths)
        return found

    return loss


def _decode_step(name: str, step: Any, is_given: bool) -> Callable[[Model, Batch], list[list[int]]]:
    def decode(handle: Model, batch: Batch) -> list[list[int]]:
        function = _current(handle, name, step, is_given)
        if _takes_outputs(function):
            outputs = handle.outputs(batch)
            scores = outputs.scores.transpose(0, 1) if outputs.scores.ndim == 3 else outputs.scores
            given = function(scores, outputs.lengths) if _count(function) > 1 else function(scores)
        elif _count(function) > 1:
            given = function(batch.features, batch.lengths)
        else:
            given = function(batch.features)
        return [_indices(one) for one in given]

    return decode


def _takes_outputs(function: Any) -> bool:
    """Whether its first argument is what the model gives, not what the model takes."""
    if isinstance(function, nn.modules.loss._Loss):
        return True
    names = _parameter_names(function)
    return bool(names and _OUTPUTS.search(names[0]))


def _count(function: Any) -> int:
    return len(_parameter_names(function))


def _parameter_names(function: Any) -> list[str]:
    target = function.forward if isinstance(function, nn.Module) else function
    try:
        return list(inspect.signature(target).parameters)
    except (TypeError, ValueError):
        return []


def _indices(sequence: Any) -> list[int]:
    if isinstance(sequence, Tensor):
        sequence = sequence.flatten().tolist()
    try:
        return [int(t) for t in (sequence if isinstance(sequence, (list, tuple)) else [sequence])]
    except (TypeError, ValueError):
        raise CannotUse(f"its decoder gives {sequence!r:.60} where class indices are wanted") from None
