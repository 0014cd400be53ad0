"""Temporal convolutions with pooling (K5-P2-K5-P2), a bidirectional LSTM and a linear head, with CTC.

The sequence part of most published continuous sign language recognisers: Min et al., "Visual alignment
constraint for continuous sign language recognition", ICCV 2021, there on CNN features; the convolutions
come from Cui, Liu and Zhang, CVPR 2017, the loss from Graves et al., ICML 2006. K5 is a convolution
over five frames, P2 a max pool that halves them. Together they see 16 frames, about one sign at 25 fps.

Input:  features [B, T, D] padded at the end, lengths [B] in frames.
Output: log_probs [T', B, C] (C counts the blank) and output lengths [B]; a sample of T frames comes out
        with T / stride frames, rounded up at each pool.

Left out: the network that makes features from video; the auxiliary losses of VAC (a second head on the
convolutions and the distillation between the two); augmentation; a learning rate schedule; beam search
and language models. VAC does not pad its convolutions and loses four frames at each; here they keep the
length, so that short samples survive. NaN is not filled in: fill missing landmarks before. On CUDA,
PyTorch's CTC gradient sums in no fixed order, so runs of one seed are alike but not identical there.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import ctc_loss, max_pool1d
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

TASK = "ctc"
LEARNING_RATE = 2e-3  # Adam
STEPS = 300  # of the overfitting below; about 60 are needed


@dataclass(frozen=True)
class Config:
    input_size: int  # D
    classes: int  # C, with the blank
    blank: int = 0
    # 1, 2 or 4: no pool, one after the first convolution, one after each. Published models take 4 at 25
    # fps. CTC needs T' >= L and one frame more for each repeated gloss, so short clips may want less.
    stride: int = 4
    hidden_size: int = 128  # H
    layers: int = 2  # one layer takes hundreds of steps to place signs in features that move slowly
    dropout: float = 0.3

    def __post_init__(self) -> None:
        if self.stride not in (1, 2, 4):
            raise ValueError(f"stride is 1, 2 or 4, not {self.stride}")


def is_padding(lengths: Tensor, frames: int) -> Tensor:
    """[B, T, 1], true behind the end of each sample."""
    return (torch.arange(frames, device=lengths.device) >= lengths[:, None])[:, :, None]


class Convolution(nn.Module):
    """K5, or K5-P2; what lies behind the end of a sample never reaches a frame of it."""

    def __init__(self, input_size: int, hidden_size: int, pool: int) -> None:
        super().__init__()
        self.pool = pool
        self.conv = nn.Conv1d(input_size, hidden_size, kernel_size=5, padding=2)
        # A layer norm looks at one frame at a time; a batch norm would mix samples and count padding.
        self.norm = nn.LayerNorm(hidden_size)

    def output_lengths(self, lengths: Tensor) -> Tensor:
        return (lengths + self.pool - 1) // self.pool  # rounded up, as ceil_mode does

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        padding = is_padding(lengths, x.shape[1])
        x = x.masked_fill(padding, 0.0).transpose(1, 2)  # [B, D, T]: zeros, as the convolution pads
        x = torch.relu(self.norm(self.conv(x).transpose(1, 2)))  # [B, T, H]
        # After a ReLU nothing is below zero, so zeroed padding never wins a maximum.
        x = x.masked_fill(padding, 0.0).transpose(1, 2)
        x = max_pool1d(x, self.pool, ceil_mode=True).transpose(1, 2)  # [B, T / pool, H]
        return x, self.output_lengths(lengths)


class Model(nn.Module):
    mean: Tensor
    scale: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("mean", torch.zeros(config.input_size))  # [D]
        self.register_buffer("scale", torch.ones(config.input_size))  # [D]
        size = config.hidden_size
        self.first = Convolution(config.input_size, size, pool=2 if config.stride > 1 else 1)
        self.second = Convolution(size, size, pool=2 if config.stride > 2 else 1)
        self.dropout = nn.Dropout(config.dropout)
        self.lstm = nn.LSTM(
            size,
            size,
            num_layers=config.layers,
            dropout=config.dropout if config.layers > 1 else 0.0,
            bidirectional=True,
            batch_first=True,
        )
        # A new LSTM answers near zero, and with a thousand classes the head waits hundreds of steps for
        # it to grow. Normalised, the head learns from the first step.
        self.output_norm = nn.LayerNorm(2 * size)
        self.head = nn.Linear(2 * size, config.classes)

    def set_statistics(self, mean: Tensor, scale: Tensor) -> None:
        """Mean and standard deviation [D] of the training frames, which the model then carries along."""
        # A dimension that never moved in training has no scale of its own. Divided by a tiny number it
        # would explode when it first moves in a dev sample, so it is given the average scale instead.
        typical = torch.where(scale.mean() > 0, scale.mean(), torch.ones_like(scale.mean()))
        self.mean.copy_(mean)
        self.scale.copy_(torch.where(scale > 1e-4 * typical, scale, typical))

    def output_lengths(self, lengths: Tensor) -> Tensor:
        return self.second.output_lengths(self.first.output_lengths(lengths))

    def forward(self, features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        lengths = lengths.to(features.device)
        x = (features.to(self.mean.dtype) - self.mean) / self.scale  # [B, T, D]
        x, lengths = self.first(x, lengths)  # [B, T, H]
        x, lengths = self.second(self.dropout(x), lengths)  # [B, T', H]
        # Packed, the backward direction starts at a sample's own last frame, not in its padding.
        frames = x.shape[1]
        packed = pack_padded_sequence(
            self.dropout(x), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        x, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=frames)
        logits = self.head(self.dropout(self.output_norm(x)))  # [B, T', C]
        return logits.float().log_softmax(-1).transpose(0, 1), lengths


def loss_of(
    model: Model, features: Tensor, lengths: Tensor, targets: Tensor, target_lengths: Tensor
) -> Tensor:
    """CTC loss per target token, averaged over the samples; targets [B, L] are padded with anything."""
    log_probs, output_lengths = model(features, lengths)  # [T', B, C], [B]
    # Half precision loses the sums over alignments, so this leaves autocast. "mean" divides each sample
    # by its target length (by 1 where the target is empty), then averages over the batch.
    # zero_infinity stays off: a sample with too few frames for its target has an infinite loss. To zero
    # it would drop that sample from training without a word; the fault is to be seen and mended.
    with torch.autocast(log_probs.device.type, enabled=False):
        return ctc_loss(
            log_probs.float(),
            targets,
            output_lengths,
            target_lengths,
            blank=model.config.blank,
            reduction="mean",
            zero_infinity=False,
        )


@torch.no_grad()
def decode(model: Model, features: Tensor, lengths: Tensor) -> list[list[int]]:
    """Greedy: the best class of each frame, repeats merged, then blanks dropped. Call eval() first."""
    log_probs, output_lengths = model(features, lengths)
    best = log_probs.argmax(-1).transpose(0, 1).cpu()  # [B, T']
    hypotheses = []
    for path, length in zip(best, output_lengths.tolist(), strict=True):
        merged = torch.unique_consecutive(path[:length]).tolist()
        hypotheses.append([gloss for gloss in merged if gloss != model.config.blank])
    return hypotheses


def edits(hypothesis: list[int], reference: list[int]) -> int:
    """Levenshtein distance: substitutions, deletions and insertions."""
    row = list(range(len(reference) + 1))
    for i, left in enumerate(hypothesis, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(reference, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return row[-1]


def synthetic_samples(
    input_size: int, classes: int, count: int = 5
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Sentences of three to seven glosses; each gloss holds its own pose for 6 to 12 noisy frames."""
    poses = torch.randn(classes, input_size)
    target_lengths = torch.randint(3, 8, (count,))
    targets = torch.randint(1, classes, (count, 7))  # [B, L]; the blank is 0
    samples = []
    for glosses, length in zip(targets, target_lengths.tolist(), strict=True):
        held = torch.randint(6, 13, (length,))
        frames = poses[glosses[:length]].repeat_interleave(held, dim=0)
        samples.append(frames + 0.3 * torch.randn_like(frames))  # [T, D]
    lengths = torch.tensor([len(sample) for sample in samples])
    return nn.utils.rnn.pad_sequence(samples, batch_first=True), lengths, targets, target_lengths


def main() -> int:
    """Overfit five synthetic samples: 0 where the model repeats all five, else 1."""
    torch.manual_seed(0)
    features, lengths, targets, target_lengths = batch = synthetic_samples(input_size=42, classes=30)
    model = Model(Config(input_size=42, classes=30, dropout=0.0))  # dropout fights overfitting
    frames = torch.cat(
        [sample[:length] for sample, length in zip(features, lengths.tolist(), strict=True)]
    )
    model.set_statistics(frames.mean(0), frames.std(0))
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    for step in range(1, STEPS + 1):
        model.train()
        optimizer.zero_grad()
        loss = loss_of(model, *batch)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 20 == 0:
            model.eval()
            references = [
                row[:n].tolist() for row, n in zip(targets, target_lengths.tolist(), strict=True)
            ]
            wrong = sum(map(edits, decode(model, features, lengths), references))
            wer = wrong / int(target_lengths.sum())
            print(f"step {step}: loss {loss.item():.3f}, WER {wer:.1%}")
            if wer == 0 and loss.item() < 0.1:
                return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
