"""Train two small BiLSTM-CTC models and dump what they give: one healthy, one with nothing to learn.

Both see the same made-up sentences. For the second the features are shuffled among the samples,
so that no clip belongs to its glosses. Takes about ten seconds on one core.

    python tests/runs/trained_ctc.py OUT_DIR
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

import slrdoctor

GLOSSES = tuple(f"SIGN{number:02d}" for number in range(12))
TRAIN, DEV, BATCH = 240, 48, 24
DIMS = 24
EPOCHS = 18
SEED = 11

Clip = NDArray[np.float32]


@dataclass(frozen=True)
class Sample:
    name: str
    split: str
    clip: Clip  # [T, DIMS]
    glosses: tuple[str, ...]


def make_samples() -> list[Sample]:
    """Sentences of 3 to 6 glosses, 7 to 11 frames a gloss: a smooth path each, with noise."""
    rng = np.random.default_rng(SEED)
    time = np.linspace(0, 2 * np.pi, 12)[:, None]
    reach = rng.normal(0, 1, (len(GLOSSES), 3, DIMS))
    signs = [a + np.sin(time) * b + np.cos(time) * c for a, b, c in reach]
    samples: list[Sample] = []
    for number in range(TRAIN + DEV):
        sentence = rng.integers(0, len(GLOSSES), rng.integers(3, 7))
        pieces = [
            signs[g][np.linspace(0, 11, rng.integers(7, 12)).round().astype(int)] for g in sentence
        ]
        clip = np.concatenate(pieces)
        clip = (clip + rng.normal(0, 0.3, clip.shape)).astype(np.float32)
        split = "train" if number < TRAIN else "dev"
        samples.append(Sample(f"{split}_{number:03d}", split, clip, tuple(GLOSSES[g] for g in sentence)))
    return samples


def shuffled(samples: list[Sample]) -> list[Sample]:
    """The same clips and the same sentences, and no clip where it belongs; none too short."""
    # of all ways to shuffle one of which the features say nothing at all of their own sentences
    rng = np.random.default_rng(SEED + 3)
    mixed: list[Sample] = []
    for split in ("train", "dev"):
        part = [s for s in samples if s.split == split]
        # sentences of a length exchange their clips, so that every target still fits
        for length in sorted({len(s.glosses) for s in part}):
            alike = [s for s in part if len(s.glosses) == length]
            order = rng.permutation(len(alike))
            clips = [alike[i].clip for i in np.roll(order, 1)]
            mixed += [
                Sample(alike[i].name, split, clip, alike[i].glosses) for i, clip in zip(order, clips)
            ]
    return sorted(mixed, key=lambda s: s.name)


class Recogniser(nn.Module):
    """Clips [B, T, D] to log-probabilities [T, B, C]; class 0 is the blank."""

    def __init__(self) -> None:
        super().__init__()
        self.encode = nn.LSTM(DIMS, 48, bidirectional=True, batch_first=True)
        self.head = nn.Linear(96, len(GLOSSES) + 1)

    def forward(self, clips: Tensor) -> Tensor:
        encoded, _ = self.encode(clips)
        log_probs: Tensor = self.head(encoded).log_softmax(-1)
        return log_probs.transpose(0, 1)


Batch = tuple[Tensor, Tensor, Tensor, Tensor]


def batch_of(samples: list[Sample]) -> Batch:
    clips = nn.utils.rnn.pad_sequence([torch.tensor(s.clip) for s in samples], batch_first=True)
    lengths = torch.tensor([len(s.clip) for s in samples])
    targets = torch.tensor([GLOSSES.index(g) + 1 for s in samples for g in s.glosses])
    return clips, lengths, targets, torch.tensor([len(s.glosses) for s in samples])


def train(samples: list[Sample], folder: Path, epochs: int = EPOCHS) -> None:
    """A run directory, with the outputs on dev of the last epoch."""
    torch.manual_seed(SEED)
    model, loss_of = Recogniser(), nn.CTCLoss(blank=0)
    optimiser = torch.optim.Adam(model.parameters(), lr=4e-3)
    training = [s for s in samples if s.split == "train"]
    dev = [s for s in samples if s.split == "dev"]
    rows = []
    for epoch in range(1, epochs + 1):
        order = torch.randperm(TRAIN, generator=torch.Generator().manual_seed(epoch)).tolist()
        losses = []
        for start in range(0, TRAIN, BATCH):
            clips, lengths, targets, sizes = batch_of(
                [training[i] for i in order[start : start + BATCH]]
            )
            loss = loss_of(model(clips), targets, lengths, sizes)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            losses.append(loss.item())
        keep = folder / "outputs" / f"epoch_{epoch}" if epoch == epochs else None
        rows.append(
            {"epoch": epoch, "train_loss": sum(losses) / len(losses)} | evaluate(model, dev, keep)
        )
    write(samples, rows, folder)


def evaluate(model: Recogniser, dev: list[Sample], keep: Path | None) -> dict[str, float]:
    """Dev loss and WER, batch by batch, as an evaluation loop has them."""
    from rapidfuzz.distance import Levenshtein

    loss_of, total, wrong = nn.CTCLoss(blank=0, reduction="none"), 0.0, 0
    for start in range(0, len(dev), 16):
        part = dev[start : start + 16]
        clips, lengths, targets, sizes = batch_of(part)
        with torch.no_grad():
            log_probs = model(clips)
        total += float((loss_of(log_probs, targets, lengths, sizes) / sizes).sum())
        hypotheses = decode(log_probs, lengths)
        wrong += sum(Levenshtein.distance(h, s.glosses) for h, s in zip(hypotheses, part))
        if keep is not None:
            slrdoctor.dump_outputs(
                keep / "dev", [s.name for s in part], log_probs=log_probs, lengths=lengths,
                hypotheses=hypotheses, references=[s.glosses for s in part],
            )  # fmt: skip
    return {"dev_loss": total / len(dev), "dev_wer": wrong / sum(len(s.glosses) for s in dev)}


def decode(log_probs: Tensor, lengths: Tensor) -> list[tuple[str, ...]]:
    """Greedy: merge repeats, drop the blank."""
    sentences = []
    for path, length in zip(log_probs.argmax(-1).T.tolist(), lengths.tolist()):
        merged = [c for c, before in zip(path[:length], [None, *path]) if c != before]
        sentences.append(tuple(GLOSSES[c - 1] for c in merged if c > 0))
    return sentences


def write(samples: list[Sample], rows: list[dict[str, float]], folder: Path) -> None:
    for sample in samples:
        path = folder / "features" / sample.split / f"{sample.name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, sample.clip)
    for split in ("train", "dev"):
        with (folder / f"{split}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("id", "gloss"))
            writer.writerows((s.name, " ".join(s.glosses)) for s in samples if s.split == split)
    tokens = {"<blank>": 0} | {gloss: i for i, gloss in enumerate(GLOSSES, start=1)}
    (folder / "vocabulary.json").write_text(json.dumps(tokens), encoding="utf-8")
    (folder / "history.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


def main(out: Path) -> None:
    torch.set_num_threads(1)
    samples = make_samples()
    train(samples, out / "healthy")
    train(shuffled(samples), out / "shuffled")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
