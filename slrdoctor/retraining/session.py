"""One retraining from the opened run to the written folder."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from slrdoctor.models.batches import Batch, statistics
from slrdoctor.models.device import DeviceMissing, device_for, threads_for
from slrdoctor.models.dump import dump_outputs
from slrdoctor.models.reference import load
from slrdoctor.retraining import checkpoints, phases
from slrdoctor.retraining.anchors import Anchors, anchors
from slrdoctor.retraining.checkpoints import BEST, LAST
from slrdoctor.retraining.data import Item, Material, Reader, material, split_samples
from slrdoctor.retraining.evaluation import Look, look_at
from slrdoctor.retraining.loop import Tell, Training
from slrdoctor.retraining.models import build, parameters_of, stride_of
from slrdoctor.retraining.plan import CannotRetrain, Options, Plan, chosen_model, planned
from slrdoctor.retraining.pointing import Subject, write_settings
from slrdoctor.retraining.recipe import EPOCHS_DONE, recipe
from slrdoctor.retraining.run_files import (
    OUTPUTS,
    check_place,
    prepare,
    write_predictions,
    write_vocabulary,
)
from slrdoctor.retraining.scores import METRIC, perfect
from slrdoctor.words.metrics import metric


@dataclass(frozen=True)
class Outcome:
    """What a retraining came to, before it is scanned."""

    plan: Plan
    ended: str
    is_over: bool  # false where time ran out: the same command goes on
    best_epoch: int
    look: Look  # at dev, of the best epoch
    anchors: Anchors
    parameters: int
    dev_loss: float  # the lowest of all epochs
    train_loss: float  # of the last epoch
    phases: tuple[phases.Target, ...]

    @property
    def was_cut(self) -> bool:
        """Time or epochs ran out before dev stood still. Phases are as long as their epochs."""
        return not self.is_over or (self.plan.recipe == "plain" and self.ended == EPOCHS_DONE)


def retrain(
    subject: Subject,
    out: Path,
    options: Options,
    *,
    force: bool = False,
    minutes: float = math.inf,
    tell: Tell = print,
) -> Outcome:
    """Train until it is over or the minutes are, and write what a scan reads.

    Raises CannotRetrain where there is nothing to train on or no place to write to.
    """
    until = time.monotonic() + 60 * minutes
    check_place(out, subject.path)
    threads = torch.get_num_threads()
    try:
        return _retrain(subject, out, options, force, until, tell)
    finally:
        torch.set_num_threads(threads)


def _retrain(
    subject: Subject, out: Path, options: Options, force: bool, until: float, tell: Tell
) -> Outcome:
    training = _training(subject, out, options, tell)
    goes_on = prepare(out, subject.path, training.plan, training.model.config, force=force)
    write_vocabulary(out, training.material)
    write_settings(out, subject, training.material, stride_of(training.model))
    if goes_on and training.take_up():
        tell(f"going on in epoch {training.state.epoch}, where {out} stopped")
    _tell_what(training, tell)
    ended = training.run(until)
    tell(f"{ended}, after {len(training.state.history)} epochs")
    return _written(training, ended)


def finish(out: Path) -> None:
    """Everything is told: the same command would have nothing to go on with."""
    checkpoints.mark_finished(out / LAST)


def _training(subject: Subject, out: Path, options: Options, tell: Tell) -> Training:
    trainable = subject.trainable
    name = chosen_model(trainable.task, options.model)
    module = load(name)
    splits = split_samples(trainable, options.seed)
    if trainable.refused:
        tell(f"left out, since this run cannot train on them: {trainable.refusals}")
    if splits.held_out:
        tell(splits.held_out)
    try:
        device = device_for(options.device)
    except DeviceMissing as missing:
        raise CannotRetrain(str(missing)) from missing
    plan = planned(options, trainable.task, module.LEARNING_RATE, device, splits.train, splits.dev)
    torch.manual_seed(plan.seed)
    data = material(trainable, splits, module)
    longest = max(item.sample.frames for item in (*data.train, *data.dev))
    torch.set_num_threads(threads_for(plan.batch_size * longest * data.dims))
    model = build(module, data)
    reader = Reader(data.dims, device)
    tell(
        f"{len(data.train)} samples to train on, {len(data.dev)} to score on; fitting the normalisation"
    )
    model.set_statistics(*statistics(reader.features(item.sample) for item in data.train))
    steps = math.ceil(len(data.train) / plan.batch_size)
    return Training(
        plan=plan,
        module=module,
        model=model.to(device),
        material=data,
        reader=reader,
        recipe=recipe(plan.recipe, plan.learning_rate, steps, plan.epochs, perfect(plan.task)),
        anchors=anchors(data, model, plan.batch_size),
        out=out,
        tell=tell,
    )


def _tell_what(training: Training, tell: Tell) -> None:
    plan = training.plan
    tell(
        f"{plan.model} with {parameters_of(training.model):,} parameters, {plan.recipe} recipe, at most "
        f"{plan.epochs} epochs of {training.recipe.steps_an_epoch} batches on {plan.device}"
    )


def _written(training: Training, ended: str) -> Outcome:
    """Take the best epoch's weights, and write what they give for dev."""
    out, plan, data = training.out, training.plan, training.material
    if not (out / BEST).is_file():
        raise CannotRetrain(
            f"no epoch was finished in the time given: the same command goes on in {out}"
        )
    best = checkpoints.load_weights(out / BEST, training.model)
    folder = out / OUTPUTS / "dev"
    if folder.is_dir():
        shutil.rmtree(folder)
    penalty = training.recipe.penalty_at(best * training.recipe.steps_an_epoch)

    def dump(items: Sequence[Item], batch: Batch, called: Any) -> None:
        _dump(folder, items, batch, called, data)

    look = look_at(
        training.module, training.model, data, training.reader, plan.batch_size, penalty, given=dump
    )
    write_predictions(out, look.ids, look.hypotheses, look.references)
    still = f", with {penalty:.2f} nats still taken off the blank" if penalty else ""
    training.tell(f"the best epoch is {best}: dev {metric(METRIC[plan.task]).named(look.score)}{still}")
    history = training.state.history
    reached = phases.targets(history, training.anchors, look.distinct_references)
    return Outcome(
        plan=plan,
        ended=ended,
        is_over=bool(training.state.ended),
        best_epoch=best,
        look=look,
        anchors=training.anchors,
        parameters=parameters_of(training.model),
        dev_loss=min(row["dev_loss"] for row in history),
        train_loss=history[-1]["train_loss"],
        phases=tuple(reached),
    )


def _dump(folder: Path, items: Sequence[Item], batch: Batch, called: Any, data: Material) -> None:
    ids, references = batch.ids, [list(item.reference) for item in items]
    if data.task == "ctc":
        log_probs, lengths = called(*batch.inputs)
        clips = list(log_probs.transpose(0, 1))
        dump_outputs(folder, ids, log_probs=clips, lengths=lengths, references=references)
    elif data.task == "retrieval":
        embedded = called.embed_video(*batch.inputs)
        dump_outputs(folder, ids, embeddings=embedded, references=references)
