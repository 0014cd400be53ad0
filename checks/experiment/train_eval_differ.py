"""ACT008: does the model do as well in eval mode as in train mode?"""

from slrdoctor.api import DEGRADES, LIKELY, Evidence, Finding, Findings, Fix, ModeScores, check, chosen

ERROR_RATE_DIFFERENCE = chosen(0.3, "without dropout only the statistics of normalisation differ")
LEARNED_ERROR_RATE = chosen(0.2, "a worse model has not learned the samples in either mode")


@check("ACT008", severity=DEGRADES, confidence=LIKELY, explains=("ACT002",))
def train_eval_differ(scores: ModeScores) -> Findings:
    """The same samples score very differently in train mode and in eval mode.

    Why it matters: With dropout off, the two modes differ only in their batch statistics. Running means
    of small or unusual batches make a model that has learned look as if it had not.

    Judged by: The error rates on the samples that were trained on, decoded in both modes.

    Fix: Use layer or group norm instead of batch norm, larger batches, or frozen statistics.

    References: Ioffe and Szegedy 2015, Batch Normalization; Wu and He 2018, Group Normalization.
    """
    difference, better = (
        abs(scores.training - scores.evaluation),
        min(scores.training, scores.evaluation),
    )
    if difference <= ERROR_RATE_DIFFERENCE.value or better > LEARNED_ERROR_RATE.value:
        return scores.sentence
    yield Finding(
        f"{scores.sentence}, although dropout is off",
        (
            Evidence("difference", difference, scores.read_from, "share", ERROR_RATE_DIFFERENCE),
            Evidence(
                "error rate in the better mode", better, scores.read_from, "share", LEARNED_ERROR_RATE
            ),
            Evidence("error rate in train mode", scores.training, scores.read_from, "share"),
            Evidence("error rate in eval mode", scores.evaluation, scores.read_from, "share"),
        ),
        (
            Fix("Use nn.LayerNorm or nn.GroupNorm instead of batch norm."),
            Fix("With batch norm, use larger batches or a smaller momentum, or freeze its statistics."),
        ),
    )
