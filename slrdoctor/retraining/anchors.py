"""What losses and scores of the reference model are held against: start, floor, blind answer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from slrdoctor.arithmetic.constant_output import best_constant, grouped
from slrdoctor.facts.ctc.ctc_lengths import repeats_in
from slrdoctor.facts.ctc.uniform_start import uniform_losses
from slrdoctor.facts.evaluation.blind_score import best_constant_hypothesis, entropy
from slrdoctor.retraining.data import Item, Material
from slrdoctor.retraining.scores import score

FLOOR_SAMPLES = 512  # that CTC's floor is sought on, spread over all


@dataclass(frozen=True)
class Anchors:
    """Losses in the unit of the model's own loss; nan where they mean nothing."""

    start: float  # uniform outputs
    floor: float  # the best constant output
    blind: float  # the metric of the best constant answer on dev
    dev_floor: float  # as the floor; retrieval's is that of dev's batches
    peaky: float  # 1 - L / T on dev: the blank share of a model that gives each gloss one frame


def anchors(material: Material, model: Any, batch_size: int) -> Anchors:
    if material.task == "ctc":
        start, floor = _ctc(material, model)
        answer = best_constant_hypothesis([item.reference for item in material.train])
        blind = min(1.0, score("ctc", [tuple(answer)] * len(material.dev), _references(material)))
        frames, glosses = (
            int(_output_lengths(model, material.dev).sum()),
            sum(len(item.target) for item in material.dev),
        )
        return Anchors(start, floor, blind, floor, max(0.0, 1 - glosses / frames))
    if material.task == "classification":
        labels = [item.reference for item in material.train]
        majority = Counter(labels).most_common(1)[0][0]
        blind = score("classification", [majority] * len(material.dev), _references(material))
        floor = entropy(list(Counter(labels).values()))
        return Anchors(math.log(material.classes), floor, blind, floor, math.nan)
    if material.task == "retrieval":
        # the loss tells a batch apart, whose size is all that a blind model knows
        blind = 1 / max(1, len({item.target for item in material.dev}))
        train, dev = (_chance(len(items), batch_size) for items in (material.train, material.dev))
        return Anchors(train, train, blind, dev, math.nan)
    counts = Counter(i for item in material.train for i in item.target)
    floor = entropy([*counts.values(), len(material.train)])  # with the end of each text
    return Anchors(math.log(material.classes), floor, math.nan, floor, math.nan)


def _chance(samples: int, batch_size: int) -> float:
    """The loss of telling the samples of a batch apart by guessing; batches are of about one size."""
    return math.log(max(2.0, samples / math.ceil(samples / batch_size)))


def _references(material: Material) -> list[tuple[str, ...]]:
    return [item.reference for item in material.dev]


def _output_lengths(model: Any, items: Sequence[Item]) -> Any:
    frames = torch.tensor([item.sample.frames for item in items])
    return np.asarray(model.output_lengths(frames).cpu(), dtype=np.int64)


def _ctc(material: Material, model: Any) -> tuple[float, float]:
    """The loss a target token, as the models' `mean` reduction has it."""
    places = np.unique(np.linspace(0, len(material.train) - 1, FLOOR_SAMPLES).astype(int))
    items = [material.train[i] for i in places.tolist()]
    lengths = np.array([len(item.target) for item in items], dtype=np.int64)
    repeats = np.array([repeats_in([str(i) for i in item.target]) for item in items], dtype=np.int64)
    frames = _output_lengths(model, items)
    start = float(np.mean(uniform_losses(frames, lengths, repeats, material.classes) / lengths))
    index = {c: i for i, c in enumerate(sorted({c for item in items for c in item.target}))}
    coded = [np.array([index[c] for c in item.target], dtype=np.int64) for item in items]
    weights = 1.0 / lengths
    prior = np.zeros(len(index))
    for target, weight in zip(coded, weights, strict=True):
        np.add.at(prior, target, weight)
    blank = float(np.clip(1 - lengths.sum() / frames.sum(), 0.01, 0.99))
    # of a part of the samples only the blank's share is sought, not that of hundreds of glosses
    whole = len(items) == len(material.train)
    groups = grouped(coded, frames, repeats, weights)
    best = best_constant(groups, prior / prior.sum(), blank, free_shares=whole)
    return start, best.loss * float(np.mean(weights))
