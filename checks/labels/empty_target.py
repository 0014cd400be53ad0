"""LAB205: does every sample have a target?"""

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    LABELS,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Samples,
    Threshold,
    agreeing,
    check,
)

EMPTY_TARGETS = Threshold(0, "Arithmetic: an empty target teaches the model that nothing is signed.")


@check(
    "LAB205",
    severity=DEGRADES,
    confidence=CERTAIN,
    explains=("TRN501", NOTHING_LEARNED),
    counts=LABELS,
)
def empty_target(samples: Samples) -> Findings:
    """Some samples have an empty target.

    Why it matters: CTC learns to output nothing for them. Some implementations of the loss crash or
    give NaN on a target of length zero, and a WER against an empty reference is undefined.

    Judged by: Annotated samples whose gloss or label is empty, where others have one; and a train or
    dev split without any gloss, where other splits have them. A gloss column that is empty throughout,
    next to texts, is translation data.

    Fix: Complete the annotations, or leave these samples out.

    References: https://github.com/pytorch/pytorch/issues/18215 on zero-length targets.
    """
    glossed = {row.split for row in samples.rows if row.glosses}
    # test labels are often kept back; train and dev need theirs where others have them
    without = {"train", "dev"} - glossed if glossed else set()
    labelled = [r for r in samples.rows if r.glosses is not None or r.split in without]
    empty = [row for row in labelled if not row.glosses]
    if not any(row.glosses is not None or row.text for row in samples.rows):
        raise NotJudged(f"none of {len(samples.rows)} annotated samples has a gloss, a label or a text")
    if not empty or (not glossed and any(row.text for row in empty)):
        return samples.sentence
    by_split = {s: [r for r in labelled if r.split == s] for s in samples.splits}
    counts = {s: (sum(not r.glosses for r in rows), len(rows)) for s, rows in by_split.items() if rows}
    whole = [s or "unsplit" for s, (gone, total) in counts.items() if gone == total]
    parts = ", ".join(_part(s, *count) for s, count in counts.items() if count[0])
    all_of = f"; no {' and no '.join(whole)} sample has a gloss" if whole else ""
    yield Finding(
        message=(
            f"{len(empty)} of {len(labelled)} targets {agreeing(len(empty), 'is', 'are')} empty "
            f"({parts}){all_of}"
        ),
        evidence=tuple(
            Evidence(
                f"empty targets, {s or 'unsplit'}", gone, samples.read_from, f"of {total}", EMPTY_TARGETS
            )
            for s, (gone, total) in counts.items()
            if gone
        ),
        fixes=(
            Fix("Add the missing glosses of these samples."),
            Fix(
                "Or leave them out of training and scoring.",
                "rows = [r for r in rows if r.gloss.strip()]",
            ),
        ),
        samples=tuple(row.id for row in empty),
        affected=len(empty),
        total=len(labelled),
    )


def _part(split: str, gone: int, total: int) -> str:
    """`3 of 9 in train`, and the whole named as the whole."""
    whole = "the only one" if total == 1 else f"all {total}"
    return f"{whole if gone == total else f'{gone} of {total}'} in {split or 'no split'}"
