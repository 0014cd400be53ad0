"""What the optimizer in a checkpoint remembers: a tensor without a memory never had a gradient."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.checkpoints.optimizer_state import Key, Remembered
from slrdoctor.artifacts.kinds.checkpoints.weights import Weights
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.model.checkpoint import Checkpoint
from slrdoctor.facts.model.checkpoint_values import is_buffer
from slrdoctor.words.grammar import counted


@dataclass(frozen=True)
class OptimizerState:
    """What the optimizer remembers: a tensor without a memory never had a gradient."""

    kind: str
    given: int  # tensors that the optimizer was given
    updated: int  # of them, those it remembers a step of
    missing: tuple[str, ...]  # trainable tensors of the model that it surely remembers nothing of
    steps: float | None  # the largest number of steps
    learning_rates: tuple[float, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        steps = f" after {counted(round(self.steps), 'step')}" if self.steps is not None else ""
        return f"{self.kind} has state for {self.updated} of its {self.given} tensors{steps}"


@measure
def optimizer_state(checkpoint: Checkpoint) -> OptimizerState:
    optimizers = checkpoint.weights.parts.optimizers
    if not optimizers:
        raise Unavailable(
            f"{checkpoint.where} has no optimizer state",
            'save it with the model: {"model": model.state_dict(), "optimizer": optimizer.state_dict()}',
        )
    remembered = [memory for one in optimizers for memory in one.remembered.values()]
    if not remembered:
        raise Unavailable(
            f"the optimizer in {checkpoint.where} keeps no state of its tensors, like plain SGD"
        )
    if any(memory.shape is None for memory in remembered):
        raise Unavailable(f"the optimizer state in {checkpoint.where} has other shapes than its tensors")
    weights = checkpoint.weights
    known = Counter(weights.tensors[n].shape for n in weights.tensors if not is_buffer(n, weights))
    if Counter(memory.shape for memory in remembered if memory.shape is not None) - known:
        raise Unavailable(
            f"the optimizer state in {checkpoint.where} has shapes that the model does not have"
        )
    steps = [memory.step for memory in remembered if memory.step is not None]
    return OptimizerState(
        kind=optimizers[0].kind,
        given=sum(len(one.tensors) for one in optimizers),
        updated=sum(memory.is_updated for memory in remembered),
        missing=_without_memory(weights),
        steps=max(steps, default=None),
        learning_rates=tuple(rate for one in optimizers for rate in one.learning_rates),
        read_from=checkpoint.where,
    )


def _without_memory(weights: Weights) -> tuple[str, ...]:
    """The trainable tensors that no optimizer remembers.

    A memory has a number and not a name. Where as many tensors were given as the model has,
    and every shape agrees, the numbers are their order; else only tensors of a shape that no
    memory has are surely without one.
    """
    optimizers = weights.parts.optimizers
    names = [name for name in weights.tensors if not is_buffer(name, weights)]
    shapes = {name: weights.tensors[name].shape for name in names}
    given: list[Key] = list(optimizers[0].tensors) if len(optimizers) == 1 else []
    memory = optimizers[0].remembered
    if len(given) == len(names) and all(
        _agrees(memory.get(key), shapes[name]) for key, name in zip(given, names, strict=True)
    ):
        return tuple(n for key, n in zip(given, names, strict=True) if not _is_updated(memory.get(key)))
    known = Counter(m.shape for one in optimizers for m in one.remembered.values() if m.is_updated)
    return tuple(name for name in names if not known[shapes[name]])


def _agrees(memory: Remembered | None, shape: tuple[int, ...]) -> bool:
    return memory is None or memory.shape == shape


def _is_updated(memory: Remembered | None) -> bool:
    return memory is not None and memory.is_updated
