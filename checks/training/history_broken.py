"""TRN510: does the history describe one run, once, in order?"""

from slrdoctor.api import (
    CERTAIN,
    MISLEADS,
    Disorder,
    EpochOrder,
    Evidence,
    Finding,
    Findings,
    Fix,
    Threshold,
    check,
    counted,
)

ROWS_OUT_OF_ORDER = Threshold(0, "arithmetic: an epoch of one run has one value")
FIXES = (
    Fix(
        "Write one file per run, named after it, and append to it only when you resume the run.",
        "path = Path('runs') / f'{name}-{time.strftime(\"%Y%m%d-%H%M%S\")}' / 'history.csv'",
    ),
    Fix("Remove the rows of the other run from this file.", safe=False),
)


@check(
    "TRN510",
    severity=MISLEADS,
    confidence=CERTAIN,
    explains=("TRN503", "TRN505", "TRN508", "TRN509", "TRN512"),
)
def history_broken(order: EpochOrder) -> Findings:
    """The history does not describe one run, once, in order.

    Why it matters: Curves over mixed or repeated epochs show falls and jumps that no model had, and the
    best epoch may be that of another run.

    Judged by: A run that was resumed and goes on from its own values passes, and so do runs that a
    column tells apart, several evaluations per epoch, and a logger that writes every row twice.
    These fire, within one series:
    - epochs that go back again and again with other values;
    - a restart whose values begin anew instead of continuing from the earlier ones;
    - three or more rows that repeat earlier ones;
    - a table with a header and without a row.

    Fix: Write one file per run, and remove what belongs to another.

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
                    ROWS_OUT_OF_ORDER,
                ),
                Evidence("at epochs", ", ".join(f"{e:g}" for e in fault.epochs), fault.where),
                Evidence("how often the epochs go back", fault.restarts, fault.where),
            ),
            FIXES,
            affected=fault.rows,
            total=fault.total,
        )
    for where in order.header_only:
        yield Finding(
            f"{where} has a header but not a single finished epoch",
            (Evidence("rows of finished epochs", 0, where),),
            (Fix("Flush the file after each epoch, or find where the run wrote its history instead."),),
        )
    return order.sentence


def _said(fault: Disorder) -> str:
    epochs = ", ".join(f"{e:g}" for e in fault.epochs[:3])
    if fault.kind == "interleaved":
        went = f"its epochs go back {counted(fault.restarts, 'time')} in {fault.total} rows"
        return f"{fault.where} mixes several runs: {went}"
    if fault.kind == "several runs":
        rows = f"{fault.rows} of {fault.total} rows"
        return f"{fault.where} starts over at epoch {epochs}: {rows} belong to another run"
    return f"{fault.where} repeats {fault.rows} of its {fault.total} rows (epochs {epochs}, ...)"
