"""The loss of guessing among K classes is ln K: which K a loss names."""

from __future__ import annotations

import math

BY_LUCK = 0.05  # chance that a loss of any value lies so close to the logarithm of a whole number


def classes_of_loss(loss: float, tolerance: float) -> int | None:
    """K where `loss` (nats) is ln K within `tolerance`; None where another value is as likely.

    The logarithms of whole numbers about K lie 1/K apart, so that a loss known to `tolerance` lies
    by luck within it of one of them with a chance of 2 K times `tolerance`.
    """
    if not math.log(1.5) < loss < math.log(1e6):
        return None
    classes = round(math.exp(loss))
    if abs(math.log(classes) - loss) > tolerance or 2 * tolerance * classes > BY_LUCK:
        return None
    return classes
