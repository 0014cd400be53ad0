"""EVL904: do the predictions beat one constant answer?"""

from math import isfinite

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    OUTCOME,
    WRONG_OUTPUT,
    BlindComparison,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Progress,
    ShuffledHypotheses,
    Threshold,
    check,
)

from ._blank_phase import BAD as BAD
from ._blank_phase import LEARNING as LEARNING
from ._blank_phase import SHORT as SHORT
from ._blank_phase import is_blank_phase

ROOM = Threshold(
    0.1,
    "rule of thumb, docs/limits.py: share of the constant answer's errors that a model may still turn "
    "out to avoid; six public CTC runs that learn or memorise avoid 35% to 100%",
)
DEPENDS = Threshold(0.1, "rule of thumb, docs/limits.py: of the error rate, that shuffling adds")


@check("EVL904", severity=BLOCKS, confidence=LIKELY, counts=OUTCOME, shows=WRONG_OUTPUT)
def no_better_than_blind(
    blind: BlindComparison, test: ShuffledHypotheses | None, progress: Progress | None
) -> Findings:
    """The predictions are no better than always giving the same answer.

    Why it matters: an error rate under 100% or an accuracy over chance looks like a beginning. What
    one constant answer reaches takes no input, and a model at that mark has used none.

    Judged by: the errors of the stored predictions against those of the best constant answer (a gloss
    sequence, the commonest label, the text with the best chrF). The 99% interval of the share of
    errors avoided, by bootstrap or for labels by Wilson, reaches down to none and not up to a tenth.
    Quiet where shuffling the predictions among the references adds a tenth to the error rate, and
    in the blank phase: little output while the dev loss is under the floor.

    Fix: find what keeps the input from the output before anything else: features, their labels,
    the loss, the optimizer; overfit five samples.

    References: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13; Wilson 1927,
    Probable inference; Popovic 2015, chrF.
    """
    if blind.least_removed > 0 or (test is not None and test.drop >= DEPENDS.value):
        return blind.sentence
    if is_blank_phase(blind, progress):
        raise NotJudged("little but blanks is put out yet, while the dev loss falls", "train on")
    if blind.most_removed >= ROOM.value:
        raise NotJudged(
            f"{blind.samples} predictions do not show whether they beat a constant answer: they avoid "
            f"{blind.least_removed:.0%} to {blind.most_removed:.0%} of its errors",
            "store the predictions of more samples",
            looks_ill=blind.removed <= 0,
        )
    lower_is_better = blind.metric == "WER"
    aim = (
        blind.blind / 2
        if lower_is_better
        else (blind.blind + (100 if blind.metric == "chrF" else 1)) / 2
    )
    chance = (
        [Evidence("accuracy of chance", blind.chance, blind.read_from)] if isfinite(blind.chance) else []
    )
    guessed = f"; at random {blind.shown(blind.chance)}" if isfinite(blind.chance) else ""
    answer = repr(blind.answer) if blind.answer else "nothing"
    yield Finding(
        f"{blind.metric} {blind.shown(blind.score)} over {blind.samples} {blind.split or 'stored'} "
        f"predictions, and always answering {answer[:80]} has {blind.shown(blind.blind)}{guessed}; aim "
        f"at {blind.shown(aim)} first",
        (
            Evidence(
                "share of the constant answer's errors avoided", blind.removed, blind.read_from,
                "of errors", ROOM,
            ),
            Evidence("of it at most, by the 99% interval", blind.most_removed, blind.read_from),
            Evidence(f"{blind.metric} of the model", blind.score, blind.read_from),
            Evidence(f"{blind.metric} of the best constant answer", blind.blind, blind.read_from),
            *chance,
            Evidence(f"{blind.metric} to aim at first: half the way to perfect", aim, blind.read_from),
        ),
        (
            Fix("Overfit five samples first.", "slrdoctor overfit RUN_DIR --samples 5"),
            Fix(
                "Shuffle the features among dev samples: if the score stays, they are not used.",
                "wer(references, decode(model(features[torch.randperm(len(features))])))",
            ),
        ),
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )  # fmt: skip
