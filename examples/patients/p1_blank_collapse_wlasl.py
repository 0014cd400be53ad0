"""Isolated signs of WLASL with CTC: the loss falls by 99.6%, the output is blank, accuracy 0%.

A BiLSTM with CTC on 36 phonological features: Linear 36 to 128, two bidirectional layers of 128,
LayerNorm, Linear 256 to 2001; 1,178,961 parameters. 20 training and 10 validation samples of 2
signs, a vocabulary of 2001. Train loss 724.98 to 2.56, validation loss 367.14 to 10.07 (its best,
at epoch 3 of 10), 98.5% to 98.7% of the output blank, accuracy 0%.

All of these are the author's figures, and the log has them; its values between them are made up.
Weights and predictions are of a training that is done here, with the same model on made-up
features of 96 frames. It starts at 725, ends at 2.6 and predicts nothing but blanks as well.

The author said:
- 59,000 parameters a sample: the model is far too large for the data.
- The vocabulary is too large: use the classes that are seen.
- CTC prefers the blank: add a penalty on it.
- The samples are too few and too similar.
- The loss fell by 99.6%, so training works.
- The result is worse than random.

How to go on:
1. Give the head three outputs: the blank and the two signs. Most of the training went into
   unlearning the 1,998 others: an untrained model costs 721 nats at 96 frames, and 1.7 is reached
   by whoever never looks at a clip. The whole fall of the loss lies between the two.
2. `slrdoctor overfit . --samples 5`: five clips must be reproduced before anything else counts.
3. One sign a clip needs no alignment. A classifier with cross-entropy over the signs is the
   simpler model, and has no blank to collapse to.
4. Then more signs and more signers; 20 clips of two signs say nothing of how well a model does.
5. A penalty on the blank comes last. It moves the output off the blank, and not to the right sign.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from torch import Tensor, nn

SEED = 7
FEATURES, HIDDEN, CLASSES = 36, 128, 2001
SIGNS = {"BOOK": 736, "DRINK": 1413}  # and their outputs
COUNTS = {"train": 20, "val": 10}
FRAMES = (91, 102)
EPOCHS, BATCH, RATE, DECAY = 10, 2, 6e-4, 0.45
TRAIN_LOSS = (724.98, 118.40, 21.70, 8.90, 5.61, 4.22, 3.48, 3.04, 2.75, 2.56)
DEV_LOSS = (367.14, 41.20, 10.07, 10.38, 10.91, 11.30, 11.62, 11.84, 12.01, 12.10)
BLANK = (0.9850, 0.9853, 0.9855, 0.9858, 0.9861, 0.9863, 0.9865, 0.9867, 0.9868, 0.9870)

CONFIG = {
    "model": {
        "type": "bilstm_ctc",
        "input_dim": FEATURES,
        "hidden_size": HIDDEN,
        "num_classes": CLASSES,
    },
    "training": {
        "loss": "ctc",
        "blank": 0,
        "batch_size": BATCH,
        "epochs": EPOCHS,
        "learning_rate": RATE,
    },
}

Sample = tuple[str, str, NDArray[np.float32]]  # id, gloss, [T, 36]


class Recogniser(nn.Module):
    """Features [B, T, 36] to log-probabilities [T, B, 2001]; 0 is the blank."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(FEATURES, HIDDEN)
        self.encode = nn.LSTM(HIDDEN, HIDDEN, 2, bidirectional=True, batch_first=True, dropout=0.3)
        self.norm = nn.LayerNorm(2 * HIDDEN)
        self.head = nn.Linear(2 * HIDDEN, CLASSES)

    def forward(self, features: Tensor) -> Tensor:
        encoded, _ = self.encode(torch.relu(self.project(features)))
        logits: Tensor = self.head(self.norm(encoded))
        return logits.log_softmax(-1).transpose(0, 1)


def samples(split: str, rng: np.random.Generator, homes: NDArray[np.float64]) -> list[Sample]:
    """Clips that are much alike: of one signer, of two signs in turn."""
    made = []
    for number in range(COUNTS[split]):
        sign, frames = number % 2, int(rng.integers(*FRAMES))
        phase = np.linspace(0, 2 * np.pi, frames)[:, None] + np.arange(FEATURES) / 6
        home = homes[sign] + rng.normal(0, 0.02, FEATURES)
        clip = home + 0.1 * np.sin(phase) + rng.normal(0, 0.02, phase.shape)
        made.append((f"{split}_{number:02d}", list(SIGNS)[sign], clip.astype(np.float32)))
    return made


def padded(batch: list[Sample]) -> tuple[Tensor, Tensor, Tensor]:
    clips = [torch.from_numpy(clip) for _, _, clip in batch]
    targets = torch.tensor([[SIGNS[gloss]] for _, gloss, _ in batch])
    lengths = torch.tensor([len(clip) for clip in clips])
    return nn.utils.rnn.pad_sequence(clips, batch_first=True), targets, lengths


def train(data: list[Sample]) -> Recogniser:
    """Ten epochs of ten steps, with a learning rate that halves after every epoch."""
    torch.manual_seed(0)
    model, loss_of = Recogniser(), nn.CTCLoss(blank=0)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    for epoch in range(EPOCHS):
        optimizer.param_groups[0]["lr"] = RATE * DECAY ** max(0, epoch - 1)
        order = torch.randperm(len(data)).tolist()
        for start in range(0, len(data), BATCH):
            clips, targets, lengths = padded([data[i] for i in order[start : start + BATCH]])
            loss = loss_of(model(clips), targets, lengths, torch.ones_like(lengths))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
    return model.eval()


def decode(model: Recogniser, data: list[Sample], names: list[str]) -> list[str]:
    """Greedy: merge repeats, drop the blank."""
    clips, _, lengths = padded(data)
    with torch.no_grad():
        best = model(clips).argmax(-1).T
    paths = [
        torch.unique_consecutive(path[:n]).tolist()
        for path, n in zip(best, lengths.tolist(), strict=True)
    ]
    return [" ".join(names[c] for c in path if c) for path in paths]


def history() -> list[dict[str, float]]:
    """The author's figures, an entry an epoch."""
    return [
        {
            "epoch": epoch,
            "train_loss": train_loss,
            "val_loss": dev_loss,
            "val_accuracy": 0.0,
            "blank_ratio": blank,
        }
        for epoch, (train_loss, dev_loss, blank) in enumerate(
            zip(TRAIN_LOSS, DEV_LOSS, BLANK, strict=True), start=1
        )
    ]


def make(folder: Path) -> None:
    torch.set_num_threads(1)
    rng = np.random.default_rng(SEED)
    names = ["<blank>", *(f"GLOSS{number:04d}" for number in range(1, CLASSES))]
    for gloss, index in SIGNS.items():
        names[index] = gloss
    homes = rng.uniform(0.3, 0.7, FEATURES) + rng.normal(0, 0.06, (2, FEATURES))
    data = {split: samples(split, rng, homes) for split in COUNTS}
    for split, clips in data.items():
        (folder / "features" / split).mkdir(parents=True)
        for name, _, clip in clips:
            np.save(folder / "features" / split / f"{name}.npy", clip)
        rows = "".join(f"{name},{gloss}\n" for name, gloss, _ in clips)
        _write(folder / f"{split}.csv", f"video_id,gloss\n{rows}")
    model = train(data["train"])
    torch.save(
        {"model_state_dict": model.state_dict(), "epoch": EPOCHS},
        folder / "best_model.pt",
    )
    hypotheses = decode(model, data["val"], names)
    pairs = [
        {"id": name, "reference": gloss, "hypothesis": said}
        for (name, gloss, _), said in zip(data["val"], hypotheses, strict=True)
    ]
    _write(folder / "vocabulary.json", json.dumps({n: i for i, n in enumerate(names)}))
    _write(folder / "val_predictions.json", json.dumps(pairs, indent=1))
    _write(folder / "history.json", json.dumps(history(), indent=1))
    _write(folder / "config.yaml", yaml.safe_dump(CONFIG, sort_keys=False))


def _write(path: Path, text: str) -> None:
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
