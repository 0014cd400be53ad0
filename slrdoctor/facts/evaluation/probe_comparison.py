"""The run's own held-out score against that of a linear probe on the same stored features."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from slrdoctor.arithmetic.text_scores import bleu
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation.blind_comparison import wilson
from slrdoctor.facts.evaluation.stored_pairs import StoredPairs
from slrdoctor.facts.features.dev_probe import BAGS, HIDDEN, DevProbe, HeldOutScore, bags_told
from slrdoctor.facts.training.class_count import ClassCount
from slrdoctor.facts.training.dev_score import DevScore
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.progress import Progress
from slrdoctor.facts.training.score_course import ScoreCourse
from slrdoctor.facts.training.train_loss import TrainLoss
from slrdoctor.words.grammar import counted
from slrdoctor.words.metrics import metric

LEAST_GAIN = 0.2  # of the way from guessing to perfect: a probe that goes less far shows little
EASY = 0.5  # of the way: labels that a probe finds so well, a model that only overfits finds too
FAR = 1 / 3  # of the probe's way: a run that comes no farther is far behind it
BEHIND = 3 / 4  # likewise: its score is poor
UNSEEN = 0.1  # of the way: a score that comes no farther is that of an answer without looking
BLIND_BLEU = 2.0  # points: a decoder that ignores its input scores less
OTHER_SIZE = 2.0  # times: a run on so many more or fewer samples or classes had another data set
ALIKE = 0.5  # share of stored references that the annotations have too
FITTED = 0.25  # of the training loss without input: one above it may still be on its way
FALLING = 0.95  # of its value in the middle of the run: a training loss below it still falls


@dataclass(frozen=True)
class OwnScore:
    """The best of a run's held-out scores of one kind; `gain` is its way from guessing to perfect."""

    quantity: str  # accuracy | recall | bleu | wer | bags
    score: float
    gain: float
    is_blind: bool  # no better than an answer without looking
    evaluations: int
    of_predictions: bool
    read_from: str

    @property
    def shown(self) -> str:
        """`8.0%`, with its name where it is not the score that a probe is judged by."""
        value = _shown(self.quantity, self.score)
        if self.quantity in ("accuracy", "recall"):
            return value
        word = metric(self.quantity).word if self.quantity != BAGS else "balanced accuracy"
        return f"a {word} of {value}"


@dataclass(frozen=True)
class ProbeComparison:
    """A probe and a run, each fitted on train and scored on the same held-out split."""

    probe: DevProbe
    own: OwnScore | None  # None where the run has no score of the probe's split
    quantity: str  # what the probe is judged by: the run's own kind of score where it has one
    score: float
    chance: float  # under permuted labels
    gain: float  # the probe's way from guessing to perfect, less what luck may add
    fit: str  # what shows that the run knows its training samples: a phrase, or ""
    still_falls: bool  # the training loss
    read_from: str

    @property
    def is_strong(self) -> bool:
        """Whether the probe shows beyond doubt that the features of train tell of dev."""
        return self.probe.has_signal and self.gain >= LEAST_GAIN

    @property
    def is_far_better(self) -> bool:
        """Whether the run has next to nothing of what the probe shows to be there."""
        if self.own is None or not self.is_strong:
            return False
        if self.own.quantity == self.quantity:
            return self.own.gain <= self.most
        # a model that memorised its sentences may fail where single glosses are easy to find
        return self.own.is_blind and (not self.fit or self.gain >= EASY)

    @property
    def most(self) -> float:
        """The farthest that a run goes, from guessing to perfect, which is far behind the probe.

        A model that only overfits goes a part of the way, where the probe goes farther.
        """
        return min(UNSEEN, FAR * self.gain) if self.fit else FAR * self.gain

    @property
    def is_better(self) -> bool:
        """Whether the run has clearly less than the probe, in a score of the same kind."""
        if self.own is None or not self.own.quantity == self.quantity != BAGS:
            return False
        return self.is_strong and self.own.gain <= BEHIND * self.gain

    @property
    def reached(self) -> str:
        """`reaches 96.0% accuracy on dev (permuted labels: 6.7%)`."""
        chance = f"permuted labels: {_shown(self.quantity, self.chance)}"
        if self.quantity == BAGS:
            kind = "glosses" if self.probe.kind == "gloss" else f"{self.probe.kind}s"
            of = f"tells which {kind} are in a {self.probe.split} clip with a balanced accuracy of"
            return f"{of} {_shown(BAGS, self.score)} ({chance})"
        word = metric(self.quantity).word
        return f"reaches {_shown(self.quantity, self.score)} {word} on {self.probe.split} ({chance})"

    @property
    def clause(self) -> str:
        """What the probe adds to a sentence on a run that fails on dev; "" where it adds nothing."""
        if self.is_far_better:
            return (
                f". The features carry over to {self.probe.split} (a linear probe of the training "
                f"clips {self.reached}): look between the files and the model"
            )
        if self.probe.has_none:
            return (
                f". A linear probe of the training clips does no better (it {self.reached}): as stored, "
                f"the features do not carry over to {self.probe.split}. Look at features, labels and "
                "splits"
            )
        simpler = ": a simpler model can do better" if self.is_better else ""
        return (
            f". A linear probe of the training clips {self.reached}{simpler}" if self.is_strong else ""
        )

    @property
    def sentence(self) -> str:
        own = f"; the run itself reaches {self.own.shown}" if self.own is not None else ""
        return f"a linear probe fitted on {self.probe.training_clips} training clips {self.reached}{own}"


@measure
def probe_comparison(
    probe: DevProbe,
    course: ScoreCourse | None,
    score: DevScore | None,
    progress: Progress | None,
    loss: TrainLoss | None,
    pairs: StoredPairs | None,
    classes: ClassCount | None,
    size: EpochSize | None,
    run: TrainingRun,
) -> ProbeComparison:
    """Raises Unavailable where the run had other samples or classes than the stored ones."""
    if run.is_pretraining:
        raise Unavailable(f"{run.name} only prepared the weights for another run")
    _refuse_other_data(probe, classes, size)
    own = [*_of_predictions(probe, pairs)]
    if course is not None and score is not None and score.split == probe.split:
        own += _of_history(probe, course, score)
    best = max(own, key=lambda one: one.gain, default=None)
    answered = _judged_by(probe, best.quantity if best is not None else "")
    return ProbeComparison(
        probe=probe,
        own=best,
        quantity=answered.quantity,
        score=answered.score,
        chance=answered.chance,
        gain=_least_gain(answered, probe),
        fit=_fit(progress),
        still_falls=loss is not None and loss.over_middle < FALLING,
        read_from=", ".join(dict.fromkeys((probe.read_from, *([best.read_from] if best else [])))),
    )


def _fit(progress: Progress | None) -> str:
    """What shows that the training samples are known, and not only that something was learned."""
    if progress is None or progress.train_over_floor >= FITTED:
        return ""
    return progress.training_fit


def _refuse_other_data(probe: DevProbe, classes: ClassCount | None, size: EpochSize | None) -> None:
    """A run is not compared with features that it may never have seen."""
    if classes is not None and probe.kind == "class" and _is_other(classes.classes, probe.types):
        raise Unavailable(
            f"the run has {counted(classes.classes, 'class', 'classes')} ({classes.known_by}), and "
            f"the stored training clips are of {probe.types}"
        )
    if size is not None and size.dev_samples and _is_other(size.dev_samples, probe.clips):
        raise Unavailable(
            f"the run was scored on {size.dev_samples} samples, and {probe.clips} {probe.split} clips "
            "are stored that training does not have"
        )


def _is_other(one: int, another: int) -> bool:
    return max(one, another) > OTHER_SIZE * min(one, another)


def _of_history(probe: DevProbe, course: ScoreCourse, score: DevScore) -> Iterator[OwnScore]:
    best = course.best
    if course.metric == "wer" and probe.kind == "gloss":
        gain = 1 - best / (course.blind if math.isfinite(course.blind) else 1.0)
        blind = gain <= UNSEEN
        yield OwnScore("wer", best, gain, blind, course.evaluations, False, score.read_from)
    answered = probe.answer(course.metric)
    if answered is not None:
        if course.metric == "bleu" and best <= 1:
            best *= 100  # in points it is that of a decoder that fails: the better reading counts
        gain = _gain(answered.quantity, best, answered.chance)
        blind = _is_blind(course.metric, best, gain)
        yield OwnScore(course.metric, best, gain, blind, course.evaluations, False, score.read_from)


def _of_predictions(probe: DevProbe, pairs: StoredPairs | None) -> Iterator[OwnScore]:
    if pairs is None or pairs.split not in ("", probe.split):
        return
    if pairs.is_text:
        answered = probe.answer("bleu")
        if answered is not None:
            given, meant = ([" ".join(t) for t in side] for side in (pairs.hypotheses, pairs.references))
            yield _of_pairs(pairs, "bleu", bleu(given, meant), answered.chance)
        return
    tokens = [token for reference in pairs.references for token in reference]
    if sum(token in probe.glosses for token in tokens) < ALIKE * max(1, len(tokens)):
        return
    answered = probe.answer("accuracy")
    if answered is not None and pairs.are_single:
        right = [h == r for h, r in zip(pairs.hypotheses, pairs.references, strict=True)]
        yield _of_pairs(pairs, "accuracy", sum(right) / len(right), answered.chance)
    elif probe.kind == "gloss":
        yield _of_pairs(pairs, BAGS, _bags(probe, pairs), 0.5)


def _of_pairs(pairs: StoredPairs, quantity: str, score: float, chance: float) -> OwnScore:
    gain = _gain(quantity, score, chance)
    blind = _is_blind(quantity, score, gain)
    return OwnScore(quantity, score, gain, blind, 1, True, pairs.read_from)


def _is_blind(quantity: str, score: float, gain: float) -> bool:
    return score < BLIND_BLEU if quantity == "bleu" else gain <= 0


def _bags(probe: DevProbe, pairs: StoredPairs) -> float:
    """Whether a clip's glosses are among those of its hypothesis, as the probe is scored."""
    answered, truth = (
        np.array([[gloss in one for gloss in probe.glosses] for one in map(frozenset, side)])
        for side in (pairs.hypotheses, pairs.references)
    )
    return bags_told(answered.astype(np.float32), truth)


def _judged_by(probe: DevProbe, quantity: str) -> HeldOutScore:
    """The probe's score of the run's kind where it shows anything, else that of its bags.

    The text that is nearest in training has few words in the right order, where no sentence occurs
    twice: its BLEU says nothing then, and the words that it was found by do.
    """
    answered = probe.answer(quantity)
    if answered is not None and _least_gain(answered, probe) >= LEAST_GAIN:
        return answered
    return probe.answers[0] if probe.kind == "class" else probe.answers[-1]


def _least_gain(answered: HeldOutScore, probe: DevProbe) -> float:
    score = answered.score
    if answered.quantity in ("accuracy", "recall"):
        score = wilson(score, probe.clips)[0]
    elif answered.quantity == BAGS:
        score -= HIDDEN * answered.spread
    return _gain(answered.quantity, score, answered.chance)


def _gain(quantity: str, score: float, chance: float) -> float:
    perfect = metric(quantity).perfect
    return (score - chance) / (perfect - chance) if chance < perfect else 0.0


def _shown(quantity: str, score: float) -> str:
    return metric(quantity).shown(score)
