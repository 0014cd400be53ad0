"""EVL906: do the stored predictions give the score that was logged?"""

from collections.abc import Iterator

from slrdoctor.api import (
    LIKELY,
    MISLEADS,
    Comparison,
    Evidence,
    Finding,
    Fix,
    Reproduction,
    Threshold,
    check,
)

SHARES = Threshold(
    0.03, "measured on six public CTC runs: greedy and beam search differ by at most 1.3 points"
)
POINTS = Threshold(3, "rule of thumb, docs/limits.py: BLEU of one output under other tokenizers")
FAR = Threshold(3, "rule of thumb, docs/limits.py: times that; a model may be kept for its loss")
SAMPLES = Threshold(30, "rule of thumb, docs/limits.py: fewer of a larger split are a selection")
ELSEWHERE = Threshold(0.1, "rule of thumb, docs/limits.py: of the references; some are signed twice")
LEFT = Threshold(
    0.5, "measured on simulated runs: hypotheses of none of the references leave 0.72 to 1.06"
)
PAIRS = Threshold(20, "rule of thumb, docs/limits.py: of fewer, any set of sentences fits another")
FIXES = (
    Fix(
        "Write id, hypothesis and reference in the line that scores them, and score that file.",
        "rows.append({'id': id, 'hypothesis': hyp, 'reference': ref})",
    ),
    Fix("See that no sampler, filter or sort has reordered one of the two lists."),
)


@check("EVL906", severity=MISLEADS, confidence=LIKELY, explains=("EVL904",))
def score_not_reproducible(found: Reproduction) -> Iterator[Finding]:
    """The stored predictions do not give the logged score, or stand beside the wrong references.

    Why it matters: one of the two numbers is wrong, and decisions rest on it. A list that was
    reordered makes a good model look blind; teacher forcing makes a blind one look good.

    Judged by: the score of the stored predictions is more than 3 points from every logged value of
    its split, or 9 from all between the last and the best, beyond what rounding and, in an excerpt,
    sampling explain; and no logged value of any epoch equals it, be it defined otherwise,
    normalised, swapped or of another split. Or a tenth of the references are targets of other ids.
    Or giving every hypothesis another reference leaves under half of the errors, and under half of
    what it leaves of unrelated sentences; not where references recur.

    Fix: store ids with hypotheses and references, and score what was stored.

    References: Post 2018, A Call for Clarity in Reporting BLEU Scores; Kuhn 1955, The Hungarian
    method for the assignment problem.
    """
    source, pairs = found.source, found.pairs
    if source is not None and source.share > ELSEWHERE.value:
        name, reference, target = source.example
        yield Finding(
            f"{source.elsewhere} of {source.compared} references are targets of other samples: {name} "
            f"has {reference[:60]!r}, and is annotated {target[:60]!r}",
            (Evidence("references of other samples", source.share, source.read_from, limit=ELSEWHERE),),
            FIXES, source.ids, source.elsewhere, source.compared,
        )  # fmt: skip
    elif pairs.samples >= PAIRS.value and found.left_by_rematching < LEFT.value:
        left = Evidence("of the errors left", found.left_by_rematching, found.read_from, limit=LEFT)
        yield Finding(
            f"the hypotheses fit other references than their own: the error rate is {pairs.wer:.1%} as "
            f"stored and {pairs.rematched_wer:.1%} with the pairs matched anew",
            (left, Evidence("error rate as stored", pairs.wer, found.read_from)),
            FIXES,
        )
    else:
        rows = found.compared.rows if found.compared is not None else ()
        yield from [finding for row in rows for finding in _of_the_log(row)][:1]


def _of_the_log(row: Comparison) -> Iterator[Finding]:
    limit = POINTS if row.quantity in ("bleu", "chrf") else SHARES
    near = row.gap <= limit.value + row.allowance
    if near and row.gap_to_kept <= FAR.value * limit.value + row.allowance:
        return
    if row.explained_by or not (row.whole or row.samples >= SAMPLES.value):
        return
    logged, name = (row.kept, row.kept_as) if near else (row.logged, row.logged_as)
    yield Finding(
        f"{row.samples} stored predictions have {row.what} {row.shown(row.recomputed)}, and the log has "
        f"{row.shown(logged)} ({name})",
        (
            Evidence(f"{row.what} computed again", row.recomputed, row.read_from),
            Evidence(f"{row.what} as {name}", logged, row.logged_in),
            Evidence("from the nearest value of any epoch", row.gap, row.read_from, limit=limit),
            Evidence("from the last and the best", row.gap_to_kept / limit.value, row.read_from,
                     "times the limit", FAR),
            Evidence("explained by rounding and sampling", row.allowance, row.read_from),
        ),
        FIXES,
    )  # fmt: skip
