"""Whether what the training features tell of their labels holds on dev: a probe across splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.probe_scores import ProbeScore, aucs_of
from slrdoctor.arithmetic.ridge import Floats, against_permuted, fitted
from slrdoctor.arithmetic.text_scores import bleu
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features._pooled_clips import Pooled, Singles, pool_clips, without_lengths
from slrdoctor.facts.features.features import ClipTable, DimensionStats
from slrdoctor.facts.features.join import Join, Pair
from slrdoctor.facts.features.landmarks import Landmarks
from slrdoctor.facts.features.pooled_training import PooledTraining, pairs_of, some_of
from slrdoctor.facts.features.probe import CLASS, Kind, targets_of_rows

FEWEST_TRAINING = 30  # clips
FEWEST = 12  # clips of the held-out split
MOST_TRAINING = 2000
MOST = 1000
TYPES = {"class": 3000, "gloss": 200, "word": 300}  # the commonest that are looked for
BAGS = "bags"  # balanced accuracy of which glosses or words are in a clip
LEAST = 2  # held-out clips with a gloss or word, and without it, for its AUC to count
AUC_PERMUTATIONS = 100
BLEU_PERMUTATIONS = 5  # each is a BLEU of the whole split
SIGNIFICANT = 5.0  # deviations of chance
HIDDEN = 3.0  # deviations of chance that a signal may hide in
REACH = 0.2  # AUC above chance that HIDDEN deviations must not hide

Words = tuple[str, ...]


@dataclass(frozen=True)
class HeldOutScore:
    """What the probe's answers score: a share (accuracy, recall) or points (BLEU)."""

    quantity: str  # accuracy | bleu | recall | bags
    score: float
    chance: float  # mean under permuted labels
    spread: float


@dataclass(frozen=True)
class DevProbe:
    """A linear probe that was fitted on training clips and scored on those of dev (or of test).

    Clips that training has as well are left out. `auc` is over the classes, glosses or words; a
    class is answered as a classifier does; for a text the training text is given whose words are
    nearest to those that are predicted (BLEU), and the text looked up among those of the split. A
    bag is every gloss or word that is answered as often as it occurs in training.
    """

    split: str
    training_clips: int
    clips: int
    kind: str  # class | gloss | word
    types: int  # of training that are looked for
    auc: ProbeScore
    answers: tuple[HeldOutScore, ...]
    glosses: tuple[str, ...]  # those that `auc` and BAGS are over
    read_from: str

    def answer(self, quantity: str) -> HeldOutScore | None:
        return next((one for one in self.answers if one.quantity == quantity), None)

    @property
    def has_signal(self) -> bool:
        """Whether it is beyond what permuted labels reach by any luck."""
        return self.auc.sigmas >= SIGNIFICANT

    @property
    def has_none(self) -> bool:
        """Whether it is no better than with permuted labels, and enough clips would show it."""
        return self.auc.sigmas < HIDDEN and HIDDEN * self.auc.spread <= REACH

    @property
    def sentence(self) -> str:
        return (
            f"a linear probe fitted on {self.training_clips} train clips predicts the {self.kind} of "
            f"{self.clips} {self.split} clips with an AUC of {self.auc.auc:.2f} (permuted labels: "
            f"{self.auc.chance:.2f})"
        )


@measure
def dev_probe(
    training: PooledTraining,
    join: Join,
    clips: ClipTable,
    stats: DimensionStats,
    landmarks: Landmarks | None,
) -> DevProbe:
    """Raises Unavailable where there is no held-out split, or either has too few clips."""
    split, pairs = _held_out(join, clips)
    kept = training.pooled.kept
    if len(kept) < FEWEST_TRAINING:
        raise Unavailable(
            f"only {len(kept)} training clips can be pooled; a probe needs {FEWEST_TRAINING}"
        )
    if split in stats.by_split:
        pairs = some_of(pairs, stats.by_split[split], stats.dims, MOST)
    pooled = pool_clips([p.clip for p in pairs], training.moments, landmarks)
    if len(pooled.kept) < FEWEST:
        raise Unavailable(
            f"only {len(pooled.kept)} {split} clips have {stats.dims} dimensions; a probe needs {FEWEST}"
        )
    known = some_places(len(kept), MOST_TRAINING)
    sides = ([training.pairs[kept[i]] for i in known], [pairs[i] for i in pooled.kept])
    vectors = _vectors(training.pooled, known, pooled)
    return _scored(split, sides, vectors, join.read_from)


def _held_out(join: Join, clips: ClipTable) -> tuple[str, list[Pair]]:
    """The split to score on, and its pairs whose clips training does not have."""
    digests = {row.id: row.digest for row in clips.rows}
    trained = {pair.row.id for pair in join.pairs if pair.split == "train"}
    seen = {digests.get(id) for id in trained} - {None}
    counts = {}
    for split in ("dev", "test"):
        pairs = [
            p
            for p in pairs_of(join, split)
            if p.row.id not in trained and digests.get(p.row.id) not in seen
        ]
        counts[split] = len(pairs)
        if len(pairs) >= FEWEST:
            return split, pairs
    raise Unavailable(
        f"{counts['dev']} dev and {counts['test']} test samples have features that training does not "
        f"have; a probe needs {FEWEST}",
        "store the features and annotations of dev beside those of train",
    )


def some_places(count: int, most: int) -> NDArray[np.int64]:
    """As many places, spread evenly."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def _vectors(training: Pooled, known: NDArray[np.int64], held: Pooled) -> tuple[Singles, Singles]:
    """Both views of either side, less what lengths say by a polynomial fitted on training."""
    lengths = training.lengths[known]
    views = [
        without_lengths(mine[known], lengths, [(theirs, held.lengths)])
        for mine, theirs in ((training.posture, held.posture), (training.motion, held.motion))
    ]
    return np.hstack([view[0] for view in views]), np.hstack([view[1] for view in views])


def _scored(
    split: str, sides: tuple[list[Pair], list[Pair]], vectors: tuple[Singles, Singles], where: str
) -> DevProbe:
    training, held = sides
    kind, targets = targets_of_rows([pair.row for pair in (*training, *held)])
    mine, theirs = targets[: len(training)], targets[len(training) :]
    types = _types(mine, kind)
    fit, labels = _labels(mine, types), _labels(theirs, types)
    there = labels.sum(axis=0)
    scored = (there >= (1 if kind is CLASS else LEAST)) & (there <= len(held) - LEAST)
    if scored.sum() < 2:
        raise Unavailable(f"train and {split} share too few {kind.name} labels to tell apart")
    model = fitted(vectors[0], fit)
    given = model(vectors[1])
    answers = _of_classes(given, labels) if kind is CLASS else ()
    if kind.name == "word":
        answers = _of_texts(given, (fit, labels), (_texts(training), _texts(held)))
    bags = _of_bags(given > _thresholds(model.left_out, fit), labels, scored)
    return DevProbe(
        split=split,
        training_clips=len(training),
        clips=len(held),
        kind=kind.name,
        types=len(types),
        auc=_auc(given[:, scored], labels[:, scored]),
        answers=(*answers, bags),
        glosses=tuple(one for one, counts in zip(types, scored, strict=True) if counts),
        read_from=where,
    )


def _types(targets: Sequence[frozenset[str]], kind: Kind) -> list[str]:
    counts = Counter(one for target in targets for one in sorted(target))
    least = 1 if kind is CLASS else LEAST
    found = [one for one, n in counts.most_common(TYPES[kind.name]) if n >= least]
    if not found:
        raise Unavailable(f"no {kind.name} is in {least} of {len(targets)} training samples")
    return found


def _labels(targets: Sequence[frozenset[str]], types: Sequence[str]) -> Floats:
    places = {one: place for place, one in enumerate(types)}
    labels = np.zeros((len(targets), len(types)))
    for i, target in enumerate(targets):
        labels[i, [places[one] for one in target if one in places]] = 1
    return labels


def _texts(pairs: Sequence[Pair]) -> list[str]:
    return [" ".join((pair.row.text or "").split()) for pair in pairs]


def _auc(given: Floats, labels: Floats) -> ProbeScore:
    ranks, truth = given.astype(np.float32), labels.astype(bool)

    def mean_auc(places: NDArray[np.int64]) -> float:
        return float(np.nanmean(aucs_of(ranks, truth[places])))

    return ProbeScore(*against_permuted(len(labels), mean_auc, AUC_PERMUTATIONS), view="both")


def _thresholds(left_out: Floats, labels: Floats) -> Floats:
    """From where on a label [K] is answered: in training as often as it is there.

    Thresholds of training, and not ranks among the held-out clips: what moves all of those, as
    another camera does, must not pass unseen.
    """
    return np.array(
        [np.quantile(left_out[:, k], 1 - share) for k, share in enumerate(labels.mean(axis=0))]
    )


def _of_bags(answered: NDArray[np.bool_], labels: Floats, scored: NDArray[np.bool_]) -> HeldOutScore:
    hits, truth = answered[:, scored].astype(np.float32), labels[:, scored].astype(bool)

    def of_labels(places: NDArray[np.int64]) -> float:
        return bags_told(hits, truth[places])

    return HeldOutScore(BAGS, *against_permuted(len(labels), of_labels, AUC_PERMUTATIONS))


def bags_told(answered: Singles, truth: NDArray[np.bool_]) -> float:
    """The mean over labels of half their hits and half their correct rejections: 0.5 is guessing."""
    there = truth.sum(axis=0)
    hits = (answered * truth).sum(axis=0) / np.maximum(there, 1)
    alarms = (answered * ~truth).sum(axis=0) / np.maximum(len(truth) - there, 1)
    known = (there > 0) & (there < len(truth))
    return float(((1 + hits - alarms) / 2)[known].mean()) if known.any() else 0.5


def _of_classes(given: Floats, labels: Floats) -> tuple[HeldOutScore, ...]:
    answered = given.argmax(axis=1)
    here = np.arange(len(labels))

    def accuracy(places: NDArray[np.int64]) -> float:
        return float(labels[places[here], answered].mean())

    return (HeldOutScore("accuracy", *against_permuted(len(labels), accuracy)),)


def _of_texts(
    given: Floats, labels: tuple[Floats, Floats], texts: tuple[list[str], list[str]]
) -> tuple[HeldOutScore, ...]:
    """The nearest training text as a translation, and the nearest of the split's own as a find."""
    usual = labels[0].mean(axis=0)
    copied = [texts[0][i] for i in _nearest(given - usual, labels[0] - usual)]
    own = texts[1]
    looked_up = [own[i] for i in _nearest(given - usual, labels[1] - usual)]

    def of_copies(places: NDArray[np.int64]) -> float:
        return bleu(copied, [own[i] for i in places])

    def of_finds(places: NDArray[np.int64]) -> float:
        return float(np.mean([own[i] == one for i, one in zip(places, looked_up, strict=True)]))

    return (
        HeldOutScore("bleu", *against_permuted(len(own), of_copies, BLEU_PERMUTATIONS)),
        HeldOutScore("recall", *against_permuted(len(own), of_finds)),
    )


def _nearest(given: Floats, candidates: Floats) -> NDArray[np.int64]:
    """The candidate [C, K] in the direction of each of [M, K]."""
    sizes = np.linalg.norm(candidates, axis=1)
    return np.asarray((given @ candidates.T / np.where(sizes > 0, sizes, np.inf)).argmax(axis=1))
