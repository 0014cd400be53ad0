"""TRN510: does the history tell of one run, once, in order?"""

from collections.abc import Iterator

from slrdoctor.api import (
    CERTAIN,
    MISLEADS,
    Disorder,
    EpochOrder,
    Evidence,
    Finding,
    Fix,
    Threshold,
    check,
)

IN_ORDER = Threshold(0, "arithmetic: an epoch of one run has one value")
FIXES = (
    Fix(
        "Write a file a run, named after it, and open it for appending only when resuming.",
        "path = Path('runs') / f'{name}-{time.strftime(\"%Y%m%d-%H%M%S\")}' / 'history.csv'",
    ),
    Fix("Take the rows of the other run out of this file, after a copy of it.", safe=False),
)


@check(
    "TRN510",
    severity=MISLEADS,
    confidence=CERTAIN,
    explains=("TRN503", "TRN505", "TRN508", "TRN509", "TRN512"),
)
def history_broken(order: EpochOrder) -> Iterator[Finding]:
    """The history does not tell of one run, once, in order.

    Why it matters: curves over mixed or repeated epochs show falls and jumps that no model had,
    and the best epoch may be that of another run.

    Judged by: in one series, epochs that go back again and again with other values; a restart
    whose values do not go on from the earlier ones but begin anew; three or more rows that repeat
    earlier ones; or a table with a header and no row. A run that was resumed and goes on from its
    own values passes, and so do runs that a column tells apart, several evaluations an epoch and
    a logger that writes every row twice.

    Fix: a file a run; remove what belongs to another.

    References: https://docs.python.org/3/library/functions.html#open, mode "a"
    """
    for fault in order.faults:
        yield Finding(
            _said(fault),
            (
                Evidence(
                    f"rows of {fault.series} out of order",
                    fault.rows,
                    fault.where,
                    f"of {fault.total}",
                    IN_ORDER,
                ),
                Evidence("epochs", ", ".join(f"{e:g}" for e in fault.epochs), fault.where),
                Evidence("times the epochs go back", fault.restarts, fault.where),
            ),
            FIXES,
            affected=fault.rows,
            total=fault.total,
        )
    for where in order.header_only:
        yield Finding(
            f"{where} has a header and not one row of a finished epoch",
            (Evidence("rows", 0, where),),
            (Fix("Flush the file after each epoch, or find where the run wrote its history instead."),),
        )


def _said(fault: Disorder) -> str:
    epochs = ", ".join(f"{e:g}" for e in fault.epochs[:3])
    if fault.kind == "interleaved":
        went = f"goes back {fault.restarts} times in {fault.total} rows"
        return f"{fault.where} {went}: it has the epochs of several runs in turns"
    if fault.kind == "several runs":
        rows = f"{fault.rows} of {fault.total} rows"
        return f"{fault.where} starts anew at epoch {epochs}: {rows} are another run's"
    return f"{fault.where} has {fault.rows} of {fault.total} rows twice (epochs {epochs}, ...)"
