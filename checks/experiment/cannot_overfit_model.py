"""ACT002: can the user's model memorise the samples that a reference model memorises?"""

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


@check("ACT002", severity=BLOCKS, confidence=LIKELY, gate=FEW_SAMPLES_LEARNED)
def cannot_overfit_model(crossover: Crossover) -> Findings:
    """The model, its loss or its decoder is at fault, not the data.

    Why it matters: If a reference model memorises a few samples and the run's own model does not, more
    data, longer training and other features do not help.

    Judged by: Both models are trained on the same samples. The run's model is also:
    - trained with the loss and decoder of the test, and with standardised features;
    - trained on easy samples of the same shape;
    - run with its input, and with the other samples of a batch, changed.

    Fix: Change what the message names. If it names nothing, change the reference model towards your own
    step by step until it breaks.

    References: Karpathy 2019, A Recipe for Training Neural Networks.
    """
    if crossover.culprit not in ("model", "loss", "decoder"):
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
        (Fix(crossover.then),),
        samples=crossover.samples,
        verify="slrdoctor overfit RUN_DIR --samples 5 --model path/to/file.py:factory",
    )
