"""FEA104: are all values finite?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    DATA,
    FEATURES_SOUND,
    NOTHING_LEARNED,
    ClipTable,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    agreeing,
    check,
    part_of,
)


@check(
    "FEA104",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("FEA114", "MDL602", "TRN501", "TRN507", NOTHING_LEARNED),
    counts=DATA,
    gate=FEATURES_SOUND,
)
def features_not_finite(clips: ClipTable) -> Findings:
    """Some features are NaN or infinite.

    Why it matters: One NaN makes the loss of its batch NaN, and the next update makes every weight
    NaN. From then on nothing is learned.

    Judged by: Any NaN or Inf in a clip that is used. Formats that write an undetected landmark as NaN
    (parquet, .pose) may contain it, over whole landmarks or blocks. In any other format it reaches the
    model.

    Fix: Replace the values before training, and find the step of the extraction that produced them.
    The usual one is a normalisation that divides by a distance of zero.

    References: IEEE 754: every arithmetic operation on a NaN gives NaN.
    """
    bad = [row for row in clips.rows if row.bad_values]
    if not clips.rows:
        raise NotJudged(f"none of {clips.total} feature files could be read")
    if not bad:
        return f"all values of {len(clips.rows)} clips are finite"
    values, worst = sum(row.bad_values for row in bad), max(bad, key=lambda row: row.bad_values)
    first = bad[0]
    block = f" in {first.bad_block}" if first.bad_block else ""
    blocks = sorted({row.bad_block for row in bad if row.bad_block})
    yield Finding(
        f"{part_of(len(bad), len(clips.rows), 'clip')} {agreeing(len(bad), 'contains', 'contain')} "
        f"NaN or infinite values ({values:,} in all), first in frame "
        f"{first.first_bad_frame} of {first.id}{block}",
        (
            Evidence("NaN or infinite values", values, clips.read_from, "values"),
            Evidence(f"most in one clip, {worst.id}", worst.bad_values, clips.read_from, "values"),
            *(
                Evidence("landmark blocks they start in", ", ".join(blocks), clips.read_from)
                for _ in blocks[:1]
            ),
        ),
        (
            Fix(
                "Replace them where clips are loaded.",
                "x = np.nan_to_num(x, nan=0.0, posinf=0.0, neginf=0.0)",
            ),
            Fix(
                "Avoid dividing by zero in the normalisation.",
                "scale = max(np.linalg.norm(left - right), 1e-6)",
            ),
            Fix("Extract these clips again."),
        ),
        tuple(row.id for row in bad),
        len(bad),
        len(clips.rows),
    )
