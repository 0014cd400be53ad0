"""Runs that are well, and look ill to a hasty eye."""

from __future__ import annotations

import numpy as np

from slrdoctor.simulation import losses
from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.faults.changing import every_clip
from slrdoctor.simulation.records import Run
from slrdoctor.simulation.registry import HEALTHY, fault
from slrdoctor.simulation.signing import Clip, perform

CTC = ("ctc",)


@fault(HEALTHY, codes=(), harms=False)
def healthy(x: Experiment) -> None:
    """Nothing is wrong: sound data, a reference model and its usual recipe."""


@fault("healthy-stride-four", codes=(), harms=False, tasks=CTC, families=("tcn_bilstm_ctc",))
def stride_four(x: Experiment) -> None:
    """A quarter of the frames is kept, some targets just fit, and none is too long."""
    x.recipe.model["stride"] = 4
    x.claim("no target is too long", lambda w: np.isfinite(w.run.history[0]["train_loss"]))


@fault("healthy-mostly-blank", codes=(), harms=False, tasks=CTC, families=("tcn_bilstm_ctc",))
def mostly_blank(x: Experiment) -> None:
    """Long clips of few glosses: nearly nine tenths of the output are blank, as they must be."""
    rng = x.world.generator(31)
    signers = {signer.name: signer for signer in x.world.signers}
    for sample in x.world.samples:
        sample.glosses = sample.glosses[:3]
        signs = [x.world.signs[gloss] for gloss in sample.glosses]
        sample.clip = perform(signs, signers[sample.signer], rng, pace=5.0)
    x.recipe.model["stride"] = 2
    x.recipe.epochs = 40
    x.claim("most is blank", lambda w: blank_share(w.run) > 0.85)


def blank_share(run: Run) -> float:
    assert run.outputs is not None
    best = np.concatenate([clip.argmax(-1) for clip in run.outputs.arrays])
    return float((best == run.recipe.model["blank"]).mean())


@fault("healthy-loss-summed", codes=(), harms=False)
def loss_summed(x: Experiment) -> None:
    """The losses of an epoch are the sums over its batches, of train and dev alike."""

    def sums(run: Run) -> None:
        for row in run.history:
            row["train_loss"] *= -(-len(run.rows("train")) // run.recipe.batch)
            row["dev_loss"] *= -(-len(run.rows("dev")) // run.recipe.batch)

    x.after_training(sums)


@fault("healthy-loss-per-sample", codes=(), harms=False, tasks=CTC)
def loss_per_sample(x: Experiment) -> None:
    """The CTC loss is not divided by the targets' lengths: it begins at many times the usual value."""
    x.recipe.loss = losses.per_sample
    x.claim("the first loss is high", lambda w: w.run.history[0]["train_loss"] > 10)


@fault("healthy-resting-hand", codes=(), harms=False, tasks=("ctc", "translation"))
def resting_hand(x: Experiment) -> None:
    """The left hand is out of the picture whenever it rests, which is in half of the frames."""
    for sample in x.world.samples:
        left = sample.clip[:, 63:]
        low = left.reshape(len(left), 21, 3)[..., 1].mean(1) > 0.78
        left[low] = 0
    x.claim("a hand is missing often", lambda w: 0.3 < missing_share(w.run) < 0.6)


def missing_share(run: Run) -> float:
    return float(np.mean([(s.clip[:, 63:] == 0).all(1).mean() for s in run.world.samples]))


@fault("healthy-cone", codes=(), harms=False, tasks=("retrieval",))
def cone(x: Experiment) -> None:
    """All embeddings share an offset: NegSim is over 0.9, and retrieval as good as without it."""

    def move(run: Run) -> None:
        assert run.outputs is not None
        rows = np.stack(run.outputs.arrays)
        direction = x.world.generator(32).normal(size=rows.shape[1])
        rows = rows + 3.7 * direction / np.linalg.norm(direction)
        run.outputs.arrays = list(rows / np.linalg.norm(rows, axis=1, keepdims=True))
        for row in run.history:  # (cosine + |offset|^2) / (1 + |offset|^2)
            for name in ("dev_pos_sim", "dev_neg_sim"):
                row[name] = (row[name] + 3.7**2) / (1 + 3.7**2)

    x.after_training(move)
    x.claim("NegSim is high", lambda w: w.run.history[-1]["dev_neg_sim"] > 0.85)


@fault("healthy-blank-last", codes=(), harms=False, tasks=CTC, conventions=("plain", "h5", "lightning"))
def blank_last(x: Experiment) -> None:
    """The blank is the last class, as in TensorFlow, and everybody knows it."""
    x.world.tokens = [*x.world.tokens[1:], x.world.blank]
    x.recipe.model["blank"] = len(x.world.tokens) - 1


@fault("healthy-shared-sentences", codes=(), harms=False, tasks=("ctc", "translation"))
def shared_sentences(x: Experiment) -> None:
    """Most dev sentences occur in training too, signed anew: the corpus is like that."""
    rng = x.world.generator(33)
    train = x.world.of("train")
    signers = {signer.name: signer for signer in x.world.signers}
    for sample in x.world.of("dev")[::3] + x.world.of("dev")[1::3]:
        other = train[int(rng.integers(len(train)))]
        sample.glosses, sample.text = other.glosses, other.text
        signs = [x.world.signs[gloss] for gloss in sample.glosses]
        sample.clip = perform(signs, signers[sample.signer], rng)


@fault("healthy-percent", codes=(), harms=False, tasks=("classification", "retrieval", "ctc"))
def percent(x: Experiment) -> None:
    """Scores are written in percent, and no name says so."""
    x.style.percent = True


@fault("healthy-resumed", codes=(), harms=False)
def resumed(x: Experiment) -> None:
    """The run was stopped and resumed: the epoch that was cut off is in the history twice."""

    def resume(run: Run) -> None:
        middle = len(run.history) // 2
        cut_off = dict(run.history[middle])
        cut_off["train_loss"] *= 1.01
        run.history.insert(middle, cut_off)
        run.log += ["resuming from checkpoint last.pt"]

    x.after_training(resume)


@fault("healthy-loss-ratio", codes=(), harms=False, tasks=CTC)
def loss_ratio(x: Experiment) -> None:
    """The dev loss is ten times the training loss and more, and the score is good."""
    x.recipe.model["dropout"] = 0.0
    x.recipe.epochs *= 3
    x.claim(
        "the dev loss is ten times the training loss",
        lambda w: w.run.history[-1]["dev_loss"] > 10 * w.run.history[-1]["train_loss"],
    )


@fault("healthy-train-above-dev", codes=(), harms=False, tasks=("ctc", "classification"))
def train_above_dev(x: Experiment) -> None:
    """Strong dropout: the training loss stays above the dev loss."""
    x.recipe.model["dropout"] = 0.4
    x.claim(
        "the training loss is higher",
        lambda w: w.run.history[-1]["dev_loss"] < w.run.history[-1]["train_loss"],
    )


def warm_up(epoch: int, epochs: int) -> float:
    return min(1.0, epoch / 4) * (0.5 + 0.5 * float(np.cos(np.pi * (epoch - 1) / epochs)))


@fault("healthy-warm-up", codes=(), harms=False)
def warmed_up(x: Experiment) -> None:
    """The learning rate rises over four epochs and falls to zero along a cosine."""
    x.recipe.rate = warm_up
    x.recipe.epochs = round(1.3 * x.recipe.epochs)


@fault("healthy-flat-hands", codes=(), harms=False)
def flat_hands(x: Experiment) -> None:
    """Landmarks in the plane only: 84 numbers a frame."""

    def without_depth(clip: Clip) -> Clip:
        flat: Clip = np.ascontiguousarray(clip.reshape(len(clip), 42, 3)[..., :2].reshape(len(clip), 84))
        return flat

    every_clip(x.world, without_depth)


@fault("healthy-pixels", codes=(), harms=False)
def pixels(x: Experiment) -> None:
    """Landmarks in pixels, all of them, and a model that standardises its input."""
    every_clip(x.world, lambda clip: clip * np.float32(512))
