"""SPL301: are dev and test samples kept out of training?"""

from collections import Counter

from slrdoctor.api import (
    CERTAIN,
    MISLEADS,
    Evidence,
    Finding,
    Findings,
    Fix,
    SharedSamples,
    Threshold,
    agreeing,
    check,
    part_of,
)

SHARED_SAMPLES = Threshold(0, "Arithmetic: a sample that was trained on tests nothing.")


@check("SPL301", severity=MISLEADS, confidence=CERTAIN)
def sample_in_two_splits(found: SharedSamples) -> Findings:
    """Some samples are in two splits.

    Why it matters: A model that has memorised such a sample gets it right. Dev and test scores are
    then too good, and early stopping selects the model that memorises best.

    Judged by: The same id, the same path, or equal stored arrays (by their digests) in two of train,
    dev and test. Ids that only number the samples of a split are not compared, nor are empty or
    constant arrays. Of the folds of a cross-validation, one is compared: that whose own splits share
    most ids, otherwise the first.

    Fix: Remove the samples from one of the splits, and score again.

    References: Kapoor and Narayanan 2023, Leakage and the reproducibility crisis in
    machine-learning-based science, on duplicates in train and test.
    """
    if not found.shared:
        return found.sentence
    pairs = Counter(shared.splits for shared in found.shared)
    ways = Counter(shared.by for shared in found.shared)
    where = ", ".join(f"{count} in {one} and {other}" for (one, other), count in pairs.most_common())
    total = sum(found.sizes.values())
    first, count = found.shared[0], len(found.shared)
    other = f" (called {first.other} in {first.splits[1]})" if first.other else ""
    smallest = min(found.sizes[split] for pair in pairs for split in pair)
    yield Finding(
        message=(
            f"{part_of(count, total, 'sample')} {agreeing(count, 'is', 'are')} in two splits: "
            f"{'' if count == 1 else f'{where}, for example '}{first.id}"
            f"{f' in {first.splits[0]} and {first.splits[1]}' if count == 1 else ''}{other}"
        ),
        evidence=(
            *(
                Evidence(f"samples with the same {way}", count, found.read_from, "", SHARED_SAMPLES)
                for way, count in ways.most_common()
            ),
            Evidence("samples of the smaller split", smallest, found.read_from),
        ),
        fixes=(
            Fix(
                "Remove these samples from training, and train again before reporting any score.",
                "train = [r for r in train if r.id not in dev_ids | test_ids]",
                safe=False,
            ),
        ),
        samples=tuple(dict.fromkeys(shared.id for shared in found.shared)),
        affected=len(found.shared),
        total=total,
    )
