"""Names and lines of another language in the English words that readers know."""

from __future__ import annotations

import functools
import re
import unicodedata

from slrdoctor.words import column_names
from slrdoctor.words.languages import ACCENTED, BETWEEN, OF_CLASSES, OF_PAIRS, OF_SERIES
from slrdoctor.words.splits import SPLIT_OF_SERIES

LONGEST = 48  # letters of a word that is put together of others
SHORTEST = 3  # letters of a part of one, in an alphabet
MOST_IN_PHRASE = 3
_WORD = re.compile(r"[^\W\d_]+")
_JOINTS = ("", "s", "n", "en", "es")  # what German puts between the parts of a word
# English parts of words that are put together of both: Trainloss, WER-Verlauf, Valgenauigkeit
_ENGLISH_PARTS = frozenset(
    ("loss", "acc", "accuracy", "wer", "cer", "bleu", "word", "error", "rate", "gloss", "label", "class",
     "epoch", "percentage")
)  # fmt: skip
_WIDE = str.maketrans("：，、；（）％／＝【】｜", ":,,;()%/=[]|")
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def _plain(word: str) -> str:
    """A word in lower case without accents; the letters of other scripts keep their marks."""
    parts = unicodedata.normalize("NFD", word.lower())
    bare = "".join(c for c in parts if not 0x0300 <= ord(c) <= 0x036F)
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


def _spellings(word: str) -> set[str]:
    lower = word.lower()
    return {lower} if lower in ACCENTED else {lower, _plain(lower), _plain(lower.translate(_UMLAUTS))}


def _table() -> tuple[dict[str, str], dict[tuple[str, ...], str]]:
    """The English word of each spelling, and of each phrase by the plain words of it."""
    words: dict[str, str] = {}
    phrases: dict[tuple[str, ...], str] = {}
    for table in (OF_SERIES, OF_PAIRS, OF_CLASSES):
        for english, others in table.items():
            for other in others.split():
                if "_" in other:
                    phrases[tuple(map(_plain, other.split("_")))] = english
                for spelling in _spellings(other) if "_" not in other else ():
                    words.setdefault(spelling, english)
    return words, phrases


_WORDS, _PHRASES = _table()
_ALL_NAMES = column_names.ALL
_OF_PHRASES = frozenset(word for phrase in _PHRASES for word in phrase)
_BETWEEN = frozenset(BETWEEN.split())
_BETWEEN_SIGNS = frozenset(word for word in _BETWEEN if not word.isascii() and len(word) < 5)


def in_english(text: str) -> str:
    """The text with its words of other languages in English, in lower case; any other as it is.

    `Trainingsverlust` is `training loss`, `tasa_de_error` is `rate_of_error`, `验证准确率` is
    `验证 accuracy`: words for splits stay, as they are known in every language.
    """
    if text.isascii():
        return _translated(text) if any(map(_is_foreign, _WORD.findall(text))) else text
    composed = unicodedata.normalize("NFC", text)
    return _translated(composed) if any(map(_is_foreign, _WORD.findall(composed))) else text


def known_words(text: str) -> int:
    """How many words of other languages a text has, each once, that names of columns have too."""
    words = {word.lower() for word in _WORD.findall(text) if not word.isascii() and len(word) > 1}
    return sum(w in _ALL_NAMES or w in SPLIT_OF_SERIES or bool(_word_in_english(w)) for w in words)


@functools.cache
def words_for(*english: str) -> tuple[str, ...]:
    """The words of all other languages for the English ones, in lower case, as they are written."""
    tables = (OF_SERIES, OF_PAIRS, OF_CLASSES)
    some = [w for table in tables for one in english for w in table.get(one, "").split()]
    return tuple(dict.fromkeys(s for w in some if "_" not in w for s in (w, *sorted(_spellings(w)))))


def _translated(text: str) -> str:
    text = text.translate(_WIDE)
    found = list(_WORD.finditer(text))
    pieces: list[str] = []
    end = place = 0
    while place < len(found):
        match = found[place]
        english, taken = _phrase_at(found, place)
        if not english:
            english = _word_in_english(match[0]) or _between(match, text)
        pieces += [text[end : match.start()], english]
        end = found[place + taken - 1].end()
        # in scripts without spaces a number may follow at once
        if not match[0].isascii() and text[end : end + 1].isdecimal():
            pieces.append(" ")
        place += taken
    return "".join((*pieces, text[end:]))


def _between(match: re.Match[str], text: str) -> str:
    """A word that has no English: `of` for a small one, but not for the e of 1.5e-3."""
    follows_number = text[max(match.start() - 1, 0) : match.start()].isdecimal()
    return "of" if match[0].lower() in _BETWEEN and not follows_number else match[0]


def _phrase_at(found: list[re.Match[str]], place: int) -> tuple[str, int]:
    """The English of a phrase that begins at a word and how many words it has, or "" and one."""
    words: list[str] = []
    for number, match in enumerate(found[place : place + 2 * MOST_IN_PHRASE]):
        word = _plain(match[0])
        if word in _BETWEEN and words and word not in _OF_PHRASES:
            continue
        words.append(word)
        if word not in _OF_PHRASES:
            break
        english = _PHRASES.get(tuple(words))
        if english:
            return english, number + 1
    return "", 1


def _is_foreign(word: str) -> bool:
    return bool(_word_in_english(word)) or _plain_cached(word) in _OF_PHRASES


@functools.lru_cache(maxsize=4096)
def _plain_cached(word: str) -> str:
    return _plain(word)


@functools.lru_cache(maxsize=8192)
def _word_in_english(word: str) -> str:
    """The English of a word, or of a word that is put together of several; "" for any other."""
    lower = word.lower()
    if lower.replace("\u0307", "") in SPLIT_OF_SERIES:
        return ""
    if lower.endswith(("ings", "ungs")) and lower[:-1] in SPLIT_OF_SERIES:
        return lower[:-1]  # Validierungs-WER
    known = _WORDS.get(lower) or _WORDS.get(_plain(word)) or _of_parts(_plain(word))
    return known if known != lower else ""  # reference, from référence


def _of_parts(word: str) -> str:
    if len(word) > LONGEST or (word.isascii() and len(word) < 2 * SHORTEST):
        return ""
    ways: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            before = ways[start]
            if before is None or ways[end] is not None:
                continue
            part = _part(word[start:end])
            if part is not None:
                ways[end] = (*before, part)
    parts = ways[-1]
    said = [part for part in parts or () if part]
    # only of English parts: trainloss, which `series_names` takes apart
    return " ".join(said) if len(said) > 1 and "".join(said) != word else ""


def _part(text: str) -> str | None:
    """The English of a part of a word, "" for what only joins; None for what is no part."""
    if text in _BETWEEN_SIGNS:
        return ""
    for joint in _JOINTS if text.isascii() else ("",):
        part = text.removesuffix(joint)
        if len(part) < SHORTEST and part.isascii():
            continue
        if part in _WORDS:
            return _WORDS[part]
        if part in SPLIT_OF_SERIES or part in _ENGLISH_PARTS:
            return part
    return None
