"""FEA104: are all values finite?"""

from collections.abc import Iterator

from slrdoctor.api import BLOCKS, CERTAIN, NOTHING_LEARNED, ClipTable, Evidence, Finding, Fix, check


@check(
    "FEA104",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("FEA114", "MDL602", "TRN501", "TRN507", *NOTHING_LEARNED),
)
def features_not_finite(clips: ClipTable) -> Iterator[Finding]:
    """Some features are NaN or infinite.

    Why it matters: one NaN makes the loss of its batch NaN, and the update that follows makes
    every weight NaN. From there on nothing is learned.

    Judged by: any NaN or Inf in a used clip. Only formats whose convention is NaN for a
    landmark that was not detected (parquet, .pose) may hold NaN, over whole landmarks or whole
    blocks; in any other format nothing stops it on its way into the model.

    Fix: replace the values before training, and find the step of the extraction that made
    them: a division by a distance of zero in normalisation is the commonest.

    References: IEEE 754: every arithmetic operation on a NaN gives NaN.
    """
    bad = [row for row in clips.rows if row.bad_values]
    if not bad:
        return
    values, worst = sum(row.bad_values for row in bad), max(bad, key=lambda row: row.bad_values)
    first = bad[0]
    block = f" in {first.bad_block}" if first.bad_block else ""
    blocks = sorted({row.bad_block for row in bad if row.bad_block})
    yield Finding(
        f"{values} values are NaN or infinite in {len(bad)} of {len(clips.rows)} clips, "
        f"first in frame {first.first_bad_frame} of {first.id}{block}",
        (
            Evidence("NaN or Inf", values, clips.read_from, "values"),
            Evidence(f"most in one clip, {worst.id}", worst.bad_values, clips.read_from, "values"),
            *(
                Evidence("landmark blocks they begin in", ", ".join(blocks), clips.read_from)
                for _ in blocks[:1]
            ),
        ),
        (
            Fix(
                "Replace them where clips are loaded.",
                "x = np.nan_to_num(x, nan=0.0, posinf=0.0, neginf=0.0)",
            ),
            Fix(
                "Guard the division in normalisation.", "scale = max(np.linalg.norm(left - right), 1e-6)"
            ),
            Fix("Extract these clips again.", safe=True),
        ),
        tuple(row.id for row in bad[:5]),
        len(bad),
        len(clips.rows),
    )
