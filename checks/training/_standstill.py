"""A loss that stands still beside a score that says that what it stands at is no success."""

from slrdoctor.api import Progress, Threshold, TrainLoss

FLAT = Threshold(
    0.9, "rule of thumb, docs/limits.py: what a training loss keeps of itself when it stands still"
)
BLIND_WER = 0.95  # a WER never under this, without a floor to hold the loss against
LOWEST_FLOOR = 1.0  # nats: one of two signs a clip has 1.7 a token, every larger vocabulary more


def stands_still(progress: Progress, loss: TrainLoss) -> bool:
    """Whether the loss is flat and the score says that what it stands at is no success."""
    if not progress.metric or not loss.over_middle >= FLAT.value:
        return False
    if progress.metric == "wer":
        return progress.best_metric >= BLIND_WER and loss.last >= LOWEST_FLOOR
    return loss.over_first >= FLAT.value
