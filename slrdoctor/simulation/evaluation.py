"""What a model gives on dev: loss, hypotheses, scores, and the outputs that are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from slrdoctor.simulation.coding import Coder
from slrdoctor.simulation.recipes import Recipe
from slrdoctor.simulation.records import Outputs, Prediction
from slrdoctor.simulation.scoring import METRICS, score
from slrdoctor.simulation.worlds import Sample, World

Tokens = tuple[str, ...]
Batch = tuple[Tensor, Tensor, Tensor, Tensor]


@dataclass
class Evaluated:
    loss: float
    predictions: list[Prediction]
    outputs: Outputs | None
    scores: dict[str, float]


@torch.no_grad()
def evaluate(
    module: Any, model: Any, dev: Batch, world: World, recipe: Recipe, coder: Coder, keeps: bool
) -> Evaluated:
    """`keeps`: with the outputs, which only the last epoch stores."""
    model.eval()
    samples = world.stored("dev")
    loss = float(recipe.loss(module, model, dev))
    references = [coder.reference(sample) for sample in samples]
    hypotheses, outputs, scores = _said(module, model, dev, samples, recipe, coder)
    scores = {f"dev_{METRICS[world.task]}": _scored(world, recipe, hypotheses, references)} | scores
    predictions = [(s.name, h, r) for s, h, r in zip(samples, hypotheses, references, strict=True)]
    return Evaluated(loss, predictions, outputs if keeps else None, scores)


def _scored(world: World, recipe: Recipe, hypotheses: list[Tokens], references: list[Tokens]) -> float:
    if recipe.swaps_the_score:
        hypotheses, references = references, hypotheses
    return score(world.task, hypotheses, references).value


def _said(
    module: Any, model: Any, dev: Batch, samples: list[Sample], recipe: Recipe, coder: Coder
) -> tuple[list[tuple[str, ...]], Outputs | None, dict[str, float]]:
    """Hypotheses, outputs and further scores."""
    features, lengths, targets, target_lengths = dev
    names = [sample.name for sample in samples]
    labels = [" ".join(coder.reference(sample)) for sample in samples]
    reader = Coder(coder.task, recipe.decoding_tokens or coder.tokens, coder.tokenizer)
    if coder.task == "ctc":
        log_probs, output_lengths = model(features, lengths)
        clips = [log_probs[:length, i].numpy() for i, length in enumerate(output_lengths.tolist())]
        blank = model.config.blank if recipe.decoding_blank is None else recipe.decoding_blank
        said = [reader.decode(_greedy(clip, blank)) for clip in clips]
        return said, Outputs("log_probs", names, clips, labels), {}
    if coder.task == "classification":
        logits = model(features, lengths)
        said = [reader.decode([best]) for best in logits.argmax(-1).tolist()]
        return said, None, {}
    if coder.task == "translation":
        decode = recipe.decodes or _usual_decode
        return [reader.decode(ids) for ids in decode(module, model, features, lengths)], None, {}
    video = model.embed_video(features, lengths)
    rows = list({label: i for i, label in reversed(list(enumerate(labels)))}.values())
    texts = model.embed_text(targets[rows], target_lengths[rows])
    nearest = (video @ texts.T).argmax(-1).tolist()
    said = [tuple(labels[rows[i]].split()) for i in nearest]
    outputs = Outputs("embeddings", names, list(video.numpy()), labels)
    return said, outputs, _similarities(video, labels)


def _usual_decode(module: Any, model: Any, features: Tensor, lengths: Tensor) -> list[list[int]]:
    ids: list[list[int]] = module.decode(model, features, lengths)
    return ids


def _greedy(clip: Any, blank: int) -> list[int]:
    path = np.asarray(clip).argmax(-1).tolist()
    return [c for c, before in zip(path, [None, *path], strict=False) if c != before and c != blank]


def _similarities(video: Tensor, labels: list[str]) -> dict[str, float]:
    """Mean cosine of pairs of one label, and of different labels."""
    _, number = np.unique(labels, return_inverse=True)
    same = torch.from_numpy(number[:, None] == number[None, :])
    itself = torch.eye(len(labels), dtype=torch.bool)
    similarity = video @ video.T
    return {
        "dev_pos_sim": float(similarity[same & ~itself].mean()),
        "dev_neg_sim": float(similarity[~same].mean()),
    }
