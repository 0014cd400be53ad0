"""Train on one batch until it is reproduced, with several learning rates, within a budget."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import nn

from slrdoctor.arithmetic.error_rate import error_rate
from slrdoctor.probes.bars import REPRODUCED
from slrdoctor.probes.batches import Batch
from slrdoctor.probes.handles import Handle

LOOK = 10  # steps between two decodings
WARMUP = 20  # steps in which the learning rate rises: transformers need it, and it harms none
NEGATIVE = -0.5  # below what rounding makes of a loss of zero
CLIP = 5.0  # norm of the gradients
MOST_STEPS = 3000
KEPT = 120  # points of a curve
OVERTIME = 3.0  # times its share of the time, for a training that is on its way: time is no verdict
STILL_FALLING = 0.8  # of the loss some time ago, under which a loss is on its way down


@dataclass
class Attempt:
    """One training with one learning rate. The loss is a token's, in nats."""

    rate: float
    losses: list[tuple[int, float]] = field(default_factory=list)  # (step, loss), thinned out
    steps: int = 0
    seconds: float = 0.0
    loss: float = math.inf  # the last
    error_rate: float = math.inf  # in eval mode, over the samples trained on
    error_rate_training: float = math.inf  # in train mode
    blank_only: bool = False  # nothing at all was decoded
    not_finite: bool = False  # the loss stopped being a number
    negative: bool = False  # a loss of probabilities never is
    unfinished: bool = False  # the time ended while the loss was still falling

    @property
    def reproduced(self) -> bool:
        return self.error_rate == 0 and self.loss < REPRODUCED

    @property
    def order(self) -> tuple[bool, float, float]:
        """The best attempt is the least."""
        return (not self.reproduced, self.error_rate, self.loss)


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
        attempts.append(_train(handle, batch, rate, share, tell, f"{what}, learning rate {rate:g}"))
        if attempts[-1].reproduced:
            break
    return attempts


def clock_of(batch: Batch) -> Callable[[], float]:
    """Seconds of this process on a CPU, so that a busy machine does not change the verdict."""
    if batch.features.device.type != "cpu" or torch.get_num_threads() > 1:
        return time.monotonic
    return time.process_time


def train_for(
    handle: Handle, batch: Batch, seed: int, rate: float, steps: int, seconds: float
) -> Attempt:
    """One training of a number of steps: for a control, which must not be given more than its model."""
    handle.fresh(seed)
    return _train(handle, batch, rate, seconds, lambda *_: None, "", steps)


def _train(
    handle: Handle,
    batch: Batch,
    rate: float,
    seconds: float,
    tell: Tell,
    what: str,
    most: int = MOST_STEPS,
) -> Attempt:
    attempt, clock = Attempt(rate), clock_of(batch)
    start = heard = clock()
    parameters = [p for p in handle.module.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(parameters, lr=rate) if parameters else None
    for step in range(1, most + 1):
        for group in optimiser.param_groups if optimiser is not None else ():
            group["lr"] = rate * min(1.0, step / WARMUP)
        handle.module.train()
        loss = handle.loss(batch)
        attempt.loss, attempt.steps = float(loss.detach()), step
        attempt.losses.append((step, attempt.loss))
        if not math.isfinite(attempt.loss):
            attempt.not_finite = True
            break
        if attempt.loss < NEGATIVE:
            attempt.negative = True
            break
        if optimiser is None or not loss.requires_grad:
            break
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(parameters, CLIP)
        optimiser.step()
        if clock() > heard + 1.0:  # a sign of life
            heard = clock()
            tell(f"{what}: loss {attempt.loss:.3f}", step, most)
        if step % LOOK == 0:
            over = clock() - start > seconds
            attempt.unfinished = over and is_falling([loss for _, loss in attempt.losses])
            over = over and (not attempt.unfinished or clock() - start > OVERTIME * seconds)
            if attempt.loss < REPRODUCED or over:
                _score(handle, batch, attempt)
                if attempt.reproduced or over:
                    break
    attempt.seconds = clock() - start
    _score(handle, batch, attempt)
    attempt.unfinished = attempt.unfinished and not attempt.reproduced
    attempt.losses = list(_thinned(attempt.losses))
    return attempt


def is_falling(losses: Sequence[float]) -> bool:
    """Whether the last tenth of the steps lies well below the tenth that ended a quarter before."""
    tenth, quarter = len(losses) // 10, len(losses) // 4
    if not tenth:
        return False
    now, before = losses[-tenth:], losses[-quarter - tenth : -quarter]
    return sum(now) < STILL_FALLING * sum(before)


def _score(handle: Handle, batch: Batch, attempt: Attempt) -> None:
    """Decode in train and in eval mode."""
    handle.module.train()
    # what a decoding in train mode leaves in the statistics of normalisation is taken back
    kept = {name: value.clone() for name, value in handle.module.named_buffers()}
    with torch.no_grad():
        attempt.error_rate_training = error_rate(handle.hypotheses(batch), batch.references)
        for name, value in handle.module.named_buffers():
            value.copy_(kept[name])
    handle.module.eval()
    hypotheses = handle.hypotheses(batch)
    attempt.error_rate = error_rate(hypotheses, batch.references)
    attempt.blank_only = not any(hypotheses)


def _thinned(points: list[tuple[int, float]]) -> Iterator[tuple[int, float]]:
    every = max(1, len(points) // KEPT)
    for place, point in enumerate(points):
        if place % every == 0 or place == len(points) - 1:
            yield point
