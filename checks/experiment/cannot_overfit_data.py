"""ACT001: can a reference model learn a few feasible samples of these data by heart?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    FEW_SAMPLES_LEARNED,
    LIKELY,
    Crossover,
    Evidence,
    Finding,
    Fix,
    Threshold,
    check,
)

REPRODUCED = Threshold(
    0.1, "the overfit test's own bar: a loss of 0.1 nats a token with an error rate of zero"
)


@check("ACT001", severity=BLOCKS, confidence=LIKELY, gate=FEW_SAMPLES_LEARNED)
def cannot_overfit_data(crossover: Crossover) -> Iterator[Finding]:
    """A reference model cannot reproduce a few samples of these data.

    Why it matters: a model that can learn five samples by heart, and does so with easy ones of the same
    lengths and targets, is sound. Where it fails on the run's own, no other model will do better: clips
    that are equal, empty or scrambled, or targets that cannot be put out.

    Judged by: training a reference model on a few feasible samples without regularisation, with three
    learning rates, until its error rate is zero and its loss under 0.1 nats a token; and the same
    on easy samples of the same shape.

    Fix: look at these samples one by one, as they lie on disk.

    References: Karpathy 2019, A Recipe for Training Neural Networks; DOMAIN facts in docs/overfit.md.
    """
    if crossover.culprit != "data":
        return
    yield Finding(
        crossover.told,
        tuple(
            Evidence(
                f"{cell.model} on {cell.on}",
                cell.best.loss,
                crossover.read_from,
                "nats a token",
                REPRODUCED,
            )
            for cell in crossover.cells
        ),
        (
            Fix(crossover.then),
            Fix("Scan the data, and mend what the scan finds first.", "slrdoctor scan RUN_DIR"),
        ),
        samples=crossover.samples,
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )
