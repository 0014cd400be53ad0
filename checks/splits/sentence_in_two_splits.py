"""SPL302: does dev contain sentences that were not trained on?"""

from slrdoctor.api import (
    CERTAIN,
    EVERY_SAMPLE,
    NOTE,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    SharedSentences,
    check,
    chosen,
)

SHARED_SENTENCES = chosen(
    0.1, "beyond a tenth the score also measures what was remembered", (0.05, 0.2), 349
)


@check("SPL302", severity=NOTE, confidence=CERTAIN, needs=EVERY_SAMPLE)
def sentence_in_two_splits(found: SharedSentences) -> Findings:
    """Some dev or test sentences also occur in train.

    Why it matters: It is far easier to tell which of the known sentences is signed than to recognise a
    new one. Scores on such a split say little about new sentences, and do not compare with those of
    corpora of free sentences.

    Judged by: The share of dev and test samples (of two glosses or more) whose whole gloss sequence is
    also the target of a training sample. Without glosses, the text counts.

    Fix: Report the score on new sentences separately.

    References: Adaloglou et al. 2021, A comprehensive study on deep learning-based methods
    for sign language recognition, on the GSL splits with seen and unseen sentences.
    """
    over = {
        s: (n, total) for s, (n, total) in found.shares.items() if n / total > SHARED_SENTENCES.value
    }
    if not found.shares:
        raise NotJudged("no dev or test target has two glosses or more")
    if not over:
        return found.sentence
    shared = " and ".join(
        f"all {total} {s}" if n == total else f"{n} of {total} {s}" for s, (n, total) in over.items()
    )
    yield Finding(
        message=f"{shared} {found.of} also occur in train",
        evidence=tuple(
            Evidence(
                f"{s} {found.of} that occur in train",
                n / total,
                found.read_from,
                "share",
                SHARED_SENTENCES,
            )
            for s, (n, total) in over.items()
        ),
        fixes=(
            Fix(
                "Score new sentences separately.",
                "new = [r for r in dev if r.glosses not in {t.glosses for t in train}]",
            ),
        ),
        samples=found.examples,
        affected=sum(n for n, _ in over.values()),
        total=sum(total for _, total in over.values()),
    )
