"""How many dev and test sentences a model has met word for word in training."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.arithmetic.gloss_forms import cores
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.samples import Targets, Texts

SHORTEST = 2  # glosses or words: what is shorter is no sentence


@dataclass(frozen=True)
class SharedSentences:
    """Sentences of dev and test that occur in train, as gloss sequences or as texts."""

    of: str  # "gloss sequences" | "texts"
    shares: dict[str, tuple[int, int]]  # dev, test -> (samples whose sentence is in train, samples)
    examples: tuple[str, ...]  # ids
    read_from: str

    @property
    def sentence(self) -> str:
        parts = [f"{shared} of {total} {split}" for split, (shared, total) in self.shares.items()]
        return f"{' and '.join(parts)} {self.of} also occur in train"


@measure
def shared_sentences(targets: Targets | None, texts: Texts | None) -> SharedSentences:
    """By gloss sequence where there are any, else by text."""
    read_from = next((fact.read_from for fact in (targets, texts) if fact is not None), "")
    if targets is not None and not targets.are_single:
        rows = [
            (i, s, cores(g))
            for i, s, g in zip(targets.ids, targets.splits, targets.glosses, strict=True)
        ]
        of = "gloss sequences"
    elif texts is not None:
        rows = [(i, s, w) for i, s, w in zip(texts.ids, texts.splits, texts.words, strict=True)]
        of = "texts"
    else:
        raise Unavailable(
            "there are no sentences to compare: the targets are single labels, and there are no texts"
        )
    sentences = {sentence for _, split, sentence in rows if split == "train"}
    shares: dict[str, tuple[int, int]] = {}
    examples: list[str] = []
    for split in ("dev", "test"):
        mine = [(i, w) for i, s, w in rows if s == split and len(w) >= SHORTEST]
        again = [i for i, w in mine if w in sentences]
        examples += again
        if mine:
            shares[split] = (len(again), len(mine))
    if not sentences or not shares:
        raise Unavailable(f"{read_from} does not have sentences of both train and dev or test")
    return SharedSentences(of, shares, tuple(examples), read_from)
