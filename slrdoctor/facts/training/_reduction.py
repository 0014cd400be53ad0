"""How a logged loss was reduced over tokens, samples and batches."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Reduction:
    """A loss divided by `factor` is per token (CTC) or per sample; nan where nothing tells."""

    how: str = "unknown"  # mean | sum | unknown
    over: str = ""  # token | sample | batches | samples | batches of sums
    factor: float = math.nan
    count: int = 0  # of what a sum is over: 75 batches
    of: str = ""  # "mean per token" of each batch, where batches can have been reduced in two ways

    @property
    def is_known(self) -> bool:
        return self.how != "unknown"

    @property
    def is_sum(self) -> bool:
        """Whether the logged value grows with the number of batches or samples."""
        return self.how == "sum"

    @property
    def is_mean(self) -> bool:
        return self.how == "mean"

    @property
    def is_plain(self) -> bool:
        """A mean per token or per sample, as torch's `mean` gives it."""
        return self.over in ("token", "sample")

    @property
    def has_sums(self) -> bool:
        """Whether anything was summed up: only the size of a loss says that."""
        return self.is_sum or "sums" in self.over

    def is_like(self, other: Reduction) -> bool:
        """Whether both are reduced in the same way, over however many of a split."""
        return (self.how, self.over, self.of) == (other.how, other.over, other.of)

    def __str__(self) -> str:
        if not self.is_known:
            return "unknown"
        if self.is_plain:
            return f"{self.how} per {self.over}"
        if self.is_mean:
            return f"mean over {self.over} over {self.count} samples"
        return f"sum over {self.count} {self.over}{f' of the {self.of}' if self.of else ''}"


UNKNOWN = Reduction()
