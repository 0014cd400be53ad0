"""Isolated signs from landmarks: a small pre-norm transformer over frames and their mean.

Paper: Boháček and Hrúz, "Sign Pose-based Transformer for Word-level Sign Language Recognition"
(SPOTER), WACV Workshops 2022, for a transformer on landmarks; Xiong et al., "On Layer Normalization
in the Transformer Architecture", ICML 2020, for the norms before each branch, which train without
a warm-up. Where SPOTER reads the class off a learned query, here the frames are averaged.

Shapes, in the field's letters: B clips, T frames (padded), D numbers a frame, C classes, W width.
    features [B, T, D] float, lengths [B] -> logits [B, C]
    targets [B, L] long, of which only targets[:, 0], the class, is read

Frames at and after `lengths` are never looked at; a clip without a frame counts as one frame of means.
NaN is not filled in: fill missing landmarks before.
Set the statistics first: on raw landmarks the common posture drowns the motion, and learning is slow.

What is left out: choosing, centring and scaling landmarks on the body (do this before; it matters
more than the model); augmentation (time stretch, rotation, mirrored hands, dropped frames), without
which a few clips a class are soon learned by heart; label smoothing; class weights; more than one
stream (bones, motion); pretraining; signs without fixed borders (that is recognition with CTC).
"""

from __future__ import annotations

import math
import sys
import time
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

TASK = "classification"
LEARNING_RATE = 5e-4  # tried with AdamW: 2e-4 to 1e-3 all learn, 3e-3 stalls on some seeds


@dataclass(frozen=True)
class Config:
    input_size: int  # D
    classes: int  # C
    width: int = (
        128  # W: 64 underfits beyond a hundred classes, 256 only costs time on a few thousand clips
    )
    heads: int = 4  # of 32 numbers each
    layers: int = 3  # signs last a second or two: deeper learns no more from so little
    expansion: int = 2  # of the feed-forward branch; the usual 4 doubles what can be learned by heart
    dropout: float = (
        0.2  # above the usual 0.1: sets of isolated signs have tens of clips a class, or fewer
    )


def positions(length: int, width: int, device: torch.device) -> Tensor:
    """Sines and cosines of Vaswani et al. 2017: there is no longest clip. [T, W]"""
    time_ = torch.arange(length, device=device, dtype=torch.float32)[:, None]
    rate = torch.exp(torch.arange(0, width, 2, device=device) * (-math.log(10_000.0) / width))
    return torch.stack([(time_ * rate).sin(), (time_ * rate).cos()], dim=-1).flatten(1)


class Block(nn.Module):
    """Attention, then feed-forward, each on normed input and added to what came in."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.attention_norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, config.expansion * width),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.expansion * width, width),
        )
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        """x [B, T, W], real [B, T] true where there is a frame -> [B, T, W]"""
        query, key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, heads, T, W / heads]
            for part in self.query_key_value(self.attention_norm(x)).chunk(3, dim=-1)
        )
        # every frame looks at the real frames only: [B, 1, 1, T]
        seen = F.scaled_dot_product_attention(query, key, value, attn_mask=real[:, None, None, :])
        x = x + self.dropout(self.attention_out(seen.transpose(1, 2).flatten(2)))
        added: Tensor = x + self.dropout(self.feed_forward(x))
        return added


class Model(nn.Module):
    mean: Tensor
    scale: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("mean", torch.zeros(config.input_size))
        self.register_buffer("scale", torch.ones(config.input_size))
        # the norm makes up for features in pixels and in shares of the image alike
        self.frame = nn.Sequential(
            nn.Linear(config.input_size, config.width), nn.LayerNorm(config.width)
        )
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.classify = nn.Linear(config.width, config.classes)

    def set_statistics(self, mean: Tensor, scale: Tensor) -> None:
        """Mean and standard deviation of each dimension over the training frames. [D], [D]"""
        scale = scale.nan_to_num(0.0)
        alive = scale[scale > 1e-6]
        # a landmark that (nearly) never moves is left small: its noise is not blown up to size one
        floor = 0.01 * float(alive.median()) if alive.numel() else 1.0
        self.mean.copy_(mean.nan_to_num(0.0))
        self.scale.copy_(scale.clamp(min=floor))

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """features [B, T, D], lengths [B] -> logits [B, C]"""
        frames = features.shape[1]
        lengths = lengths.to(features.device).clamp(min=1, max=frames)
        real = torch.arange(frames, device=features.device) < lengths[:, None]  # [B, T]
        x = (features.to(self.mean.dtype) - self.mean) / self.scale
        x = x.masked_fill(~real[..., None], 0.0)
        x = self.frame(x) + positions(frames, self.config.width, x.device)  # [B, T, W]
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x, real)
        x = self.norm(x).masked_fill(~real[..., None], 0.0)
        logits: Tensor = self.classify(self.dropout(x.sum(dim=1) / lengths[:, None]))  # [B, C]
        return logits


def loss_of(
    model: Model, features: Tensor, lengths: Tensor, targets: Tensor, target_lengths: Tensor
) -> Tensor:
    """Cross entropy, mean over the clips. targets [B, L]: the class is the first of each row."""
    logits = model(features, lengths)
    with torch.autocast(logits.device.type, enabled=False):
        return F.cross_entropy(logits.float(), targets[:, 0].to(logits.device))


def decode(model: Model, features: Tensor, lengths: Tensor) -> list[list[int]]:
    """The likeliest class of each clip, in a list of one."""
    with torch.no_grad():
        best: list[int] = model(features, lengths).argmax(dim=-1).tolist()
    return [[index] for index in best]


def main() -> int:
    """Overfit five synthetic clips of five classes out of 226."""
    torch.manual_seed(0)
    started = time.perf_counter()
    lengths = torch.tensor([20, 33, 48, 60, 75])
    features = torch.randn(5, 75, 150).cumsum(dim=1)  # landmarks that wander; the rest is padding
    targets = torch.tensor([[3], [225], [0], [41], [120]])
    target_lengths = torch.ones(5, dtype=torch.long)
    frames = torch.cat([clip[:length] for clip, length in zip(features, lengths, strict=True)])
    model = Model(Config(input_size=150, classes=226))
    model.set_statistics(frames.mean(dim=0), frames.std(dim=0))
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE)
    for step in range(1, 201):
        loss = loss_of(model.train(), features, lengths, targets, target_lengths)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 20 == 0:
            right = sum(
                a == b
                for a, b in zip(decode(model.eval(), features, lengths), targets.tolist(), strict=True)
            )
            print(f"step {step:3d}  loss {loss.item():.4f}  right {right} of 5")
            if right == 5 and loss.item() < 0.05:
                print(f"overfits five clips in {time.perf_counter() - started:.1f} s")
                return 0
    print("does not overfit five clips", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
