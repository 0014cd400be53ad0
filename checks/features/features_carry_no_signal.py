"""FEA114: can anything about the labels be predicted from the features?"""

from slrdoctor.api import (
    BLOCKS,
    FEATURES_TELL_LABELS,
    LIKELY,
    NOTHING_LEARNED,
    BlindComparison,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Probe,
    Threshold,
    check,
)

DEVIATIONS_OVER_CHANCE = Threshold(
    2.5,
    "Measured on simulated landmarks and CNN features of 80 to 600 samples: 3 to 20 standard deviations "
    "above permuted labels, and at most 2.3 with features shuffled among samples.",
)
FIXES = (
    Fix(
        "Look at ten clips as they are on disk, beside their labels.",
        "for id, label in rows[:10]: x = load(id); print(id, label, x.shape, x.mean(), x.std())",
    ),
    Fix("Extract a few clips again from their videos and compare them with what is stored."),
    Fix("Save features under the id of their video, never by their position in a list."),
)


@check(
    "FEA114",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("TRN504", NOTHING_LEARNED),
    gate=FEATURES_TELL_LABELS,
)
def features_carry_no_signal(probe: Probe, constant: BlindComparison | None) -> Findings:
    """Nothing about the labels can be predicted from the features.

    Why it matters: No model finds what is not there. Features saved under the wrong ids or extracted
    from the wrong videos look as good as any others, but the loss only falls to what guessing reaches.

    Judged by: A linear probe (ridge regression, five-fold cross-validation within a split):
    - it predicts the class of a clip, or which of the commonest glosses occur in it;
    - from the posture (means), and separately from the motion (deviations and extremes);
    - its area under the ROC curve is compared with that of the same probe on permuted labels;
    - a split too small to show a weak signal counts only where the stored predictions, too, are not
      better than always giving the same answer.

    Fix: Join features and labels again by id, and look at clips together with their labels.

    References: Ojala and Garriga 2010, Permutation Tests for Studying Classifier Performance; Alain
    and Bengio 2016, Understanding intermediate layers using linear classifier probes.
    """
    useless = constant is not None and constant.least_removed <= 0
    blind = [
        s
        for s in probe.splits
        if s.score.sigmas < DEVIATIONS_OVER_CHANCE.value and (s.is_sharp or useless)
    ]
    if not blind:
        if all(s.score.sigmas < DEVIATIONS_OVER_CHANCE.value for s in probe.splits):
            raise NotJudged(
                f"the samples are too few to tell a weak signal from none: {probe.sentence}",
                "more samples of each class or gloss",
            )
        return probe.sentence
    first = blind[0]
    score = first.score
    also = "".join(f" ({s.split or 'unsplit'}: {s.score.auc:.2f})" for s in blind[1:])
    most = score.chance + DEVIATIONS_OVER_CHANCE.value * score.spread
    yield Finding(
        f"a linear probe predicts the {first.kind} of {first.samples} {first.split or 'unsplit'} clips "
        f"with an AUC of {score.auc:.2f}{also}, which chance reaches too ({score.chance:.2f} on "
        f"average, up to {most:.2f})",
        (
            Evidence(
                "AUC above that of permuted labels",
                score.sigmas,
                probe.read_from,
                "standard deviations",
                DEVIATIONS_OVER_CHANCE,
            ),
            Evidence("different labels predicted", first.types, probe.read_from, first.kind),
            Evidence("clips", first.samples, probe.read_from),
        ),
        FIXES,
        affected=sum(s.samples for s in blind),
        total=sum(s.samples for s in probe.splits),
    )
