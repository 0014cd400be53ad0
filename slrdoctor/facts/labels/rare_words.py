"""Words of the texts that a word-level tokenizer cannot learn, or never sees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.artifacts.run import DataSet, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config._configured import every_value
from slrdoctor.facts.environment.source_code import SourceCode
from slrdoctor.facts.evaluation._scored_forms import bare
from slrdoctor.facts.labels.samples import Texts
from slrdoctor.facts.labels.task import Task

FEWEST = 100  # training texts: of fewer, most words are seen once in any language
SHORT = 2.0  # words a text: what is not cut at white space
MARKED = 0.02  # of a vocabulary's or the texts' tokens that bear a piece's mark
LETTERS = 0.5  # of the words of running text that are one letter
UNSPACED = 0.3  # of the letters

_PIECE = re.compile(r"^[▁Ġ]|^##|</w>$|@@$")
_MODELS = re.compile(
    r"(?:^|[^a-z])(?:m?bart(?:hez)?|m?t5|byt5|nllb|m2m_?100|x?lm-?r|roberta|\w*bert|gpt-?\w*|llama|opt-\d\S*|bloom"
    r"|qwen|gemma|mistral|marian\w*|pegasus|whisper)(?:[^a-z]|$)"
)
_SUBWORD = re.compile(
    r"(?:^|[^a-z])(?:bpe|sub_?words?|sentence_?piece|spm|word_?piece|unigram|char(?:acter)?s?|byte)(?:[^a-z]|$)"
)
_ABOUT = re.compile(
    r"token|vocab|bpe|spm|sentencepiece|level|segment|pretrain|model|decoder|text|txt|lang"
)
_PACKAGES = frozenset(("transformers", "sentencepiece", "tokenizers", "subword_nmt", "youtokentome"))
# Thai to Burmese, Khmer, kana, CJK: written without spaces between words
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)


@dataclass(frozen=True)
class RareWords:
    """Word types of the training texts, cut at white space, without case and punctuation."""

    types: int
    once: int  # of them, seen once
    held_out_words: int  # running words of dev, or of test where there is no dev
    unknown: int  # of them, never seen in training
    examples: tuple[str, ...]  # words seen once
    split: str
    texts: int  # of training
    subword: str  # what says that words are cut into pieces; "" where nothing does
    read_from: str

    @property
    def share_once(self) -> float:
        return self.once / self.types

    @property
    def share_unknown(self) -> float:
        return self.unknown / self.held_out_words

    @property
    def sentence(self) -> str:
        pieces = f"; the tokenizer splits words into subwords ({self.subword})" if self.subword else ""
        return (
            f"{self.once} of {self.types} words occur only once in {self.texts} training texts, and "
            f"{self.share_unknown:.1%} of the words of {self.split} do not occur there{pieces}"
        )


@measure
def rare_words(
    texts: Texts, task: Task, data: DataSet, run: TrainingRun, code: SourceCode | None
) -> RareWords:
    if task.name != "translation":
        raise Unavailable(f"the task is {task.name} ({task.known_by}): no texts are written")
    by_split: dict[str, list[tuple[str, ...]]] = {}
    for split, words in zip(texts.splits, texts.words, strict=True):
        by_split.setdefault(split, []).append(words)
    training = by_split.get("train", [])
    split = next((s for s in ("dev", "test") if s in by_split), "")
    if len(training) < FEWEST or not split:
        raise Unavailable(
            f"{texts.read_from} has {len(training)} training texts and "
            f"{len(by_split.get(split, []))} of dev or test; {FEWEST} of train and one other are needed",
            "name the split of each text in the annotations",
        )
    _are_words(training, texts.read_from)
    seen = Counter(w for words in training for word in words if (w := bare(word)))
    held_out = [w for words in by_split[split] for word in words if (w := bare(word))]
    once = [word for word, count in seen.items() if count == 1]
    if not seen or not held_out:
        raise Unavailable(f"the texts of {texts.read_from} contain no words")
    return RareWords(
        types=len(seen),
        once=len(once),
        held_out_words=len(held_out),
        unknown=sum(word not in seen for word in held_out),
        examples=tuple(once[:5]),
        split=split,
        texts=len(training),
        subword=next(_signs(training, data, run, code), ""),
        read_from=texts.read_from,
    )


def _are_words(training: list[tuple[str, ...]], where: str) -> None:
    """Raises Unavailable for a language written without spaces, and for text cut into letters."""
    words = [word for text in training for word in text]
    letters = "".join(words[:: max(1, len(words) // 20_000)])
    if len(_UNSPACED.findall(letters)) > UNSPACED * len(letters):
        raise Unavailable(f"the language of {where} is written without spaces between words")
    if len(words) < SHORT * len(training):
        raise Unavailable(
            f"the texts of {where} have {len(words) / len(training):.1f} words each: they are labels"
        )
    if sum(len(word) == 1 for word in words) > LETTERS * len(words):
        raise Unavailable(f"the texts of {where} are split into letters")


def _signs(
    training: list[tuple[str, ...]], data: DataSet, run: TrainingRun, code: SourceCode | None
) -> Iterator[str]:
    """What says that words are cut into pieces."""
    for file in data.vocabularies:
        tokens = [token for token in file.tokens if token]
        if tokens and sum(bool(_PIECE.search(t)) for t in tokens) > MARKED * len(tokens):
            yield f"by the tokens of {file.where}"
    words = [word for text in training for word in text]
    if sum(bool(_PIECE.search(word)) for word in words) > MARKED * len(words):
        yield "the texts are split already"
    for found in every_value(run):
        said = str(found.value).lower()
        if isinstance(found.value, str) and len(said) < 200:
            about = _ABOUT.search(found.key.lower())
            if _MODELS.search(said) or (about and _SUBWORD.search(said)):
                yield f"{found.key}: {found.value} in {found.read_from}"
        if _SUBWORD.search(found.key.lower()) and not found.is_off:
            yield f"{found.key} in {found.read_from}"
    if code is not None and code.imports & _PACKAGES:
        yield f"the code imports {min(code.imports & _PACKAGES)}"
