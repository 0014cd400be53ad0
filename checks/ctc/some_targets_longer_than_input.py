"""CTC402: do a few targets not fit into the frames that CTC is given?"""

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    CtcLengths,
    Evidence,
    Finding,
    Findings,
    NotJudged,
    Threshold,
    agreeing,
    check,
    chosen,
    part_of,
)

from ._stride import LEAVE_OUT, SET_STRIDE, lower_stride

SHARE_TOO_LONG = chosen(0.01, "one sample in a hundred", (0.0025, 0.04), 239)
TARGETS_TOO_LONG = Threshold(
    0, "CTC arithmetic: an alignment takes one frame per gloss and one between equal glosses"
)


@check("CTC402", severity=DEGRADES, confidence=CERTAIN, explains=("CTC404", "TRN501"), overfit=True)
def some_targets_longer_than_input(lengths: CtcLengths) -> Findings:
    """A few targets, at most one in a hundred, are longer than the input that CTC is given.

    Why it matters: Such a target has no alignment, so its loss is infinite. One of them makes the loss
    of its whole batch infinite, and that of the epoch; trainers that skip such batches lose the good
    samples in them too.

    Judged by: T < L + R counted sample by sample, with T the frames after the model's temporal layers,
    L the glosses and R the adjacent equal ones; in up to 1% of the samples.

    Fix: Leave these samples out, or lower the temporal stride to the largest at which they fit.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 3;
    torch.nn.CTCLoss, the note on input and target lengths.
    """
    short = lengths.infeasible
    count, total = int(short.sum()), len(lengths.ids)
    if not 0 < count / total <= SHARE_TOO_LONG.value:
        if not count and not lengths.stack.known:
            raise NotJudged("the model's temporal stride is unknown", SET_STRIDE)
        return lengths.sentence
    worst = lengths.worst
    yield Finding(
        message=(
            f"{part_of(count, total, 'target', share=f'{count / total:.2%}')} "
            f"{agreeing(count, 'needs', 'need')} more frames than CTC is given "
            f"{lengths.at}: {lengths.ids[worst]} needs {lengths.needed[worst]} frames and gets "
            f"{lengths.input_lengths[worst]} ({lengths.typical}). {lengths.advice}"
        ),
        evidence=(
            Evidence(
                "targets longer than their input", count, lengths.read_from, f"of {total}",
                TARGETS_TOO_LONG,
            ),
            Evidence("such targets by split", lengths.by_split(short), lengths.read_from),
            Evidence(lengths.stack.what, lengths.stack.shown, lengths.stack.read_from),
            Evidence(
                "largest stride at which every target fits", lengths.safe_stride, lengths.read_from
            ),
        ),
        fixes=(LEAVE_OUT, *lower_stride(lengths)),
        samples=lengths.ids_of(short),
        affected=count,
        total=total,
    )  # fmt: skip
