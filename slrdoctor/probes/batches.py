"""Samples padded into one batch of tensors, and easy ones of the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Clips = Sequence[NDArray[np.float32]]
NOISE = 0.1  # deviations of the easy samples' noise, where a class is 1 from the next


@dataclass(frozen=True)
class Batch:
    """features [B, T, D] (zeros after a sample's length), lengths [B], targets [B, L], their lengths."""

    features: Tensor
    lengths: Tensor
    targets: Tensor
    target_lengths: Tensor

    @property
    def references(self) -> list[list[int]]:
        return [row[:n].tolist() for row, n in zip(self.targets, self.target_lengths.tolist())]

    def to(self, device: str) -> Batch:
        return Batch(
            self.features.to(device), self.lengths, self.targets.to(device), self.target_lengths
        )

    def only(self, place: int) -> Batch:
        """One sample, without padding."""
        return Batch(
            self.features[place : place + 1, : int(self.lengths[place])],
            self.lengths[place : place + 1],
            self.targets[place : place + 1],
            self.target_lengths[place : place + 1],
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


def batch_of(clips: Clips, targets: Sequence[Sequence[int]]) -> Batch:
    """Clips [T, D] each, with the class indices of their targets."""
    features = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(c) for c in clips], batch_first=True)
    padded = torch.zeros(len(targets), max(map(len, targets), default=1), dtype=torch.long)
    for row, target in zip(padded, targets):
        row[: len(target)] = torch.tensor(list(target), dtype=torch.long)
    return Batch(
        features,
        torch.tensor([len(clip) for clip in clips]),
        padded,
        torch.tensor([len(target) for target in targets]),
    )


def statistics(clips: Clips) -> tuple[Tensor, Tensor]:
    """Mean and deviation [D] over all frames."""
    frames = torch.from_numpy(np.concatenate([np.asarray(c, np.float64) for c in clips]))
    return frames.mean(0).float(), frames.std(0, unbiased=False).float()


def easy_clips(targets: Sequence[Sequence[int]], frames: Sequence[int], dims: int, seed: int) -> Clips:
    """Clips as long as the real ones, that show each token as a vector of its own, in order.

    Between two tokens there is a frame or more of nothing where the clip has room for it.
    """
    rng = np.random.default_rng(seed)
    vectors: dict[int, NDArray[np.float32]] = {}
    clips = []
    for target, length in zip(targets, frames):
        clip = rng.normal(0, NOISE, (length, dims)).astype(np.float32)
        edges = np.linspace(0, length, len(target) + 1).round().astype(int)
        for token, start, stop in zip(target, edges, edges[1:]):
            if token not in vectors:
                vectors[token] = rng.normal(0, 1, dims).astype(np.float32)
            pause = 1 if stop - start > 2 else 0
            clip[start : stop - pause] += vectors[token]
        clips.append(clip)
    return clips
