"""A learning rate of zero in the first steps: a warm-up that is stepped once per epoch."""

from slrdoctor.api import LearningRate, Threshold, chosen

SHARE_AT_START = chosen(0.1, "a tenth of the steps; a warm-up by steps is at zero in its first one only")
# a message, and what shows it: (what, value, unit, limit)
Wrong = tuple[str, list[tuple[str, float | str, str, Threshold | None]]]


def idle_at_first(rate: LearningRate, fall: Threshold) -> Wrong | None:
    """A rate of zero at first, while the loss stood still, as it does where 0 is not only printed."""
    if not (rate.zero_at_start >= SHARE_AT_START.value and rate.fall_while_zero < fall.value):
        return None
    message = (
        f"the learning rate is 0 in the first {rate.zero_at_start:.0%} of the logged steps, in which "
    )
    return f"{message}the training loss stands still", [
        ("share of the steps at 0 at first", rate.zero_at_start, "share", SHARE_AT_START),
        ("fall of the training loss in them", rate.fall_while_zero, "share", fall),
    ]
