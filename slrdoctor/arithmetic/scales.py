"""On what scale a model's scores are, told from their sums over the classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LOG_PROBABILITIES, PROBABILITIES, LOGITS = ("log-probabilities", "probabilities", "logits")
CLOSE = 1e-3  # how far a row's sum may be from one in single precision


def scale_of(rows: NDArray[Any], near: float = CLOSE, most: float = 1.0) -> str:
    """The scale of rows [N, C]: logits where less than `most` of the rows sum to one, by `near`."""
    rows = np.asarray(rows, np.float64)
    if not len(rows):
        return LOGITS
    with np.errstate(over="ignore", invalid="ignore"):  # infinities of both signs sum to no number
        logs = np.abs(np.exp(rows).sum(axis=1) - 1) < near
        shares = (np.abs(rows.sum(axis=1) - 1) < near) & (rows.min(axis=1) >= 0)
    if logs.mean() >= most:
        return LOG_PROBABILITIES
    return PROBABILITIES if shares.mean() >= most else LOGITS
