"""How a model does on held-out samples: loss, score, and what a CTC model's outputs look like."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from slrdoctor.models.batches import Batch, padded_targets
from slrdoctor.retraining.data import Item, Material, Reader, in_order
from slrdoctor.retraining.models import Penalised
from slrdoctor.retraining.scores import score

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Look:
    """One look at dev. Shares of a CTC model's frames are nan for other tasks."""

    loss: float
    score: float
    ids: tuple[str, ...]
    hypotheses: tuple[Tokens, ...]
    references: tuple[Tokens, ...]
    blank_share: float = math.nan

    @property
    def length_ratio(self) -> float:
        """Decoded tokens a reference token."""
        return sum(map(len, self.hypotheses)) / max(1, sum(map(len, self.references)))

    @property
    def distinct(self) -> int:
        return len({token for hypothesis in self.hypotheses for token in hypothesis})

    @property
    def distinct_references(self) -> int:
        return len({token for reference in self.references for token in reference})


# is shown the items of every batch, the batch, and the model as it was called
Given = Callable[[Sequence[Item], Batch, Any], None]


@torch.no_grad()
def look_at(
    module: ModuleType,
    model: Any,
    material: Material,
    reader: Reader,
    batch_size: int,
    penalty: float = 0.0,
    given: Given | None = None,
) -> Look:
    """Judge a model on dev. `penalty` is what training takes off the blank at this moment."""
    model.eval()
    items = material.dev
    candidates = _candidates(items, next(model.parameters()).device)
    loss, blanks, frames = 0.0, 0, 0
    said: dict[int, Tokens] = {}
    for chosen in in_order([item.sample.frames for item in items], material.dims, batch_size):
        batch = reader.batch([items[i] for i in chosen])
        called = Penalised(model, penalty) if material.task == "ctc" else model
        loss += float(module.loss_of(called, *batch.all)) * len(chosen)
        extra = candidates if material.task == "retrieval" else ()
        for i, ids in zip(chosen, module.decode(called, *batch.inputs, *extra), strict=True):
            said[i] = material.spelled(ids)
        if material.task == "ctc":
            log_probs, output_lengths = called(*batch.inputs)
            blank, count = _blanks(log_probs, output_lengths, material.blank)
            blanks, frames = blanks + blank, frames + count
        if given is not None:
            given([items[i] for i in chosen], batch, called)
    hypotheses = tuple(said[i] for i in range(len(items)))
    references = tuple(item.reference for item in items)
    return Look(
        loss=loss / len(items),
        score=score(material.task, hypotheses, references),
        ids=tuple(item.sample.id for item in items),
        hypotheses=hypotheses,
        references=references,
        blank_share=blanks / frames if frames else math.nan,
    )


def _candidates(items: Sequence[Item], device: torch.device) -> tuple[Tensor, Tensor]:
    """Every different target once: what retrieval chooses among."""
    targets, lengths = padded_targets(sorted({item.target for item in items}))
    return targets.to(device), lengths.to(device)


def _blanks(log_probs: Tensor, lengths: Tensor, blank: int) -> tuple[int, int]:
    """How many real frames have the blank as their likeliest class, and how many there are."""
    best = log_probs.argmax(-1)  # [T', B]
    real = torch.arange(len(best), device=best.device)[:, None] < lengths.to(best.device)
    return int(((best == blank) & real).sum()), int(real.sum())
