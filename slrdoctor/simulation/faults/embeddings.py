"""Faults of contrastive learning."""

from __future__ import annotations

from typing import Any

from slrdoctor.simulation import losses
from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.registry import fault
from slrdoctor.simulation.worlds import PHRASES

RETRIEVAL = ("retrieval",)


@fault("no-negatives", codes=("EMB702", "EMB701"), harms=True, tasks=RETRIEVAL)
def no_negatives(x: Experiment) -> None:
    """The loss draws each clip to its text and pushes nothing apart: all embeddings draw together."""
    x.recipe.loss = losses.drawn_together
    x.recipe.learning_rate *= 2
    x.recipe.epochs *= 2
    x.claim("NegSim is high", lambda w: w.run.history[-1]["dev_neg_sim"] > 0.9)


@fault("contrast-starved", codes=("EMB704",), harms=True, tasks=RETRIEVAL)
def contrast_starved(x: Experiment) -> None:
    """Batches of two, and a single clip a sentence: nothing to draw together, one to push away."""
    kept = x.world.of("train")[:PHRASES]
    x.world.samples = kept + [s for s in x.world.samples if s.split != "train"]
    x.recipe.batch = 2


@fault("few-dimensions", codes=("EMB703", "EMB701"), harms=True, tasks=RETRIEVAL)
def few_dimensions(x: Experiment) -> None:
    """The projection starts with two rows that are not zero, and the optimizer is not given it."""
    x.recipe.prepare = flatten
    x.recipe.trains = is_no_projection


def flatten(model: Any) -> None:
    for tower in (model.video, model.text):
        tower.project.weight.data[2:] = 0


def is_no_projection(name: str) -> bool:
    return not name.endswith("project.weight")
