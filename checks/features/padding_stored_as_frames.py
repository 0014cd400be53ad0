"""FEA115: are all stored frames real frames?"""

from collections import Counter
from statistics import fmean

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    ClipRow,
    ClipTable,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Progress,
    Threshold,
    check,
    chosen,
    part_of,
)

PADDED_CLIPS = chosen(0.5, "few unpadded clips end in identical frames", (0.125, 0.75), 413)
SAME_LENGTH = chosen(0.9, "nearly all clips", (0.225, 0.99), 413)
SHORTEST_PADDING = Threshold(2, "Arithmetic: a single frame equal to the one before may be chance.")
UNDETECTED_FRAMES = Threshold(
    0.1, "Measured on 18 public MP_Data repositories: no hand in 7.5% of the frames of the median one."
)
ZEROS_AT_END = chosen(3, "undetected frames are as common at the start", (0.75, 12), 413)
ERROR_LEFT = chosen(0.5, "a run that leaves less of guessing's error learned well")
FIXES = (
    Fix(
        "Store every clip at its own length, and pad only within a batch.",
        "x = x[:length]; np.save(path, x)",
    ),
    Fix(
        "Pass the real lengths to the model and the loss.",
        "pack_padded_sequence(x, lengths, ...)",
    ),
)


@check("FEA115", severity=DEGRADES, confidence=LIKELY)
def padding_stored_as_frames(clips: ClipTable, progress: Progress | None) -> Findings:
    """Padding is stored as if it were real frames.

    Why it matters: Without lengths a model takes the padding for signing. CTC counts it as time, the
    last state of an LSTM is that of the padding, and averages are diluted by it.

    Judged by: All of these hold:
    - nearly all clips of a split have the same length;
    - over half of the clips end in two or more frames that repeat or are all zero;
    - no lengths are stored with them;
    - zeros are not as common elsewhere in the clips, as undetected hands would be.
    Before zeros a loader can count the real frames: they are not judged where the run learned well.

    Fix: Store clips at their own length, or store the lengths with the array and pass them to the
    loss and to the recurrent layers.

    References: torch.nn.utils.rnn.pack_padded_sequence; torch.nn.CTCLoss, input_lengths.
    """
    rows = [row for row in clips.rows if row.frames > SHORTEST_PADDING.value and not row.constant]
    if clips.length_stored:
        return "the lengths are stored with the clips"
    if not rows:
        raise NotJudged(f"every clip has {SHORTEST_PADDING.value:g} frames or fewer, or never changes")
    if not _have_one_length(rows):
        return "the clips have different lengths"
    padded = [row for row in rows if row.trailing >= SHORTEST_PADDING.value]
    if len(padded) <= PADDED_CLIPS.value * len(rows):
        return f"{len(padded)} of {len(rows)} clips end in identical frames"
    if _are_undetected(rows):
        raise NotJudged("clips end in frames without landmarks, which need not be padding")
    learned = progress.far_from_chance(ERROR_LEFT.value) if progress is not None else ""
    if learned and all(row.ends_in_zeros for row in padded):
        raise NotJudged(
            f"{part_of(len(padded), len(rows), 'clip')} are filled up with zeros, and no lengths are "
            f"stored, but a loader can count the frames before them, and {learned}",
            "store the lengths with the clips",
        )
    frames = fmean(row.trailing for row in padded)
    share = sum(row.trailing for row in padded) / sum(row.frames for row in rows)
    yield Finding(
        f"{share:.0%} of all frames look like padding, and no lengths are stored: "
        f"{part_of(len(padded), len(rows), 'clip')} end in identical frames, {frames:.0f} per such clip "
        "on average",
        (
            Evidence("clips that end in identical frames", len(padded) / len(rows), clips.read_from,
                     "share", PADDED_CLIPS),
            Evidence("padding", share, clips.read_from, "share"),
        ),
        FIXES,
        tuple(row.id for row in padded),
        len(padded),
        len(rows),
    )  # fmt: skip


def _have_one_length(rows: list[ClipRow]) -> bool:
    lengths: dict[str, Counter[int]] = {}
    for row in rows:
        lengths.setdefault(row.split, Counter())[row.frames] += 1
    return sum(max(counts.values()) for counts in lengths.values()) >= SAME_LENGTH.value * len(rows)


def _are_undetected(rows: list[ClipRow]) -> bool:
    """Whether zeros inside clips and at their start are as common as at their end."""
    ends = [row.trailing if row.ends_in_zeros else 0 for row in rows]
    inside = fmean(
        (r.zero_frames * r.frames - end) / max(1, r.frames - end)
        for r, end in zip(rows, ends, strict=True)
    )
    return inside > UNDETECTED_FRAMES.value and fmean(ends) < ZEROS_AT_END.value * fmean(
        row.leading for row in rows
    )
