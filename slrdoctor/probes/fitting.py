"""Train on one batch until it is reproduced, with several learning rates, within a budget."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import nn

from slrdoctor.arithmetic.error_rate import error_rate
from slrdoctor.models.batches import Batch
from slrdoctor.probes.bars import REPRODUCED
from slrdoctor.probes.handles import Handle
from slrdoctor.probes.protocol import Attempt

LOOK = 10  # steps between two decodings
WARMUP = 20  # steps in which the learning rate rises: transformers need it, and it harms none
NEGATIVE = -0.5  # below what rounding makes of a loss of zero
CLIP = 5.0  # norm of the gradients
MOST_STEPS = 3000
KEPT = 120  # points of a curve
OVERTIME = 3.0  # times its share of the time, for a training that is on its way: time is no verdict
STILL_FALLING = 0.8  # of the loss some time ago, under which a loss is on its way down


Tell = Callable[[str, int, int], None]


def fit(handle: Handle, batch: Batch, seed: int, seconds: float, tell: Tell, what: str) -> list[Attempt]:
    """Try the handle's learning rates in turn until one reproduces the batch.

    The first has half of the time and the others share the rest: one bad choice is no verdict.
    """
    attempts: list[Attempt] = []
    clock = clock_of(batch)
    end = clock() + seconds
    for place, rate in enumerate(handle.rates):
        left = end - clock()
        share = left / 2 if place == 0 else left / (len(handle.rates) - place)
        tell(f"{what}, learning rate {rate:g}", 0, MOST_STEPS)
        handle.fresh(seed)
        training = _Training(handle, batch, rate, share, MOST_STEPS)
        attempts.append(training.run(tell, f"{what}, learning rate {rate:g}"))
        if attempts[-1].reproduced:
            break
    return attempts


def clock_of(batch: Batch) -> Callable[[], float]:
    """Processor seconds of this thread on a CPU, so that a busy machine does not change the verdict.

    Of this thread alone: torch's other threads work and wait along with it.
    """
    return time.thread_time if batch.features.device.type == "cpu" else time.monotonic


def train_for(
    handle: Handle,
    batch: Batch,
    seed: int,
    rate: float,
    steps: int,
    seconds: float,
    tell: Tell,
    what: str,
) -> Attempt:
    """One training of a number of steps: for a control, which must not be given more than its model."""
    tell(what, 0, steps)
    handle.fresh(seed)
    return _Training(handle, batch, rate, seconds, steps).run(tell, what)


class _Training:
    """One training with one learning rate, step by step, within its time."""

    def __init__(self, handle: Handle, batch: Batch, rate: float, seconds: float, steps: int) -> None:
        self._handle, self._batch, self._rate = handle, batch, rate
        self._seconds, self._steps = seconds, steps
        self._parameters = [p for p in handle.module.parameters() if p.requires_grad]
        self._optimiser = torch.optim.Adam(self._parameters, lr=rate) if self._parameters else None
        self._clock = clock_of(batch)
        self._start = self._clock()
        self._losses: list[float] = []
        self._unfinished = False

    def run(self, tell: Tell, what: str) -> Attempt:
        last_sign = self._start
        for step in range(1, self._steps + 1):
            if not self._step(step):
                break
            if self._clock() > last_sign + 1.0:  # a sign of life
                last_sign = self._clock()
                tell(f"{what}: loss {self._losses[-1]:.3f}", step, self._steps)
            if step % LOOK == 0 and self._ends():
                break
        return self._attempt()

    def _step(self, step: int) -> bool:
        """Whether there is a next one: a loss that cannot fall, or is no number, ends it."""
        for group in self._optimiser.param_groups if self._optimiser is not None else ():
            group["lr"] = self._rate * min(1.0, step / WARMUP)
        self._handle.module.train()
        loss = self._handle.loss(self._batch)
        self._losses.append(float(loss.detach()))
        if not math.isfinite(self._losses[-1]) or self._losses[-1] < NEGATIVE:
            return False
        if self._optimiser is None or not loss.requires_grad:
            return False
        self._optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self._parameters, CLIP)
        self._optimiser.step()
        return True

    def _ends(self) -> bool:
        """Reproduced, or out of time; a loss that still falls is given some time more."""
        spent = self._clock() - self._start
        is_over = spent > self._seconds
        self._unfinished = is_over and is_falling(self._losses)
        is_over = is_over and (not self._unfinished or spent > OVERTIME * self._seconds)
        return is_over or (self._losses[-1] < REPRODUCED and self._attempt().reproduced)

    def _attempt(self) -> Attempt:
        """What it has come to, decoded in train and in eval mode."""
        seconds, handle, references = self._clock() - self._start, self._handle, self._batch.references
        handle.module.train()
        # what a decoding in train mode leaves in the statistics of normalisation is taken back
        kept = {name: value.clone() for name, value in handle.module.named_buffers()}
        with torch.no_grad():
            in_training = error_rate(handle.hypotheses(self._batch), references)
            for name, value in handle.module.named_buffers():
                value.copy_(kept[name])
        handle.module.eval()
        hypotheses = handle.hypotheses(self._batch)
        loss = self._losses[-1]
        attempt = Attempt(
            rate=self._rate,
            loss=loss,
            error_rate=error_rate(hypotheses, references),
            error_rate_training=in_training,
            steps=len(self._losses),
            seconds=seconds,
            blank_only=not any(hypotheses),
            not_finite=not math.isfinite(loss),
            negative=math.isfinite(loss) and loss < NEGATIVE,
            losses=tuple(_thinned(list(enumerate(self._losses, start=1)))),
        )
        return replace(attempt, unfinished=self._unfinished and not attempt.reproduced)


def is_falling(losses: Sequence[float]) -> bool:
    """Whether the last tenth of the steps lies well below the tenth that ended a quarter before."""
    tenth, quarter = len(losses) // 10, len(losses) // 4
    if not tenth:
        return False
    now, before = losses[-tenth:], losses[-quarter - tenth : -quarter]
    return sum(now) < STILL_FALLING * sum(before)


def _thinned(points: list[tuple[int, float]]) -> Iterator[tuple[int, float]]:
    every = max(1, len(points) // KEPT)
    for place, point in enumerate(points):
        if place % every == 0 or place == len(points) - 1:
            yield point
