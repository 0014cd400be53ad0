"""SPL301: are dev and test samples kept out of training?"""

from collections import Counter
from collections.abc import Iterator

from slrdoctor.api import CERTAIN, MISLEADS, Evidence, Finding, Fix, SharedSamples, Threshold, check

NONE = Threshold(0, "arithmetic: a sample that was trained on tests nothing")


@check("SPL301", severity=MISLEADS, confidence=CERTAIN)
def sample_in_two_splits(found: SharedSamples) -> Iterator[Finding]:
    """A sample is in two splits.

    Why it matters: a model that has memorised the sample gets it right. Dev and test scores
    are then too good, and early stopping picks the model that memorises best.

    Judged by: the same id, the same path, or equal stored arrays (by their digests) in two
    of train, dev and test. Ids that only count the samples of each split are not compared,
    and neither are empty or constant arrays.

    Fix: take the samples out of one of the splits, and score again.

    References: Kapoor and Narayanan 2023, Leakage and the reproducibility crisis in
    machine-learning-based science, on duplicates in train and test.
    """
    if not found.shared:
        return
    pairs = Counter(shared.splits for shared in found.shared)
    ways = Counter(shared.by for shared in found.shared)
    told = ", ".join(f"{count} in {one} and {other}" for (one, other), count in pairs.most_common())
    total = sum(found.sizes.values())
    first = found.shared[0]
    other = f" (there {first.other})" if first.other else ""
    smallest = min(found.sizes[split] for pair in pairs for split in pair)
    yield Finding(
        message=(
            f"{len(found.shared)} of {total} samples are in two splits ({told}), "
            f"such as {first.id}{other}"
        ),
        evidence=(
            *(
                Evidence(f"samples in two splits, by {way}", count, found.read_from, "samples", NONE)
                for way, count in ways.most_common()
            ),
            Evidence("size of the smaller split", smallest, found.read_from, "samples"),
        ),
        fixes=(
            Fix(
                "Take these samples out of training, and train again before any score is reported.",
                "train = [r for r in train if r.id not in dev_ids | test_ids]",
                safe=False,
            ),
        ),
        samples=tuple(dict.fromkeys(shared.id for shared in found.shared))[:5],
        affected=len(found.shared),
        total=total,
    )
