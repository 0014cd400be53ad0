"""Which keys of records or columns of a table have the hypothesis, the reference and the id."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.artifacts.kinds.predictions.tokens import tokens_of
from slrdoctor.words import column_names
from slrdoctor.words.column_names import squeezed
from slrdoctor.words.translation import in_english

_HYPOTHESIS_WORDS = """
    hyp hyps hypothesis hypotheses pred preds prediction predictions predicted decoded recognized
    recognised pres
"""
# a hypothesis only beside what is surely a reference
_OUTPUT_WORDS = "output outputs generated generation generations"
_REFERENCE_WORDS = """
    ref refs reference references target targets gt groundtruth truth true trues actual expected
"""
_WEAK_REFERENCE_WORDS = """
    label labels gloss glosses sentence text annotation class sign action gesture letter word category
"""
# words of a key that is about a hypothesis or a reference and is not it
_ABOUT_WORDS = """
    prob probs probability score scores confidence conf logit logits len length wer cer bleu top top3
    top5 count number time correct idx index id ids loss path file
"""
_ID_NAMES = "id name file filename video video_id sample sample_id fileid clip path key"
HYPOTHESIS = frozenset(_HYPOTHESIS_WORDS.split())
REFERENCE = frozenset(_REFERENCE_WORDS.split())
_OUTPUT = frozenset(_OUTPUT_WORDS.split())
WEAK_REFERENCE = frozenset(_WEAK_REFERENCE_WORDS.split())
_ABOUT = frozenset(_ABOUT_WORDS.split())
ID = tuple(_ID_NAMES.split())
_NO_IDS = {"feature", "features", "pose", "keypoints", "folder"}  # beside a prediction
_IDS_OF_ANNOTATIONS = frozenset((*column_names.ID, *column_names.PATH)) - _NO_IDS
# what counts the samples of a class: the take, as `3` of the class `hello`
_COUNTERS = (
    "sequence",
    "seq",
    "take",
    "rep",
    "repetition",
    "number",
    "num",
    "no",
    "video_no",
    "clip_no",
)
_WORD = re.compile(r"[a-z]+\d*")


def ids_of(records: Sequence[Mapping[Any, Any]], keys: Sequence[str], reference: str) -> list[str]:
    """The ids of records: in a column of their own, else their class and its take, else their place."""
    of_id = next(filter(names_samples, keys), None)
    if of_id:
        return [" ".join(tokens_of(record.get(of_id, i))) for i, record in enumerate(records)]
    counter = next((k for k in keys if k.strip().lower() in _COUNTERS), None)
    if counter:
        takes = [name_of(record.get(counter, "")) for record in records]
        if len(set(takes)) == len(takes):
            return takes
        of_class = [
            f"{' '.join(tokens_of(r[reference]))}/{t}" for r, t in zip(records, takes, strict=True)
        ]
        if len(set(of_class)) == len(takes):
            return of_class
    return [str(i) for i in range(len(records))]


def roles_of(keys: Sequence[str]) -> tuple[str, str] | None:
    """Which key has the hypothesis and which the reference; glosses before texts."""
    told = {key: set(words_of_key(key)) for key in keys}
    hypotheses = [k for k, words in told.items() if words & HYPOTHESIS and not words & _ABOUT]
    references = [
        k for k, words in told.items() if words & REFERENCE and not words & (_ABOUT | HYPOTHESIS)
    ]
    weak = [
        k for k, words in told.items() if words & WEAK_REFERENCE and not words & (_ABOUT | HYPOTHESIS)
    ]
    if references and not hypotheses:
        hypotheses = [k for k, words in told.items() if words & _OUTPUT and not words & _ABOUT]
    references = references or weak
    if not hypotheses:  # pred_idx beside true_idx
        hypotheses = [
            k for k, words in told.items() if words & HYPOTHESIS and words & {"idx", "index", "id"}
        ]
        references = [
            k for k, w in told.items() if w & (REFERENCE | WEAK_REFERENCE) and w & {"idx", "index", "id"}
        ]
    if not hypotheses or not references:
        return None
    hypothesis = min(hypotheses, key=lambda k: not told[k] & {"gls", "gloss", "glosses", "label"})
    # the reference that is named most like the hypothesis
    rest = told[hypothesis] - HYPOTHESIS
    return hypothesis, max(references, key=lambda k: len(rest & told[k]) - 0.1 * len(told[k] - rest))


def names_samples(key: Any) -> bool:
    """Whether a key or a column has the ids of samples, by its name."""
    name = name_of(key)
    return name.strip().lower() in ID or squeezed(name) in _IDS_OF_ANNOTATIONS


def words_of_key(key: Any) -> list[str]:
    """The words of a key in English, in lower case."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", in_english(str(key))).lower()
    return _WORD.findall(re.sub("ground[ _]truth", "groundtruth", spaced))
