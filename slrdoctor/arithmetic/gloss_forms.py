"""Normal forms of glosses: what has to be ignored for two of them to be the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

LONGEST = 200  # characters: beyond it a token is no gloss, and its marks are not looked for
DIGITS = 9  # of the largest class number
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")  # zero-width marks, soft hyphens
_ACCENTS = re.compile("[\u0300-\u036f]")  # Latin, Greek, Cyrillic; Indic vowel signs are letters

# Letters whose capitals look the same. Folded, so that Greek and Latin kappa meet as "k".
_LOOKALIKE = str.maketrans(
    "αβεζηικμνορτυχ" + "авекмнорстухіјѕ",
    "abezhikmnoptyx" + "abekmhopctyxijs",
)

_MARK_PREFIX = re.compile(
    r"^(?:loc|poss|cl|rh|lh|neg|alp|negalp|qu|fs|num|mb|ix|index)[-:](?=\w)|^\d+[.)]\s+", re.IGNORECASE
)
_MARK_SUFFIX = re.compile(r"(?:\s*[(\[{][^()\[\]{}]*[)\]}]|-PLUSPLUS|[+*#~^?!])+$", re.IGNORECASE)
_COMMENT = re.compile(r"__\w+__")
_MARK = re.compile(r"^__\w+__$|^(?:IX|INDEX)(?:[-_].*)?$|^(?:loc|poss|cl|rh|lh|neg|alp|negalp|qu)-\w+$")


def trimmed(gloss: str) -> str:
    """Composed (NFC), without invisible characters, white space single and inside only."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", gloss)).split())


def folded(gloss: str) -> str:
    """Trimmed, and without case."""
    return unicodedata.normalize("NFC", trimmed(gloss).casefold())


def unaccented(gloss: str) -> str:
    """Folded, and without accents."""
    apart = unicodedata.normalize("NFD", folded(gloss))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart))


def skeleton(gloss: str) -> str:
    """Unaccented, with letters of one look made one: Greek and Latin k."""
    return unaccented(gloss).translate(_LOOKALIKE)


def without_marks(gloss: str) -> str:
    """The gloss without annotation marks around it: `ΕΓΩ(1)`, `loc-NORD`, `REGEN++`, `4. Bird`."""
    if len(gloss) > LONGEST:
        return gloss
    stripped = _MARK_SUFFIX.sub("", _MARK_PREFIX.sub("", trimmed(gloss)))
    return stripped or gloss


def is_mark(gloss: str) -> bool:
    """Whether a token is an annotator's mark or pointing sign: `__ON__`, `IX`, `loc-NORD`."""
    return bool(_MARK.match(gloss))


def is_comment(gloss: str) -> bool:
    """Whether a token says something of the video that is not signed: `__ON__`, `__EMOTION__`."""
    return bool(_COMMENT.fullmatch(gloss))


# What two glosses differ in, from the slightest: each form ignores all that those before it do.
FORMS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("white space or Unicode form", trimmed),
    ("case", folded),
    ("accents", unaccented),
    ("look-alike letters", skeleton),
    ("annotation marks", lambda gloss: skeleton(without_marks(gloss))),
)


@lru_cache(maxsize=1 << 16)
def core(gloss: str) -> str:
    """What is left of a gloss without case and marks; "" for a mark that stands alone."""
    return "" if is_mark(gloss) else folded(without_marks(gloss))


def same_target(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two sequences are one target, if need be written with other case or marks."""
    return one == other or cores(one) == cores(other)


def cores(glosses: tuple[str, ...]) -> tuple[str, ...]:
    """The cores of a sequence, marks that stand alone left out."""
    return tuple(c for c in map(core, glosses) if c)


def is_numbers(glosses: tuple[str, ...]) -> bool:
    """Whether every gloss is a whole number, as class numbers are; false without any."""
    return bool(glosses) and all(g.isascii() and g.isdigit() and len(g) <= DIGITS for g in glosses)
