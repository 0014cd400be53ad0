"""Sign to text: sentences that are fluent and have nothing to do with the video.

An encoder trained with SupCon embeds a clip, and a decoder writes a sentence from it. PosSim is 0.96,
NegSim 0.906, retrieval at 1 about 5%, and WER about 1.0. Batches are of 8 to 16, the tokenizer has a
token a word, and 11,000 videos show about 1.1 clips a sentence.

This run was trained on made-up clips and smaller, and what that training gave is stored: 1,000 clips
of 909 sentences train, 1,100 of 1,000 are dev, so that retrieval is among as many candidates as in the
case. Sentences come from a few
patterns, and name people and places of whom most are named once. Batches are of 16, the loss is
SupCon with the sentences as labels, and both parts are really trained.

The author said:
- The embeddings have collapsed.
- The decoder ignores the video.
- The batch is too small, the temperature is wrong, and a projection head is missing.
- Take a subword tokenizer.

How to go on:
1. Pair each clip with its own sentence, as CLIP does, in batches of 64 and more. SupCon draws clips of
   one sentence together, and nearly all sentences have one clip: neither a larger batch, nor another
   temperature, nor a projection head makes a pair of one clip.
2. The embeddings have not collapsed. NegSim is high because all of them share an offset. Retrieval
   finds 5% of 1,100, many times what guessing does: little is there, and it is not nothing.
3. Train the decoder on the new embeddings, and repeat the shuffle test: when hypotheses are shuffled
   among the clips, the score must get worse. Drop words of its input until it has to look.
4. Take a subword tokenizer. Half of the words occur once, and no decoder learns such a word whole.
5. `slrdoctor retrain . --model sign2text --out ../retrained` trains one with subwords on the clips
   themselves, to compare with.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from torch import Tensor, nn

import slrdoctor

SEED = 0
SENTENCES = {"train": 909, "dev": 1000}
SECOND_CLIPS = {"train": 91, "dev": 100}
DIMS, MEANING, WIDTH, EMBEDDING = 24, 8, 64, 32
EPOCHS, BATCH, RATE, TEMPERATURE = 10, 16, 5e-4, 0.07
PATTERN = 0.25
OFFSET, SIGNAL, NOISE = 2.1, 0.6, 0.45  # of the clips: what all share, the sentence's, and the rest
LONGEST = 14  # words that the decoder writes
PAD, BOS, EOS, UNK = range(4)

PATTERNS = (
    "{name} travelled to {place} with {name}",
    "yesterday we met {name} near {place}",
    "the road to {place} is closed",
    "my sister works for {name} in {place}",
    "tell {name} the train is late",
    "deaf children learn in {place}",
    "{name} wants to buy a house",
    "next week the president visits {place}",
    "he told me a story about {name}",
    "in {place} it rains all day",
    "please bring {name} the blue book",
    "nobody knows why {name} left {place}",
)
SYLLABLES = ("ba", "do", "fin", "gar", "hel", "jo", "kim", "lor", "mar", "nu", "os", "pel", "ri", "sten")


@dataclass(frozen=True)
class Sample:
    name: str
    clip: NDArray[np.float16]  # [T, D]
    text: str


def make_samples(rng: np.random.Generator) -> dict[str, list[Sample]]:
    names = ["".join(rng.choice(SYLLABLES, 3)) for _ in range(3000)]
    data: dict[str, list[Sample]] = {}
    seen = rng.normal(0, MEANING**-0.5, (MEANING, DIMS))
    looks = {pattern.split()[0]: rng.normal(0, 1, MEANING) for pattern in PATTERNS}
    for split, count in SENTENCES.items():
        texts: list[str] = []
        while len(texts) < count:
            text = _sentence(names, rng)
            texts += [text] if text not in texts else []
        # a sentence looks a little like others of its pattern, which begin with the same word
        meanings = [
            PATTERN * looks[text.split()[0]] + rng.normal(0, (1 - PATTERN**2) ** 0.5, MEANING)
            if text.split()[0] in looks
            else rng.normal(0, 1, MEANING)
            for text in texts
        ]
        signed = [*range(count), *range(SECOND_CLIPS[split])]
        data[split] = [
            Sample(f"{split}_{number:04d}", _clip(meanings[sentence], seen, rng), texts[sentence])
            for number, sentence in enumerate(signed)
        ]
    return data


def _sentence(names: list[str], rng: np.random.Generator) -> str:
    words = str(rng.choice(PATTERNS)).split()
    # one in four is of the fifty that everybody talks about
    named = [names[int(rng.integers(50 if rng.random() < 0.25 else len(names)))] for _ in words]
    return " ".join(name if word[0] == "{" else word for word, name in zip(words, named, strict=True))


def _clip(
    meaning: NDArray[np.float64], seen: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float16]:
    """Frames of a sentence, with what this clip has of its own."""
    frames = int(rng.integers(10, 19))
    own = OFFSET + (SIGNAL * meaning + NOISE * rng.normal(0, 1, MEANING)) @ seen
    return (own + rng.normal(0, 0.3, (frames, DIMS))).astype(np.float16)


class Sign2Text(nn.Module):
    """A clip's mean frame [B, D] to an embedding of length one [B, E], and from it to words."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(DIMS, WIDTH), nn.ReLU(), nn.Linear(WIDTH, EMBEDDING), nn.ReLU()
        )
        self.word = nn.Embedding(words, WIDTH, padding_idx=PAD)
        self.start = nn.Linear(EMBEDDING, WIDTH)
        self.decoder = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.head = nn.Linear(WIDTH, words)

    def embed(self, frames: Tensor) -> Tensor:
        return nn.functional.normalize(self.encoder(frames), dim=-1)

    def write(self, embedded: Tensor, inputs: Tensor) -> Tensor:
        """embedded [B, E], inputs [B, L] -> logits of each next word [B, L, C]"""
        state = torch.tanh(self.start(embedded))[None]
        logits: Tensor = self.head(self.decoder(self.word(inputs), state)[0])
        return logits


def supcon(embedded: Tensor, labels: Tensor) -> Tensor:
    """Of the clips that have another clip of their sentence in the batch; the others add nothing."""
    itself = torch.eye(len(labels), dtype=torch.bool)
    similarity = (embedded @ embedded.T / TEMPERATURE).masked_fill(itself, -torch.inf)
    positives = (labels[:, None] == labels) & ~itself
    log_probs = similarity.log_softmax(-1).masked_fill(itself, 0.0)
    has = positives.any(-1)
    if not has.any():
        return embedded.sum() * 0.0
    return -((log_probs * positives).sum(-1)[has] / positives.sum(-1)[has]).mean()


def words_of(samples: list[Sample]) -> list[str]:
    """A token for every word of training."""
    counts = Counter(word for sample in samples for word in sample.text.split())
    return ["<pad>", "<s>", "</s>", "<unk>", *sorted(counts)]


@dataclass(frozen=True)
class Data:
    frames: Tensor  # [N, D], means
    labels: Tensor  # [N], the sentences by number
    tokens: Tensor  # [N, L + 2]


def data_of(samples: list[Sample], vocabulary: list[str]) -> Data:
    index = {word: i for i, word in enumerate(vocabulary)}
    sentences = {text: i for i, text in enumerate(sorted({sample.text for sample in samples}))}
    rows = [
        torch.tensor([BOS, *(index.get(word, UNK) for word in sample.text.split()), EOS])
        for sample in samples
    ]
    return Data(
        torch.tensor(np.stack([sample.clip.astype(np.float32).mean(0) for sample in samples])),
        torch.tensor([sentences[sample.text] for sample in samples]),
        nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PAD),
    )


def cross_entropy(model: Sign2Text, embedded: Tensor, tokens: Tensor) -> Tensor:
    logits = model.write(embedded, tokens[:, :-1])
    return nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), ignore_index=PAD)


@torch.no_grad()
def decoded(model: Sign2Text, embedded: Tensor, vocabulary: list[str]) -> list[str]:
    """Greedy, until the end."""
    written = torch.full((len(embedded), 1), BOS)
    for _ in range(LONGEST):
        logits = model.write(embedded, written)[:, -1]
        logits[:, [PAD, BOS, UNK]] = -torch.inf
        written = torch.cat([written, logits.argmax(-1, keepdim=True)], dim=1)
    rows = [row[: row.index(EOS)] if EOS in row else row for row in written[:, 1:].tolist()]
    return [" ".join(vocabulary[i] for i in row) for row in rows]


def similarities(embedded: Tensor, labels: Tensor) -> dict[str, float]:
    similarity = embedded @ embedded.T
    itself = torch.eye(len(labels), dtype=torch.bool)
    same = (labels[:, None] == labels) & ~itself
    nearest = similarity.masked_fill(itself, -1.0).argmax(-1)
    asked = same.any(-1)
    return {
        "dev_pos_sim": float(similarity[same].mean()),
        "dev_neg_sim": float(similarity[~same & ~itself].mean()),
        "dev_recall@1": float((labels[nearest] == labels)[asked].float().mean()),
    }


@dataclass
class Trained:
    model: Sign2Text
    history: list[dict[str, float]]
    hypotheses: list[str]
    embeddings: NDArray[np.float32]


def train(samples: dict[str, list[Sample]], vocabulary: list[str]) -> Trained:
    torch.manual_seed(SEED)
    training, dev = (data_of(samples[split], vocabulary) for split in ("train", "dev"))
    model = Sign2Text(len(vocabulary))
    encoder = torch.optim.Adam(model.encoder.parameters(), lr=RATE)
    decoder = torch.optim.Adam(
        [p for name, p in model.named_parameters() if not name.startswith("encoder")], lr=6 * RATE
    )
    run = Trained(model, [], [], np.empty(0, np.float32))
    for epoch in range(1, EPOCHS + 1):
        contrasts, losses = [], []
        for rows in torch.split(torch.randperm(len(training.labels)), BATCH):
            embedded = model.embed(training.frames[rows])
            contrast = supcon(embedded, training.labels[rows])
            loss = cross_entropy(model, embedded.detach(), training.tokens[rows])
            for optimizer, one in ((encoder, contrast), (decoder, loss)):
                optimizer.zero_grad()
                one.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
            contrasts.append(contrast.item())
            losses.append(loss.item())
        with torch.no_grad():
            embedded = model.embed(dev.frames)
            dev_loss = cross_entropy(model, embedded, dev.tokens).item()
        run.embeddings = embedded.numpy()
        run.hypotheses = decoded(model, embedded, vocabulary)
        run.history.append(
            {
                "epoch": epoch,
                "train_loss": float(np.mean(losses)),
                "train_supcon_loss": float(np.mean(contrasts)),
                "dev_loss": dev_loss,
                "dev_wer": wer(run.hypotheses, samples["dev"]),
                **similarities(embedded, dev.labels),
            }
        )
    return run


def wer(hypotheses: list[str], samples: list[Sample]) -> float:
    pairs = [
        (said.split(), sample.text.split()) for said, sample in zip(hypotheses, samples, strict=True)
    ]
    return sum(Levenshtein.distance(*pair) for pair in pairs) / sum(len(ref) for _, ref in pairs)


def make(folder: Path) -> None:
    """What a seed gives: features, annotations, vocabulary, config."""
    samples = make_samples(np.random.default_rng(SEED))
    vocabulary = words_of(samples["train"])
    (folder / "features").mkdir(parents=True, exist_ok=True)
    for split, of_split in samples.items():
        clips: dict[str, Any] = {sample.name: sample.clip for sample in of_split}
        np.savez_compressed(folder / "features" / f"{split}.npz", **clips)
        rows = [f"{sample.name}|{sample.text}" for sample in of_split]
        _write(folder / f"{split}.csv", "\n".join(["id|text", *rows]))
    _write(folder / "vocabulary.txt", "\n".join(vocabulary))
    _write(folder / "config.yaml", yaml.safe_dump(config(len(vocabulary)), sort_keys=False).rstrip())


def make_trained(folder: Path) -> None:
    """What the training gives: history, predictions, embeddings of dev."""
    torch.set_num_threads(1)
    samples = make_samples(np.random.default_rng(SEED))
    run = train(samples, words_of(samples["train"]))
    dev = samples["dev"]
    pairs = [
        {"id": sample.name, "reference": sample.text, "hypothesis": said}
        for sample, said in zip(dev, run.hypotheses, strict=True)
    ]
    _write(folder / "history.json", json.dumps(run.history, indent=1))
    _write(folder / "dev_predictions.json", json.dumps(pairs, indent=1))
    slrdoctor.dump_outputs(
        folder / "outputs" / "dev",
        [sample.name for sample in dev],
        embeddings=run.embeddings,
        references=[sample.text for sample in dev],
    )


def config(words: int) -> dict[str, object]:
    return {
        "task": "translation",
        "model": {"type": "sign2text", "embedding": EMBEDDING, "tokenizer": "word", "vocab_size": words},
        "training": {
            "contrastive_loss": "supcon",
            "temperature": TEMPERATURE,
            "batch_size": BATCH,
            "epochs": EPOCHS,
            "learning_rate": RATE,
        },
    }


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
