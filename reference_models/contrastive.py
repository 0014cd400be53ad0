"""Sign video and text in one space: two towers, trained with CLIP's loss or with SupCon.

Papers: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision"
(CLIP), ICML 2021; Khosla et al., "Supervised Contrastive Learning" (SupCon), NeurIPS 2020; Gao et
al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup" (gradient caching),
2021; Cheng et al., "CiCo: Domain-Aware Sign Language Retrieval via Cross-Lingual Contrastive
Learning", CVPR 2023, for the task.

Shapes, in the field's letters: B clips, T frames (padded), D numbers a frame, L tokens of a text
(padded), C token ids with 0 for padding, E numbers of an embedding, N candidates, W width.
    features [B, T, D] float, lengths [B], targets [B, L] long, target_lengths [B]
        -> video [B, E], text [B, E], each of length one

Which loss: CLIP needs a text for each clip and nothing else, so it is the default. It takes every
other text of the batch for a wrong one: where one text has several clips, SupCon, which takes clips
and texts of the same label for right ones, keeps them from being pushed apart. SupCon on clips alone
needs several clips a label; here the text counts as a second view, so there is always one positive.

The larger the batch the more wrong answers there are to tell from the right one, and the loss needs
them all at once. Batches above `chunk` are embedded in chunks whose activations are thrown away; the
backward pass takes the gradient of the loss at the embeddings and re-embeds one chunk after another.
Memory is that of one chunk, the gradient is exact, dropout is drawn again as it was, and time grows
by a third. The training loop does not change.

Frames and tokens beyond the lengths are never looked at. NaN is not filled in: fill missing
landmarks before. Set the statistics first: on raw landmarks the common posture drowns the motion.

What is left out: pretrained towers (a language model for the text is the first thing to add);
gathering the embeddings of several devices; a queue of past batches; hard negatives; the fine-grained
frame-by-word similarity of CiCo; tokens from text (see `sign2text.py` for a tokenizer); augmentation.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

TASK = "retrieval"
LEARNING_RATE = 5e-4
MOST_SCALE = 100.0  # of CLIP: beyond it, the sharpest softmax makes training unstable


@dataclass(frozen=True)
class Config:
    input_size: int  # D
    classes: int  # C, the padding id 0 among them
    loss: Literal["clip", "supcon"] = "clip"
    width: int = 128  # W, of both towers
    heads: int = 4  # of 32 numbers each
    layers: int = 2  # a tower
    expansion: int = 2  # of the feed-forward branch
    embedding: int = 128  # E: a batch can only tell so many texts apart, more dimensions stay empty
    temperature: float = 0.07  # to start from, as CLIP; it is learned from there
    chunk: int = 64  # embedded at a time; 0 keeps the whole batch in memory
    dropout: float = 0.1


def positions(length: int, width: int, device: torch.device) -> Tensor:
    """Sines and cosines of Vaswani et al. 2017: there is no longest clip. [T, W]"""
    step = torch.arange(length, device=device, dtype=torch.float32)[:, None]
    rate = torch.exp(torch.arange(0, width, 2, device=device) * (-math.log(10_000.0) / width))
    return torch.stack([(step * rate).sin(), (step * rate).cos()], dim=-1).flatten(1)


def is_real(lengths: Tensor, longest: int) -> Tensor:
    """True where there is a frame or a token; nothing at all counts as one of padding. [B, T]"""
    return torch.arange(longest, device=lengths.device) < lengths.clamp(min=1)[:, None]


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
        """x [B, T, W], real [B, T] -> [B, T, W]"""
        query, key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, heads, T, W / heads]
            for part in self.query_key_value(self.attention_norm(x)).chunk(3, dim=-1)
        )
        seen = F.scaled_dot_product_attention(query, key, value, attn_mask=real[:, None, None, :])
        x = x + self.dropout(self.attention_out(seen.transpose(1, 2).flatten(2)))
        added: Tensor = x + self.dropout(self.feed_forward(x))
        return added


class Tower(nn.Module):
    """Transformer, mean over what is real, and a projection of its own onto the sphere."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.project = nn.Linear(config.width, config.embedding, bias=False)

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        """x [B, T, W], real [B, T] -> [B, E] of length one"""
        x = self.dropout(x + positions(x.shape[1], x.shape[2], x.device))
        for block in self.blocks:
            x = block(x, real)
        x = self.norm(x).masked_fill(~real[..., None], 0.0)
        mean = x.sum(dim=1) / real.sum(dim=1, keepdim=True)  # [B, W]
        return F.normalize(self.project(mean).float(), dim=-1)


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
        self.token = nn.Embedding(config.classes, config.width, padding_idx=0)
        self.video = Tower(config)
        self.text = Tower(config)
        self.log_scale = nn.Parameter(torch.tensor(-math.log(config.temperature)))

    def set_statistics(self, mean: Tensor, scale: Tensor) -> None:
        """Mean and standard deviation of each dimension over the training frames. [D], [D]"""
        scale = scale.nan_to_num(0.0)
        alive = scale[scale > 1e-6]
        # a dimension that (nearly) never moves is left small: its noise is not blown up to size one
        floor = 0.01 * float(alive.median()) if alive.numel() else 1.0
        self.mean.copy_(mean.nan_to_num(0.0))
        self.scale.copy_(scale.clamp(min=floor))

    def forward(
        self, features: Tensor, lengths: Tensor, targets: Tensor, target_lengths: Tensor
    ) -> tuple[Tensor, Tensor]:
        """features [B, T, D], targets [B, L] -> video [B, E], text [B, E]"""
        return self.embed_video(features, lengths), self.embed_text(targets, target_lengths)

    def embed_video(self, features: Tensor, lengths: Tensor) -> Tensor:
        """features [B, T, D], lengths [B] -> [B, E]"""
        return in_chunks(self._video, features, lengths.to(features.device), self.config.chunk)

    def embed_text(self, targets: Tensor, target_lengths: Tensor) -> Tensor:
        """targets [B, L], target_lengths [B] -> [B, E]"""
        return in_chunks(self._text, targets, target_lengths.to(targets.device), self.config.chunk)

    def _video(self, features: Tensor, lengths: Tensor) -> Tensor:
        real = is_real(lengths, features.shape[1])
        x = (features.to(self.mean.dtype) - self.mean) / self.scale
        x = x.masked_fill(~real[..., None], 0.0)
        embedded: Tensor = self.video(self.frame(x), real)
        return embedded

    def _text(self, targets: Tensor, target_lengths: Tensor) -> Tensor:
        real = is_real(target_lengths, targets.shape[1])
        embedded: Tensor = self.text(self.token(targets.masked_fill(~real, 0)), real)
        return embedded

    def sharpness(self) -> Tensor:
        """One over the temperature, held at the limit itself so that its gradient can lead back."""
        with torch.no_grad():
            self.log_scale.clamp_(max=math.log(MOST_SCALE))
        return self.log_scale.exp()


def in_chunks(
    embed: Callable[[Tensor, Tensor], Tensor], x: Tensor, lengths: Tensor, size: int
) -> Tensor:
    """Embed `size` rows at a time; keep no activations, and redo each chunk in the backward pass."""
    if size < 1 or len(x) <= size:
        return embed(x, lengths)
    chunks = zip(torch.split(x, size), torch.split(lengths, size), strict=True)
    if not torch.is_grad_enabled():
        return torch.cat([embed(*chunk) for chunk in chunks])
    return torch.cat([checkpoint(embed, *chunk, use_reentrant=False) for chunk in chunks])


def clip_loss(video: Tensor, text: Tensor, sharpness: Tensor) -> Tensor:
    """Find each clip's text among all texts, and each text's clip among all clips."""
    similarity = sharpness * video @ text.T  # [B, B]
    right = torch.arange(len(video), device=video.device)
    return (F.cross_entropy(similarity, right) + F.cross_entropy(similarity.T, right)) / 2


def supcon_loss(embeddings: Tensor, is_same: Tensor, sharpness: Tensor) -> Tensor:
    """SupCon with the sum outside of the logarithm. embeddings [M, E], is_same [M, M]

    Each embedding finds those of its label among all others, the mean over them taken first.
    """
    itself = torch.eye(len(embeddings), dtype=torch.bool, device=embeddings.device)
    similarity = (sharpness * embeddings @ embeddings.T).masked_fill(itself, -torch.inf)
    log_probs = similarity.log_softmax(dim=-1).masked_fill(itself, 0.0)  # [M, M]
    positives = is_same & ~itself
    return -(log_probs * positives).sum(dim=-1).div(positives.sum(dim=-1)).mean()


def loss_of(
    model: Model, features: Tensor, lengths: Tensor, targets: Tensor, target_lengths: Tensor
) -> Tensor:
    """The contrastive loss that the config names; SupCon's labels are equal token sequences."""
    video, text = model(features, lengths, targets, target_lengths)
    with torch.autocast(video.device.type, enabled=False):
        if model.config.loss == "clip":
            return clip_loss(video.float(), text.float(), model.sharpness())
        real = is_real(target_lengths.to(targets.device), targets.shape[1])
        tokens = targets.masked_fill(~real, -1)
        is_same = (tokens[:, None] == tokens).all(dim=-1).repeat(2, 2)  # clips, then texts
        return supcon_loss(torch.cat([video, text]).float(), is_same, model.sharpness())


def decode(
    model: Model, features: Tensor, lengths: Tensor, candidates: Tensor, candidate_lengths: Tensor
) -> list[list[int]]:
    """The tokens of the candidate nearest to each clip. candidates [N, L], candidate_lengths [N]"""
    with torch.no_grad():
        video = model.embed_video(features, lengths)
        text = model.embed_text(candidates, candidate_lengths)
        nearest: list[int] = (video @ text.T).argmax(dim=-1).tolist()  # [B, N] -> [B]
    return [candidates[i, : int(candidate_lengths[i])].tolist() for i in nearest]


def main() -> int:
    """Overfit five synthetic clips with five texts."""
    torch.manual_seed(0)
    started = time.perf_counter()
    lengths, target_lengths = torch.tensor([20, 33, 48, 60, 75]), torch.tensor([3, 5, 7, 4, 9])
    features = torch.randn(5, 75, 150).cumsum(dim=1)  # landmarks that wander; the rest is padding
    targets = torch.randint(1, 50, (5, 9)) * is_real(target_lengths, 9)
    batch = features, lengths, targets, target_lengths
    frames = torch.cat([clip[:length] for clip, length in zip(features, lengths, strict=True)])
    model = Model(Config(input_size=150, classes=50))
    model.set_statistics(frames.mean(dim=0), frames.std(dim=0))
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE)
    wanted = [row[:length].tolist() for row, length in zip(targets, target_lengths, strict=True)]
    for step in range(1, 201):
        loss = loss_of(model.train(), *batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 20 == 0:
            found = decode(model.eval(), features, lengths, targets, target_lengths)
            right = sum(a == b for a, b in zip(found, wanted, strict=True))
            print(f"step {step:3d}  loss {loss.item():.4f}  retrieved first {right} of 5")
            if right == 5 and loss.item() < 0.05:
                print(f"overfits five pairs in {time.perf_counter() - started:.1f} s")
                return 0
    print("does not overfit five pairs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
