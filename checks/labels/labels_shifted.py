"""LAB209: do the features belong to the label a few rows further on?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Fix,
    Probe,
    Threshold,
    check,
)

SURE = Threshold(5, "normal distribution: a dozen ways to shift reach it by chance once in 100,000 runs")
GAIN = Threshold(0.05, "rule of thumb, docs/limits.py: more AUC than neighbours of like labels gain")


@check(
    "LAB209",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("FEA114", "TRN504", *NOTHING_LEARNED),
)
def labels_shifted(probe: Probe) -> Iterator[Finding]:
    """Each sample has the label of a neighbour in the list.

    Why it matters: a header that is taken for a row, or a file that is in one list and not in the
    other, moves all labels by one. Shapes and counts stay right, and nothing can be learned.

    Judged by: a linear probe from pooled clips to labels, cross-validated. It is given the label of
    the sample one to three rows before and after, in the order of the annotations and in that of
    the names. One that beats permuted labels by five deviations, and the labels as they are by an
    AUC of 0.05, shows where the labels have gone.

    Fix: join labels and features by id, and write the ids into both.

    References: Northcutt et al. 2021, Pervasive Label Errors in Test Sets.
    """
    for split in probe.splits:
        shifted = max(split.shifted, key=lambda s: s.score.auc, default=None)
        if shifted is None or shifted.score.sigmas <= SURE.value:
            continue
        gain = shifted.score.auc - split.score.auc
        if gain <= GAIN.value:
            continue
        rows = f"{abs(shifted.offset)} row{'s' if abs(shifted.offset) > 1 else ''}"
        where = f"{rows} {'further on' if shifted.offset > 0 else 'before'}"
        yield Finding(
            f"with the label {where} in the order of {shifted.order} a linear probe reaches an AUC of "
            f"{shifted.score.auc:.2f} over {split.samples} {split.split or 'unsplit'} clips, and with "
            f"their own {split.score.auc:.2f}",
            (
                Evidence("AUC gained by the shift", gain, probe.read_from, limit=GAIN),
                Evidence(
                    "AUC over that of permuted labels",
                    shifted.score.sigmas,
                    probe.read_from,
                    "deviations",
                    SURE,
                ),
                Evidence("rows", shifted.offset, probe.read_from),
            ),
            (
                Fix(
                    "Join labels and features by id instead of by their place.",
                    "labels = dict(zip(ids, glosses)); y = [labels[path.stem] for path in clips]",
                ),
                Fix("See whether a header line was read as a sample, or one list has a sample more."),
            ),
            affected=split.samples,
            total=split.samples,
        )
