"""The input-blind floor: the best that a model can do without looking at its input."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from slrdoctor.arithmetic.constant_output import best_constant, grouped
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.ctc_lengths import CtcLengths, Ints
from slrdoctor.facts.evaluation.blind_score import BlindScore, entropy
from slrdoctor.facts.labels.output_classes import OutputClasses
from slrdoctor.facts.labels.samples import Samples, Targets
from slrdoctor.facts.labels.task import Task

MOST_CELLS = 40_000_000  # frames times glosses, over all samples: a few seconds
SEED = 0


@dataclass(frozen=True)
class BlindFloor:
    """The best loss of one constant output distribution, in nats, and the best constant scores.

    CTC: the mean loss minimised over one distribution over the classes; classification:
    the entropy of the label prior. Scores are shares, 0..1; nan where they mean nothing.
    """

    task: str  # ctc | classification
    per_sample: float
    per_token: float  # mean over samples of the sample's loss over its L
    classes: int
    blank_share: float  # of the blind optimum (nan for classification)
    wer: float  # of the best constant hypothesis (nan for classification)
    accuracy: float  # of the majority class, on dev where there is one (nan for ctc)
    chance: float  # 1 / K (nan for ctc)
    samples: int
    exact: bool  # false where it rests on a sample of the data, a formula or an unknown stride
    read_from: str

    @property
    def sentence(self) -> str:
        about = "" if self.exact else "about "
        if self.task == "classification":
            return (
                f"without looking at its input a model reaches a loss of {about}{self.per_sample:.2f} "
                f"with {self.classes} classes"
            )
        return (
            f"without looking at its input a model reaches a loss of {about}{self.per_token:.2f} per "
            f"token ({self.per_sample:.1f} per sample), with {self.blank_share:.0%} blank everywhere"
        )


@measure
def blind_floor(
    task: Task,
    samples: Samples | None,
    targets: Targets | None,
    lengths: CtcLengths | None,
    classes: OutputClasses | None,
    scores: BlindScore | None,
) -> BlindFloor:
    """Over the training samples; over all where no split is told apart."""
    if task.name == "classification":
        excerpt = samples is not None and samples.excerpt
        return _classification(None if excerpt else targets, classes, scores)
    if task.name != "ctc":
        raise Unavailable(f"the task is {task.name}")
    if lengths is None:
        raise Unavailable(
            "CTC's floor needs targets and their numbers of frames: looked for annotations, "
            "features and annotated frame counts",
            "give the doctor the features, or a frames column in the annotations",
        )
    return _ctc(lengths, classes, scores)


def _classification(
    targets: Targets | None, classes: OutputClasses | None, scores: BlindScore | None
) -> BlindFloor:
    labels = _training_labels(targets)
    if labels:
        per_sample, samples, known = (
            entropy(list(Counter(labels).values())),
            len(labels),
            len(set(labels)),
        )
        read_from = targets.read_from if targets is not None else ""
    elif classes is not None:
        # without labels the prior is not known; ln K is the most that its entropy can be
        per_sample, samples, known = math.log(classes.count), 0, classes.count
        read_from = classes.read_from
    else:
        raise Unavailable(
            "looked for annotated labels, a vocabulary and num_classes in configs",
            "give the doctor the training labels, or num_classes in the config",
        )
    return BlindFloor(
        task="classification",
        per_sample=per_sample,
        per_token=per_sample,
        classes=known,
        blank_share=math.nan,
        wer=math.nan,
        accuracy=scores.accuracy if scores is not None else math.nan,
        chance=1 / known,
        samples=samples,
        exact=bool(labels),
        read_from=read_from,
    )


def _training_labels(targets: Targets | None) -> list[str]:
    if targets is None:
        return []
    pairs = [
        (split, glosses[0])
        for split, glosses in zip(targets.splits, targets.glosses, strict=True)
        if glosses
    ]
    return [label for split, label in pairs if split == "train"] or [
        label for split, label in pairs if split == ""
    ]


def _ctc(lengths: CtcLengths, classes: OutputClasses | None, scores: BlindScore | None) -> BlindFloor:
    usable, chosen = _training_samples(lengths)
    index: dict[str, int] = {}
    coded = {
        int(i): np.array([index.setdefault(g, len(index)) for g in lengths.glosses[i]], dtype=np.int64)
        for i in usable
    }
    sampled = len(chosen) < len(usable)
    losses = []
    for weights in (np.ones(len(lengths.ids)), 1.0 / lengths.target_lengths):
        # of a sample of the data only the blank's share is sought: the shares of hundreds
        # of glosses would be fitted to the sample
        prior = np.zeros(len(index))
        for i, glosses in coded.items():
            np.add.at(prior, glosses, weights[i])
        frames, sizes = lengths.input_lengths[chosen], lengths.target_lengths[chosen]
        best = best_constant(
            grouped([coded[int(i)] for i in chosen], frames, lengths.repeats[chosen], weights[chosen]),
            prior / prior.sum(),
            float(np.clip(1 - sizes.sum() / frames.sum(), 0.01, 0.99)),
            free_shares=not sampled,
        )
        losses.append(best.loss * float(np.mean(weights[chosen])))
    return BlindFloor(
        task="ctc",
        per_sample=losses[0],
        per_token=losses[1],
        classes=classes.count if classes is not None else len(index) + 1,
        blank_share=best.blank,
        wer=scores.wer if scores is not None else math.nan,
        accuracy=math.nan,
        chance=math.nan,
        samples=len(chosen),
        exact=lengths.stack.known and not sampled,
        read_from=lengths.read_from,
    )


def _training_samples(lengths: CtcLengths) -> tuple[Ints, Ints]:
    """The training samples that have an alignment, and those to take: all, or a fixed sample."""
    training = np.array([split in ("train", "") for split in lengths.splits])
    usable = np.flatnonzero(~lengths.infeasible & (training if training.any() else True))
    if not len(usable):
        raise Unavailable("no training sample has enough frames for its target")
    cells = (lengths.input_lengths * lengths.target_lengths)[usable]
    if cells.sum() <= MOST_CELLS:
        return usable, usable
    order = np.random.default_rng(SEED).permutation(len(usable))
    within = int((np.cumsum(cells[order]) <= MOST_CELLS).sum())
    return usable, np.sort(usable[order[: max(1, within)]])
