"""ACT005: does the output of one sample depend on the others in its batch?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, MISLEADS, Evidence, Finding, Fix, ModelBehaviour, Threshold, check

SAME = Threshold(1e-3, "rounding of single precision stays under it by a factor of ten and more")


@check("ACT005", severity=MISLEADS, confidence=CERTAIN, explains=("ACT002", "ACT006"))
def samples_mixed_in_batch(behaviour: ModelBehaviour) -> Iterator[Finding]:
    """The output of one sample depends on the other samples of its batch.

    Why it matters: what is learned and scored then depends on who happens to stand beside whom. An axis
    is taken for another: frames of one sample become those of its neighbours.

    Judged by: two batches in eval mode that differ in all samples but the first, with equal lengths:
    the log-probabilities of the first must not change.

    Fix: look for a missing batch_first, a wrong permute or view, and a norm or attention over the
    batch axis.

    References: Karpathy 2019, A Recipe for Training Neural Networks ("use backprop to chart
    dependencies").
    """
    if behaviour.others <= SAME.value and not behaviour.mixes:
        return
    yield Finding(
        "with the other samples of its batch changed, the first sample's "
        "log-probabilities change by up "
        f"to {behaviour.others:.3g} nats in eval mode ({behaviour.calling})",
        (Evidence("change of a log-probability", behaviour.others, behaviour.read_from, "nats", SAME),),
        (
            Fix("Give recurrent layers batch_first=True, or permute to [T, B, D] before them."),
            Fix(
                "If the model wants its axes in another order, say so.",
                '[model]\ninput = "TBD"\noutput = "TBC"',
            ),
        ),
        verify=f"slrdoctor scan RUN_DIR --model {behaviour.model} --select ACT005",
    )
