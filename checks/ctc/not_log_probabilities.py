"""CTC416: are the values that CTC gets logarithms of probabilities?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    BlankRival,
    Evidence,
    Finding,
    Findings,
    FiniteLoss,
    Fix,
    LossInput,
    StoredScale,
    Threshold,
    WeightValues,
    agreeing,
    check,
    number,
)

FRAMES_OFF_ONE = Threshold(0.1, "arithmetic: a log-softmax sums to one in every frame but padding")
LOWEST_LOSS = Threshold(-0.01, "CTC arithmetic: -ln of a probability is never negative, up to rounding")
FIXES = (
    Fix(
        "Take the log-softmax over the classes, once, and give the loss [T, B, C].",
        "log_probs = logits.log_softmax(-1).transpose(0, 1)   # from [B, T, C]\n"
        "assert torch.allclose(log_probs.exp().sum(-1), torch.ones(()), atol=1e-3)",
    ),
    Fix(
        "If the loss takes the softmax itself, store these as logits.",
        "slrdoctor.dump_outputs(path, ids, logits=logits, lengths=lengths)",
    ),
)


@check(
    "CTC416",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("CTC405", "CTC415", "TRN501", NOTHING_LEARNED),
)
def not_log_probabilities(
    given: LossInput,
    loss: FiniteLoss | None,
    weights: WeightValues | None,
    rival: BlankRival | None,
) -> Findings:
    """What CTC is given as log-probabilities does not sum to one.

    Why it matters: CTC's loss is the logarithm of a probability only if every frame's outputs sum to
    one. With logits, probabilities, or a softmax over time or the batch it is another number, often
    negative, and its gradient pulls elsewhere.

    Judged by: Arrays that are called logits, posteriors or outputs may be on any scale. Where the loss
    or the weights ended as NaN, NaN outputs say nothing about a softmax. Either of these fires:
    - Over a tenth of the frames of stored arrays that are called log-probabilities do not sum to
      one over the classes after exp.
    - A logged CTC loss is negative, and no class but the configured blank decodes better as the blank.

    Fix: Take the log-softmax over the class axis, and only there.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 3.1;
    torch.nn.CTCLoss, the shape and meaning of log_probs.
    """
    stored = given.stored
    off = stored.off_frames if stored is not None and stored.called else 0
    if stored is not None and _is_broken(loss, weights):
        off -= stored.not_finite
    if stored is not None and off > FRAMES_OFF_ONE.value * stored.frames:
        yield Finding(
            _message(stored, off),
            (
                Evidence(
                    "frames that do not sum to one", off / stored.frames, stored.read_from, "share",
                    FRAMES_OFF_ONE,
                ),
                Evidence("frames with NaN or infinity", stored.not_finite, stored.read_from),
            ),
            FIXES,
            samples=(stored.example,),
        )  # fmt: skip
    elif given.lowest_loss < LOWEST_LOSS.value and not (rival is not None and rival.is_better):
        # targets that hold the loss's blank make it negative too, and that is CTC415's
        yield Finding(
            f"the logged {given.loss_name} falls to {number(given.lowest_loss, 4)}, but a CTC loss of "
            "log-probabilities is never negative",
            (Evidence("lowest loss", given.lowest_loss, given.loss_from, "nats", LOWEST_LOSS),),
            FIXES,
        )  # fmt: skip
    return given.sentence


def _message(stored: StoredScale, off: int) -> str:
    where = f"in {stored.read_from}"
    frames = f"{off} of {stored.frames} frames {where} {agreeing(off, 'does', 'do')} not sum"
    if off == stored.frames:
        frames = f"none of the {stored.frames} frames {where} sums"
    what = f"they are {stored.scale}"
    if stored.along not in ("", "classes"):
        what = f"they sum to one over the {stored.along}, another axis"
    elif stored.not_finite > FRAMES_OFF_ONE.value * stored.frames:
        contain = agreeing(stored.not_finite, "contains", "contain")
        what = f"{stored.not_finite} of them {contain} NaN or infinite values"
    return f"{frames} to one over the {stored.classes} classes after exp: {what}"


def _is_broken(loss: FiniteLoss | None, weights: WeightValues | None) -> bool:
    """Whether the model's weights are NaN or infinite."""
    return bool(loss and loss.ends_bad) or bool(weights and weights.unsound)
