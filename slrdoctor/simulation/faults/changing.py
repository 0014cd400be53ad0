"""What many faults do to the data."""

from __future__ import annotations

from collections.abc import Callable

from slrdoctor.simulation.signing import Clip
from slrdoctor.simulation.worlds import Sample, World


def every_clip(world: World, change: Callable[[Clip], Clip]) -> None:
    for sample in world.samples:
        sample.clip = change(sample.clip)


def some(world: World, share: float, split: str = "train", purpose: int = 1) -> list[Sample]:
    """That share of a split, drawn at random and in the order of the split."""
    samples = world.of(split)
    count = max(1, round(share * len(samples)))
    chosen = world.generator(purpose).permutation(len(samples))[:count]
    return [samples[i] for i in sorted(chosen)]


def everywhere(world: World, share: float, purpose: int = 1) -> list[Sample]:
    """That share of each split."""
    splits = dict.fromkeys(sample.split for sample in world.samples)
    return [sample for split in splits for sample in some(world, share, split, purpose)]


def keep_training(world: World, count: int) -> None:
    """The first so many training samples and no others."""
    kept = world.of("train")[:count]
    world.samples = kept + [sample for sample in world.samples if sample.split != "train"]
