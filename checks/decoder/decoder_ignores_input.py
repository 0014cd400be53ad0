"""DEC801: do the hypotheses depend on what was signed?"""

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    WRONG_OUTPUT,
    Evidence,
    Finding,
    Findings,
    Fix,
    LoggedEpochs,
    NotJudged,
    ShuffledHypotheses,
    Task,
    Threshold,
    check,
    chosen,
    counted,
)

from ._nothing_written import nothing_written, writes_nothing

SAMPLES = Threshold(20, "permutation test: fewer pairs cannot tell a small dependence from none")
UNLIKELY = Threshold(0.01, "permutation test: once in a hundred by chance")
ERRORS_SAVED = chosen(
    0.15, "of six public CTC runs the worst, with 55% WER, saves 40%", (0.1005, 0.6), 399
)
DIFFERENT_SHARE = chosen(0.2, "a fifth as many as different references", (0.05, 0.8), 399)
EMPTY_SHARE = chosen(0.5, "above it the output is blank, another fault", (0.125, 2), 399)
ERRORS_LEFT = chosen(0.5, "where rematching leaves less, the order is at fault", (0.125, 0.75), 399)
FIXES = (
    Fix(
        "Zero the encoder's output and decode: the sentences must change.",
        "assert decode(torch.zeros_like(memory)) != decode(memory)",
    ),
    Fix(
        "Score what is decoded freely: a teacher-forced score hides this.",
        "hyp = model.generate(features)  # not model(features, reference)",
    ),
    Fix("Drop words of the decoder's input while training, so that it has to look at the video."),
)


@check(
    "DEC801",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("CTC413", "EVL904", "EVL906"),
    shows=WRONG_OUTPUT,
)
def decoder_ignores_input(
    test: ShuffledHypotheses, task: Task | None, logged: LoggedEpochs | None
) -> Findings:
    """The decoder writes the same sentences whatever is signed.

    Why it matters: A decoder that knows the language can write fluent sentences from nothing, and its
    loss falls far by that alone. What it writes then has nothing to do with the video.

    Judged by: Output that is empty for every sample, after five epochs or without a log. Single labels,
    texts that are looked up and not written, and mostly empty output are left to other checks. Else
    both of these have to hold:
    - The pairs as stored do not beat one shuffling of the hypotheses in a hundred, neither in errors
      nor in rare tokens in common, and what chance can hide is under 15% of the errors.
    - There are fewer than a fifth as many different hypotheses as different references. Texts need not
      meet this.

    Fix: Show that the encoder's output reaches the decoder and differs between inputs; weaken the
    decoder (word dropout, fewer layers) until it has to look.

    References: Good 2005, Permutation, Parametric and Bootstrap Tests of Hypotheses, chapter 3;
    Bowman et al. 2016, Generating Sentences from a Continuous Space, section 3, on decoders that
    ignore what they are given.
    """
    if task is not None and task.name == "retrieval":
        raise NotJudged("a retrieval model has no decoder")
    if writes_nothing(test, task, logged, SAMPLES):
        yield nothing_written(test, SAMPLES)
        return test.sentence
    if test.are_single or test.mean_length < 2:
        raise NotJudged("the predictions are single labels, not sentences")
    if test.samples < SAMPLES.value:
        raise NotJudged(f"only {test.samples} predictions are stored: it takes {SAMPLES.value:g}")
    if test.p < UNLIKELY.value or test.most_drop >= ERRORS_SAVED.value:
        return test.sentence
    if test.empty > EMPTY_SHARE.value * test.samples:
        raise NotJudged(f"{test.empty} of {test.samples} predictions are empty", looks_ill=True)
    share = test.distinct / test.distinct_references
    reordered = test.rematched_wer < ERRORS_LEFT.value * min(test.wer, test.unrelated_wer)
    if share >= DIFFERENT_SHARE.value and (reordered or not test.is_text):
        raise NotJudged(f"the sentences differ, but do not fit their references: {test.sentence}")
    said, times = test.commonest[0]
    yield Finding(
        f"the decoder writes {counted(test.distinct, 'different sentence')} for "
        f"{counted(test.distinct_references, 'different reference')} ({times} times {said[:60]!r}). "
        f"Shuffling them hardly changes the error rate, from {test.wer:.1%} to {test.shuffled_wer:.1%}",
        (
            Evidence("errors that the right pairing saves", test.drop, test.read_from, "share"),
            Evidence(
                "errors saved at most, by permutation", test.most_drop, test.read_from, "share",
                ERRORS_SAVED,
            ),
            Evidence("shufflings of 2000 that are as good", test.p, test.read_from, "share", UNLIKELY),
            Evidence(
                "different hypotheses per different reference", share, test.read_from, "",
                DIFFERENT_SHARE,
            ),
        ),
        FIXES,
    )  # fmt: skip
