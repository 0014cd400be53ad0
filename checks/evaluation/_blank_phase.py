"""A model that has begun to learn, and puts out little but blanks yet."""

from slrdoctor.api import BlindComparison, Progress, Threshold, chosen

SHARE_OF_BLIND_LOSS = chosen(0.9, "a dev loss below it uses the input", (0.81, 0.9), 399)
SHORTEST_DECODED_SHARE = chosen(0.5, "half a token per reference token", (0.165, 0.75), 399)
BLIND_WER = Threshold(0.85, "measured on public benchmarks: no constant answer has a WER under 90%")


def is_blank_phase(blind: BlindComparison, progress: Progress | None) -> bool:
    """Whether the model has begun to learn and does not write it down yet."""
    if progress is None or blind.metric == "chrF":
        return False
    bad_in_log = progress.metric != "wer" or progress.last_metric >= BLIND_WER.value
    learning = progress.last_dev < SHARE_OF_BLIND_LOSS.value * progress.floor
    return learning and bad_in_log and blind.length_share < SHORTEST_DECODED_SHARE.value
