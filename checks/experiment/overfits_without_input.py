"""ACT003: can the targets be predicted without the input?"""

from slrdoctor.api import (
    LIKELY,
    MISLEADS,
    BlindControl,
    Evidence,
    Finding,
    Findings,
    Fix,
    Threshold,
    check,
    chosen,
)

ERRORS_ON_ZEROS = Threshold(
    0.0, "Arithmetic: with the same input for all samples, no model distinguishes them."
)
LOSS_OVER_BOUND = chosen(0.99, "one percent for rounding of a loss that is at its bound")


@check("ACT003", severity=MISLEADS, confidence=LIKELY)
def overfits_without_input(control: BlindControl) -> Findings:
    """The model reproduces the samples with its input set to zero.

    Why it matters: This is not recognition. The targets leak into the model, or the length of a clip
    alone tells which one it is. Scores then say nothing about signs.

    Judged by: Two tests with all frames zero:
    - the same training, with all clips equally long. N different targets share a probability of one, so
      that their mean loss cannot fall below a bound (ln N per sample if all weigh the same);
    - the model trained on the samples decodes zeros of the real lengths.

    Fix: Find out what reaches the model besides the features.

    References: Cover and Thomas, Elements of Information Theory, section 2.6 (Gibbs' inequality).
    """
    leaks = control.loss < LOSS_OVER_BOUND.value * control.bound and control.error_rate < 1
    counts = control.error_rate_trained <= ERRORS_ON_ZEROS.value
    if not (leaks or counts):
        return control.sentence
    how = (
        "given zeros of the same lengths after training, it still writes every target: it counts frames"
        if counts and not leaks
        else "trained on zeros it gets below what any model without input can: targets leak"
    )
    yield Finding(
        f"{control.sentence}; {how}",
        (
            Evidence(
                "loss without input", control.loss, control.read_from, "nats per token",
                Threshold(
                    LOSS_OVER_BOUND.value * control.bound,
                    "Gibbs' inequality, as N targets share a probability of one, less 1% for rounding.",
                ),
            ),
            Evidence(
                "errors on zeros after training", control.error_rate_trained, control.read_from,
                "share", ERRORS_ON_ZEROS,
            ),
        ),
        (
            Fix("Look for targets, ids or indices among the model's inputs, and remove them."),
            Fix("Pad all clips of the test to one length, and check whether it still passes."),
        ),
    )  # fmt: skip
