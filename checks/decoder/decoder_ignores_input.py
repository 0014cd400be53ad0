"""DEC801: do the hypotheses depend on what was signed?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    WRONG_OUTPUT,
    Evidence,
    Finding,
    Fix,
    ShuffledHypotheses,
    Task,
    Threshold,
    check,
)

SAMPLES = Threshold(20, "permutation test: fewer pairs cannot tell a small dependence from none")
UNLIKELY = Threshold(0.01, "permutation test: once in a hundred by chance")
DROP = Threshold(
    0.15,
    "rule of thumb, docs/limits.py: of the shuffled error rate; of six public CTC runs the worst, with "
    "55% WER, loses 40% by shuffling",
)
FEW = Threshold(0.2, "rule of thumb, docs/limits.py: different hypotheses over different references")
EMPTY = Threshold(0.5, "rule of thumb, docs/limits.py: of the hypotheses; blank output is another fault")
LEFT = Threshold(
    0.5, "rule of thumb, docs/limits.py: of the errors, where other pairs fit and the order is at fault"
)


@check(
    "DEC801",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("CTC413", "EVL904", "EVL906"),
    shows=WRONG_OUTPUT,
)
def decoder_ignores_input(test: ShuffledHypotheses, task: Task | None) -> Iterator[Finding]:
    """The decoder writes the same sentences whatever is signed.

    Why it matters: a decoder that knows the language can write fluent sentences from nothing, and
    its loss falls far by that alone. What it says then has nothing to do with the video.

    Judged by: shuffling the hypotheses among the references costs nothing: the pairs as stored are
    no better than one shuffling in a hundred, neither in errors nor in rare tokens in common, and
    what chance can hide is under 15% of the errors; and the different hypotheses are under a fifth
    of the different references, which texts need not be. Single labels, texts that are looked
    up and not written, and mostly empty output are for other checks.

    Fix: show that the encoder's output reaches the decoder and differs between inputs; weaken the
    decoder (word dropout, fewer layers) until it has to look.

    References: Good 2005, Permutation, Parametric and Bootstrap Tests of Hypotheses, chapter 3;
    Bowman et al. 2016, Generating Sentences from a Continuous Space, section 3, on decoders that
    ignore what they are given.
    """
    if task is not None and task.name == "retrieval":
        return
    if test.are_single or test.samples < SAMPLES.value or test.mean_length < 2:
        return
    if (
        test.empty > EMPTY.value * test.samples
        or test.p < UNLIKELY.value
        or test.most_drop >= DROP.value
    ):
        return
    share = test.distinct / test.distinct_references
    reordered = test.rematched_wer < LEFT.value * min(test.wer, test.unrelated_wer)
    if (share >= FEW.value and not test.is_text) or (share >= FEW.value and reordered):
        return
    said, times = test.commonest[0]
    yield Finding(
        f"{test.distinct} different hypotheses for {test.distinct_references} different references "
        f"({times} times {said[:60]!r}), and the error rate {test.wer:.1%} is "
        f"{test.shuffled_wer:.1%} when they are shuffled",
        (
            Evidence("share of the error rate that the right pairing saves", test.drop, test.read_from),
            Evidence("of it at most, by permutation", test.most_drop, test.read_from, limit=DROP),
            Evidence("shufflings that are as good", test.p, test.read_from, "of 2000", UNLIKELY),
            Evidence("different hypotheses over different references", share, test.read_from, limit=FEW),
        ),
        (
            Fix(
                "Zero the encoder's output and decode: the sentences must change.",
                "decode(torch.zeros_like(memory)) == decode(memory)",
            ),
            Fix(
                "Decode freely when you score: a teacher-forced score hides this.",
                "hyp = model.generate(features)  # not model(features, reference)",
            ),
            Fix(
                "Drop words of the decoder's input while training, so that it has to look at the video."
            ),
        ),
    )
