"""Faults of CTC: lengths, the blank, the softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from slrdoctor.simulation import losses
from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.faults.changing import every_clip
from slrdoctor.simulation.faults.features import UNSTRIDED
from slrdoctor.simulation.faults.healthy import blank_share
from slrdoctor.simulation.records import Run
from slrdoctor.simulation.registry import fault
from slrdoctor.simulation.signing import Clip

CTC = ("ctc",)
SHORT = 24  # frames


def every_second(clip: Clip) -> Clip:
    return np.ascontiguousarray(clip[::2])


@fault("targets-too-long", codes=("CTC401",), harms=True, tasks=CTC, families=("tcn_bilstm_ctc",))
def targets_too_long(x: Experiment) -> None:
    """Video at half the frame rate, and still a quarter of the frames is kept: the loss is infinite."""
    every_clip(x.world, every_second)
    x.claim("the loss is infinite", lambda w: not np.isfinite(w.run.history[-1]["train_loss"]))


@fault("long-targets-silenced", codes=("CTC401", "CTC404"), harms=True, tasks=CTC,
       families=("tcn_bilstm_ctc",))  # fmt: skip
def long_targets_silenced(x: Experiment) -> None:
    """As above with zero_infinity=True: the samples that do not fit are dropped without a word."""
    every_clip(x.world, every_second)
    x.recipe.loss = losses.silenced
    x.after_training(_say_silenced)


def _say_silenced(run: Run) -> None:
    run.config["training"]["zero_infinity"] = True


@fault(
    "clips-cut",
    codes=("CTC417", "CTC401"),
    harms=True,
    tasks=CTC,
    families=("tcn_bilstm_ctc",),
)
def clips_cut(x: Experiment) -> None:
    """The loader cuts clips at a maximum length, and the end of most sentences with it."""
    x.recipe.frames = cut_short
    x.recipe.loss = losses.skipped

    def say(run: Run) -> None:
        run.config["data"] = {"max_frames": SHORT}

    x.after_training(say)


def cut_short(clip: Clip) -> Clip:
    return np.ascontiguousarray(clip[:SHORT])


@fault("decoder-takes-another-blank", codes=("CTC415", "LAB204"), harms=True, tasks=CTC,
       conventions=("plain", "h5", "lightning"))  # fmt: skip
def decoder_takes_another_blank(x: Experiment) -> None:
    """The loss has its blank at 0; config and decoder say that it is the last class."""
    last = len(x.world.tokens) - 1
    x.recipe.decoding_blank = last

    def say(run: Run) -> None:
        run.config["training"]["blank"] = last

    x.after_training(say)


@fault("loss-takes-another-blank", codes=("CTC415",), harms=True, tasks=CTC, families=UNSTRIDED)
def loss_takes_another_blank(x: Experiment) -> None:
    """The loss takes the last class for the blank; config, vocabulary and decoder have it at 0."""
    x.recipe.loss = losses.blank_is_last


@fault("no-log-softmax", codes=("CTC416",), harms=True, tasks=CTC, families=UNSTRIDED)
def no_log_softmax(x: Experiment) -> None:
    """The head's logits go into the CTC loss as they are, and are stored as log-probabilities."""
    x.recipe.prepare = give_logits
    x.claim("rows do not sum to one", lambda w: _furthest_from_one(w.run) > 0.1)


def _furthest_from_one(run: Run) -> float:
    assert run.outputs is not None
    return float(max(np.abs(np.exp(clip).sum(-1) - 1).max() for clip in run.outputs.arrays))


def give_logits(model: Any) -> None:
    """Let the model return what its head gives."""
    kept: list[Any] = []
    model.head.register_forward_hook(lambda _, __, output: kept.append(output))
    model.register_forward_hook(
        lambda _, __, output: (kept.pop().transpose(0, 1), output[1]) if kept else output
    )


@fault("blank-bias", codes=("CTC418", "CTC411"), harms=True, tasks=CTC)
def blank_bias(x: Experiment) -> None:
    """The head begins with a huge bias on the blank, which the optimizer is not given."""
    x.recipe.prepare = bias_the_blank
    x.recipe.trains = all_but_the_bias
    x.recipe.learning_rate *= 0.25
    x.claim("all is blank", lambda w: blank_share(w.run) > 0.99)


def bias_the_blank(model: Any) -> None:
    model.head.bias.data[model.config.blank] = 500.0


def all_but_the_bias(name: str) -> bool:
    return name != "head.bias"


@fault("input-multiplied-away", codes=("EVL913", "CTC412", "TRN502", "CTC411"), harms=True, tasks=CTC)
def input_multiplied_away(x: Experiment) -> None:
    """A mask that is all zeros reaches the features: the model sees nothing."""
    x.recipe.frames = zeroed


def zeroed(clip: Clip) -> Clip:
    return np.zeros_like(clip)


@fault("batch-pairs-lost", codes=("EVL913", "CTC412", "TRN502", "CTC411"), harms=True, tasks=CTC,
       families=UNSTRIDED)  # fmt: skip
def batch_pairs_lost(x: Experiment) -> None:
    """The collate function sorts clips by length and leaves the targets in their order."""
    x.recipe.loss = losses.of_shuffled_targets


@fault(
    "lengths-divided",
    codes=("CTC405", "CTC414"),
    harms=True,
    tasks=CTC,
    families=UNSTRIDED,
    conventions=("vac",),
)
def lengths_divided(x: Experiment) -> None:
    """Lengths are divided by a stride that the model does not have: the loss sees beginnings only."""
    x.recipe.loss = losses.short_lengths
