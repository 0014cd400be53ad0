"""The reference model for a run's data, and CTC models with a penalty on the blank."""

from __future__ import annotations

import dataclasses
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from slrdoctor.facts.ctc.ctc_lengths import repeats_in
from slrdoctor.retraining.data import Item, Material

STRIDES = (4, 2, 1)


def build(module: ModuleType, material: Material) -> Any:
    """A fresh model, of the sizes that the data need."""
    fields = {field.name for field in dataclasses.fields(module.Config)}
    sizes: dict[str, Any] = {"input_size": material.dims, "classes": material.classes}
    if "blank" in fields:
        sizes["blank"] = material.blank
    if "stride" in fields:
        sizes["stride"] = largest_stride((*material.train, *material.dev))
    if "max_length" in fields:
        longest = max(len(item.target) for item in material.train)
        sizes["max_length"] = 2 * longest + 10
    return module.Model(module.Config(**sizes))


def largest_stride(items: tuple[Item, ...]) -> int:
    """The largest stride at which no target is tight: each gloss can have blanks around it."""
    for room in ("comfortable", "feasible"):
        for stride in STRIDES:
            if all(_fits(item, stride, room) for item in items):
                return stride
    return 1


def _fits(item: Item, stride: int, room: str) -> bool:
    length, frames = len(item.target), -(-item.sample.frames // stride)
    repeats = repeats_in([str(i) for i in item.target])
    return frames >= (2 * length + 1 if room == "comfortable" else length + repeats)


def stride_of(model: Any) -> int:
    return int(getattr(model.config, "stride", 1))


def parameters_of(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


class Penalised:
    """A CTC model whose blank is made less likely, for the model's own `loss_of` and `decode`.

    To take a number off the log-probability and normalise again is to take it off the logit.
    The last outputs are kept, so that loss, decoding and counting run the model once.
    """

    def __init__(self, model: Any, penalty: float) -> None:
        self.config = model.config
        self._model, self._penalty = model, penalty
        self._last: tuple[Tensor, tuple[Tensor, Tensor]] | None = None

    def __call__(self, features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        if self._last is None or self._last[0] is not features:
            log_probs, output_lengths = self._model(features, lengths)
            if self._penalty:
                off = torch.zeros_like(log_probs[0, 0])
                off[self.config.blank] = self._penalty
                log_probs = (log_probs - off).log_softmax(-1)
            self._last = features, (log_probs, output_lengths)
        return self._last[1]
