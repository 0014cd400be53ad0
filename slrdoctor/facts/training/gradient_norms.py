"""The logged gradient norms, early and late in a run."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training.dev_score import finite
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.words.grammar import number

PART = 0.2  # of the run: its beginning and its end
NOTHING = 1e-8  # a norm that moves no float32 weight


@dataclass(frozen=True)
class GradientNorms:
    """Medians of the first and the last fifth; shares are of all logged values."""

    early: float  # nan where not one value is finite
    late: float
    largest: float
    bad: float  # share of NaN or Inf
    bad_at_end: float  # share of the last fifth that is NaN or Inf
    zero: float  # share at or below 1e-8
    zero_at_end: float
    points: int
    per: str
    name: str
    read_from: str

    @property
    def sentence(self) -> str:
        if math.isnan(self.early):
            return f"all {self.points} gradient norms are NaN or infinite"
        course = f"gradient norm {number(self.early)} early and {number(self.late)} late"
        course += f", over {self.points} {self.per}s"
        return f"{course}, {self.bad:.1%} of them NaN or infinite" if self.bad else course


@measure
def gradient_norms(history: History) -> GradientNorms:
    curves = [c for c in history.curves if c.quantity == "grad_norm" and len(c.values)]
    if not curves:
        raise Unavailable(
            f"looked for gradient norms in {history.read_from}",
            "log what torch.nn.utils.clip_grad_norm_ returns, as grad_norm",
        )
    return of_curve(max(curves, key=lambda c: len(c.values)))


def of_curve(curve: Curve) -> GradientNorms:
    """The norms of one curve with at least one value, NaN and Inf among them."""
    part = max(1, round(len(curve.values) * PART))
    last = curve.values[-part:]
    good = finite(curve)[1]
    return GradientNorms(
        early=float(np.median(good[:part])) if len(good) else math.nan,
        late=float(np.median(good[-part:])) if len(good) else math.nan,
        largest=float(np.max(good)) if len(good) else math.nan,
        bad=float(np.mean(~np.isfinite(curve.values))),
        bad_at_end=float(np.mean(~np.isfinite(last))),
        zero=float(np.mean(np.abs(curve.values) <= NOTHING)),
        zero_at_end=float(np.mean(np.abs(last) <= NOTHING)),
        points=len(curve.values),
        per=curve.per,
        name=curve.name,
        read_from=curve.read_from,
    )
