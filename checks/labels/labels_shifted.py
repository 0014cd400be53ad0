"""LAB209: do the features fit the label of a neighbouring row better than their own?"""

from slrdoctor.api import (
    BLOCKS,
    FEATURES_TELL_LABELS,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Probe,
    Threshold,
    check,
    chosen,
)

DEVIATIONS_OVER_CHANCE = Threshold(
    5, "Normal distribution: with a dozen shifts, by chance once in 100,000 runs."
)
AUC_GAIN = chosen(0.05, "neighbours with similar labels gain less", (0.025, 0.2), 385)
FIXES = (
    Fix(
        "Join labels and features by id, not by their position.",
        "labels = dict(zip(ids, glosses)); y = [labels[path.stem] for path in clips]",
    ),
    Fix("Check whether a header was read as a sample, or one list has an extra sample."),
)


@check(
    "LAB209",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("FEA114", "TRN504", NOTHING_LEARNED),
    gate=FEATURES_TELL_LABELS,
)
def labels_shifted(probe: Probe) -> Findings:
    """Each sample has the label of a neighbour in the list.

    Why it matters: A header that is read as a row, or a file that is in one list but not in the other,
    moves all labels by one. Shapes and counts remain right, but nothing can be learned.

    Judged by: A cross-validated linear probe predicts labels from pooled clips. It is given the label
    of the sample one to three rows before and after, in the order of the annotations and of the names.
    Reported is a shift with an AUC:
    - five standard deviations above that of permuted labels;
    - and 0.05 above that of the labels as they are.

    Fix: Join labels and features by id, and write the ids into both.

    References: Northcutt et al. 2021, Pervasive Label Errors in Test Sets.
    """
    for split in probe.splits:
        shifted = max(split.shifted, key=lambda s: s.score.auc, default=None)
        if shifted is None or shifted.score.sigmas <= DEVIATIONS_OVER_CHANCE.value:
            continue
        gain = shifted.score.auc - split.score.auc
        if gain <= AUC_GAIN.value:
            continue
        rows = f"{abs(shifted.offset)} row{'s' if abs(shifted.offset) > 1 else ''}"
        where = f"{rows} {'after' if shifted.offset > 0 else 'before'}"
        yield Finding(
            f"the features of {split.samples} {split.split or 'unsplit'} clips fit the label {where} "
            f"their own in the order of {shifted.order}: a linear probe reaches an AUC of "
            f"{shifted.score.auc:.2f} with it, and {split.score.auc:.2f} with their own",
            (
                Evidence("AUC gained by shifting the labels", gain, probe.read_from, limit=AUC_GAIN),
                Evidence(
                    "AUC above that of permuted labels",
                    shifted.score.sigmas,
                    probe.read_from,
                    "standard deviations",
                    DEVIATIONS_OVER_CHANCE,
                ),
                Evidence("shift of the labels", shifted.offset, probe.read_from, "rows"),
            ),
            FIXES,
            affected=split.samples,
            total=split.samples,
        )
    own = [split.score.sigmas for split in probe.splits]
    others = [s.score.sigmas for split in probe.splits for s in split.shifted]
    if max((*own, *others), default=0) <= DEVIATIONS_OVER_CHANCE.value:
        raise NotJudged("the features fit neither the labels of their own samples nor those of others")
    if not others:
        raise NotJudged("the samples are too few, or in no order, to try the labels of their neighbours")
    return probe.sentence
