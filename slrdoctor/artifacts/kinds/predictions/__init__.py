"""Recognise hypotheses and their references: records, tables, pairs of files, blocks of text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Arrays, Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.artifacts.kinds.predictions.pairs import ctm_with_stm, pairs_of_two_files
from slrdoctor.artifacts.kinds.predictions.texts import pairs_of_fairseq, pairs_of_lines
from slrdoctor.artifacts.kinds.predictions.tokens import (
    Pair,
    are_tokens,
    tokens_of,
    unpadded,
    without_fractions,
)
from slrdoctor.artifacts.run import PredictionFile
from slrdoctor.words.splits import split_of_name, split_of_word

Siblings = Callable[[str], Content | None]
_HYPOTHESIS_WORDS = """
    hyp hyps hypothesis hypotheses pred preds prediction predictions predicted decoded recognized
    recognised pres
"""
_OUTPUT_WORDS = "output outputs"  # a hypothesis only beside what is surely a reference
_REFERENCE_WORDS = """
    ref refs reference references target targets gt groundtruth truth true trues actual expected
"""
_WEAK_REFERENCE_WORDS = """
    label labels gloss glosses sentence text annotation class sign action gesture letter word category
"""
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
MOST_PAIRS = 2_000_000
PROBED = 20  # records, of which one must say what its keys are


def recognise_predictions(
    where: str, format: str, content: Content, siblings: Siblings
) -> PredictionFile | None:
    """The hypotheses of a file with their references; None where it holds none.

    The references may be in a file beside it: `siblings(name)` opens one of the same
    folder. Of such a pair, the file with the hypotheses is the one that is recognised.
    """
    pairs: list[Pair] | None = None
    split = split_of_name(where.removesuffix(".trn"))
    if isinstance(content, Table):
        pairs = (
            ctm_with_stm(where, content, siblings)
            if format == "ctm"
            else _of_records(content.records(), content.columns)
        )
    elif isinstance(content, Tree):
        of_split = _of_splits(content.value)
        pairs, split = of_split if of_split is not None else (_of_tree(content.value), split)
    elif isinstance(content, Text):
        pairs = pairs_of_fairseq(content.lines) or pairs_of_lines(content.lines)
    elif isinstance(content, Arrays):
        pairs = _of_arrays(where, content)
    if pairs is None and not isinstance(content, Table):
        pairs = pairs_of_two_files(where, content, siblings)
    if not pairs or len(pairs) > MOST_PAIRS or not are_tokens(pairs):
        return None
    pairs = unpadded(pairs)
    return PredictionFile(
        where,
        format,
        split,
        ids=tuple(key for key, _, _ in pairs),
        hypotheses=without_fractions([tokens_of(hypothesis) for _, hypothesis, _ in pairs]),
        references=without_fractions([tokens_of(reference) for _, _, reference in pairs]),
    )


def _of_arrays(where: str, content: Arrays) -> list[Pair] | None:
    """`y_pred` beside `y_true` in one npz, or whole numbers [N, 2] under a name of predictions."""
    columns = [name for name, info in content.members.items() if len(info.shape) == 1]
    objects = {k: v for k, v in content.extras.items() if isinstance(v, (list, np.ndarray))}
    names = _names([*columns, *objects])
    if names is not None:
        loaded = [objects[n] if n in objects else content.load(n) for n in names]
        both = [one.tolist() if isinstance(one, np.ndarray) else one for one in loaded]
        if not all(isinstance(one, list) for one in both):
            return None
        if len(both[0]) == len(both[1]):
            return [(str(i), h, r) for i, (h, r) in enumerate(zip(*both, strict=False))]
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


def _of_splits(value: Any) -> tuple[list[Pair], str] | None:
    """{"dev": {...}, "test": {...}}: those of dev before those of others, and their split."""
    if not isinstance(value, Mapping):
        return None
    named = {split_of_word(key): child for key, child in value.items() if isinstance(key, str)}
    for split in ("dev", "test", "train"):
        child = named.get(split)
        pairs = _of_tree(child) if isinstance(child, (Mapping, list)) else None
        if pairs:
            return pairs, split
    return None


def _of_tree(value: Any) -> list[Pair] | None:
    if isinstance(value, Mapping) and value:
        of_lists = _of_lists(value)
        if of_lists is not None:
            return of_lists
        # a score or two may stand among the samples
        records = {key: record for key, record in value.items() if isinstance(record, Mapping)}
        if 2 * len(records) > len(value):
            return _of_records([{"id": name_of(key), **one} for key, one in records.items()], None)
        for key, child in value.items():
            if isinstance(child, list) and set(_words(key)) & (
                HYPOTHESIS | {"results", "samples", "examples"}
            ):
                return _of_records(child, None)
    if isinstance(value, list):
        return _of_records(value, None)
    return None


def _of_lists(value: Mapping[Any, Any]) -> list[Pair] | None:
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
    if len(references) == 1 != len(hypotheses) and isinstance(references, (list, tuple)):
        [references] = references  # sacrebleu's: a list of references for each set of them
        if not isinstance(references, (list, tuple)):
            return None
    if isinstance(hypotheses, Mapping) and isinstance(references, Mapping):
        return [
            (name_of(key), hypotheses[key], references[key]) for key in hypotheses if key in references
        ]
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
    named = list(ids) if ids is not None and not isinstance(ids, Mapping) else None
    return _of_columns(list(hypotheses), list(references), named)


def _of_columns(hypotheses: list[Any], references: list[Any], ids: list[Any] | None) -> list[Pair]:
    """An entry a sample; of lists of batches, the entries of all of them."""
    if _are_batches(hypotheses, references):
        if ids is not None and all(
            _is_like(one, batch) for one, batch in zip(ids, hypotheses, strict=False)
        ):
            ids = list(itertools.chain.from_iterable(ids))
        hypotheses, references = (list(itertools.chain(*side)) for side in (hypotheses, references))
    if ids is None or len(ids) != len(hypotheses):
        ids = list(range(len(hypotheses)))
    return [(" ".join(tokens_of(i)), h, r) for i, h, r in zip(ids, hypotheses, references, strict=False)]


def _are_batches(hypotheses: list[Any], references: list[Any]) -> bool:
    """Whether both are lists of batches: of lists of tokens, or of sentences, which have spaces."""
    if not all(
        isinstance(h, (list, tuple)) and _is_like(r, h)
        for h, r in zip(hypotheses, references, strict=False)
    ):
        return False
    inner = [one for side in (hypotheses, references) for batch in side for one in batch]
    if all(isinstance(one, (list, tuple)) for one in inner):
        return bool(inner)
    return all(isinstance(one, str) for one in inner) and any(" " in one.strip() for one in inner)


def _is_like(one: Any, batch: Sequence[Any]) -> bool:
    return isinstance(one, (list, tuple)) and len(one) == len(batch)


def _of_records(records: Sequence[Any], columns: Sequence[str] | None) -> list[Pair] | None:
    keys, names = [str(c) for c in columns or ()], None
    for record in itertools.islice((r for r in records if isinstance(r, Mapping)), PROBED):
        if columns is None:
            keys = [name_of(key) for key in record]
        names = _names(keys)
        if names is not None:
            break
    if names is None:
        return None
    hypothesis, reference = names
    both = [r for r in records if isinstance(r, Mapping) and hypothesis in r and reference in r]
    ids = _ids(both, keys, reference)
    return [(key, r[hypothesis], r.get(reference)) for key, r in zip(ids, both, strict=True)]


def _ids(records: Sequence[Mapping[Any, Any]], keys: Sequence[str], reference: str) -> list[str]:
    """The ids of records: in a column of their own, else their class and its take, else their place."""
    of_id = next((k for k in keys if k.strip().lower() in ID), None)
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
