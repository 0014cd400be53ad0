"""ACT008: is the model in eval mode what it is in train mode?"""

from collections.abc import Iterator

from slrdoctor.api import DEGRADES, LIKELY, Evidence, Finding, Fix, ModeScores, Threshold, check

APART = Threshold(
    0.3, "rule of thumb, docs/limits.py: without dropout only the statistics of normalisation differ"
)
LEARNED = 0.2  # error rate in the better mode, over which there is nothing to compare


@check("ACT008", severity=DEGRADES, confidence=LIKELY, explains=("ACT002",))
def train_eval_differ(scores: ModeScores) -> Iterator[Finding]:
    """The same samples score very differently in train and in eval mode.

    Why it matters: with dropout off, only batch statistics tell the two modes apart. Running means from
    small or odd batches make a model that has learned look as if it had not.

    Judged by: the error rates on the samples that were trained on, decoded in both modes.

    Fix: a layer or group norm in place of batch norm, larger batches, or frozen statistics.

    References: Ioffe and Szegedy 2015, Batch Normalization; Wu and He 2018, Group Normalization.
    """
    apart = abs(scores.training - scores.evaluation)
    if apart <= APART.value or min(scores.training, scores.evaluation) > LEARNED:
        return
    yield Finding(
        f"{scores.sentence}, although dropout is off",
        (
            Evidence("difference of the error rates", apart, scores.read_from, "share of tokens", APART),
            Evidence("error rate in train mode", scores.training, scores.read_from, "share of tokens"),
            Evidence("error rate in eval mode", scores.evaluation, scores.read_from, "share of tokens"),
        ),
        (
            Fix("Use nn.LayerNorm or nn.GroupNorm in place of batch norm."),
            Fix("With batch norm: larger batches, a smaller momentum, or statistics frozen late on."),
        ),
    )
