"""Targets as numbers, and numbers as words again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slrdoctor.simulation.worlds import Sample, World

SPECIALS = ("<pad>", "<s>", "</s>", "<unk>")
SUBWORDS = 140


@dataclass
class Coder:
    """`tokens` by index; `tokenizer` of a translation model that spells with subwords."""

    task: str
    tokens: list[str]
    tokenizer: Any = None

    def encode(self, sample: Sample) -> list[int]:
        """What is not in the vocabulary is left out, as most loaders do."""
        if self.tokenizer is not None:
            ids: list[int] = self.tokenizer.encode(sample.text)
            return ids
        index = {token: i for i, token in reversed(list(enumerate(self.tokens)))}
        words = sample.text.split() if self.task in ("retrieval", "translation") else sample.glosses
        if self.task == "translation":
            return [index.get(word, index["<unk>"]) for word in words]
        return [index[word] for word in words if word in index]

    def decode(self, ids: list[int]) -> tuple[str, ...]:
        if self.tokenizer is not None:
            return tuple(self.tokenizer.decode(ids).split())
        return tuple(self.tokens[i] for i in ids if i < len(self.tokens))

    def reference(self, sample: Sample) -> tuple[str, ...]:
        """What a hypothesis is scored against."""
        return (
            tuple(sample.text.split()) if self.task in ("retrieval", "translation") else sample.glosses
        )


def coder_of(world: World, module: Any, word_level: bool = False) -> Coder:
    """The vocabulary that a training on this data works with."""
    if world.task in ("ctc", "classification"):
        return Coder(world.task, list(world.tokens))
    texts = [sample.text for sample in world.of("train")]
    if world.task == "translation" and not word_level:
        tokenizer = module.Tokenizer.train(texts, SUBWORDS)
        spelled = [f"<{half:x}>" for half in range(16)]
        return Coder(world.task, [*SPECIALS, *spelled, *tokenizer.subwords], tokenizer)
    words = sorted({word for text in texts for word in text.split()})
    specials = SPECIALS if world.task == "translation" else SPECIALS[:1]
    return Coder(world.task, [*specials, *words])
