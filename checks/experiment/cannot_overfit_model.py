"""ACT002: can the user's model learn what a reference model learns by heart?"""

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


@check("ACT002", severity=BLOCKS, confidence=LIKELY, gate=FEW_SAMPLES_LEARNED)
def cannot_overfit_model(crossover: Crossover) -> Iterator[Finding]:
    """The model, its loss or its decoder stands in the way, not the data.

    Why it matters: where a reference model reproduces a few samples and the run's own model does not,
    more data, longer training and other features are no remedy.

    Judged by: training both on the same samples, and the run's model once more with another loss and
    decoder, with standardised features, and on easy samples of the same shape; and by what the model
    does when its input, or the other samples of a batch, are changed.

    Fix: what the message names; where it names nothing, change the reference model towards the own one
    step by step until it breaks.

    References: Karpathy 2019, A Recipe for Training Neural Networks.
    """
    if crossover.culprit not in ("model", "loss", "decoder"):
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
        (Fix(crossover.then),),
        samples=crossover.samples,
        verify="slrdoctor overfit RUN_DIR --samples 5 --model path/to/file.py:factory",
    )
