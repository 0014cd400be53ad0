"""Make the two example runs: `healthy`, and `broken` in two linked ways. Both are really trained.

    python examples/make_examples.py

The signs are made up: every gloss is a path of one hand's 21 points (x, y), and a sentence is a
few glosses one after the other with noise. `broken` differs from `healthy` in one line of its
config: the encoder keeps every eighth frame, which leaves fewer frames than many sentences have
glosses, so the CTC loss is infinite there and the weights are NaN after the first epoch.
"""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent
GLOSSES = ("BOOK", "GO", "HOUSE", "IX", "MOTHER", "NOT", "RAIN", "READ", "TOMORROW", "WANT")
TRAIN, DEV = 90, 24
HAND = 42  # 21 points, x and y
EPOCHS = 30
SEED = 7

Clip = NDArray[np.float16]
Sample = tuple[str, Clip, list[str]]


def make_samples(
    count: int, split: str, rng: np.random.Generator, signs: dict[str, Clip]
) -> list[Sample]:
    """Sentences of 2 to 6 glosses, 5 to 8 frames a gloss, clips [T, 42]."""
    samples = []
    for number in range(count):
        sentence = [str(g) for g in rng.choice(GLOSSES, size=rng.integers(2, 7))]
        pieces = []
        for gloss in sentence:
            frames = np.linspace(0, len(signs[gloss]) - 1, rng.integers(5, 9)).round().astype(int)
            pieces.append(signs[gloss][frames])
        clip = np.concatenate(pieces) + rng.normal(0, 0.015, (sum(map(len, pieces)), HAND))
        samples.append((f"{split}_{number:03d}", clip.astype(np.float16), sentence))
    return samples


def make_signs(rng: np.random.Generator) -> dict[str, Clip]:
    """A smooth path of the 21 points for each gloss: [12, 42], within the picture."""
    time = np.linspace(0, 2 * math.pi, 12)[:, None]
    signs = {}
    for gloss in GLOSSES:
        home, reach = rng.uniform(0.35, 0.65, HAND), rng.uniform(-0.12, 0.12, (2, HAND))
        signs[gloss] = (home + np.sin(time) * reach[0] + np.cos(time) * reach[1]).astype(np.float16)
    return signs


class Recogniser(nn.Module):
    """Strided frames [B, T, 42] to log-probabilities [T', B, C]; class 0 is the blank."""

    def __init__(self, stride: int, mean: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.stride = stride
        # points near the middle of the picture say little until they are standardised
        self.mean, self.scale = nn.Buffer(mean), nn.Buffer(scale)
        self.project = nn.Linear(HAND, 48)
        self.encode = nn.LSTM(48, 48, bidirectional=True, batch_first=True)
        self.head = nn.Linear(96, len(GLOSSES) + 1)

    def forward(self, frames: Tensor) -> Tensor:
        standard = (frames[:, :: self.stride] - self.mean) / self.scale
        encoded, _ = self.encode(torch.relu(self.project(standard)))
        logits: Tensor = self.head(encoded)
        return logits.log_softmax(-1).transpose(0, 1)


def padded(samples: list[Sample], stride: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    frames = nn.utils.rnn.pad_sequence(
        [torch.tensor(c, dtype=torch.float32) for _, c, _ in samples], batch_first=True
    )
    lengths = torch.tensor([math.ceil(len(clip) / stride) for _, clip, _ in samples])
    targets = torch.tensor([GLOSSES.index(g) + 1 for _, _, s in samples for g in s])
    return frames, lengths, targets, torch.tensor([len(s) for _, _, s in samples])


def decode(log_probs: Tensor, lengths: Tensor) -> list[list[str]]:
    """Greedy: merge repeats, drop the blank."""
    sentences = []
    for path, length in zip(log_probs.argmax(-1).T.tolist(), lengths.tolist(), strict=True):
        merged = [c for c, before in zip(path[:length], [None, *path], strict=False) if c != before]
        sentences.append([GLOSSES[c - 1] for c in merged if c > 0])
    return sentences


def errors(reference: list[str], hypothesis: list[str]) -> int:
    row = list(range(len(hypothesis) + 1))
    for i, gloss in enumerate(reference, start=1):
        before, row[0] = row[0], i
        for j, other in enumerate(hypothesis, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (gloss != other))
    return row[-1]


def one_epoch(
    model: Recogniser, optimiser: torch.optim.Optimizer, samples: list[Sample], stride: int
) -> float:
    """The mean loss of the epoch's batches."""
    model.train()
    losses: list[float] = []
    for start in range(0, len(samples), 15):
        frames, lengths, targets, target_lengths = padded(samples[start : start + 15], stride)
        loss = nn.CTCLoss(blank=0)(model(frames), targets, lengths, target_lengths)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


def train(
    data: dict[str, list[Sample]], stride: int
) -> tuple[list[dict[str, float]], list[dict[str, str]]]:
    """The history, an entry an epoch, and the last predictions on dev."""
    torch.manual_seed(SEED)
    every_frame = torch.tensor(
        np.concatenate([clip for _, clip, _ in data["train"]]), dtype=torch.float32
    )
    model = Recogniser(stride, every_frame.mean(0), every_frame.std(0))
    loss_of = nn.CTCLoss(blank=0)
    optimiser = torch.optim.Adam(model.parameters(), lr=5e-3)
    history: list[dict[str, float]] = []
    hypotheses: list[list[str]] = []
    for epoch in range(1, EPOCHS + 1):
        order = torch.randperm(TRAIN, generator=torch.Generator().manual_seed(SEED + epoch)).tolist()
        train_loss = one_epoch(model, optimiser, [data["train"][i] for i in order], stride)
        model.eval()
        with torch.no_grad():
            frames, lengths, targets, target_lengths = padded(data["dev"], stride)
            log_probs = model(frames)
            dev_loss = loss_of(log_probs, targets, lengths, target_lengths).item()
        hypotheses = decode(log_probs, lengths)
        wrong = sum(errors(ref, hyp) for (_, _, ref), hyp in zip(data["dev"], hypotheses, strict=True))
        wer = wrong / sum(len(ref) for _, _, ref in data["dev"])
        history.append(
            {
                "epoch": epoch,
                "train_loss": train_loss,
                "dev_loss": dev_loss,
                "dev_wer": wer,
            }
        )
    pairs = [
        {"id": name, "reference": " ".join(ref), "hypothesis": " ".join(hyp)}
        for (name, _, ref), hyp in zip(data["dev"], hypotheses, strict=True)
    ]
    return history, pairs


def write(folder: Path, data: dict[str, list[Sample]], stride: int) -> None:
    """A run directory as a person would leave it."""
    shutil.rmtree(folder, ignore_errors=True)
    for split, samples in data.items():
        (folder / "features" / split).mkdir(parents=True)
        for name, clip, _ in samples:
            np.save(folder / "features" / split / f"{name}.npy", clip)
        rows = "".join(f"{name}|{' '.join(sentence)}\n" for name, _, sentence in samples)
        (folder / f"{split}.csv").write_text(f"id|gloss\n{rows}", encoding="utf-8", newline="\n")
    vocabulary = {"<blank>": 0} | {gloss: i for i, gloss in enumerate(GLOSSES, start=1)}
    history, pairs = train(data, stride)
    texts = {
        "vocabulary.json": json.dumps(vocabulary, indent=1),
        "history.json": json.dumps(history, indent=1),
        "dev_predictions.json": json.dumps(pairs, indent=1),
        "config.yaml": yaml.safe_dump(
            {
                "model": {
                    "type": "bilstm_ctc",
                    "hidden_size": 48,
                    "temporal_stride": stride,
                    "num_classes": 11,
                },
                "training": {
                    "loss": "ctc",
                    "blank": 0,
                    "batch_size": 15,
                    "epochs": EPOCHS,
                    "learning_rate": 5e-3,
                },
            },
            sort_keys=False,
        ),
    }
    for name, text in texts.items():
        (folder / name).write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    torch.set_num_threads(1)
    rng = np.random.default_rng(SEED)
    signs = make_signs(rng)
    data = {
        "train": make_samples(TRAIN, "train", rng, signs),
        "dev": make_samples(DEV, "dev", rng, signs),
    }
    for name, stride in (("healthy", 1), ("broken", 8)):
        write(HERE / name, data, stride)
        last = json.loads((HERE / name / "history.json").read_text(encoding="utf-8"))[-1]
        print(name, last)


if __name__ == "__main__":
    main()
