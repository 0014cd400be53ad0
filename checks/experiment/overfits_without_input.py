"""ACT003: can the targets be had without looking at the input?"""

from collections.abc import Iterator

from slrdoctor.api import LIKELY, MISLEADS, BlindControl, Evidence, Finding, Fix, Threshold, check

REPRODUCED = Threshold(0.0, "exact: given the same input for all samples, no model tells them apart")
MARGIN = 0.99  # rounding of a loss that stands at its bound


@check("ACT003", severity=MISLEADS, confidence=LIKELY)
def overfits_without_input(control: BlindControl) -> Iterator[Finding]:
    """The model reproduces the samples with its input zeroed.

    Why it matters: what is learned so is not recognition. The targets leak into the model, or the
    length of a clip alone tells which it is: scores then say nothing about signs.

    Judged by: the same training with all frames zero and all clips equally long. N different
    targets share a probability of one, so that their mean loss cannot come below a bound (ln N a
    sample where all weigh alike). And by decoding zeros of the real lengths with the model that was
    trained on the samples.

    Fix: find what besides the features reaches the model.

    References: Cover and Thomas, Elements of Information Theory, section 2.6 (Gibbs' inequality).
    """
    leaks = control.loss < MARGIN * control.bound and control.error_rate < 1
    counts = control.error_rate_trained <= REPRODUCED.value
    if not (leaks or counts):
        return
    how = (
        "given zeros of the same lengths after training, it still writes every target: it counts frames"
        if counts and not leaks
        else "trained on zeros it gets below what any model without input can: targets leak"
    )
    yield Finding(
        f"{control.sentence}; {how}",
        (
            Evidence(
                "loss without input", control.loss, control.read_from, "nats a token",
                Threshold(control.bound, "Gibbs' inequality: N targets share a probability of one"),
            ),
            Evidence(
                "error rate on zeros after training", control.error_rate_trained, control.read_from,
                "share of tokens", REPRODUCED,
            ),
        ),
        (
            Fix("Look for targets, ids or indices among what the model is given, and take them out."),
            Fix("Pad all clips of the test to one length, and see whether it still passes."),
        ),
    )  # fmt: skip
