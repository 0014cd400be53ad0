"""Samples padded into one batch of tensors, and what they are standardised with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


@dataclass(frozen=True)
class Batch:
    """Padded samples: features [B, T, ...] and their lengths [B], targets [B, L] and theirs [B].

    Features are zero after a sample's length; a target of classification is a sequence of one.
    """

    features: Tensor
    lengths: Tensor
    targets: Tensor
    target_lengths: Tensor
    ids: tuple[str, ...] = ()  # empty where nothing names the samples
    time_first: bool = False  # where it came from, and so in its model, features are [T, B, ...]

    @property
    def references(self) -> list[list[int]]:
        """The targets as class indices, without padding."""
        return [
            row[:n].tolist() for row, n in zip(self.targets, self.target_lengths.tolist(), strict=True)
        ]

    @property
    def inputs(self) -> tuple[Tensor, Tensor]:
        """What a reference model is called with."""
        return self.features, self.lengths

    @property
    def all(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What the loss of a reference model is given after the model."""
        return self.features, self.lengths, self.targets, self.target_lengths

    def to(self, device: str) -> Batch:
        """With features and targets on a device; lengths are counted on the CPU."""
        return replace(self, features=self.features.to(device), targets=self.targets.to(device))

    def only(self, place: int) -> Batch:
        """One sample, without padding."""
        rows = slice(place, place + 1)
        return replace(
            self,
            features=self.features[rows, : int(self.lengths[place])],
            lengths=self.lengths[rows],
            targets=self.targets[rows],
            target_lengths=self.target_lengths[rows],
            ids=self.ids[rows],
        )

    def with_features(self, features: Tensor) -> Batch:
        return replace(self, features=features)

    def zeroed(self) -> Batch:
        """Without input: all zero, and every clip as long as the longest, as lengths tell too."""
        longest = torch.full_like(self.lengths, int(self.lengths.max()))
        return replace(self, features=torch.zeros_like(self.features), lengths=longest)

    def with_targets_moved_on(self) -> Batch:
        """The target of each sample given to the next one."""
        return replace(
            self, targets=self.targets.roll(1, 0), target_lengths=self.target_lengths.roll(1, 0)
        )


def batch_of(
    clips: Sequence[NDArray[Any] | Tensor], targets: Sequence[Sequence[int]], ids: Sequence[str] = ()
) -> Batch:
    """Clips [T, ...] each, with the class indices of their targets."""
    padded, target_lengths = padded_targets(targets)
    return Batch(
        pad_sequence([torch.as_tensor(clip) for clip in clips], batch_first=True),
        torch.tensor([len(clip) for clip in clips]),
        padded,
        target_lengths,
        tuple(ids),
    )


def padded_targets(targets: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Class indices [B, L], zero after the end of each, and how many each has [B]."""
    rows = [torch.tensor(list(target), dtype=torch.long) for target in targets]
    return pad_sequence(rows, batch_first=True), torch.tensor([len(target) for target in targets])


def statistics(clips: Iterable[NDArray[Any] | Tensor]) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation [D] over the frames of clips [T, D], taken one by one."""
    count, mean, squares = 0, np.zeros(1), np.zeros(1)
    for clip in clips:
        values = np.asarray(clip, np.float64)
        # by clips, as in Chan et al. 1979: sums of squares alone lose small deviations of large values
        own, total = values.mean(axis=0), count + len(values)
        squares = squares + ((values - own) ** 2).sum(axis=0)
        squares = squares + (own - mean) ** 2 * count * len(values) / total
        mean = mean + (own - mean) * len(values) / total
        count = total
    scale = np.sqrt(squares / max(count, 1))
    return torch.from_numpy(mean).float(), torch.from_numpy(scale).float()
