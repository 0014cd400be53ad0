"""SPL302: does dev ask for sentences that were not trained on?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, NOTE, Evidence, Finding, Fix, SharedSentences, Threshold, check

SHARE = Threshold(0.1, "rule of thumb, docs/limits.py: beyond a tenth the score is also one of recall")


@check("SPL302", severity=NOTE, confidence=CERTAIN)
def sentence_in_two_splits(found: SharedSentences) -> Iterator[Finding]:
    """Dev or test sentences occur in train word for word.

    Why it matters: telling which of the known sentences is signed is far easier than
    recognising new ones. Scores on such a split do not compare with those of corpora with
    free sentences, and say little of new ones.

    Judged by: the share of dev and test samples of two glosses or more whose whole gloss
    sequence (or text, where there are no glosses) is the target of a training sample.

    Fix: report the score on unseen sentences beside the other one.

    References: Adaloglou et al. 2021, A comprehensive study on deep learning-based methods
    for sign language recognition, on the GSL splits with seen and unseen sentences.
    """
    over = {s: (n, total) for s, (n, total) in found.shares.items() if n / total > SHARE.value}
    if not over:
        return
    told = " and ".join(f"{n} of {total} {s}" for s, (n, total) in over.items())
    yield Finding(
        message=f"{told} {found.of} occur in train word for word",
        evidence=tuple(
            Evidence(
                f"share of {s} {found.of} in train", n / total, found.read_from, f"of {total}", SHARE
            )
            for s, (n, total) in over.items()
        ),
        fixes=(
            Fix(
                "Score the samples with sentences that are new apart from the others.",
                "new = [r for r in dev if r.glosses not in {t.glosses for t in train}]",
            ),
        ),
        samples=found.examples[:5],
        affected=sum(n for n, _ in over.values()),
        total=sum(total for _, total in over.values()),
    )
