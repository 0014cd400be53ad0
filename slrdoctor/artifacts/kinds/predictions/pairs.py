"""Hypotheses in one file and their references in another: hyps.npy and refs.npy, ctm and stm."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Arrays, Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.plain_values import are_one_hot
from slrdoctor.words.splits import split_of_name, split_of_word
from slrdoctor.words.translation import in_english, words_for

Siblings = Callable[[str], Content | None]
Pairs = list[tuple[str, Any, Any]]

# what a file of hypotheses is called, and what that of its references may be
_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("hypotheses", ("references", "refs")),
    ("hypothesis", ("reference", "references", "ref")),
    ("hyps", ("refs", "references", "targets")),
    ("hyp", ("ref", "refs", "reference")),
    (
        "predictions",
        ("references", "targets", "labels", "ground_truth", "groundtruth", "refs", "trues", "gt"),
    ),
    ("prediction", ("reference", "target", "label", "ground_truth", "ref", "gt")),
    ("predicted", ("true", "actual", "references", "labels")),
    ("preds", ("refs", "targets", "labels", "trues", "true", "gts", "gt", "references")),
    ("pred", ("ref", "true", "target", "targets", "label", "labels", "gt", "truth")),
    ("pres", ("refs",)),
    ("decoded", ("references", "refs", "targets")),
    ("outputs", ("targets", "labels", "references")),
)
# signjoey: gls/12000.dev.hyp.gls, best.IT_00012000.BW_01.A_-1.dev.txt
_STAGE = re.compile(r"(?:^|[._-])([a-z]+)(?:\.hyps?)?\.([a-z]+)$", re.IGNORECASE)
_BY_A_MODEL = re.compile(
    r"(?:^|[^a-z])(?:hyps?|best|beam|bw|it|iter|step|decoded)(?:[^a-z]|$)|^\d", re.IGNORECASE
)
_LETTERS = re.compile(r"[^\W\d_]+")
_OF_CLASSES_TOO = ("label", "labels", "true", "truth")  # names of other files as well
_OF_REFERENCES = ("references", "reference", "refs", "ref")
_NAMED = re.compile(r"^[^|]{1,300}\|")
_TRN = re.compile(r"(?:^|\s)\(([^()\s](?:[^()]{0,298}[^()\s])?)\)\s*$")  # an id may have blanks
# what the references of a split are called beside a ctm
_STM = """
    phoenix2014-groundtruth-{}.stm phoenix2014-T-groundtruth-{}.stm CSL-Daily-groundtruth-{}.stm
    CSL-groundtruth-{}.stm groundtruth-{}.stm references-{}.stm reference-{}.stm {}.stm
"""
_STM_ANY = "tmp.stm ref.stm refs.stm reference.stm references.stm groundtruth.stm out.stm"


def pairs_of_two_files(where: str, content: Content, siblings: Siblings) -> Pairs | None:
    """The pairs of a file of hypotheses and the file of references beside it."""
    hypotheses = None
    for name in reference_names(where.rpartition("/")[2]):
        other = siblings(name)
        if other is None:
            continue
        if hypotheses is None:
            hypotheses = _sequences(content)
            if hypotheses is None:
                return None
        references = _sequences(other)
        pairs = _paired(hypotheses, references) if references is not None else None
        if pairs:
            return pairs
    return None


def reference_names(name: str) -> Iterator[str]:
    """The names that the references of a file of hypotheses may have."""
    stage = _STAGE.search(name)
    if stage and split_of_word(stage[1]) and _BY_A_MODEL.search(name):
        for word in _OF_REFERENCES:
            yield f"{word}.{stage[1]}.{stage[2]}"
        for word in _OF_REFERENCES:
            yield f"../{word}.{stage[1]}.{stage[2]}"
    for word, others in _NAMES:
        match = re.search(rf"(?<![a-z]){word}(?![a-z])", name, re.IGNORECASE)
        if match:
            for other in others:
                said = other.upper() if match[0].isupper() else other
                yield name[: match.start()] + said + name[match.end() :]
            for other in others:  # references.txt beside generated_predictions.txt
                if other not in _OF_CLASSES_TOO:
                    yield other + name[match.end() :]
            return
    yield from _names_abroad(name)


def _names_abroad(name: str) -> Iterator[str]:
    """The same in other languages: `referenzen.txt` for `hypothesen.txt`."""
    for match in _LETTERS.finditer(name):
        if in_english(match[0]) in ("hypothesis", "prediction", "output"):
            for word in words_for("reference", "target", "label"):
                said = word.upper() if match[0].isupper() else word
                said = said.capitalize() if match[0].istitle() else said
                yield name[: match.start()] + said + name[match.end() :]
            return


def _sequences(content: Content) -> dict[str, Any] | list[Any] | None:
    """Token sequences, or one class a sample: by id where the file has ids."""
    if isinstance(content, Text):
        return _of_lines(content.lines)
    if isinstance(content, Tree):
        if isinstance(content.value, Mapping):
            return {str(key): value for key, value in content.value.items()}
        return list(content.value) if isinstance(content.value, (list, tuple)) else None
    if isinstance(content, Arrays) and set(content.members) == {""}:
        info = content.members[""]
        if len(info.shape) == 1:
            return list(content.load("").tolist())
        if len(info.shape) != 2 or not info.shape[1]:
            return None
        rows = content.load("")
        if rows.dtype.kind == "f" or are_one_hot(rows):
            scored = ~np.isnan(rows).any(axis=1)
            return [
                int(row.argmax()) if known else None for row, known in zip(rows, scored, strict=False)
            ]
        return list(rows.tolist())
    return None


def _of_lines(lines: Sequence[str]) -> dict[str, Any] | list[Any]:
    """A line a sample; `name|tokens` or sclite's `tokens (name)` where every line has a name."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    if kept and all(_NAMED.match(line) for line in kept):
        return {line.partition("|")[0].strip(): line.partition("|")[2].strip() for line in kept}
    ends = [_TRN.search(line) for line in kept]
    of_id = {
        end[1]: line[: end.start()].strip()
        for end, line in zip(ends, kept, strict=False)
        if end is not None
    }
    if len(of_id) == len(kept) > 1:
        return of_id
    return [line.strip() for line in kept]


def _paired(
    hypotheses: dict[str, Any] | list[Any], references: dict[str, Any] | list[Any]
) -> Pairs | None:
    if isinstance(hypotheses, dict) and isinstance(references, dict):
        return [
            (key, hypotheses[key], references[key]) for key in hypotheses if key in references
        ] or None
    if isinstance(hypotheses, dict) or isinstance(references, dict):
        return None
    # empty hypotheses at the end are lines without anything on them
    if len(references) > len(hypotheses) and all(isinstance(h, str) for h in hypotheses):
        hypotheses = [*hypotheses, *[""] * (len(references) - len(hypotheses))]
    if len(hypotheses) != len(references) or not hypotheses:
        return None
    return [(str(i), h, r) for i, (h, r) in enumerate(zip(hypotheses, references, strict=False))]


def ctm_with_stm(where: str, ctm: Table, siblings: Siblings) -> Pairs | None:
    """The tokens of a ctm, by segment, with the stm of the same segments beside it.

    A ctm without lines has no segments to go by: its name must say whose hypotheses they are.
    """
    name = where.rpartition("/")[2]
    split = split_of_name(name)
    stem = name.rpartition(".")[0]
    named = [
        pattern.format(said)
        for pattern in _STM.split()
        for said in (split, "dev", "test")[: 1 if split or not ctm.rows else 3]
    ]
    beside = [other.rpartition(".")[0] + ".stm" for other in reference_names(name)]
    for candidate in (f"{stem}.stm", *beside, *named, *_STM_ANY.split()):
        stm = siblings(candidate)
        pairs = pairs_of_segments(ctm, stm) if isinstance(stm, Table) else None
        if pairs:
            return pairs
    return None


def pairs_of_segments(ctm: Table, stm: Table) -> Pairs | None:
    """A pair for each segment of the stm; None where all lines of the ctm are of other segments.

    A segment that the ctm lacks was decoded to nothing, so a ctm without lines is every one of them.
    """
    if stm.columns is None or "gloss" not in stm.columns:
        return None
    decoded = _decoded(ctm)
    rows = [row for row in stm.records() if row.get("id")]
    if decoded and not any(str(row["id"]) in decoded for row in rows):
        return None
    several = Counter(str(row["id"]) for row in rows)
    return [
        (key, _said(decoded.get(key, []), row if several[key] > 1 else None), _meant(row))
        for row in rows
        for key in [str(row["id"])]
    ]


def tokens_of_ctm(ctm: Table) -> dict[str, list[str]]:
    """The tokens of every segment in the order of time; a segment without any is not there."""
    return {key: [token for *_, token in lines] for key, lines in _decoded(ctm).items()}


def _decoded(ctm: Table) -> dict[str, list[tuple[float, float, str]]]:
    """(start, middle, token) of every line by segment, in the order of time, as sclite takes them."""
    found: dict[str, list[tuple[float, float, str]]] = {}
    for row in ctm.records():
        if "token" in row:
            start, length = _seconds(row.get("start")), _seconds(row.get("duration"))
            found.setdefault(str(row.get("id")), []).append((start, start + length / 2, row["token"]))
    return {key: sorted(lines, key=lambda line: line[0]) for key, lines in found.items()}


def _said(lines: Sequence[tuple[float, float, str]], segment: Mapping[str, Any] | None) -> list[str]:
    """The tokens of a segment: all of its id, or those in its time where the id has several."""
    if segment is None:
        return [token for *_, token in lines]
    start, end = _seconds(segment.get("start")), _seconds(segment.get("end"))
    return [token for _, middle, token in lines if start <= middle < end]


def _meant(row: Mapping[str, Any]) -> str:
    return str(row.get("gloss") or "")


def _seconds(cell: Any) -> float:
    """A time, or zero where it is none: those lines keep the order of the file."""
    try:
        time = float(cell)
    except (TypeError, ValueError):
        return 0.0
    return 0.0 if math.isnan(time) else time
