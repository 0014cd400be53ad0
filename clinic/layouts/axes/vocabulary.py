"""How the classes and their order are written down."""

from __future__ import annotations

import pickle
from collections import Counter
from typing import Any

import numpy as np

from clinic.layouts.draft import DoesNotApply, Draft
from clinic.layouts.registry import plain, value


@plain
def index_by_token(draft: Draft) -> None:
    """vocabulary.json: {"REGEN": 1}"""
    draft.json("vocabulary.json", _indices(draft))


@value
def list_of_tokens(draft: Draft) -> None:
    """vocab.json: ["<blank>", "REGEN"]"""
    draft.json("vocab.json", list(draft.subject.tokens))


@value
def token_by_index(draft: Draft) -> None:
    """id2gloss.json: {"1": "REGEN"}"""
    draft.json("id2gloss.json", {str(i): token for i, token in enumerate(draft.subject.tokens)})


@value
def both_ways(draft: Draft) -> None:
    """vocab.json: {"token2id": {...}, "id2token": {...}}"""
    inverse = {str(i): token for i, token in enumerate(draft.subject.tokens)}
    draft.json("vocab.json", {"token2id": _indices(draft), "id2token": inverse})


@value
def lines(draft: Draft) -> None:
    """vocab.txt: a token per line"""
    draft.text("vocab.txt", "\n".join(draft.subject.tokens) + "\n")


@value
def lines_with_index(draft: Draft) -> None:
    """classes.txt: index, tab, token"""
    numbered = (f"{i}\t{token}" for i, token in enumerate(draft.subject.tokens))
    draft.text("classes.txt", "\n".join(numbered) + "\n")


@value
def lines_with_count(draft: Draft) -> None:
    """dict.txt: token, space, how often it occurs"""
    counts = _counts(draft)
    counted = (f"{token} {counts[token]}" for token in draft.subject.tokens)
    draft.text("dict.txt", "\n".join(counted) + "\n")


@value
def table(draft: Draft) -> None:
    """classes.csv: id,gloss"""
    draft.table("classes.csv", [("id", "gloss"), *enumerate(draft.subject.tokens)])


@value
def pickled(draft: Draft) -> None:
    """vocab.pkl: a dict of indices by token"""
    draft.at("vocab.pkl").write_bytes(pickle.dumps(_indices(draft)))


@value
def npy_of_counts(draft: Draft) -> None:
    """gloss_dict.npy: [index, count] by gloss, without the blank"""
    if draft.subject.task != "ctc":
        raise DoesNotApply("this is how recognisers of sequences keep their glosses")
    counts = _counts(draft)
    words: dict[str, Any] = {t: [i, counts[t]] for t, i in _glosses(draft).items()}
    np.save(draft.at("gloss_dict.npy"), np.array(words, dtype=object), allow_pickle=True)


@value
def npy_of_tokens(draft: Draft) -> None:
    """classes.npy: an array of texts"""
    np.save(draft.at("classes.npy"), np.array(draft.subject.tokens))


@value
def without_blank(draft: Draft) -> None:
    """glosses.txt: a gloss per line; the blank, which is the first class, is left out"""
    if not draft.subject.blank:
        raise DoesNotApply("there is no blank")
    draft.text("glosses.txt", "\n".join(_glosses(draft)) + "\n")


@value
def indices_without_blank(draft: Draft) -> None:
    """gloss2id.json: {"REGEN": 1}; the blank, 0, is left out"""
    if not draft.subject.blank:
        raise DoesNotApply("there is no blank")
    draft.json("gloss2id.json", _glosses(draft))


@value
def in_yaml(draft: Draft) -> None:
    """data.yaml: nc and names"""
    import yaml

    content = {"nc": len(draft.subject.tokens), "names": list(draft.subject.tokens)}
    draft.text("data.yaml", yaml.safe_dump(content, allow_unicode=True, sort_keys=False))


@value
def in_the_checkpoint(draft: Draft) -> None:
    """checkpoint["vocab"]: a list of tokens"""
    draft.beside_weights["vocab"] = list(draft.subject.tokens)


def _indices(draft: Draft) -> dict[str, int]:
    return {token: index for index, token in enumerate(draft.subject.tokens)}


def _glosses(draft: Draft) -> dict[str, int]:
    return {token: i for token, i in _indices(draft).items() if token != draft.subject.blank}


def _counts(draft: Draft) -> Counter[str]:
    return Counter(token for s in draft.subject.of("train") for token in s.target.split())
