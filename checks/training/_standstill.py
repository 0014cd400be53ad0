"""A loss that stands still beside a score that says that what it stands at is not a success."""

from slrdoctor.api import Progress, Threshold, TrainLoss, chosen

SHARE_OF_MIDDLE = chosen(0.9, "a loss that still falls loses a tenth in half a run", (0.9, 0.9), 408)
BLIND_WER = chosen(0.95, "a WER that never fell below it has hardly a token right")
LOWEST_BLIND_LOSS = Threshold(
    1.0, "CTC arithmetic: a blind model of two glosses, one per clip, has 1.7 nats, of more glosses more"
)


def stands_still(progress: Progress, loss: TrainLoss) -> bool:
    """Whether the loss is flat and the score says that what it stands at is not a success."""
    if not progress.metric or not loss.over_middle >= SHARE_OF_MIDDLE.value:
        return False
    if progress.metric == "wer":
        return progress.best_metric >= BLIND_WER.value and loss.last >= LOWEST_BLIND_LOSS.value
    return loss.over_first >= SHARE_OF_MIDDLE.value
