"""A training loss that never left that of a model without input: the finding of TRN502."""

from math import isfinite

from slrdoctor.api import Evidence, Finding, Fix, ProbeComparison, Progress, Threshold

from ._standstill import BLIND_WER


def of_a_blind_loss(
    progress: Progress,
    loss: Evidence,
    where: str,
    epochs: Threshold,
    fixes: tuple[Fix, ...],
    probe: ProbeComparison | None,
) -> Finding:
    """Where the loss stands, beside it the dev score, and what a probe of the features makes of it."""
    word, best = progress.word, progress.best_metric
    score = f", and the best dev {word} is {progress.shown(best)}"
    if isfinite(progress.blind_metric):
        blind = "chance" if progress.metric == "accuracy" else "always answering the same"
        score += f" ({blind}: {progress.shown(progress.blind_metric)})"
    limit = BLIND_WER if progress.metric == "wer" and not isfinite(progress.train_over_floor) else None
    unit = "" if progress.metric == "bleu" else "share"
    dev_score = Evidence(f"best dev {word}", best, progress.read_from, unit, limit)
    return Finding(
        f"after {progress.epochs} epochs the training loss is {where}"
        f"{score if progress.metric else ''}{progress.fall}{probe.clause if probe else ''}",
        (
            loss,
            Evidence("epochs", progress.epochs, progress.read_from, limit=epochs),
            *([dev_score] if progress.metric else []),
            Evidence("that loss is known from", progress.floor_known_by, ""),
        ),
        fixes,
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )
