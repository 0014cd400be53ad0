"""A run that had learned, and ends where it began: the finding of TRN503."""

from math import isfinite

from slrdoctor.api import Collapse, Evidence, Finding, Fix, Threshold, TrainLoss, number


def of_a_collapse(
    loss: TrainLoss, collapse: Collapse, gain_lost: Threshold, smaller_steps: tuple[Fix, ...]
) -> Finding:
    """When it had learned, from where on it is lost, and what it ends at."""
    per, since = loss.per, collapse.since
    guess = f", the loss of guessing among {collapse.classes} classes" if collapse.classes else ""
    before, after = collapse.accuracy_before, collapse.accuracy_after
    lost = (collapse.level - collapse.best) / (loss.first - collapse.best)
    evidence = [
        Evidence(f"{per}s since the collapse", collapse.points, loss.read_from),
        Evidence("share of the gain that is lost", lost, loss.read_from, "share", gain_lost),
    ]
    score = ""
    if isfinite(after):
        score = f"; the accuracy fell from {before:.1%} to {after:.1%}"
        evidence.append(Evidence("accuracy that is left", after, loss.read_from, "share"))
    return Finding(
        f"the training loss had fallen to {number(collapse.best)} by {per} {collapse.best_at:g}, "
        f"collapsed at {per} {since:g} and stays at {number(collapse.level)}{guess}{score}",
        tuple(evidence),
        (
            Fix(f"Go on from the last checkpoint before {per} {since:g}."),
            *smaller_steps,
            Fix("Use tanh, not relu, within an LSTM: relu has no bound there."),
        ),
    )
