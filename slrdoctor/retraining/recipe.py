"""How fast to learn, how long, and when to stop: two recipes of one shape.

`plain` warms up, then halves the rate wherever dev stands still, and stops where it stays so.
`phased` has four phases of fixed length with a penalty on the blank that decays to nothing.
Everything is a function of the step, except what dev has shown, which `state` holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

WARMUP_STEPS = 500  # or one epoch, whichever is less
HALVED = 0.5
SLOWEST = 1 / 64  # of the full rate
PERFECT_FOR = 5  # epochs after the first without an error
BETTER_LOSS = 0.999  # of the best dev loss: less of a fall is none
PHASES = (  # name, share of the epochs
    ("warmup", 0.1),
    ("exploration", 0.35),
    ("consolidation", 0.35),
    ("fine-tuning", 0.2),
)
PENALTY = 2.0  # nats off the blank's logit, at first: e^2 = 7 times less likely
PENALTY_LEFT = 0.5  # after exploration
EPOCHS_DONE = "all epochs of the plan are done"


@dataclass
class Watch:
    """What dev has shown so far. Scores are signed so that higher is better."""

    best: float = -math.inf
    best_epoch: int = 0
    best_loss: float = math.inf  # at the best epoch: decides between equal scores
    first: float = math.nan
    lowest_loss: float = math.inf
    stale: int = 0  # epochs without progress
    waited: int = 0  # of these, since the rate was halved last
    halvings: int = 0

    def see(self, epoch: int, score: float, loss: float, perfect: float) -> bool:
        """Take note of an epoch; true where it is the best so far.

        Progress is a better score. Until the score has moved at all, as in CTC's blank phase,
        a lower loss is progress too.
        """
        if math.isnan(self.first):
            self.first = score
        is_best = score > self.best or (score == self.best and loss < self.best_loss)
        unmoved = max(self.best, score) <= self.first < perfect
        progress = score > self.best or (unmoved and loss < BETTER_LOSS * self.lowest_loss)
        self.lowest_loss = min(self.lowest_loss, loss)
        if is_best:
            self.best, self.best_epoch, self.best_loss = max(score, self.best), epoch, loss
        self.stale = 0 if progress else self.stale + 1
        self.waited = 0 if progress else self.waited + 1
        return is_best


@dataclass
class Plain:
    """Warm up, halve the rate on a plateau of dev, stop after a longer one."""

    rate: float
    steps_an_epoch: int
    epochs: int
    perfect: float = math.inf  # the best score there is, signed
    watch: Watch = field(default_factory=Watch)

    @property
    def warmup(self) -> int:
        return max(1, min(WARMUP_STEPS, self.steps_an_epoch))

    @property
    def patience(self) -> int:
        """Epochs without progress after which to stop; the rate is halved after a third of them."""
        return max(10, self.epochs // 8)

    def rate_at(self, step: int) -> float:
        """The rate of the step, counted from 0."""
        reduced = self.rate * max(SLOWEST, HALVED**self.watch.halvings)
        return reduced * min(1.0, (step + 1) / self.warmup)

    def penalty_at(self, step: int) -> float:
        return 0.0

    def phase_of(self, epoch: int) -> str:
        return ""

    def see(self, epoch: int, score: float, loss: float) -> bool:
        is_best = self.watch.see(epoch, score, loss, self.perfect)
        if self.watch.waited >= max(3, self.patience // 3):
            self.watch.halvings += 1
            self.watch.waited = 0
        return is_best

    def ended(self, epoch: int) -> str:
        """Why there is no epoch after this one; empty where there is."""
        if epoch >= self.epochs:
            return EPOCHS_DONE
        if self.watch.best >= self.perfect and self.watch.stale >= PERFECT_FOR:
            return f"dev has been without an error for {self.watch.stale} epochs"
        if self.watch.stale >= self.patience:
            return f"dev has not got better for {self.watch.stale} epochs"
        return ""

    def state(self) -> dict[str, Any]:
        return dict(vars(self.watch))

    def load(self, state: dict[str, Any]) -> None:
        self.watch = Watch(**state)


@dataclass
class Phased(Plain):
    """Warmup, exploration, consolidation and fine-tuning, each a fixed share of the epochs.

    The rate is a continuous curve over all of them: a phase that begins with a jump throws
    away what the one before had learned (TRN508).
    """

    def ends(self) -> list[int]:
        """The last epoch of each phase; each has at least one where there are four epochs."""
        shares, ends = 0.0, []
        for number, (_, share) in enumerate(PHASES):
            shares += share
            left = len(PHASES) - 1 - number
            end = max(number + 1, round(shares * self.epochs))
            ends.append(max(0, min(end, self.epochs - left)))
        return ends

    def phase_of(self, epoch: int) -> str:
        """The phase of an epoch, counted from 1."""
        place = next((i for i, end in enumerate(self.ends()) if epoch <= end), len(PHASES) - 1)
        return PHASES[place][0]

    @property
    def warmup(self) -> int:
        return max(1, self.ends()[0] * self.steps_an_epoch)

    def rate_at(self, step: int) -> float:
        """Up in the warmup, level in exploration, down by a half cosine to 1/10, then to 1/64."""
        passed = (step + 1) / self.steps_an_epoch
        warm, explored, settled, over = self.ends()
        if passed <= warm:
            return self.rate * passed / warm
        if passed <= explored:
            return self.rate
        if passed <= settled:
            falls = (1 + math.cos(math.pi * (passed - explored) / (settled - explored))) / 2
            return self.rate * (0.1 + 0.9 * falls)
        left = max(0.0, (over - passed) / max(over - settled, 1))
        return self.rate * (SLOWEST + (0.1 - SLOWEST) * left)

    def penalty_at(self, step: int) -> float:
        """Nats off the blank's logit: full in the warmup, then down to nothing."""
        passed = step / self.steps_an_epoch
        warm, explored, settled, _ = self.ends()
        if passed < warm:
            return PENALTY
        if passed < explored:
            return PENALTY + (PENALTY_LEFT - PENALTY) * (passed - warm) / (explored - warm)
        return max(0.0, PENALTY_LEFT * (settled - passed) / max(settled - explored, 1))

    def see(self, epoch: int, score: float, loss: float) -> bool:
        if epoch == self.ends()[2]:
            # the penalty is gone: what was best with it is not what the weights alone give
            self.watch = Watch()
        return self.watch.see(epoch, score, loss, self.perfect)

    def ended(self, epoch: int) -> str:
        return EPOCHS_DONE if epoch >= self.epochs else ""


def recipe(name: str, rate: float, steps_an_epoch: int, epochs: int, perfect: float) -> Plain:
    return (Phased if name == "phased" else Plain)(rate, steps_an_epoch, epochs, perfect)
