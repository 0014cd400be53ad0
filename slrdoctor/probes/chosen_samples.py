"""The few samples that an overfit test trains on: feasible, told apart, fixed by a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.probes.experiment import Experiment, not_allowed
from slrdoctor.probes.trainable import Sample, Trainable

LONG = 2.0  # times the median length: longer clips cost time and tell no more


@dataclass(frozen=True)
class ChosenSamples:
    """What is trained on, and what a run has that could not be chosen."""

    samples: tuple[Sample, ...]
    of: int  # training samples to choose from
    refused: str  # which samples of the run cannot be trained on, and why; empty for none
    refused_share: float
    seed: int
    read_from: str

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sample.id for sample in self.samples)

    @property
    def sentence(self) -> str:
        refused = f"; {self.refused}" if self.refused else ""
        return (
            f"{len(self.samples)} of {self.of} training samples (seed {self.seed}): "
            f"{', '.join(self.ids)}{refused}"
        )


@measure
def chosen_samples(experiment: Experiment | None, trainable: Trainable) -> ChosenSamples:
    """Samples with different targets, none much longer than most, in the order of a seeded shuffle."""
    if experiment is None:
        raise not_allowed("whether a few samples can be memorised")
    refused = sum(map(len, trainable.refused.values()))
    everything = refused + len(trainable.samples)
    if not trainable.training:
        raise Unavailable(
            f"none of {everything} samples can be trained on: {trainable.refusals or 'no targets'}",
            "fix what these codes say, then try again",
        )
    order = np.random.default_rng(experiment.seed).permutation(len(trainable.training))
    shuffled = [trainable.training[i] for i in order]
    chosen = list(_first(shuffled, experiment.samples))
    return ChosenSamples(
        samples=tuple(chosen),
        of=len(trainable.training),
        refused=trainable.refusals,
        refused_share=refused / max(everything, 1),
        seed=experiment.seed,
        read_from=trainable.read_from,
    )


def _first(samples: Sequence[Sample], count: int) -> Iterator[Sample]:
    """Of different targets first: samples that are to be put out alike need no telling apart."""
    usual = LONG * float(np.median([s.frames for s in samples]))
    seen: set[tuple[str, ...]] = set()
    later: list[Sample] = []
    taken = 0
    for sample in samples:
        if taken == count:
            return
        if sample.tokens in seen or sample.frames > usual:
            later.append(sample)
            continue
        seen.add(sample.tokens)
        taken += 1
        yield sample
    yield from sorted(later, key=lambda s: (s.tokens in seen, s.frames))[: count - taken]
