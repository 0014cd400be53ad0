"""Models as a user has them: one that is sound, and ones that are broken in one way each."""

from __future__ import annotations

import os
import sys
import time

import torch
from torch import Tensor, nn

HIDDEN = 64


class Sound(nn.Module):
    """Features [B, T, D] and lengths to log-probabilities [T, B, C]."""

    def __init__(self, input_size: int, num_classes: int) -> None:
        super().__init__()
        self.project = nn.Linear(input_size, HIDDEN)
        self.encode = nn.LSTM(HIDDEN, HIDDEN, bidirectional=True, batch_first=True)
        self.head = nn.Linear(2 * HIDDEN, num_classes)

    def encoded(self, features: Tensor, lengths: Tensor) -> Tensor:
        x = torch.relu(self.project(features))
        packed = nn.utils.rnn.pack_padded_sequence(
            x, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        out, _ = nn.utils.rnn.pad_packed_sequence(
            self.encode(packed)[0], batch_first=True, total_length=features.shape[1]
        )
        encoded: Tensor = out
        return encoded

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        log_probs: Tensor = self.head(self.encoded(features, lengths)).log_softmax(-1)
        return log_probs.transpose(0, 1)


class WrongBlank(Sound):
    """Its loss takes the last class for the blank; the vocabulary says 0."""

    def __init__(self, input_size: int, num_classes: int) -> None:
        super().__init__(input_size, num_classes)
        self.criterion = nn.CTCLoss(blank=num_classes - 1)


class NoLogSoftmax(Sound):
    """Gives its CTC loss logits."""

    def __init__(self, input_size: int, num_classes: int) -> None:
        super().__init__(input_size, num_classes)
        self.criterion = nn.CTCLoss(blank=0)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        logits: Tensor = self.head(self.encoded(features, lengths))
        return logits.transpose(0, 1)


class Undivided(nn.Module):
    """Takes every second frame and gives the lengths as it got them."""

    def __init__(self, input_size: int, num_classes: int) -> None:
        super().__init__()
        self.inner = Sound(input_size, num_classes)

    def forward(self, features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        halved = (lengths + 1) // 2
        return self.inner(features[:, ::2], halved), lengths


class Frozen(Sound):
    """No gradient reaches the encoder."""

    def encoded(self, features: Tensor, lengths: Tensor) -> Tensor:
        with torch.no_grad():
            return super().encoded(features, lengths)


class Blind(Sound):
    """Masks its input away."""

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        return super().forward(features * 0, lengths)


class Mixed(nn.Module):
    """An LSTM without batch_first behind a convolution that wants the batch first."""

    def __init__(self, input_size: int, num_classes: int) -> None:
        super().__init__()
        self.project = nn.Conv1d(input_size, HIDDEN, 3, padding=1)
        self.encode = nn.LSTM(HIDDEN, HIDDEN, bidirectional=True)
        self.head = nn.Linear(2 * HIDDEN, num_classes)

    def forward(self, features: Tensor) -> Tensor:
        x = self.project(features.transpose(1, 2)).transpose(1, 2)  # [B, T, H]
        log_probs: Tensor = self.head(self.encode(x)[0]).log_softmax(-1)
        return log_probs


class WrongDecoder(Sound):
    """Its decoder merges repeats after the blanks are gone, and drops the wrong class."""

    def decode(self, features: Tensor, lengths: Tensor) -> list[list[int]]:
        paths = self(features, lengths).argmax(-1).T.tolist()
        return [[c for c in path[:n] if c != 3] for path, n in zip(paths, lengths.tolist())]


class TimeFirst(nn.Module):
    """[T, B, D] to logits [T, B, C]: sound, in another order of axes."""

    def __init__(self, input_size: int, num_classes: int) -> None:
        super().__init__()
        self.encode = nn.LSTM(input_size, HIDDEN, bidirectional=True)
        self.head = nn.Linear(2 * HIDDEN, num_classes)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return {"sequence_logits": self.head(self.encode(x)[0])}


class BatchNormed(Sound):
    """Its running statistics never follow: in eval mode the blank is far above every gloss."""

    def __init__(self, input_size: int, num_classes: int) -> None:
        super().__init__(input_size, num_classes)
        self.norm = nn.BatchNorm1d(num_classes, momentum=0.0)
        with torch.no_grad():
            self.norm.get_buffer("running_mean")[0] = -50.0

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        scores = self.head(self.encoded(features, lengths)).transpose(1, 2)  # [B, C, T]
        log_probs: Tensor = self.norm(scores).transpose(1, 2).log_softmax(-1)
        return log_probs.transpose(0, 1)


def endless(input_size: int, num_classes: int) -> nn.Module:
    while True:
        time.sleep(0.01)


def hungry(input_size: int, num_classes: int) -> nn.Module:
    held = []
    while True:
        held.append(torch.ones(8 << 20))


def exiting(input_size: int, num_classes: int) -> nn.Module:
    os._exit(3)


def raising(input_size: int, num_classes: int) -> nn.Module:
    raise RuntimeError("no weights here")


def forking(input_size: int, num_classes: int) -> nn.Module:
    """Starts a process of its own session that would outlive it, and hangs."""
    import subprocess

    subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)  # left-behind"], start_new_session=True
    )
    return endless(input_size, num_classes)


class Talkative(Sound):
    """Prints without end, and to both streams."""

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        print("x" * 100_000)
        print("y" * 1000, file=sys.stderr)
        return super().forward(features, lengths)
