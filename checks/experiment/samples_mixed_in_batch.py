"""ACT005: does the output of one sample depend on the others in its batch?"""

from slrdoctor.api import (
    CERTAIN,
    MISLEADS,
    Evidence,
    Finding,
    Findings,
    Fix,
    ModelBehaviour,
    Threshold,
    check,
)

LARGEST_ROUNDING = Threshold(1e-3, "Arithmetic: rounding in single precision is ten times smaller.")


@check("ACT005", severity=MISLEADS, confidence=CERTAIN, explains=("ACT002", "ACT006"))
def samples_mixed_in_batch(behaviour: ModelBehaviour) -> Findings:
    """The output of one sample depends on the other samples of its batch.

    Why it matters: What is learned and scored then depends on which samples share a batch. One axis is
    taken for another, and frames of one sample become those of its neighbours.

    Judged by: Two batches in eval mode that differ in all samples but the first, with equal lengths.
    The log-probabilities of the first sample must not change.

    Fix: Look for a missing batch_first, a wrong permute or view, or a norm or attention over the batch
    axis.

    References: Karpathy 2019, A Recipe for Training Neural Networks ("use backprop to chart
    dependencies").
    """
    if behaviour.others <= LARGEST_ROUNDING.value and not behaviour.mixes:
        return "the output of a sample does not depend on the others of its batch"
    yield Finding(
        "when the other samples of its batch change, the log-probabilities of the first sample change "
        f"by up to {behaviour.others:.3g} nats in eval mode ({behaviour.calling})",
        (
            Evidence(
                "change of a log-probability",
                behaviour.others,
                behaviour.read_from,
                "nats",
                LARGEST_ROUNDING,
            ),
        ),
        (
            Fix("Give recurrent layers batch_first=True, or permute to [T, B, D] before them."),
            Fix(
                "If the model takes its axes in another order, say so in slrdoctor.toml.",
                '[model]\ninput = "TBD"\noutput = "TBC"',
            ),
        ),
        verify=f"slrdoctor scan RUN_DIR --model {behaviour.model} --verify ACT005",
    )
