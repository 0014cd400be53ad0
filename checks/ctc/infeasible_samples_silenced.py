"""CTC404: does the loss hide the samples that cannot be aligned?"""

from slrdoctor.api import (
    CERTAIN,
    MISLEADS,
    CtcLengths,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Threshold,
    ZeroInfinity,
    agreeing,
    check,
    part_of,
)

from ._stride import SET_STRIDE

HIDDEN_SAMPLES = Threshold(0, "CTC arithmetic: without an infeasible sample there is nothing to hide")


@check("CTC404", severity=MISLEADS, confidence=CERTAIN, overfit=True)
def infeasible_samples_silenced(lengths: CtcLengths, zero_infinity: ZeroInfinity) -> Findings:
    """Samples that have no alignment count as solved, because the loss sets infinity to zero.

    Why it matters: With `zero_infinity=True` a sample whose target is longer than its input has loss 0
    and no gradient. The mean loss looks better the more such samples there are, and nothing in the
    log says that the model never learns from them.

    Judged by: There are samples with T < L + R (T frames, L glosses, R adjacent equal ones), and
    `zero_infinity` is switched on in a config or in a call of the CTC loss in the sources.

    Fix: Make the samples feasible or leave them out: then `zero_infinity` has nothing to hide.

    References: torch.nn.CTCLoss, parameter zero_infinity.
    """
    short = lengths.infeasible
    count, total = int(short.sum()), len(lengths.ids)
    if not zero_infinity.on:
        return "zero_infinity is off"
    if not count and not lengths.stack.known:
        raise NotJudged("the model's temporal stride is unknown", SET_STRIDE)
    if not count:
        return lengths.sentence
    yield Finding(
        message=(
            f"{part_of(count, total, 'sample')} {agreeing(count, 'has', 'have')} no alignment "
            f"{lengths.at}, and zero_infinity=True in {zero_infinity.read_from} counts "
            f"{agreeing(count, 'it', 'them')} as loss 0"
        ),
        evidence=(
            Evidence(
                "samples without an alignment", count, lengths.read_from, f"of {total}", HIDDEN_SAMPLES
            ),
            Evidence("zero_infinity", "True", zero_infinity.read_from),
        ),
        fixes=(
            Fix(
                "Leave out the samples that cannot be aligned, or lower the temporal stride.",
                "keep = input_lengths >= target_lengths + repeats  # repeats: adjacent equal glosses",
                safe=False,
            ),
            Fix(
                "Set zero_infinity=False until then, so that an infinite loss shows.",
                "torch.nn.CTCLoss(blank=blank, zero_infinity=False)",
            ),
        ),
        samples=lengths.ids_of(short),
        affected=count,
        total=total,
    )
