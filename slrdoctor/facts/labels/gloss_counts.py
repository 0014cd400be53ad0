"""How often each output class occurs in training."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.samples import Samples, Targets
from slrdoctor.facts.labels.target_coding import TargetCoding
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import Vocabulary, configured_classes

COVERED = 0.9  # share of training types in the vocabulary from which on it is the run's own


@dataclass(frozen=True)
class GlossCounts:
    """Occurrences of each gloss in the training targets, and the output classes they fill."""

    counts: tuple[tuple[str, int], ...]  # (gloss, occurrences), the most frequent first
    samples: int  # training samples
    single: bool  # no target has more than one gloss: counts are of samples
    outputs: int  # output classes that stand for a gloss; 0 where nothing says
    seen: int  # of them, those that occur in training
    outputs_known_by: str
    read_from: str
    own_vocabulary: bool = True  # the outputs cover nearly all training glosses

    @property
    def median(self) -> float:
        """Training examples of the median class, classes that never occur among them."""
        found = [count for _, count in self.counts]
        unseen = max(self.outputs - self.seen, 0) if self.own_vocabulary else 0
        return float(statistics.median(found + [0] * unseen)) if found else 0.0

    @property
    def once(self) -> int:
        """Glosses that occur once."""
        return sum(count == 1 for _, count in self.counts)

    @property
    def sentence(self) -> str:
        outputs = f"; {self.seen} of {self.outputs} output classes occur" if self.outputs else ""
        return (
            f"{len(self.counts)} glosses in {self.samples} training samples: the median gloss occurs "
            f"{self.median:g} times, {self.once} occur only once{outputs}"
        )


@measure
def gloss_counts(
    samples: Samples,
    targets: Targets,
    run: TrainingRun,
    task: Task | None,
    vocabulary: Vocabulary | None,
    coding: TargetCoding | None,
) -> GlossCounts:
    """Counts over the training targets; outputs by the vocabulary, else by the config."""
    if samples.excerpt:
        raise Unavailable(
            f"{samples.excerpt}, and what it lacks says nothing of the training set",
            "give the whole training set in slrdoctor.toml: [features] train = ...",
        )
    training = targets.training
    if not training:
        raise Unavailable(f"no training samples in {targets.read_from}")
    tokens = coding.tokens if coding is not None else tuple(glosses for _, glosses in training)
    counts = Counter(token for target in tokens for token in target)
    # a list of names may be of more classes than the model has: then only a config tells
    names_only = samples.narrowed or coding is None or coding.by == "numbers"
    own = None if vocabulary is None or names_only else vocabulary
    outputs, seen, known_by = _outputs(counts, run, task, own)
    return GlossCounts(
        counts=tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
        samples=len(training),
        single=all(len(target) <= 1 for target in tokens),
        outputs=outputs,
        seen=seen,
        outputs_known_by=known_by,
        read_from=coding.read_from if coding is not None else targets.read_from,
        own_vocabulary=not outputs or seen >= COVERED * len(counts),
    )


def _outputs(
    counts: Counter[str], run: TrainingRun, task: Task | None, vocabulary: Vocabulary | None
) -> tuple[int, int, str]:
    """(output classes, those that occur, how they are known); zeros where nothing says."""
    configured_count, said = _configured_outputs(run, task)
    if vocabulary is None:
        fits = configured_count > 0 and len(counts) <= configured_count
        return (configured_count, len(counts), said) if fits else (0, 0, "")
    glosses = [token for _, token in vocabulary.glosses]
    seen = sum(token in counts for token in glosses)
    if configured_count and seen <= configured_count < len(glosses):
        return configured_count, seen, said
    return len(glosses), seen, vocabulary.read_from


def _configured_outputs(run: TrainingRun, task: Task | None) -> tuple[int, str]:
    """How many glosses the configured head stands for, the blank left out; 0 without a config."""
    for found in configured_classes(run):
        blank = task is not None and task.name == "ctc"
        return (found.as_int or 0) - blank, f"{found.key}: {found.value} in {found.read_from}"
    return 0, ""
