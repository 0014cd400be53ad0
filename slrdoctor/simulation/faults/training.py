"""Faults of the training: rate, gradients, stages, logs."""

from __future__ import annotations

import math
from typing import Any

from slrdoctor.simulation import losses
from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.faults.changing import keep_training
from slrdoctor.simulation.faults.ctc import zeroed
from slrdoctor.simulation.records import Run, Written
from slrdoctor.simulation.registry import fault


@fault("rate-too-high", codes=("TRN506", "TRN503", "TRN502"), harms=True)
def rate_too_high(x: Experiment) -> None:
    """The learning rate is a hundred times too high."""
    x.recipe.learning_rate *= 100
    x.recipe.clip_norm = 1e9


@fault("rate-zero", codes=("TRN506", "MDL603", "TRN502"), harms=True)
def rate_zero(x: Experiment) -> None:
    """The scheduler sets the learning rate to zero before the first step."""
    x.recipe.rate = no_rate


def no_rate(epoch: int, epochs: int) -> float:
    return 0.0


@fault("rate-collapsed", codes=("TRN506",), harms=True)
def rate_collapsed(x: Experiment) -> None:
    """The scheduler is stepped once a batch, not once an epoch: soon there is no rate left."""
    x.recipe.rate = falls_at_once


def falls_at_once(epoch: int, epochs: int) -> float:
    return float(0.05 ** (epoch - 1))


@fault("rate-raised", codes=("TRN503", "TRN506", "TRN508"), harms=True)
def rate_raised(x: Experiment) -> None:
    """Half way, a restart raises the rate a hundredfold: the loss climbs and stays."""
    x.recipe.rate = raised_half_way
    x.recipe.clip_norm = 1e9


def raised_half_way(epoch: int, epochs: int) -> float:
    return 1.0 if epoch <= epochs // 2 else 100.0


@fault(
    "stage-shock",
    codes=("TRN508", "TRN503", "TRN506"),
    harms=True,
    tasks=("ctc", "retrieval", "translation"),
)
def stage_shock(x: Experiment) -> None:
    """A second stage begins with a fresh optimizer and thirty times the rate, and does not recover."""
    x.recipe.rate = second_stage
    x.recipe.clip_norm = 1e9
    x.claim("the second stage does not come back", does_not_come_back)

    def number(run: Run) -> None:
        for row in run.history:
            row["stage"] = 1 if row["epoch"] <= len(run.history) * 2 // 3 else 2

    x.after_training(number)


def does_not_come_back(written: Written) -> bool:
    losses = [row["dev_loss"] for row in written.run.history]
    first = len(losses) * 2 // 3
    return min(losses[first:]) > 1.1 * min(losses[:first])


def second_stage(epoch: int, epochs: int) -> float:
    return 1.0 if epoch <= epochs * 2 // 3 else 30.0


@fault("gradients-exploding", codes=("TRN507", "TRN506"), harms=True,
       tasks=("ctc", "classification", "translation"))  # fmt: skip
def gradients_exploding(x: Experiment) -> None:
    """Weights start fifty times too large and nothing clips the gradients."""
    x.recipe.prepare = blow_up
    x.recipe.clip_norm = 1e12
    x.claim("gradients are huge", lambda w: w.run.history[0]["grad_norm"] > 100)


def blow_up(model: Any) -> None:
    for parameter in model.parameters():
        if parameter.ndim > 1:
            parameter.data *= 50


@fault("gradients-vanishing", codes=("TRN507", "MDL603", "TRN502"), harms=True)
def gradients_vanishing(x: Experiment) -> None:
    """The loss is scaled down so far that nothing is left of the gradients."""
    x.recipe.loss = losses.faint
    x.recipe.learning_rate = min(x.recipe.learning_rate, 1e-3)


@fault("memorised", codes=("TRN504", "MDL601", "LAB206"), harms=True, tasks=("ctc", "classification"))
def memorised(x: Experiment) -> None:
    """A few dozen training samples and a large model without dropout, trained for long."""
    keep_training(x.world, 30)
    x.recipe.model["dropout"] = 0.0
    x.recipe.epochs *= 4 if x.world.task == "ctc" else 3


@fault("stopped-early", codes=("TRN509",), harms=True, tasks=("classification", "translation"))
def stopped_early(x: Experiment) -> None:
    """The job's time limit ended the training while dev still improved."""
    x.recipe.epochs = 9
    x.recipe.learning_rate *= 0.25 if x.world.task == "classification" else 0.8
    x.recipe.rate = full_rate


def full_rate(epoch: int, epochs: int) -> float:
    return 1.0


@fault("two-runs-in-one-history", codes=("TRN510",), harms=False,
       conventions=("plain", "h5", "lightning", "vac", "signjoey"))  # fmt: skip
def two_runs_in_one_history(x: Experiment) -> None:
    """Two jobs wrote to one history at the same time."""

    def interleave(run: Run) -> None:
        rng = x.world.generator(41)
        losses_of = ("train_loss", "dev_loss")
        again = [
            row | {name: row[name] * (1.2 + 0.3 * rng.random()) for name in losses_of}
            for row in run.history
        ]
        run.history = [row for pair in zip(run.history, again, strict=True) for row in pair]

    x.after_training(interleave)
    x.claim("epochs occur twice", lambda w: len(w.run.history) == 2 * x.recipe.epochs)


@fault("never-trained", codes=("TRN511",), harms=False, conventions=("h5", "signjoey", "vac"))
def never_trained(x: Experiment) -> None:
    """The job starts, prints its settings, and is killed before its first epoch ends."""
    x.recipe.finishes = False

    def starts(run: Run) -> None:
        run.log += ["loading data", f"{len(run.rows('train'))} training samples", "start training"] * 3

    x.after_training(starts)
    x.claim("no epoch was finished", lambda w: not w.run.history)


@fault("train-loss-summed", codes=("TRN512",), harms=False)
def train_loss_summed(x: Experiment) -> None:
    """The training loss is the sum over the batches of an epoch, the dev loss a mean."""

    def sums(run: Run) -> None:
        for row in run.history:
            row["train_loss"] *= -(-len(run.rows("train")) // run.recipe.batch)

    x.after_training(sums)
    x.claim("the losses are far apart", lambda w: (
        w.run.history[-1]["train_loss"] > 2 * w.run.history[-1]["dev_loss"]
    ))  # fmt: skip


@fault("input-zeroed", codes=("EVL913", "TRN502", "EVL905", "EVL904", "DEC801", "EMB701"), harms=True,
       tasks=("classification", "retrieval"))  # fmt: skip
def input_zeroed(x: Experiment) -> None:
    """A mask that is all zeros reaches the features: the model guesses."""
    x.recipe.frames = zeroed


@fault("weights-initialised-with-nan", codes=("MDL602", "TRN501"), harms=True)
def weights_initialised_with_nan(x: Experiment) -> None:
    """The model's input statistics have a NaN, of a landmark averaged over nothing."""
    x.recipe.prepare = forget_a_mean
    x.claim("the loss is NaN", lambda w: math.isnan(w.run.history[-1]["train_loss"]))


def forget_a_mean(model: Any) -> None:
    model.mean[5] = math.nan
