"""Hypotheses that are all empty, without a loss or log-probabilities beside them."""

from slrdoctor.api import (
    DecodedOutput,
    Evidence,
    Finding,
    Fix,
    LoggedEpochs,
    NotJudged,
    Threshold,
    chosen,
)

FIXES = (
    Fix(
        "Overfit five samples first, to see whether the features reach the model and fit the labels.",
        "slrdoctor overfit RUN_DIR --samples 5",
    ),
    Fix(
        "Then lower the learning rate, warm it up, and penalise the blank.",
        "logits[..., blank] -= penalty  # let it decay to 0; a bias would be trained away",
    ),
)
SAMPLES_WITHOUT_LOG = chosen(20, "a few samples that are all empty may be hard ones")


def of_outputs_alone(
    said: DecodedOutput, logged: LoggedEpochs | None, blank_share: Threshold
) -> Finding:
    """The finding where no loss tells; raises NotJudged where the model may not be at its end."""
    if logged is not None or said.empty_share < 1 or said.samples < SAMPLES_WITHOUT_LOG.value:
        raise NotJudged(
            f"{said.sentence}, and no loss or log-probabilities show whether that stays so",
            "keep the log of the run, with the losses of every epoch",
            looks_ill=True,
        )
    empty = Evidence("empty hypotheses", said.empty_share, said.read_from, "share", blank_share)
    samples = Evidence("samples", said.samples, said.read_from, "", SAMPLES_WITHOUT_LOG)
    return Finding(f"all of {said.samples} {said.split} hypotheses are empty", (empty, samples), FIXES)
