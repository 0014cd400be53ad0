"""CTC416: are the values that CTC gets logarithms of probabilities?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    BlankRival,
    Evidence,
    Finding,
    FiniteLoss,
    Fix,
    LossInput,
    Threshold,
    WeightValues,
    check,
)

OFF = Threshold(
    0.1, "arithmetic: a log-softmax sums to one after exp in every frame; some may be padding"
)
NEGATIVE = Threshold(
    -0.01, "CTC arithmetic: -ln of a probability is not negative; a hundredth for rounding"
)
FIXES = (
    Fix(
        "Take the log-softmax over the classes, once, and give the loss [T, B, C].",
        "log_probs = logits.log_softmax(-1).transpose(0, 1)   # from [B, T, C]\n"
        "assert torch.allclose(log_probs.exp().sum(-1), torch.ones(()), atol=1e-3)",
    ),
    Fix(
        "If the loss takes the softmax itself, say that these are logits.",
        "slrdoctor.dump_outputs(path, ids, logits=logits, lengths=lengths)",
    ),
)


@check(
    "CTC416",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("CTC405", "CTC415", "TRN501", *NOTHING_LEARNED),
)
def not_log_probabilities(
    given: LossInput,
    loss: FiniteLoss | None,
    weights: WeightValues | None,
    rival: BlankRival | None,
) -> Iterator[Finding]:
    """What CTC is given as log-probabilities does not sum to one.

    Why it matters: CTC's loss is the logarithm of a probability only if every frame's outputs
    are one. With logits, with probabilities, or with a softmax over time or over the batch it is
    some other number, often negative, and its gradient pulls elsewhere.

    Judged by: stored arrays that their names call log-probabilities, in which over a tenth of the
    frames does not sum to one over the classes after exp; or a logged CTC loss under zero, unless
    another class than the configured blank decodes better as the blank. Where the loss or the
    weights ended as NaN, NaN outputs say nothing of a softmax. Arrays that are called logits,
    posteriors or outputs may be on any scale.

    Fix: take the log-softmax over the class axis, and only there.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 3.1;
    torch.nn.CTCLoss, the shape and meaning of log_probs.
    """
    stored = given.stored
    off = stored.off_frames if stored is not None and stored.called else 0
    if stored is not None and _is_broken(loss, weights):
        off -= stored.not_finite
    if stored is not None and off > OFF.value * stored.frames:
        what = f"they are {stored.scale}"
        if stored.along not in ("", "classes"):
            what = f"they sum to one over the {stored.along}, another axis"
        elif stored.not_finite > OFF.value * stored.frames:
            what = f"{stored.not_finite} hold NaN or infinity"
        yield Finding(
            f"{off} of {stored.frames} frames in {stored.read_from} do not sum to one "
            f"over the {stored.classes} classes after exp: {what}",
            (
                Evidence("frames off one", off / stored.frames, stored.read_from, "share", OFF),
                Evidence("frames with NaN or infinity", stored.not_finite, stored.read_from),
            ),
            FIXES,
            samples=(stored.example,),
        )
    elif given.lowest_loss < NEGATIVE.value and not (rival is not None and rival.is_better):
        # targets that hold the loss's blank make it negative too, and that is CTC415's
        yield Finding(
            f"the logged {given.loss_name} goes down to {given.lowest_loss:.4g}, which no CTC loss of "
            "log-probabilities does",
            (Evidence("lowest loss", given.lowest_loss, given.loss_from, "nats", NEGATIVE),),
            FIXES,
        )


def _is_broken(loss: FiniteLoss | None, weights: WeightValues | None) -> bool:
    """Whether the model's weights are no numbers any more."""
    return bool(loss and loss.ends_bad) or bool(weights and weights.unsound)
