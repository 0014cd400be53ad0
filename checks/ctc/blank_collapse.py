"""CTC411: does the model put out anything but blanks, or one token?"""

from math import isfinite

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    MORE_THAN_BLANKS,
    NOTHING_LEARNED,
    DecodedOutput,
    Evidence,
    Finding,
    Findings,
    FloorDistance,
    LoggedEpochs,
    NotJudged,
    Threshold,
    check,
    chosen,
)

from ._empty_output import FIXES, of_outputs_alone

BLANK_SHARE = chosen(0.9, "nine in ten samples, tokens or frames", (0.9, 3.6), 234)
SHORTEST_DECODED_SHARE = chosen(0.1, "one decoded token for ten in the references", (0.033, 0.2), 234)
BLIND_DEV_LOSS = Threshold(0.98, "measured on a small BiLSTM-CTC with shuffled features: 1.01 to 1.03")
BLIND_TRAIN_LOSS = Threshold(0.9, "measured on the same: 0.97 on train, where it begins to memorise")
EPOCHS = Threshold(5, "measured on healthy BiLSTM-CTC models: nothing but blanks in epochs 1 to 5")
EPOCHS_WITHOUT_LOSS = chosen(10, "twice the blank phase of a healthy small model", (2.5, 20), 234)
BLIND = "times that of a model that ignores its input"


@check(
    "CTC411",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("CTC413", "CTC414", "EVL904", "TRN505"),
    shows=(NOTHING_LEARNED,),
    gate=MORE_THAN_BLANKS,
)
def blank_collapse(
    said: DecodedOutput, distance: FloorDistance | None, logged: LoggedEpochs | None
) -> Findings:
    """The model puts out blanks, or one token, and nothing else.

    Why it matters: The best answer of a model that does not see its input is a blank in every frame.
    It recognises nothing, and training it longer changes nothing.

    Judged by: Both of these, after five epochs. The share of blank frames alone does not decide: a
    healthy peaky model has up to 1 - L/T of them, and nothing else in its first epochs.
    - Nine in ten hypotheses are empty, nine in ten tokens are the same, or fewer than one token is
      decoded for ten in the references.
    - The losses are those of a blind model; where none is known, nothing was learned in ten epochs;
      where there is no log, all of at least twenty stored hypotheses are empty.

    Fix: Find out what keeps the input from the model before you touch the blank.

    References: Zeyer et al. 2021, Why does CTC result in peaky behavior?; Graves et al. 2006,
    Connectionist Temporal Classification, section 3.1.
    """
    sparse = _sparse(said)
    if sparse is None:
        return said.sentence
    if distance is None:
        yield of_outputs_alone(said, logged, BLANK_SHARE)
        return said.sentence
    losses = _stands(distance, bool(said.samples))
    if not losses:
        early = distance.epochs is not None and distance.epochs < EPOCHS.value
        why = f"only {distance.epochs} epochs were trained" if early else distance.sentence
        raise NotJudged(f"{sparse[0]}, but {why}", "train longer", looks_ill=True)
    (message, shown), first, *_ = sparse, *losses
    stands = f"the {first.what} is {first.value:.2f} {first.unit}"
    if first.limit is EPOCHS_WITHOUT_LOSS:
        stands = f"nothing was learned in {first.value} epochs"
    blank = Evidence("blank frames", said.blank_share, said.read_from, "share")
    yield Finding(
        f"{message}, and {stands}",
        (shown, *losses, *([blank] if isfinite(said.blank_share) else [])),
        FIXES,
    )


def _sparse(said: DecodedOutput) -> tuple[str, Evidence] | None:
    """What shows that next to nothing is said."""
    one_token = said.commonest_share if said.reference_types > 1 else 0.0
    for verb, what, value in (
        (f"of {said.what} are empty", "empty hypotheses", said.empty_share),
        (f"of the tokens in {said.what} are {said.commonest!r}", "commonest token", one_token),
        ("of the frames are blank", "blank frames", 0.0 if said.samples else said.blank_share),
    ):
        if value >= BLANK_SHARE.value:
            share = "all" if value >= 1 else f"{value:.1%}"
            return f"{share} {verb}", Evidence(what, value, said.read_from, "share", BLANK_SHARE)
    ratio, what = said.length_ratio, f"tokens in {said.what} per reference token"
    shown = Evidence(what, ratio, said.read_from, "", SHORTEST_DECODED_SHARE)
    return None if ratio > SHORTEST_DECODED_SHARE.value else (f"there are {ratio:.2g} {what}", shown)


def _stands(distance: FloorDistance, decoded: bool) -> list[Evidence]:
    """The losses, where all known ones are a blind model's; without any, epochs without learning."""
    epochs = distance.epochs
    if epochs is not None and epochs < EPOCHS.value:
        return []
    both = (
        ("dev loss", distance.held_out, distance.held_out_from, BLIND_DEV_LOSS),
        ("training loss", distance.train, distance.read_from, BLIND_TRAIN_LOSS),
    )
    if known := [Evidence(what, v, at, BLIND, limit) for what, v, at, limit in both if isfinite(v)]:
        return [] if any(v < limit.value for _, v, _, limit in both) else known
    if distance.learned or not decoded or epochs is None or epochs < EPOCHS_WITHOUT_LOSS.value:
        return []
    return [Evidence("epochs without learning", epochs, distance.read_from, "", EPOCHS_WITHOUT_LOSS)]
