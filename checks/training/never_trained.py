"""TRN511: did training get through one epoch?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    LoggedEpochs,
    NotJudged,
    Threshold,
    check,
)

FINISHED_EPOCHS = Threshold(1, "arithmetic: without a finished epoch there is nothing to judge")


@check("TRN511", severity=BLOCKS, confidence=CERTAIN, explains=("TRN510", NOTHING_LEARNED))
def never_trained(logged: LoggedEpochs) -> Findings:
    """The training starts and does not finish one epoch.

    Why it matters: Whatever is left in the folder, weights or settings, is that of an untrained model,
    and no other number of this run means anything.

    Judged by: A log or history begins and has no value of a finished epoch, or ends in an error before
    it has one. No other log of the run has one, and there are neither predictions nor a checkpoint of a
    later epoch. A run that was stopped by hand is not judged.

    Fix: Read the last lines of the log and of the job's error output: an exception, memory that ran
    out, or a time limit.

    References: https://pytorch.org/docs/stable/notes/faq.html, on memory that runs out
    """
    if logged.epochs or not logged.unstarted or logged.trained_otherwise:
        return logged.sentence
    if logged.stopped_by_hand:
        raise NotJudged(
            f"{logged.unstarted[0]} was stopped by hand before its first epoch ended",
            "let it train for an epoch",
        )
    names = ", ".join(logged.unstarted[:3])
    yield Finding(
        f"{names}: training started and did not finish a single epoch"
        + (f"; it ended with {logged.ended_by!r}" if logged.ended_by else ""),
        (Evidence("finished epochs", 0, logged.read_from, limit=FINISHED_EPOCHS),),
        (
            Fix(
                "Read the end of the log and of the job's error output.",
                f"tail -n 50 {logged.unstarted[0]}",
            ),
            Fix(
                "Run one batch in the foreground, so that its error shows.",
                "next(iter(DataLoader(train_set, batch_size=1, num_workers=0)))",
            ),
        ),
    )
