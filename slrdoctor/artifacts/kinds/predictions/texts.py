"""Hypotheses and references in blocks of text: `True Sign : G` above `Predicted Sign : A`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from slrdoctor.words.translation import words_for

_REFERENCE = (
    r"(?:true|actual|ground[ _-]?truth|reference|ref|target|gt|expected|"
    r"correct(?= (?:sign|label|class)))"
)
_HYPOTHESIS = r"(?:predicted|prediction|pred|hypothesis|hyp|decoded|recogni[sz]ed|generated|output)"
_NOUN = r"(?:[ _-]?(?:signs?|glosses|gloss|labels?|class|sentence|sequence|text|words?|tokens?|output))?"
_LABELLED = rf"(?<![a-z])(?:(?P<reference>{_REFERENCE})|(?P<hypothesis>{_HYPOTHESIS})){_NOUN}"
_REFERENCE_ABROAD, _HYPOTHESIS_ABROAD, _NOUN_ABROAD = (
    "|".join(sorted(words_for(*english), key=len, reverse=True))
    for english in (
        ("reference",),
        ("prediction", "hypothesis"),
        ("label", "class", "gloss", "glosses", "sign", "word", "sentence"),
    )
)
# Wahre Klasse: G; clase real: G; 真实标签: G
_LABELLED_ABROAD = (
    rf"(?<![^\W_])(?:(?:{_NOUN_ABROAD})[ _-])?"
    rf"(?:(?P<reference_abroad>{_REFERENCE_ABROAD})|(?P<hypothesis_abroad>{_HYPOTHESIS_ABROAD}))"
    rf"(?:[ _-]?(?:{_NOUN_ABROAD}))?"
)
_EITHER = re.compile(rf"(?i)(?:{_LABELLED}|{_LABELLED_ABROAD})\s*(?:[:：]|=>?|\t)\s*")
_END = re.compile(r"[|;\t].*$|,\s(?=\w+\s?[:=]).*$|\s->.*$|\s\((?:conf|prob|p=).*$")
_FILLER = re.compile(r"\*{2,}")  # sclite and jiwer fill gaps of an alignment with stars
FEWEST = 2  # pairs that make a list of predictions
PROBED = 400  # lines that must have a pair for a file to be read on


_FAIRSEQ = re.compile(r"(?:\S+ \| )?([THD])-(\d{1,9})\t(.*)")  # a log puts its own head before it


def pairs_of_fairseq(lines: Sequence[str]) -> list[tuple[str, str, str]] | None:
    """What fairseq-generate prints: `T-0`, and with a score `H-0` and, without subwords, `D-0`."""
    if not any(_FAIRSEQ.fullmatch(line) for line in itertools.islice(lines, PROBED)):
        return None
    texts: dict[str, dict[str, str]] = {"T": {}, "H": {}, "D": {}}
    for line in lines:
        match = _FAIRSEQ.fullmatch(line)
        if match is not None:
            kind, number, text = match.groups()
            texts[kind].setdefault(number, text if kind == "T" else text.partition("\t")[2])
    best = {**texts["H"], **texts["D"]}
    pairs = [(number, best[number], text) for number, text in texts["T"].items() if number in best]
    return pairs if len(pairs) >= FEWEST else None


def pairs_of_lines(lines: Sequence[str]) -> list[tuple[str, str, str]] | None:
    """(number, hypothesis, reference) of every pair; None where the text has no such pairs."""
    if not any(_said(line) for line in itertools.islice(lines, PROBED)):
        return None
    pairs: list[tuple[str, str, str]] = []
    waiting: dict[str, str] = {}
    for line in lines:
        for kind, text in _said(line):
            if kind in waiting:  # a block without its other half
                waiting.clear()
            waiting[kind] = text
            if len(waiting) == 2:
                pairs.append((str(len(pairs)), waiting["hypothesis"], waiting["reference"]))
                waiting.clear()
    return pairs if len(pairs) >= FEWEST else None


def _said(line: str) -> list[tuple[str, str]]:
    """What a line says, in its order: ("reference", "A B"), ("hypothesis", "A")."""
    if len(line) > 4_000:
        return []
    found = list(_EITHER.finditer(line))
    said = []
    for match, following in zip(found, [*found[1:], None], strict=False):
        text = line[match.end() : following.start() if following else len(line)]
        text = _END.sub("", text).strip().strip("|,;").strip().strip("[]\"'")
        said.append(((match.lastgroup or "").removesuffix("_abroad"), _FILLER.sub("", text).strip()))
    return said
