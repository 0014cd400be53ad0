"""A model that has begun to learn, and puts out little but blanks yet."""

from slrdoctor.api import BlindComparison, Progress, Threshold

LEARNING = Threshold(0.9, "rule of thumb, docs/limits.py: a dev loss under this of the floor uses input")
SHORT = Threshold(0.5, "rule of thumb, docs/limits.py: hypothesis over reference tokens, while blank")
BAD = Threshold(0.85, "measured on public benchmarks: no constant answer has a WER under 90%")


def is_blank_phase(blind: BlindComparison, progress: Progress | None) -> bool:
    """Whether the model has begun to learn and does not write it down yet."""
    if progress is None or blind.metric == "chrF":
        return False
    bad_in_log = progress.metric != "wer" or progress.last_metric >= BAD.value
    learning = progress.last_dev < LEARNING.value * progress.floor
    return learning and bad_in_log and blind.length_share < SHORT.value
