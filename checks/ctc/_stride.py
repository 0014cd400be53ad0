"""What to do about a stride that is unknown, or too large for the targets."""

from slrdoctor.api import CtcLengths, Fix

SET_STRIDE = "put stride under [model] in slrdoctor.toml"
LEAVE_OUT = Fix(
    "Leave out the samples that cannot be aligned, after checking how they were cut.",
    "keep = input_lengths >= target_lengths + repeats  # repeats: adjacent equal glosses",
    safe=False,
)


def lower_stride(lengths: CtcLengths) -> list[Fix]:
    """None where no lower stride makes every target fit."""
    if not 1 <= lengths.safe_stride < lengths.stack.stride:
        return []
    return [Fix(f"Lower the temporal stride before CTC to {lengths.safe_stride} or less.")]
