"""Train a reference model by a recipe, and keep what a real run would leave."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import nn

from slrdoctor.models.batches import batch_of
from slrdoctor.models.reference import load
from slrdoctor.simulation.coding import Coder, coder_of
from slrdoctor.simulation.evaluation import Batch, Evaluated, evaluate
from slrdoctor.simulation.recipes import Recipe
from slrdoctor.simulation.records import Row, Run
from slrdoctor.simulation.scoring import METRICS, Score
from slrdoctor.simulation.worlds import Sample, World


def train(world: World, recipe: Recipe) -> Run:
    """The same world and recipe always give the same run."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1000 + world.seed)
            return _train(world, recipe)
    finally:
        torch.set_num_threads(threads)


def _train(world: World, recipe: Recipe) -> Run:
    module = load(recipe.family)
    coder = coder_of(world, module, recipe.word_level)
    training = make_batch(world.stored("train"), recipe, coder, None)
    model = _model(module, recipe, coder, training)
    named = [(n, p) for n, p in model.named_parameters() if recipe.trains(n)]
    optimizer = torch.optim.Adam([p for _, p in named], lr=recipe.learning_rate)
    dev = make_batch(world.stored("dev"), recipe, coder, recipe.dev_frames)
    history: list[Row] = []
    checkpoints: dict[str, dict[str, Any]] = {}
    evaluated = Evaluated(math.nan, [], None, {})
    for epoch in range(1, recipe.epochs + 1 if recipe.finishes else 1):
        if recipe.at_epoch is not None:
            recipe.at_epoch(epoch, model, optimizer)
        row = _epoch(epoch, module, model, optimizer, training, recipe)
        evaluated = evaluate(module, model, dev, world, recipe, coder, epoch == recipe.epochs)
        row |= {"dev_loss": evaluated.loss, **evaluated.scores}
        history.append(row)
        _keep(checkpoints, history, model, optimizer, world)
    said = evaluated.scores.get(f"dev_{METRICS[world.task]}", math.nan)
    return Run(
        world, recipe, coder, history, evaluated.predictions, evaluated.outputs, checkpoints,
        _config(world, recipe, coder, training), Score(METRICS[world.task], said),
    )  # fmt: skip


def _model(module: Any, recipe: Recipe, coder: Coder, training: Batch) -> Any:
    features, lengths = training[:2]
    settings = {"input_size": features.shape[2], "classes": len(coder.tokens)} | recipe.model
    model = module.Model(module.Config(**settings))
    if recipe.normalises:
        frames = torch.cat(
            [clip[:length] for clip, length in zip(features, lengths.tolist(), strict=True)]
        )
        model.set_statistics(frames.mean(0), frames.std(0))
    if recipe.prepare is not None:
        recipe.prepare(model)
    return model


def make_batch(samples: list[Sample], recipe: Recipe, coder: Coder, frames: Any) -> Batch:
    """features [B, T, D], lengths [B], targets [B, L], target_lengths [B]."""
    clips = [torch.from_numpy(np.ascontiguousarray((frames or recipe.frames)(s.clip))) for s in samples]
    return batch_of([clip.float() for clip in clips], [coder.encode(s) for s in samples]).all


def batches(whole: Batch, size: int, shuffles: bool, epoch: int) -> Iterator[Batch]:
    count = len(whole[0])
    generator = torch.Generator().manual_seed(epoch)
    order = torch.randperm(count, generator=generator) if shuffles else torch.arange(count)
    for start in range(0, count, size):
        rows = order[start : start + size]
        features, lengths, targets, target_lengths = (part[rows] for part in whole)
        yield (
            features[:, : int(lengths.max())],
            lengths,
            targets[:, : max(1, int(target_lengths.max()))],
            target_lengths,
        )


def _epoch(
    epoch: int,
    module: Any,
    model: Any,
    optimizer: torch.optim.Optimizer,
    training: Batch,
    recipe: Recipe,
) -> Row:
    model.train(recipe.step_mode)
    for group in optimizer.param_groups:
        group["lr"] = recipe.learning_rate * recipe.rate(epoch, recipe.epochs)
    losses, norms = [], []
    for batch in batches(training, recipe.batch, recipe.shuffles, epoch):
        loss = recipe.loss(module, model, batch)
        optimizer.zero_grad()
        if loss.requires_grad:
            loss.backward()
            norms.append(float(nn.utils.clip_grad_norm_(model.parameters(), recipe.clip_norm)))
            optimizer.step()
        losses.append(float(loss.detach()))
    rate = optimizer.param_groups[0]["lr"]
    return {
        "epoch": epoch,
        "train_loss": float(np.mean(losses)),
        "first_loss": losses[0],
        "learning_rate": float(rate),
        "grad_norm": float(np.mean(norms)) if norms else 0.0,
    }


def _keep(
    checkpoints: dict[str, dict[str, Any]], history: list[Row], model: Any, optimizer: Any, world: World
) -> None:
    """The last epoch's weights, and those of the best dev score."""
    metric = f"dev_{METRICS[world.task]}"
    values = [row[metric] if metric == "dev_wer" else -row[metric] for row in history]
    now = {
        "epoch": len(history),
        "model": {name: value.detach().clone() for name, value in model.state_dict().items()},
        "optimizer": copy.deepcopy(optimizer.state_dict()),
    }
    checkpoints["last"] = now
    if "best" not in checkpoints or values[-1] < min(values[:-1]):
        checkpoints["best"] = now


def _config(world: World, recipe: Recipe, coder: Coder, training: Batch) -> dict[str, Any]:
    """The config as its user would write it: what the recipe says, and nothing of what went wrong."""
    module = load(recipe.family)
    sizes = {"input_size": training[0].shape[2], "classes": len(coder.tokens)} | recipe.model
    model = asdict(module.Config(**sizes))
    classes, blank = model.pop("classes"), model.pop("blank", None)
    stride = model.pop("stride", None) if world.task == "ctc" else None
    # the words of a contrastive model are what it reads, not what it tells apart
    named = "text_vocabulary_size" if world.task == "retrieval" else "num_classes"
    loss = {
        "ctc": "ctc", "classification": "cross_entropy", "translation": "cross_entropy",
        "retrieval": f"{model.pop('loss', 'clip')}_contrastive",
    }[world.task]  # fmt: skip
    config: dict[str, Any] = {
        "task": {"ctc": "ctc", "translation": "translation"}.get(world.task, world.task),
        "model": {"name": recipe.family, named: classes, **model},
        "training": {
            "loss": loss,
            "optimizer": "adam",
            "learning_rate": recipe.learning_rate,
            "batch_size": recipe.batch,
            "epochs": recipe.epochs,
            "clip_grad_norm": recipe.clip_norm,
            "seed": world.seed,
        },
    }
    if stride is not None:
        config["model"]["temporal_stride"] = stride
    if blank is not None:
        config["training"]["blank"] = blank
    return config
