"""CTC411: does the model put out blanks, or one token, and nothing else?"""

from collections.abc import Iterator
from math import isfinite

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    DecodedOutput,
    Evidence,
    Finding,
    Fix,
    FloorDistance,
    Threshold,
    check,
)

NEARLY_ALL = Threshold(0.9, "rule of thumb, docs/limits.py: of the samples, tokens or frames")
FAR_TOO_SHORT = Threshold(0.1, "rule of thumb, docs/limits.py: decoded tokens a reference token")
AT_FLOOR = Threshold(0.98, "measured on a small BiLSTM-CTC with shuffled features: 1.01 to 1.03 on dev")
TRAIN_AT_FLOOR = Threshold(0.9, "measured on the same: 0.97 on train, as it begins to memorise")
EPOCHS = Threshold(5, "measured on healthy BiLSTM-CTC models: blank output alone in epochs 1 to 5")
WITHOUT_LOSS = Threshold(10, "rule of thumb, docs/limits.py: twice a healthy small model's blank phase")
FIXES = (
    Fix(
        "Find out first whether features belong to labels and reach the model: overfit five samples.",
        "slrdoctor overfit RUN_DIR --samples 5",
    ),
    Fix(
        "Only then help the glosses: a lower learning rate with warm-up, and a penalty on the blank.",
        "logits[..., blank] -= penalty   # decays to 0; a blank bias is the same, and is trained away",
    ),
)


@check("CTC411", severity=BLOCKS, confidence=LIKELY, explains=("CTC413", "CTC414", "EVL904", "TRN505"))
def blank_collapse(said: DecodedOutput, distance: FloorDistance) -> Iterator[Finding]:
    """The model puts out blanks, or one token, and nothing else.

    Why it matters: the best answer of a model that does not see its input is a blank in every
    frame. Nothing is recognised, and more epochs of the same do not change it.

    Judged by: nine in ten hypotheses empty, or one decoded token for ten of the references, or
    nine in ten tokens the same; and losses at the input-blind floor, on dev and on train, after
    five epochs (without losses: nothing learned in ten). The share of blank frames alone does not
    decide: a healthy peaky model has up to 1 - L/T of them, and all in its first epochs, while its
    loss is under the floor already.

    Fix: look for what keeps the input from the model before anything is done about the blank.

    References: Zeyer et al. 2021, Why does CTC result in peaky behavior?; Graves et al. 2006,
    Connectionist Temporal Classification, section 3.1.
    """
    sparse, losses = _sparse(said), _stands(distance, bool(said.samples))
    if sparse is None or not losses:
        return
    first, *_ = losses
    peaky = f"share; 1 - L/T is {said.peaky_share:.3f}"
    blank = Evidence("blank frames", said.blank_share, said.read_from, peaky)
    yield Finding(
        f"{sparse.value:.1%} {sparse.what} in {said.what}, and {first.what} is {first.value:.3g}",
        (sparse, *losses, *([blank] if isfinite(said.blank_share) else [])),
        FIXES,
    )


def _sparse(said: DecodedOutput) -> Evidence | None:
    """What shows that next to nothing is said."""
    one_token = said.commonest_share if said.reference_types > 1 else 0.0
    for what, value in (
        ("empty hypotheses", said.empty_share),
        (f'tokens "{said.commonest}"', one_token),
        ("blank frames", 0.0 if said.samples else said.blank_share),
    ):
        if value >= NEARLY_ALL.value:
            return Evidence(what, value, said.read_from, "share", NEARLY_ALL)
    if said.length_ratio <= FAR_TOO_SHORT.value:
        told = "decoded tokens a reference token"
        return Evidence(told, said.length_ratio, said.read_from, "", FAR_TOO_SHORT)
    return None


def _stands(distance: FloorDistance, decoded: bool) -> list[Evidence]:
    """The losses, where all that are known stand at the floor; without any, epochs without learning."""
    epochs = distance.epochs
    if epochs is not None and epochs < EPOCHS.value:
        return []
    told = (
        ("the loss over the input-blind floor", distance.held_out, distance.held_out_from, AT_FLOOR),
        ("the training loss over it", distance.train, distance.read_from, TRAIN_AT_FLOOR),
    )
    known = [Evidence(what, v, where, limit=limit) for what, v, where, limit in told if isfinite(v)]
    if known:
        return [] if any(v < limit.value for _, v, _, limit in told) else known
    if distance.learned or not decoded or epochs is None or epochs < WITHOUT_LOSS.value:
        return []
    return [
        Evidence("the number of epochs without learning", epochs, distance.read_from, "", WITHOUT_LOSS)
    ]
