"""Token sequences as scripts write them before they score: without case, marks, punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from slrdoctor.arithmetic.gloss_forms import FORMS
from slrdoctor.facts.evaluation.stored_pairs import Sequences

Form = Callable[[str], str]  # of a token; "" where the form leaves it out

_SPECIAL = re.compile(
    r"</?(?:s|pad|bos|eos|sos|blank|blk|si|eps)>|\[(?:cls|sep|pad|bos|eos)\]", re.IGNORECASE
)
# what stands alone for a pause, a breath or pointing; of loc-NORD the gloss is left
_ALONE = re.compile(r"__\w+__|(?:IX|INDEX)(?:[-_].*)?")


def _without_special(token: str) -> str:
    return "" if _SPECIAL.fullmatch(token) else token


def _after(form: Form) -> Form:
    """A form of all but the tokens that stand for no gloss."""
    return lambda token: form(token) if _without_special(token) else ""


def _without_lone_marks(token: str) -> str:
    return "" if _ALONE.fullmatch(token) else FORMS[-1][1](token)


@lru_cache(maxsize=1 << 16)
def bare(token: str) -> str:
    """Without case, accents, marks around it, and punctuation; "" where nothing is left."""
    if not _without_special(token):
        return ""
    form = _without_lone_marks(token)
    first, last = 0, len(form)
    while first < last and unicodedata.category(form[first])[0] in "PS":
        first += 1
    while last > first and unicodedata.category(form[last - 1])[0] in "PS":
        last -= 1
    return form[first:last]


# what has to be ignored for two sequences to be the same, from the slightest: cumulative
SCORED_FORMS: tuple[tuple[str, Form], ...] = (
    ("start, end and padding tokens", _without_special),
    *((what, _after(form)) for what, form in FORMS),
    ("marks that stand alone", _after(_without_lone_marks)),
    ("punctuation", bare),
)


def normalised(sequences: Sequences, form: Form) -> Sequences:
    """Every sequence in a form, without the tokens that the form leaves out."""
    forms = {token: form(token) for token in {t for s in sequences for t in s}}
    return tuple(tuple(f for t in s if (f := forms[t])) for s in sequences)


def merged(sequences: Sequences) -> Sequences:
    """Every sequence with adjacent repeats made one, as the script of PHOENIX-2014 does."""
    return tuple(tuple(t for i, t in enumerate(s) if i == 0 or s[i - 1] != t) for s in sequences)


def written_alike(
    hypotheses: Sequences, references: Sequences, form: Form, vocabulary: Collection[str]
) -> tuple[Sequences, Sequences]:
    """Both sides with tokens that differ in their writing alone made the same.

    Two tokens of one form that a model tells apart, because both occur as hypothesis and
    reference or the vocabulary has both, stay two: mistaking one for the other is an error.
    A token that the form leaves out goes only where the other side never has it. The others
    become the commonest reference token of their form, or hypothesis token where none has it.
    """
    said, meant = (Counter(t for s in side for t in s) for side in (hypotheses, references))
    known = {t for t in {*said, *meant} if t in vocabulary or (t in said and t in meant)}
    of_form: dict[str, list[str]] = {}
    for token in sorted({*said, *meant}, key=lambda t: (-meant[t], -said[t], t)):
        of_form.setdefault(form(token), []).append(token)

    def canonical(token: str) -> str:
        written = form(token)
        if not written:
            return token if token in known else ""
        same = of_form[written]
        told_apart = sum(other in known for other in same) > 1
        return token if told_apart and token in known else same[0]

    return normalised(hypotheses, canonical), normalised(references, canonical)


def of_texts(sequences: Sequence[Sequence[str]]) -> list[str]:
    """Sentences as text again."""
    return [" ".join(tokens) for tokens in sequences]
