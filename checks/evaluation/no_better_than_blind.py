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
    check,
    chosen,
)

from ._blank_phase import BLIND_WER as BLIND_WER
from ._blank_phase import SHARE_OF_BLIND_LOSS as SHARE_OF_BLIND_LOSS
from ._blank_phase import SHORTEST_DECODED_SHARE as SHORTEST_DECODED_SHARE
from ._blank_phase import is_blank_phase

ERRORS_AVOIDED = chosen(
    0.1, "six public CTC runs that learn or memorise avoid 35% to 100%", (0.09, 0.11), 399
)
ADDED_BY_SHUFFLING = chosen(
    0.1, "shuffling that costs a tenth shows that the pairs fit", (0.1, 0.2), 399
)
FIXES = (
    Fix("Overfit five samples.", "slrdoctor overfit RUN_DIR --samples 5"),
    Fix(
        "Shuffle the features among dev samples: if the score stays, the model ignores them.",
        "wer(references, decode(model(features[torch.randperm(len(features))])))",
    ),
)


@check("EVL904", severity=BLOCKS, confidence=LIKELY, counts=OUTCOME, shows=WRONG_OUTPUT)
def no_better_than_blind(
    blind: BlindComparison, test: ShuffledHypotheses | None, progress: Progress | None
) -> Findings:
    """The predictions do not beat giving the same answer every time.

    Why it matters: An error rate under 100% or an accuracy over chance looks like a beginning. But one
    constant answer needs no input to reach this mark, and a model that stands at it has used none.

    Judged by: The errors of the stored predictions are compared with those of the best constant answer:
    a gloss sequence, the commonest label, or the text with the best chrF. The 99% interval of the
    share of errors avoided (by bootstrap, or for labels by Wilson) includes 0 and excludes a
    tenth. Two kinds of run pass:
    - those where shuffling the predictions among the references adds a tenth to the error rate;
    - those in the blank phase: little output while the dev loss is below that of a blind model.

    Fix: Find what keeps the input from the output before anything else: features, their labels, the
    loss, the optimizer. Overfit five samples.

    References: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13; Wilson 1927,
    Probable inference; Popovic 2015, chrF.
    """
    if blind.least_removed > 0 or (test is not None and test.drop >= ADDED_BY_SHUFFLING.value):
        return blind.sentence
    if is_blank_phase(blind, progress):
        raise NotJudged("the output is still mostly blank, while the dev loss falls", "train longer")
    if blind.most_removed >= ERRORS_AVOIDED.value:
        raise NotJudged(
            f"{blind.samples} predictions do not show whether they beat a constant answer: they avoid "
            f"between {blind.least_removed:.0%} and {blind.most_removed:.0%} of its errors",
            "store the predictions of more samples",
            looks_ill=blind.removed <= 0,
        )
    aim = _half_way(blind)
    luck = isfinite(blind.chance)
    chance = [Evidence("accuracy at random", blind.chance, blind.read_from, "share")] if luck else []
    guessed = f", guessing at random {blind.shown(blind.chance)}" if luck else ""
    answer = repr(blind.answer) if blind.answer else "nothing"
    unit = "" if blind.metric == "chrF" else "share"
    yield Finding(
        f"{blind.metric} is {blind.shown(blind.score)} on {blind.samples} {blind.split or 'stored'} "
        f"predictions; answering {answer[:80]} every time scores {blind.shown(blind.blind)}{guessed}. "
        f"First goal: {blind.shown(aim)}",
        (
            Evidence("constant answer's errors avoided", blind.removed, blind.read_from, "share"),
            Evidence(
                "errors avoided at most (99% interval)", blind.most_removed, blind.read_from, "share",
                ERRORS_AVOIDED,
            ),
            Evidence(f"{blind.metric} of the model", blind.score, blind.read_from, unit),
            Evidence(f"{blind.metric} of the best constant answer", blind.blind, blind.read_from, unit),
            *chance,
            Evidence("first goal, half way to perfect", aim, blind.read_from, unit),
        ),
        FIXES,
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )  # fmt: skip


def _half_way(blind: BlindComparison) -> float:
    """From the best constant answer to a perfect score."""
    perfect = {"WER": 0, "chrF": 100}.get(blind.metric, 1)
    return (blind.blind + perfect) / 2
