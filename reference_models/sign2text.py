"""From sign video to sentences: a transformer encoder over frames and an autoregressive text decoder.

Papers: Camgöz et al., "Neural Sign Language Translation", CVPR 2018, and "Sign Language Transformers",
CVPR 2020; Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", ACL 2016.

Shapes, in the field's letters: B clips, T frames (padded), D numbers a frame, S = T / 4 encoded steps,
L subwords of a text (padded), C subwords in the vocabulary, W width.
    features [B, T, D] float, lengths [B], inputs [B, L] long, BOS first -> logits [B, L, C]
    targets [B, L] long, without BOS and EOS, target_lengths [B] -> loss, mean over all subwords and EOS

What is padded is never looked at nor paid for. NaN is not filled in: fill missing landmarks before.
Set the statistics first: on raw landmarks the common posture drowns the motion, and it may not overfit.

What is left out: pretraining, without which a few thousand sentences give fluent text that has little
to do with the signs (a pretrained text decoder is the first thing to add); gloss supervision by CTC
on the encoder; beam search and length penalty; label smoothing; augmentation; lower-casing and other
normalisation of text; a warm-up, which the norms before each branch make up for at this size.
"""

from __future__ import annotations

import json
import math
import re
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

TASK = "translation"
LEARNING_RATE = 1e-3
PAD, BOS, EOS, UNK = 0, 1, 2, 3  # UNK is never written: any text can be spelled
FIRST = 20  # 4 specials, then 16 half bytes that spell characters which training has not seen


class Tokenizer:
    """Byte-pair encoding over characters: the list of subwords, in the order of their making."""

    def __init__(self, subwords: list[str]) -> None:
        self.subwords = subwords
        self.index = {subword: FIRST + i for i, subword in enumerate(subwords)}

    def __len__(self) -> int:
        return FIRST + len(self.subwords)

    @classmethod
    def train(cls, texts: Iterable[str], size: int) -> Tokenizer:
        """Join the most frequent pair until there are `size` subwords, or no pair comes twice."""
        if size <= FIRST:
            raise ValueError(f"a vocabulary of {size} has no room beside {FIRST} specials")
        counts = Counter(word for text in texts for word in words(text))
        spelled = {word: list(word) for word in counts}
        letters: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        where: dict[tuple[str, str], set[str]] = defaultdict(set)

        def count(word: str, sign: int) -> None:
            for pair in pairwise(spelled[word]):
                pairs[pair] += sign * counts[word]
                where[pair].add(word)

        for word, times in counts.items():
            letters.update({letter: word.count(letter) * times for letter in set(word)})
            count(word, 1)
        subwords = sorted(letters, key=lambda letter: (-letters[letter], letter))[: size - FIRST]
        known = set(subwords)
        while len(subwords) < size - FIRST and pairs:
            best = max(pairs, key=lambda pair: (pairs[pair], pair))
            if pairs[best] < 2:
                break
            for word in where.pop(best):
                count(word, -1)
                spelled[word] = joined(spelled[word], best)
                count(word, 1)
            del pairs[best]
            if "".join(best) not in known:
                known.add("".join(best))
                subwords.append("".join(best))
        return cls(subwords)

    def encode(self, text: str) -> list[int]:
        """The earliest made subword is joined first, as in training."""
        ids: list[int] = []
        for word in words(text):
            parts = list(word)
            while len(parts) > 1:
                best = min(pairwise(parts), key=lambda pair: self.index.get("".join(pair), math.inf))
                if "".join(best) not in self.index:
                    break
                parts = joined(parts, best)
            for part in parts:
                if part in self.index:
                    ids.append(self.index[part])
                else:
                    ids += [4 + int(half, 16) for half in part.encode("utf-8", "replace").hex()]
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        spelled = bytearray()
        half = -1  # the first half of a byte, while it waits for its second
        for i in ids:
            if 4 <= i < FIRST and half >= 0:
                spelled.append(16 * half + i - 4)
            elif i >= FIRST:
                spelled += self.subwords[i - FIRST].encode("utf-8", "replace")
            half = i - 4 if 4 <= i < FIRST and half < 0 else -1
        return spelled.decode("utf-8", "replace")

    def to_json(self) -> str:
        return json.dumps(self.subwords)

    @classmethod
    def from_json(cls, text: str) -> Tokenizer:
        return cls(json.loads(text))


def words(text: str) -> list[str]:
    """Words with the space before them: put together, they are the text again, in NFC."""
    return re.findall(r"\s?\S+|\s", unicodedata.normalize("NFC", text))


def joined(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """The parts with each occurrence of the pair made one."""
    out: list[str] = []
    for part in parts:
        # a part that was joined just now is longer than either of the pair, so it is not joined again
        if out and (out[-1], part) == pair:
            out[-1] += part
        else:
            out.append(part)
    return out


@dataclass(frozen=True)
class Config:
    input_size: int  # D
    classes: int  # C, subwords with the specials
    width: int = 128  # W: sets of sentences have thousands of clips, not millions
    heads: int = 4  # of 32 numbers each
    layers: int = 2  # of the encoder, and of the decoder
    expansion: int = 4  # of the feed-forward branch
    dropout: float = 0.1
    halvings: int = 2  # T / 4: at 25 frames a second six steps, two or three a sign
    max_length: int = 100  # of a decoded text: 15 words of few letters each, and room


def positions(length: int, width: int, device: torch.device) -> Tensor:
    """Sines and cosines of Vaswani et al. 2017: there is no longest clip. [T, W]"""
    step = torch.arange(length, device=device, dtype=torch.float32)[:, None]
    rate = torch.exp(torch.arange(0, width, 2, device=device) * (-math.log(10_000.0) / width))
    return torch.stack([(step * rate).sin(), (step * rate).cos()], dim=-1).flatten(1)


def is_real(lengths: Tensor, longest: int) -> Tensor:
    """True where there is a frame or a subword. [B, T]"""
    return torch.arange(longest, device=lengths.device) < lengths[:, None]


class Model(nn.Module):
    mean: Tensor
    scale: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.register_buffer("mean", torch.zeros(config.input_size))
        self.register_buffer("scale", torch.ones(config.input_size))
        # the norm makes up for features in pixels and in shares of the image alike
        self.frame = nn.Sequential(nn.Linear(config.input_size, width), nn.LayerNorm(width))
        self.halve = nn.ModuleList(nn.Conv1d(width, width, 5, 2, 2) for _ in range(config.halvings))
        shape = (width, config.heads, config.expansion * width, config.dropout, F.gelu)
        # norms first, so that it trains without a warm-up
        encoder = nn.TransformerEncoderLayer(*shape, batch_first=True, norm_first=True)
        decoder = nn.TransformerDecoderLayer(*shape, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(
            encoder, config.layers, nn.LayerNorm(width), enable_nested_tensor=False
        )
        self.decoder = nn.TransformerDecoder(decoder, config.layers, nn.LayerNorm(width))
        self.dropout = nn.Dropout(config.dropout)
        # one table for what is read and what is written: half as much to learn from few sentences
        self.subword = nn.Embedding(config.classes, width)
        nn.init.normal_(self.subword.weight, std=width**-0.5)

    def set_statistics(self, mean: Tensor, scale: Tensor) -> None:
        """Mean and standard deviation of each dimension over the training frames. [D], [D]"""
        scale = scale.nan_to_num(0.0)
        alive = scale[scale > 1e-6]
        # a dimension that (nearly) never moves is left small: its noise is not blown up to size one
        floor = 0.01 * float(alive.median()) if alive.numel() else 1.0
        self.mean.copy_(mean.nan_to_num(0.0))
        self.scale.copy_(scale.clamp(min=floor))

    def encode(self, features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """features [B, T, D], lengths [B] -> clip [B, S, W], real [B, S] true where there is a step"""
        lengths = lengths.to(features.device).clamp(min=1)
        real = is_real(lengths, features.shape[1])
        x = (features.to(self.mean.dtype) - self.mean) / self.scale
        x = self.frame(x.masked_fill(~real[..., None], 0.0))
        for halve in self.halve:
            x = x.masked_fill(~real[..., None], 0.0)  # as the convolution pads, so must padding be
            x = F.gelu(halve(x.transpose(1, 2)).transpose(1, 2))
            lengths = (lengths + 1) // 2
            real = is_real(lengths, x.shape[1])
        x = self.dropout(x + positions(x.shape[1], x.shape[2], x.device))
        return self.encoder(x, src_key_padding_mask=~real), real

    def write(self, inputs: Tensor, clip: Tensor, real: Tensor) -> Tensor:
        """inputs [B, L], clip [B, S, W], real [B, S] -> logits of each next subword [B, L, C]"""
        length, width = inputs.shape[1], self.config.width
        x = self.subword(inputs) * math.sqrt(width) + positions(length, width, inputs.device)
        later = torch.ones(length, length, dtype=torch.bool, device=inputs.device).triu(1)
        x = self.decoder(self.dropout(x), clip, tgt_mask=later, memory_key_padding_mask=~real)
        return F.linear(x, self.subword.weight)

    def forward(self, features: Tensor, lengths: Tensor, inputs: Tensor) -> Tensor:
        """features [B, T, D], lengths [B], inputs [B, L] -> logits [B, L, C]"""
        return self.write(inputs, *self.encode(features, lengths))


def loss_of(
    model: Model, features: Tensor, lengths: Tensor, targets: Tensor, target_lengths: Tensor
) -> Tensor:
    """Cross entropy, mean over all subwords and EOS. targets [B, L], padded with anything"""
    rows = torch.arange(len(targets), device=targets.device)
    target_lengths = target_lengths.to(targets.device)
    wanted = F.pad(targets, (0, 1)).masked_fill(~is_real(target_lengths, targets.shape[1] + 1), PAD)
    inputs = F.pad(wanted[:, :-1], (1, 0), value=BOS)  # [B, L + 1]
    wanted[rows, target_lengths] = EOS  # [B, L + 1]
    logits = model(features, lengths, inputs)
    with torch.autocast(logits.device.type, enabled=False):
        return F.cross_entropy(logits.float().flatten(0, 1), wanted.flatten(), ignore_index=PAD)


def decode(model: Model, features: Tensor, lengths: Tensor) -> list[list[int]]:
    """Greedy: the likeliest subword after those written so far, until EOS or `max_length`."""
    with torch.no_grad():
        clip, real = model.encode(features, lengths)
        written = torch.full((len(features), 1), BOS, device=features.device)
        ended = torch.zeros(len(features), dtype=torch.bool, device=features.device)
        for _ in range(model.config.max_length):
            logits = model.write(written, clip, real)[:, -1]  # [B, C]
            logits[:, [PAD, BOS, UNK]] = -torch.inf
            best = logits.argmax(dim=-1)
            written = torch.cat([written, best[:, None]], dim=1)
            ended |= best == EOS
            if bool(ended.all()):
                break
    rows: list[list[int]] = written[:, 1:].tolist()
    return [row[: row.index(EOS)] if EOS in row else row for row in rows]


def main() -> int:
    """Overfit five synthetic clips with five sentences."""
    torch.manual_seed(0)
    started = time.perf_counter()
    texts = [
        "tomorrow it rains in the north",
        "in the south the sun shines all day long",
        "good evening",
        "the night stays mild, and by the sea a strong wind blows",
        "on sunday it gets colder",
    ]
    tokenizer = Tokenizer.train(texts, 100)
    encoded = [torch.tensor(tokenizer.encode(text)) for text in texts]
    targets = nn.utils.rnn.pad_sequence(encoded, batch_first=True, padding_value=PAD)
    target_lengths = torch.tensor([len(ids) for ids in encoded])
    lengths = torch.tensor([40, 60, 20, 90, 33])
    features = torch.randn(5, 90, 150).cumsum(dim=1)  # landmarks that wander; the rest is padding
    frames = torch.cat([clip[:length] for clip, length in zip(features, lengths, strict=True)])
    model = Model(Config(input_size=150, classes=len(tokenizer)))
    model.set_statistics(frames.mean(dim=0), frames.std(dim=0))
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE)
    for step in range(1, 401):
        loss = loss_of(model.train(), features, lengths, targets, target_lengths)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 20 == 0:
            said = [tokenizer.decode(ids) for ids in decode(model.eval(), features, lengths)]
            right = sum(a == b for a, b in zip(said, texts, strict=True))
            print(f"step {step:3d}  loss {loss.item():.4f}  right {right} of 5  {said[0]!r}")
            if right == 5:
                print(f"overfits five sentences in {time.perf_counter() - started:.1f} s")
                return 0
    print("does not overfit five sentences", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
