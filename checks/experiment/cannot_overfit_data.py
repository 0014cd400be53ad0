"""ACT001: can a reference model memorise a few feasible samples of these data?"""

from slrdoctor.api import (
    BLOCKS,
    FEW_SAMPLES_LEARNED,
    LIKELY,
    Crossover,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Threshold,
    check,
)

REPRODUCED_LOSS = Threshold(
    0.1, "By definition of the overfit test: a loss of 0.1 nats per token and an error rate of zero."
)


@check("ACT001", severity=BLOCKS, confidence=LIKELY, gate=FEW_SAMPLES_LEARNED)
def cannot_overfit_data(crossover: Crossover) -> Findings:
    """A reference model cannot memorise a few samples of these data.

    Why it matters: The reference model can memorise easy samples of the same lengths and targets, so it
    works. If it fails on samples of the run, no other model will do better: clips are identical, empty
    or scrambled, or targets cannot be predicted.

    Judged by: A reference model is trained on a few feasible samples without regularisation, with three
    learning rates, until its error rate is zero and its loss is below 0.1 nats per token. The same is
    done on easy samples of the same shape.

    Fix: Look at these samples one by one, as they are on disk.

    References: Karpathy 2019, A Recipe for Training Neural Networks (overfit one batch).
    """
    if crossover.culprit != "data":
        if crossover.culprit == "unknown":
            raise NotJudged(crossover.told, crossover.then)
        return crossover.told
    yield Finding(
        crossover.told,
        tuple(
            Evidence(
                f"loss of {cell.model} on {cell.on}",
                cell.best.loss,
                crossover.read_from,
                "nats per token",
                REPRODUCED_LOSS,
            )
            for cell in crossover.cells
        ),
        (
            Fix(crossover.then),
            Fix("Scan the data, and fix what the scan finds first.", "slrdoctor scan RUN_DIR"),
        ),
        samples=crossover.samples,
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )
