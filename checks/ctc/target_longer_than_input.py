"""CTC401: does every target fit into the frames that CTC is given?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    TARGETS_FIT,
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


@check(
    "CTC401",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("CTC404", "TRN501", "TRN507", NOTHING_LEARNED),
    overfit=True,
    gate=TARGETS_FIT,
)
def target_longer_than_input(lengths: CtcLengths) -> Findings:
    """Over one target in a hundred is longer than the input that CTC is given for it.

    Why it matters: CTC spends at least one frame on each gloss, and one more on the blank between two
    equal glosses. A longer target has no alignment, so its loss is infinite and takes the whole batch
    with it; with `zero_infinity=True` the sample teaches nothing.

    Judged by: T < L + R counted sample by sample, with T the frames after the model's temporal layers,
    L the glosses and R the adjacent equal ones; over 1% of the samples. Where the layers are unknown,
    T is the stored length, which no layer makes longer.

    Fix: Lower the temporal stride to the largest at which every target fits, or drop the samples; and
    check whether these clips were cut or annotated wrongly.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 3;
    torch.nn.CTCLoss, the note on input and target lengths.
    """
    short = lengths.infeasible
    count, total = int(short.sum()), len(lengths.ids)
    if count / total <= SHARE_TOO_LONG.value:
        if not lengths.stack.known:
            raise NotJudged(
                f"the model's temporal stride is unknown; {lengths.strides}",
                SET_STRIDE,
            )
        return lengths.sentence
    worst = lengths.worst
    yield Finding(
        message=(
            f"{part_of(count, total, 'target', share=f'{count / total:.1%}')} "
            f"{agreeing(count, 'needs', 'need')} more frames than CTC is given "
            f"{lengths.at}: {lengths.ids[worst]} needs {lengths.needed[worst]} frames and gets "
            f"{lengths.input_lengths[worst]}. {lengths.advice}"
        ),
        evidence=(
            Evidence(
                "targets longer than their input", count, lengths.read_from, f"of {total}",
                TARGETS_TOO_LONG,
            ),
            Evidence(
                "share of such targets", round(count / total, 4), lengths.read_from, "share",
                SHARE_TOO_LONG,
            ),
            Evidence(lengths.stack.what, lengths.stack.shown, lengths.stack.read_from),
            Evidence("such targets by split", lengths.by_split(short), lengths.read_from),
            Evidence(
                "largest stride at which every target fits", lengths.safe_stride, lengths.read_from
            ),
        ),
        fixes=(*lower_stride(lengths), LEAVE_OUT),
        samples=lengths.ids_of(short),
        affected=count,
        total=total,
    )  # fmt: skip
