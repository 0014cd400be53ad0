"""The training loop: warm up, clip, look at dev, keep the best, write everything down."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from slrdoctor.models.batches import Batch
from slrdoctor.retraining import checkpoints
from slrdoctor.retraining.anchors import Anchors
from slrdoctor.retraining.checkpoints import BEST, LAST, State
from slrdoctor.retraining.data import Material, Reader, batches_of
from slrdoctor.retraining.evaluation import Look, look_at
from slrdoctor.retraining.models import Penalised
from slrdoctor.retraining.plan import CannotRetrain, Plan
from slrdoctor.retraining.recipe import Plain
from slrdoctor.retraining.run_files import write_history
from slrdoctor.retraining.scores import METRIC, named, signed
from slrdoctor.words.metrics import metric

CLIP = 1.0  # largest norm of the gradient
WEIGHT_DECAY = 1e-2
SAVED_EVERY = 120.0  # seconds, within an epoch that takes longer

Tell = Callable[[str], None]


@dataclass
class Training:
    """One training, which `run` takes as far as the time allows."""

    plan: Plan
    module: ModuleType
    model: Any
    material: Material
    reader: Reader
    recipe: Plain
    anchors: Anchors
    out: Path
    tell: Tell

    def __post_init__(self) -> None:
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=self.plan.learning_rate, weight_decay=WEIGHT_DECAY
        )
        self.state = State()

    def take_up(self) -> bool:
        """Go on where the folder's last checkpoint stands; false where there is none."""
        path = self.out / LAST
        if not path.is_file():
            return False
        watched, self.state = checkpoints.load(path, self.model, self.optimizer, self.plan.device)
        self.recipe.load(watched)
        # sums of other lengths would round otherwise
        torch.set_num_threads(self.state.threads or torch.get_num_threads())
        write_history(self.out, self.state.history)
        return True

    def run(self, until: float = math.inf) -> str:
        """Train until it is over, or the clock (time.monotonic) says `until`; returns why it ended."""
        while not self.state.ended:
            if not self._epoch(until):
                self._save()
                return "the time is up"
        return self.state.ended

    def _epoch(self, until: float) -> bool:
        """Train the rest of an epoch and look at dev; false where time ran out."""
        state, started, saved = self.state, time.monotonic(), time.monotonic()
        lengths = [item.sample.frames for item in self.material.train]
        batches = batches_of(
            lengths, self.material.dims, self.plan.batch_size, self.plan.seed, state.epoch
        )
        self.model.train()
        for chosen in batches[state.batch :]:
            now = time.monotonic()
            if now > until:
                return False
            if now - saved > SAVED_EVERY:
                self._save()
                saved = now
            self._step(self.reader.batch([self.material.train[i] for i in chosen]))
            state.batch += 1
            state.step += 1
        self._end_epoch(time.monotonic() - started)
        return True

    def _step(self, batch: Batch) -> None:
        step = self.state.step
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate_at(step)
        self.optimizer.zero_grad()
        penalty = self.recipe.penalty_at(step)
        called = Penalised(self.model, penalty) if penalty else self.model
        loss = self.module.loss_of(called, *batch.all)
        if not torch.isfinite(loss):
            raise CannotRetrain(
                f"the loss is {loss.item()} in epoch {self.state.epoch}, on a batch with "
                f"{', '.join(batch.ids[:5])}: "
                "look at these samples, or give a lower --learning-rate"
            )
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        self.optimizer.step()
        count = len(batch.ids)
        self.state.loss_sum += float(loss.detach()) * count
        self.state.norm_sum += float(norm) * count
        self.state.seen += count

    def _end_epoch(self, seconds: float) -> None:
        state = self.state
        penalty = self.recipe.penalty_at(state.step)
        look = look_at(
            self.module, self.model, self.material, self.reader, self.plan.batch_size, penalty
        )
        row = self._row(look, penalty)  # before dev is seen: the rate that this epoch had
        state.history.append(row)
        is_best = self.recipe.see(state.epoch, signed(self.plan.task, look.score), look.loss)
        if is_best:
            metric = METRIC[self.plan.task]
            checkpoints.save_best(self.out / BEST, self.model, state.epoch, metric, look.score)
        self.tell(self._line(row, look, is_best, seconds))
        state.ended = self.recipe.ended(state.epoch)
        state.epoch += 1
        state.batch, state.seen, state.loss_sum, state.norm_sum = 0, 0, 0.0, 0.0
        # the best is there before the last that knows of it: killed in between, this epoch is
        # trained once more, with the same result
        self._save()
        write_history(self.out, state.history)

    def _row(self, look: Look, penalty: float) -> dict[str, Any]:
        state = self.state
        row: dict[str, Any] = {
            "epoch": state.epoch,
            "train_loss": state.loss_sum / state.seen,
            "dev_loss": look.loss,
            named(self.plan.task): look.score,
            "learning_rate": self.recipe.rate_at(max(0, state.step - 1)),
            "grad_norm": state.norm_sum / state.seen,
        }
        if self.plan.task == "ctc":
            row["dev_blank_share"] = look.blank_share
            row["dev_length_ratio"] = look.length_ratio
            row["dev_distinct_glosses"] = look.distinct
        if self.recipe.phase_of(state.epoch):
            row["blank_penalty"] = penalty
            row["phase"] = self.recipe.phase_of(state.epoch)
        return row

    def _line(self, row: dict[str, Any], look: Look, is_best: bool, seconds: float) -> str:
        phase = f" {row['phase']}" if "phase" in row else ""
        return (
            f"epoch {row['epoch']}/{self.plan.epochs}{phase}: train loss {row['train_loss']:.3f}, "
            f"dev {look.loss:.3f} (floor {self.anchors.dev_floor:.2f}, start {self.anchors.start:.2f}), "
            f"dev {metric(METRIC[self.plan.task]).named(look.score)}{' *' if is_best else ''}, "
            f"rate {row['learning_rate']:.1e}, {seconds:.1f} s"
        )

    def _save(self) -> None:
        self.state.threads = torch.get_num_threads()
        checkpoints.save(self.out / LAST, self.model, self.optimizer, self.recipe.state(), self.state)
