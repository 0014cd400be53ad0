"""Recognise hypotheses and their references: records, tables, pairs of files, blocks of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Arrays, Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.prediction_pairs import ctm_with_stm, pairs_of_two_files
from slrdoctor.artifacts.kinds.prediction_texts import pairs_of_lines
from slrdoctor.artifacts.kinds.splits import split_of_name
from slrdoctor.artifacts.run import PredictionFile

Siblings = Callable[[str], Content | None]
Tokens = tuple[str, ...]

_HYPOTHESIS_WORDS = """
    hyp hyps hypothesis hypotheses pred preds prediction predictions predicted decoded recognized
    recognised pres
"""
_OUTPUT_WORDS = "output outputs"  # a hypothesis only beside what is surely a reference
_REFERENCE_WORDS = """
    ref refs reference references target targets gt groundtruth truth true trues actual expected
"""
_WEAK_REFERENCE_WORDS = "label labels gloss glosses sentence text annotation class sign"
# words of a key that is about a hypothesis or a reference and is not it
_ABOUT_WORDS = """
    prob probs probability score scores confidence conf logit logits len length wer cer bleu top top3
    top5 count time correct idx index id ids loss path file
"""
_ID_NAMES = "id name file filename video video_id sample sample_id fileid clip path key"
HYPOTHESIS = frozenset(_HYPOTHESIS_WORDS.split())
REFERENCE = frozenset(_REFERENCE_WORDS.split())
_OUTPUT = frozenset(_OUTPUT_WORDS.split())
WEAK_REFERENCE = frozenset(_WEAK_REFERENCE_WORDS.split())
_ABOUT = frozenset(_ABOUT_WORDS.split())
ID = tuple(_ID_NAMES.split())
_WORD = re.compile(r"[a-z]+\d*")
MOST_PAIRS = 2_000_000


def recognise_predictions(
    where: str, format: str, content: Content, siblings: Siblings
) -> PredictionFile | None:
    """The hypotheses of a file with their references; None where it holds none.

    The references may be in a file beside it: `siblings(name)` opens one of the same
    folder. Of such a pair, the file with the hypotheses is the one that is recognised.
    """
    pairs: list[tuple[str, Any, Any]] | None = None
    if isinstance(content, Table):
        pairs = (
            ctm_with_stm(where, content, siblings)
            if format == "ctm"
            else _of_records(content.records(), content.columns)
        )
    elif isinstance(content, Tree):
        pairs = _of_tree(content.value)
    elif isinstance(content, Text):
        pairs = pairs_of_lines(content.lines)
    elif isinstance(content, Arrays):
        pairs = _of_arrays(where, content)
    if pairs is None and not isinstance(content, Table):
        pairs = pairs_of_two_files(where, content, siblings)
    if not pairs or len(pairs) > MOST_PAIRS or not all(map(_is_tokens, pairs[0][1:])):
        return None
    return PredictionFile(
        where,
        format,
        split_of_name(where),
        ids=tuple(key for key, _, _ in pairs),
        hypotheses=tuple(tokens_of(hypothesis) for _, hypothesis, _ in pairs),
        references=tuple(tokens_of(reference) for _, _, reference in pairs),
    )


def tokens_of(value: Any) -> Tokens:
    """The tokens of a hypothesis or reference: a sentence is cut at white space, a number is one."""
    if value is None:
        return ()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        if len(value) == 1 and isinstance(value[0], str):
            return tokens_of(value[0])
        return tuple(_token(item) for item in value)
    if isinstance(value, str):
        return tuple(value.split())
    return (_token(value),)


def _is_tokens(value: Any) -> bool:
    """Whether a value can be tokens: text, a class, or a list of them; not features, not scores."""
    if isinstance(value, np.ndarray):
        return value.ndim <= 1 and value.dtype.kind in "iuUSO"
    if isinstance(value, (list, tuple)):
        return all(isinstance(item, (str, int, np.integer)) for item in value[:100])
    return (
        value is None
        or isinstance(value, (str, int, np.integer))
        or (isinstance(value, float) and value.is_integer())
    )


def _token(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _of_arrays(where: str, content: Arrays) -> list[tuple[str, Any, Any]] | None:
    """`y_pred` beside `y_true` in one npz, or whole numbers [N, 2] under a name of predictions."""
    names = _names([name for name, info in content.members.items() if len(info.shape) == 1])
    if names is not None:
        both = [content.load(name).tolist() for name in names]
        if len(both[0]) == len(both[1]):
            return [(str(i), h, r) for i, (h, r) in enumerate(zip(*both))]
    info = content.members.get("")
    if (
        info is None
        or len(info.shape) != 2
        or info.shape[1] != 2
        or np.dtype(info.dtype).kind not in "iu"
    ):
        return None
    if not set(_words(where.rpartition("/")[2])) & HYPOTHESIS:
        return None
    return [(str(i), h, r) for i, (h, r) in enumerate(content.load("").tolist())]


def _of_tree(value: Any) -> list[tuple[str, Any, Any]] | None:
    if isinstance(value, Mapping) and value:
        of_lists = _of_lists(value)
        if of_lists is not None:
            return of_lists
        if all(isinstance(record, Mapping) for record in value.values()):
            return _of_records([{"id": str(key), **record} for key, record in value.items()], None)
        for key, child in value.items():
            if isinstance(child, list) and set(_words(key)) & (
                HYPOTHESIS | {"results", "samples", "examples"}
            ):
                return _of_records(child, None)
    if isinstance(value, list):
        return _of_records(value, None)
    return None


def _of_lists(value: Mapping[Any, Any]) -> list[tuple[str, Any, Any]] | None:
    """{"hyps": [...], "refs": [...]}, or each a dict by id."""
    lists = {
        str(k): v
        for k, v in value.items()
        if (isinstance(v, (list, tuple, Mapping)) and v) or (isinstance(v, np.ndarray) and v.shape)
    }
    names = _names(list(lists))
    if names is None:
        return None
    hypotheses, references = lists[names[0]], lists[names[1]]
    if isinstance(hypotheses, Mapping) and isinstance(references, Mapping):
        return [(str(key), hypotheses[key], references[key]) for key in hypotheses if key in references]
    if (
        isinstance(hypotheses, Mapping)
        or isinstance(references, Mapping)
        or len(hypotheses) != len(references)
    ):
        return None
    ids = next(
        (lists[n] for n in lists if n.lower().rstrip("s") in ID and len(lists[n]) == len(hypotheses)),
        None,
    )
    return [
        (str(ids[i]) if ids is not None and not isinstance(ids, Mapping) else str(i), h, r)
        for i, (h, r) in enumerate(zip(hypotheses, references))
    ]


def _of_records(
    records: Sequence[Any], columns: Sequence[str] | None
) -> list[tuple[str, Any, Any]] | None:
    first = next((r for r in records if isinstance(r, Mapping)), None)
    if first is None:
        return None
    keys = [str(c) for c in columns] if columns is not None else [str(k) for k in first]
    names = _names(keys)
    if names is None:
        return None
    hypothesis, reference = names
    of_id = next((k for k in keys if k.strip().lower() in ID), None)
    return [
        (
            str(record.get(of_id, number)) if of_id else str(number),
            record[hypothesis],
            record.get(reference),
        )
        for number, record in enumerate(records)
        if isinstance(record, Mapping) and hypothesis in record and reference in record
    ]


def _names(keys: Sequence[str]) -> tuple[str, str] | None:
    """Which key has the hypothesis and which the reference; glosses before texts."""
    told = {key: set(_words(key)) for key in keys}
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


def _words(key: Any) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(key)).lower().replace("ground_truth", "groundtruth")
    return _WORD.findall(spaced.replace("ground truth", "groundtruth"))
