"""Recognise vocabularies: what each output class stands for, in any form it is written down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Arrays, Content, Opaque, Table, Text, Tree
from slrdoctor.artifacts.kinds.plain_values import name_of, plain
from slrdoctor.artifacts.kinds.vocabulary.token_lists import (
    Tokens,
    tokens_by_index,
    tokens_in_lines,
    tokens_in_order,
    tokens_in_table,
)
from slrdoctor.artifacts.run import VocabularyFile
from slrdoctor.words.splits import split_of_name
from slrdoctor.words.translation import in_english

MOST = 200_000  # tokens; gloss vocabularies have some 10,000 at most

_UNIT = r"(?:gloss|word|token|label|class|char|character|sign|gls|id|idx|index|int)e?s?"
# names that only vocabularies have, and names that files of samples' labels share with them
_STRONG = re.compile(
    rf"vocab|lexicon|{_UNIT}_?(?:2|to)_?(?:{_UNIT}|prediction|indices)|{_UNIT}_?(?:dict|map|mapping|indices)"
    r"|index_map|stoi(?:[^a-z]|$)|itos(?:[^a-z]|$)|(?:^|[^a-z])(?:classes|dictionary|alphabet|charset)"
    r"|class_?(?:names?|list)|sign_?list"
)
_WEAK = re.compile(
    r"(?:^|[^a-z])(?:gloss|glosses|gls|labels?|dict|terms|words|tokens|signs|actions|characters?|letters)"
    r"(?:[^a-z]|$)|^class\.[a-z]+$|(?:gloss|word|label)_?(?:names?|list)"
)
_OTHER = re.compile(
    r"(?:^|[^a-z])(?:hyps?|preds?|predictions?(?!_?(?:index|id))|decoded|results?|refs?|references"
    r"|config|metrics|history|logs?|counts?|freq|frequency|freqs|stats|statistics|weights|performance|report)(?:[^a-z]|$)"
)
# keys under which a file of other things keeps a vocabulary
_KEY = re.compile(
    rf"vocab|vocabulary|{_UNIT}(?:2|to){_UNIT}|stoi|itos|labelmap|classnames|classes|glossdict|glossvocab"
    rf"|glosslist|labelnames|glosses|categories|actions|signs|{_UNIT}index"
)
_AROUND = ("model", "data", "vocab", "vocabulary", "config", "tokenizer")
_OF_TEXTS = {"txt", "text", "spoken", "bpe", "spm", "sentencepiece", "subword", "tokenizer"}
_OF_CLASSES = {"class", "classes", "label", "labels", "classid", "categories", "action", "actions"}


def is_named_like_vocabulary(where: str) -> bool:
    """Whether the file's name says vocabulary: `gls.vocab`, `gloss_dict.npy`, `label_map.json`.

    `labels.txt` and `klassen.txt` do, `train_labels.csv` and `dev.hyp.gls` do not.
    """
    folder, _, name = in_english(where).lower().replace(" ", "_").rpartition("/")
    if _OTHER.search(name):
        return False
    inside = bool(re.fullmatch(r"vocabs?|vocabulary|vocabularies|dictionary", folder.rpartition("/")[2]))
    if _STRONG.search(name) or inside:
        return True
    return bool(_WEAK.search(name)) and not split_of_name(name)


def recognise_vocabulary(where: str, format: str, content: Content) -> VocabularyFile | None:
    """The tokens of a file by index; None where it is no vocabulary, whatever it holds.

    An empty container under a vocabulary's name is one without tokens.
    """
    named = is_named_like_vocabulary(where)
    if _is_of_another_kind(where) and not isinstance(content, Tree):
        return None
    found: Tokens | None = None
    target = ""
    if isinstance(content, Tree):
        found, target = _in_tree(content.value, named, where)
    elif isinstance(content, Arrays):
        found = _in_array(content) if named else None
    elif isinstance(content, Table):
        found = tokens_in_table(content, named)
    elif named:
        found = tokens_in_lines(content.lines) if isinstance(content, Text) else None
    if found is None or len(found.tokens) > MOST:
        return None
    return VocabularyFile(
        where, format, found.tokens, found.collisions, target or _target(where.rpartition("/")[2])
    )


def _is_of_another_kind(where: str) -> bool:
    return bool(_OTHER.search(in_english(where.rpartition("/")[2]).lower()))


def _target(name: str) -> str:
    """What a vocabulary is of, by its name: of texts, of classes, else of glosses."""
    stem = in_english(name).lower()
    for ending in (".txt", ".json", ".vocab.txt"):
        stem = stem.removesuffix(ending)
    words = set(re.findall(r"[a-z]+", stem))
    if words & _OF_TEXTS:
        return "text"
    return "class" if words & _OF_CLASSES or "sign_to_prediction" in stem else "gloss"


def _in_array(content: Arrays) -> Tokens | None:
    """A saved array of names, as a label encoder's `classes.npy` is."""
    if set(content.members) != {""}:
        return None
    info = content.members[""]
    if len(info.shape) != 1 or not 0 < info.shape[0] <= MOST or np.dtype(info.dtype).kind not in "US":
        return None
    return tokens_in_order(plain(content.load("").tolist()))


def _in_tree(value: Any, named: bool, where: str) -> tuple[Tokens | None, str]:
    """The tokens of nested containers, and what they are of where a key says so."""
    value = plain(value)
    if isinstance(value, Opaque):  # torchtext's Vocab, a label encoder: what the object held
        value = value.state
    if isinstance(value, (list, dict)) and not value:
        return (Tokens(()), "") if named else (None, "")
    if not _is_of_another_kind(where):
        found = _of_container(value, named)
        if found is not None:
            return found, ""
    for key, inner in _named_parts(value):
        found = _of_container(inner, True)
        if found is not None and len(found.tokens) > 1 and _has_words(found):
            return found, _target(f"{where.rpartition('/')[2]} {key}")
    return None, ""


def _of_container(value: Any, named: bool) -> Tokens | None:
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(item, Mapping) for item in value):
            return _of_entries(value)
        return tokens_in_order(value, surely=named)
    if isinstance(value, Mapping):
        return tokens_by_index(value, surely=named)
    return None


def _of_entries(entries: Sequence[Mapping[Any, Any]]) -> Tokens | None:
    """[{"id": 0, "gloss": "A"}, ...]: few keys, an index and a token."""
    if any(not 2 <= len(entry) <= 4 for entry in entries):
        return None
    keys = {re.sub(r"[\W_]+", "", in_english(name_of(key))).lower(): key for key in entries[0]}
    index = next(
        (keys[k] for k in ("id", "index", "idx", "classid", "label", "value") if k in keys), None
    )
    names = ("gloss", "token", "word", "sign", "name", "label", "class", "text")
    token = next((keys[k] for k in names if k in keys and keys[k] != index), None)
    if index is None or token is None:
        return None
    pairs = [(plain(entry.get(token)), plain(entry.get(index))) for entry in entries]
    if any(not isinstance(name, str) for name, _ in pairs) or len(dict(pairs)) < len(pairs):
        return None
    return tokens_by_index(dict(pairs), surely=False)


def _named_parts(value: Any) -> Iterator[tuple[str, Any]]:
    """The containers under keys that name a vocabulary, one or two levels down."""
    if not isinstance(value, Mapping):
        return
    for key, item in value.items():
        part = plain(item)
        if (
            isinstance(part, (list, Mapping))
            and (_names_vocabulary(key) or _is_counted(key, part, value))
            and not _is_column(key, part, value)
        ):
            yield name_of(key), part
        elif name_of(key).lower() in _AROUND and isinstance(part, Mapping):
            inside = name_of(key).lower().startswith("vocab")
            for below, inner in part.items():
                if (inside or _names_vocabulary(below)) and isinstance(plain(inner), (list, Mapping)):
                    yield name_of(below), plain(inner)


def _names_vocabulary(key: Any) -> bool:
    return bool(_KEY.fullmatch(re.sub(r"[\W_]+", "", in_english(name_of(key))).lower()))


def _is_counted(key: Any, part: Any, value: Mapping[Any, Any]) -> bool:
    """Whether `names` stand beside their number, as `nc` in the data.yaml of YOLO."""
    # before anything is counted: a vocabulary has a hundred thousand keys
    if name_of(key).lower() != "names" or not isinstance(part, (list, Mapping)):
        return False
    counts = (plain(item) for name, item in value.items() if name != key)
    return any(type(count) is int and count == len(part) for count in counts)


def _is_column(key: Any, part: Any, value: Mapping[Any, Any]) -> bool:
    """Whether `glosses` or `signs` is a column of samples: another list of names is as long."""
    if name_of(key).lower() not in ("glosses", "signs", "actions") or not isinstance(part, list):
        return False
    others = [plain(item) for name, item in value.items() if name != key]
    return any(
        isinstance(item, list) and len(item) == len(part) and all(isinstance(i, str) for i in item)
        for item in others
    )


def _has_words(found: Tokens) -> bool:
    """Whether there is a token that stands for something: <pad> and <unk> do not."""
    return any(
        token and not re.fullmatch(r"<[^<>]*>|\[[A-Z]+\]|LABEL_\d+|pad|unk|bos|eos|mask", token)
        for token in found.tokens
    )
