"""EVL906: do the stored predictions give the score that was logged?"""

from collections.abc import Iterator

from slrdoctor.api import (
    LIKELY,
    MISLEADS,
    Comparison,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Reproduction,
    Threshold,
    agreeing,
    check,
    chosen,
    part_of,
)

WER_GAP = Threshold(0.03, "measured on six public CTC runs: greedy and beam search differ by 1.3 points")
BLEU_GAP = chosen(3, "one output's BLEU differs as much under other tokenizers", (0.75, 12), 399)
GAPS_TO_KEPT = chosen(3, "three times that, as a model may be kept for its loss", (0.75, 12), 399)
SAMPLES = chosen(30, "fewer of a larger split are a selection", (7.5, 120), 399)
REFERENCES_ELSEWHERE = chosen(0.1, "a tenth, as some sentences are signed twice", (0.025, 0.4), 399)
ERRORS_LEFT = Threshold(0.5, "measured on simulated runs: unrelated hypotheses leave 0.72 to 1.06")
PAIRS = chosen(20, "any set of fewer sentences fits another", (5, 80), 399)
FIXES = (
    Fix(
        "Write id, hypothesis and reference to one file, and score that file.",
        "rows.append({'id': id, 'hypothesis': hyp, 'reference': ref})",
    ),
    Fix("Check that no sampler, filter or sort reorders one of the two lists."),
)


@check("EVL906", severity=MISLEADS, confidence=LIKELY, explains=("EVL904",))
def score_not_reproducible(found: Reproduction) -> Findings:
    """The stored predictions do not give the logged score, or stand beside the wrong references.

    Why it matters: One of the two numbers is wrong, and decisions rest on it. A list that was reordered
    makes a good model look blind; teacher forcing makes a blind one look good.

    Judged by: Any of these.
    - A tenth of the references are targets of other ids.
    - Giving every hypothesis another reference leaves under half of the errors, and under half of what
      it leaves of unrelated sentences. Data whose references recur pass.
    - The score of the stored predictions is more than 3 points from every logged value of its split, or
      9 from all between the last and the best. What rounding explains, and in an excerpt sampling,
      is taken off. Scores that the names say are of two decoders are not compared, nor is a BLEU of
      texts of under four words. It passes if a logged value equals it: that of any epoch, where so few
      tokens do not equal one by chance, or another reading: normalised, swapped, defined otherwise, or
      of another split. Without a log, each file that reports scores is compared.

    Fix: Store ids with hypotheses and references, and score what was stored.

    References: Post 2018, A Call for Clarity in Reporting BLEU Scores; Kuhn 1955, The Hungarian
    method for the assignment problem.
    """
    source, pairs = found.source, found.pairs
    if source is not None and source.share > REFERENCES_ELSEWHERE.value:
        name, reference, target = source.example
        yield Finding(
            f"{part_of(source.elsewhere, source.compared, 'stored reference')} "
            f"{agreeing(source.elsewhere, 'belongs', 'belong')} to other samples: {name} is stored "
            f"with {reference[:60]!r} and annotated {target[:60]!r}",
            (
                Evidence(
                    "references of other samples", source.share, source.read_from, "share",
                    REFERENCES_ELSEWHERE,
                ),
            ),
            FIXES, source.ids, source.elsewhere, source.compared,
        )  # fmt: skip
    elif pairs.samples >= PAIRS.value and found.left_by_rematching < ERRORS_LEFT.value:
        ratio = found.left_by_rematching
        left = Evidence("errors left by rematching", ratio, found.read_from, "share", ERRORS_LEFT)
        yield Finding(
            f"the hypotheses fit other references better than their own: the error rate is "
            f"{pairs.wer:.1%} as stored and {pairs.rematched_wer:.1%} after rematching them",
            (left, Evidence("error rate as stored", pairs.wer, found.read_from, "share")),
            FIXES,
        )
    else:
        rows = found.compared.rows if found.compared is not None else ()
        yield from [finding for row in rows for finding in _of_the_log(row)][:1]
    if found.compared is None and source is None and pairs.samples < PAIRS.value:
        raise NotJudged(found.sentence, "log the score of the stored predictions")
    return found.sentence


def _of_the_log(row: Comparison) -> Iterator[Finding]:
    limit = BLEU_GAP if row.quantity in ("bleu", "chrf") else WER_GAP
    if len(row.decoders - {""}) > 1:
        return  # the beam's hypotheses beside the score of the greedy ones
    # of one with a decoder's name and one without, they may be of two decoders
    room = row.allowance + (limit.value if len(row.decoders) > 1 else 0.0)
    near = row.gap <= limit.value + room
    if near and row.gap_to_kept <= GAPS_TO_KEPT.value * limit.value + room:
        return
    if row.explained_by or not (row.whole or row.samples >= SAMPLES.value):
        return
    unit = "share" if limit is WER_GAP else "points"
    logged, name = (row.kept, row.kept_as) if near else (row.logged, row.logged_as)
    yield Finding(
        f"the {row.samples} stored predictions give a {row.what} of {row.shown(row.recomputed)}, but "
        f"{row.logged_in if row.is_reported else 'the log'} says {row.shown(logged)} ({name})",
        (
            Evidence(f"{row.what} of the predictions", row.shown(row.recomputed), row.read_from),
            Evidence(f"logged as {name}", row.shown(logged), row.logged_in),
            Evidence("gap to the nearest logged value", row.gap, row.read_from, unit, limit),
            Evidence("gap to the last and the best", row.gap_to_kept / limit.value, row.read_from,
                     "times that limit", GAPS_TO_KEPT),
            Evidence("gap that rounding and sampling explain", row.allowance, row.read_from, unit),
        ),
        FIXES,
    )  # fmt: skip
