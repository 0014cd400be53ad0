"""FEA115: are all stored frames frames?"""

from collections import Counter
from collections.abc import Iterator
from statistics import fmean

from slrdoctor.api import DEGRADES, LIKELY, ClipRow, ClipTable, Evidence, Finding, Fix, Threshold, check

MOST = Threshold(
    0.5, "rule of thumb, docs/limits.py: most samples; few unpadded clips end in equal frames"
)
ONE_LENGTH = Threshold(
    0.9, "rule of thumb, docs/limits.py: padding needs a length to pad to, shared within a split"
)
SHORTEST = Threshold(2, "arithmetic: one frame that repeats the one before it may be chance")
UNDETECTED = Threshold(
    0.1, "measured on 18 public MP_Data repositories: no hand in 7.5% of frames at the median"
)
AT_THE_END = Threshold(3, "rule of thumb, docs/limits.py: undetected frames stand at the start as well")


@check("FEA115", severity=DEGRADES, confidence=LIKELY)
def padding_stored_as_frames(clips: ClipTable) -> Iterator[Finding]:
    """Padding is stored as if it were frames.

    Why it matters: without lengths a model reads the padding as signing. CTC counts it as
    time, the last state of an LSTM is that of the padding, and means are diluted by it.

    Judged by: nearly all clips of a split have one length, over half of the samples end in
    two or more frames that repeat or are all zero, and no lengths are stored beside them.
    Zeros at the end are taken for undetected hands where zeros are as common elsewhere.

    Fix: store clips at their own length, or the lengths beside the array, and give them to the
    loss and to the recurrent layers.

    References: torch.nn.utils.rnn.pack_padded_sequence; torch.nn.CTCLoss, input_lengths.
    """
    rows = [row for row in clips.rows if row.frames > SHORTEST.value and not row.constant]
    if clips.length_stored or not rows or not _have_one_length(rows) or _are_undetected(rows):
        return
    padded = [row for row in rows if row.trailing >= SHORTEST.value]
    if len(padded) <= MOST.value * len(rows):
        return
    frames = fmean(row.trailing for row in padded)
    share = sum(row.trailing for row in padded) / sum(row.frames for row in rows)
    yield Finding(
        f"{len(padded)} of {len(rows)} clips end in {frames:.0f} equal frames on average, and no "
        f"lengths are stored: {share:.0%} of all frames are padding",
        (
            Evidence(
                "clips that end in equal frames", len(padded) / len(rows), clips.read_from, "share", MOST
            ),
            Evidence("frames that are padding", share, clips.read_from, "share of frames"),
        ),
        (
            Fix(
                "Store every clip at its own length and pad in the batch.",
                "x = x[:length]; np.save(path, x)",
            ),
            Fix(
                "Give the real lengths to the model and the loss.",
                "pack_padded_sequence(x, lengths, ...)",
            ),
        ),
        tuple(row.id for row in padded[:5]),
        len(padded),
        len(rows),
    )


def _have_one_length(rows: list[ClipRow]) -> bool:
    lengths: dict[str, Counter[int]] = {}
    for row in rows:
        lengths.setdefault(row.split, Counter())[row.frames] += 1
    return sum(max(counts.values()) for counts in lengths.values()) >= ONE_LENGTH.value * len(rows)


def _are_undetected(rows: list[ClipRow]) -> bool:
    """Whether zeros inside clips and at their start are as usual as at their end."""
    ends = [row.trailing if row.ends_in_zeros else 0 for row in rows]
    inside = fmean(
        (r.zero_frames * r.frames - end) / max(1, r.frames - end) for r, end in zip(rows, ends)
    )
    return inside > UNDETECTED.value and fmean(ends) < AT_THE_END.value * fmean(
        row.leading for row in rows
    )
