"""Training is the same every time, and leaves what a real one does."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from slrdoctor.simulation.recipes import FAMILIES, recipe_for
from slrdoctor.simulation.scoring import METRICS
from slrdoctor.simulation.training import train
from slrdoctor.simulation.worlds import TASKS, World, make_world

pytestmark = pytest.mark.slow

PAIRS = [(task, family) for task, families in FAMILIES.items() for family in families]


def small(task: str) -> World:
    world = make_world(task, seed=3)
    world.samples = [*world.of("train")[:24], *world.of("dev")[:12]]
    for number, sample in enumerate(
        world.samples
    ):  # NaN, where no two clips say the same, equals nothing
        sample.text = sample.text and world.samples[number // 2 * 2].text
    return world


@pytest.mark.parametrize(("task", "family"), PAIRS, ids=[family for _, family in PAIRS])
def test_the_same_world_and_recipe_give_the_same_run(task: str, family: str) -> None:
    recipe = recipe_for(family)
    recipe.epochs = 2
    one, two = train(small(task), recipe), train(small(task), recipe)

    assert one.history == two.history and one.predictions == two.predictions
    weights = [run.checkpoints["last"]["model"] for run in (one, two)]
    assert all(torch.equal(value, weights[1][name]) for name, value in weights[0].items())


@pytest.mark.parametrize(("task", "family"), PAIRS, ids=[family for _, family in PAIRS])
def test_a_training_leaves_a_row_an_epoch_and_a_prediction_a_dev_sample(task: str, family: str) -> None:
    recipe = recipe_for(family)
    recipe.epochs = 2
    run = train(small(task), recipe)

    assert [row["epoch"] for row in run.history] == [1, 2]
    assert {"train_loss", "dev_loss", "learning_rate", f"dev_{METRICS[task]}"} <= set(run.history[0])
    assert [name for name, _, _ in run.predictions] == [s.name for s in run.world.of("dev")]
    assert set(run.checkpoints) == {"best", "last"}


@pytest.mark.parametrize("task", TASKS)
def test_a_seed_gives_one_world_and_another_seed_another(task: str) -> None:
    one, same, other = (make_world(task, seed).samples[0].clip for seed in (0, 0, 1))

    assert np.array_equal(one, same)
    assert one.shape != other.shape or not np.array_equal(one, other)
