"""FEA114: do the features tell anything of what they are labelled with?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    BlindComparison,
    Evidence,
    Finding,
    Fix,
    Probe,
    Threshold,
    check,
)

BEATEN = Threshold(
    2.5,
    "measured on simulated landmarks and CNN features of 80 to 600 samples: 3 to 20 deviations over "
    "permuted labels, and at most 2.3 with features shuffled among samples",
)


@check(
    "FEA114",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("TRN504", *NOTHING_LEARNED),
)
def features_carry_no_signal(probe: Probe, constant: BlindComparison | None) -> Iterator[Finding]:
    """The features tell nothing of their labels.

    Why it matters: no model finds what is not there. Features that were written under the wrong
    ids, extracted from the wrong videos, or lost on their way look as good as any others, and the
    loss comes down to what guessing reaches.

    Judged by: ridge regression from a clip's posture (means) and, once more, from its motion
    (deviations, extremes) to its class or to which of the commonest glosses occur in it, in
    five-fold cross-validation within a split. The area under the ROC curve is held against the
    same probe's with labels permuted. A split that is too small to show a weak signal counts only
    where the stored predictions, too, are no better than one answer for all.

    Fix: join features and labels anew by id, and look at clips with their labels.

    References: Ojala and Garriga 2010, Permutation Tests for Studying Classifier Performance; Alain
    and Bengio 2016, Understanding intermediate layers using linear classifier probes.
    """
    useless = constant is not None and constant.least_removed <= 0
    blind = [s for s in probe.splits if s.score.sigmas < BEATEN.value and (s.is_sharp or useless)]
    if not blind:
        return
    first = blind[0]
    score = first.score
    also = "".join(f", and of {s.split or 'unsplit'} with {s.score.auc:.2f}" for s in blind[1:])
    yield Finding(
        f"a linear probe tells the {first.kind} of {first.samples} {first.split or 'unsplit'} clips "
        f"with an AUC of {score.auc:.2f}{also}; with permuted labels it is {score.chance:.2f}, up to "
        f"{score.chance + BEATEN.value * score.spread:.2f}",
        (
            Evidence(
                "AUC over that of permuted labels", score.sigmas, probe.read_from, "deviations", BEATEN
            ),
            Evidence(f"{first.kind} types looked for", first.types, probe.read_from),
            Evidence("samples", first.samples, probe.read_from),
        ),
        (
            Fix(
                "Look at ten clips beside their labels, as they lie on disk.",
                "for id, label in rows[:10]: x = load(id); print(id, label, x.shape, x.mean(), x.std())",
            ),
            Fix("Extract a few clips anew from their videos and compare them with what is stored."),
            Fix("Write features under the id of their video, never by their place in a list."),
        ),
        affected=sum(s.samples for s in blind),
        total=sum(s.samples for s in probe.splits),
    )
