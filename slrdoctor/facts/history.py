"""What the training history says, in one canonical form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Curve:
    """One quantity of one split over epochs; shares (accuracy, WER) are 0..1, NaN kept."""

    name: str  # as the log has it
    split: str  # train | dev | test
    quantity: str  # loss | wer | accuracy | bleu | ...
    epochs: NDArray[np.float64]
    values: NDArray[np.float64]
    read_from: str
    per: str = "epoch"
    was_percent: bool = False


@dataclass(frozen=True)
class History:
    """The curves of one training run, from all the files that tell of it."""

    curves: tuple[Curve, ...]
    read_from: str

    def curve(self, split: str, quantity: str) -> Curve | None:
        """The epoch curve of a quantity; the step curve where there is no other."""
        found = [c for c in self.curves if c.split == split and c.quantity == quantity]
        found.sort(key=lambda c: (c.per != "epoch", -len(c.values)))
        return found[0] if found else None
