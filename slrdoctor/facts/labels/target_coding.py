"""How written targets become output classes: by name, as numbers, or letter by letter."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import measure
from slrdoctor.facts.config._configured import configured
from slrdoctor.facts.labels.samples import Targets
from slrdoctor.facts.labels.vocabulary import Vocabulary
from slrdoctor.words.grammar import counted
from slrdoctor.words.settings import LOWER_CASE, SLRT_VOCABULARY

MOST = 0.5  # share of target types that are tokens from which on targets are names
_SLRT_VOCABULARY = "gloss2ids.pkl"
LETTERS = 0.9  # share of one-letter tokens in a vocabulary of letters, and of words it can spell


@dataclass(frozen=True)
class TargetCoding:
    """Which tokens each training target stands for in the vocabulary.

    `by` is names, numbers (targets are class indices), or letters (the vocabulary spells).
    """

    by: str
    ids: tuple[str, ...]
    tokens: tuple[tuple[str, ...], ...]  # one tuple a training sample, as looked up in the vocabulary
    read_from: str
    lowered: str = ""  # what says that glosses are lowered before they are looked up

    @property
    def sentence(self) -> str:
        lowered = f" (in lower case: {self.lowered})" if self.lowered else ""
        return f"{counted(len(self.ids), 'training target')} written as {self.by}{lowered}"


@measure
def target_coding(targets: Targets, vocabulary: Vocabulary, run: TrainingRun) -> TargetCoding:
    """How the training targets are written, told by holding them against the vocabulary."""
    training = targets.training or tuple(zip(targets.ids, targets.glosses, strict=True))
    known = {token for token in vocabulary.tokens if token is not None}
    lowered = _lowering(run, vocabulary)
    if lowered:
        training = tuple((i, _lowered(glosses, known)) for i, glosses in training)
    types = {gloss for _, glosses in training for gloss in glosses}
    by = "names"
    if len(types & known) < MOST * len(types):
        if targets.are_numbers:
            by = "numbers"
        elif _spells(known, types):
            by = "letters"
    return TargetCoding(
        by=by,
        ids=tuple(i for i, _ in training),
        tokens=tuple(_tokens(glosses, known, by) for _, glosses in training),
        read_from=f"{targets.read_from} against {vocabulary.read_from}",
        lowered=lowered,
    )


def _lowering(run: TrainingRun, vocabulary: Vocabulary) -> str:
    """What says that glosses are lowered before the vocabulary is asked; "" where nothing does."""
    for found in configured(run, LOWER_CASE):
        return "" if found.is_off else f"{found.key}: {found.value} in {found.read_from}"
    # SLRT's gloss tokenizer lowers unless its config says otherwise
    for found in configured(run, SLRT_VOCABULARY):
        return f"{found.key} in {found.read_from}, whose tokenizer lowers by default"
    # tokens with capitals are never found by a tokenizer that lowers: it is another one's file then
    lower = all(token == token.lower() for _, token in vocabulary.glosses)
    if lower and vocabulary.read_from.rpartition("/")[2] == _SLRT_VOCABULARY:
        return f"{vocabulary.read_from} is SLRT's, whose tokenizer lowers by default"
    return ""


def _lowered(glosses: tuple[str, ...], known: set[str]) -> tuple[str, ...]:
    return tuple(g.lower() if g not in known and g.lower() in known else g for g in glosses)


def _spells(known: set[str], types: set[str]) -> bool:
    letters = {token for token in known if len(token) == 1}
    plain = [token for token in known if not token.startswith(("<", "["))]
    if not plain or len(letters) < LETTERS * len(plain):
        return False
    return sum(set(word) <= letters for word in types) >= LETTERS * len(types)


def _tokens(glosses: tuple[str, ...], known: set[str], by: str) -> tuple[str, ...]:
    if by == "letters":
        return tuple(letter for gloss in glosses for letter in gloss)
    if len(glosses) > 1 and by == "names":
        # a label of two words may be one class
        for whole in (" ".join(glosses), "_".join(glosses)):
            if whole in known:
                return (whole,)
    return glosses
