"""MDL602: are the weights numbers?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    EveryCheckpointsValues,
    Evidence,
    Finding,
    Findings,
    Fix,
    Threshold,
    WeightValues,
    agreeing,
    check,
    part_of,
)

NON_FINITE_VALUES = Threshold(
    0, "Arithmetic: NaN or Inf in a weight makes every output that depends on it NaN."
)
SHOWN = 3


@check("MDL602", severity=BLOCKS, confidence=CERTAIN, explains=("MDL603", NOTHING_LEARNED))
def weights_not_finite(every: EveryCheckpointsValues) -> Findings:
    """Weights or buffers of the checkpoint are NaN or infinite.

    Why it matters: Every output that depends on such a weight is NaN, and no optimizer step can repair
    it. All training after the first such step was useless.

    Judged by: Any NaN or infinite value in a tensor of any checkpoint, those of earlier runs and of
    pretrained models left out. The infinite values of an attention mask (all of one sign, with a
    single other value) do not count.

    Fix: Go back to the last checkpoint with finite weights, and find the step that broke them.

    References: IEEE 754: NaN and Inf propagate through sums and products.
    """
    if not every.unsound:
        return every.sentence
    values, *others = every.unsound
    unsound = values.unsound
    nans, infinite = sum(row.nans for row in unsound), sum(row.infinite for row in unsound)
    also = ", ".join(file.read_from for file in others[:SHOWN])
    yield Finding(
        message=f"{_counted(values)}{f'; the same is true of {also}' if also else ''}",
        evidence=(
            Evidence(
                "values that are not finite",
                nans + infinite,
                values.read_from,
                "values",
                NON_FINITE_VALUES,
            ),
            Evidence("first tensor with such values", unsound[0].name, values.read_from),
            *([Evidence("other checkpoints with such values", also, also)] if others else []),
        ),
        fixes=(
            Fix("Resume from the last checkpoint whose weights are finite."),
            Fix(
                "Stop at the first loss that is not finite, and look at its batch.",
                "if not torch.isfinite(loss): raise RuntimeError(f'loss {loss} in batch {ids}')",
            ),
            Fix("Clip gradients.", "torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)"),
        ),
        affected=len(unsound),
        total=len(values.rows),
    )


def _counted(values: WeightValues) -> str:
    """How many tensors of a checkpoint hold how many such values."""
    unsound = values.unsound
    nans, infinite = sum(row.nans for row in unsound), sum(row.infinite for row in unsound)
    total = sum(row.size for row in values.rows)
    names = ", ".join(row.name for row in unsound[:SHOWN])
    more = f" and {len(unsound) - SHOWN} more" if len(unsound) > SHOWN else ""
    kinds = [f"{nans:,} NaN"] * (nans > 0) + [f"{infinite:,} infinite"] * (infinite > 0)
    return (
        f"{part_of(len(unsound), len(values.rows), 'tensor')} in {values.read_from} "
        f"({names}{more}) {agreeing(len(unsound), 'contains', 'contain')} {' and '.join(kinds)} "
        f"{agreeing(nans + infinite, 'value', 'values')} ({total:,} values in all)"
    )
