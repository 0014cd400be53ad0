"""Recognise hypotheses and their references: records, tables, pairs of files, blocks of text."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Arrays, Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.artifacts.kinds.predictions.columns import (
    HYPOTHESIS,
    ID,
    ids_of,
    roles_of,
    words_of_key,
)
from slrdoctor.artifacts.kinds.predictions.matrices import pairs_of_counts
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
    if not pairs and (counted := pairs_of_counts(where, content)):
        # a classifier is counted on what it is tested with
        pairs, split = counted, split or "test"
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
    names = roles_of([*columns, *objects])
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
    if not set(words_of_key(where.rpartition("/")[2])) & HYPOTHESIS:
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
            if isinstance(child, list) and set(words_of_key(key)) & (
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
    names = roles_of(list(lists))
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
        names = roles_of(keys)
        if names is not None:
            break
    if names is None:
        return None
    hypothesis, reference = names
    both = [r for r in records if isinstance(r, Mapping) and hypothesis in r and reference in r]
    ids = ids_of(both, keys, reference)
    return [(key, r[hypothesis], r.get(reference)) for key, r in zip(ids, both, strict=True)]
