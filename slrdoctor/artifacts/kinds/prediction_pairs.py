"""Hypotheses in one file and their references in another: hyps.npy and refs.npy, ctm and stm."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Arrays, Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.splits import split_of_name

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
_NAMED = re.compile(r"^[^|]{1,300}\|")
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
        if hypotheses is None:
            hypotheses = _sequences(content)
            if hypotheses is None:
                return None
        other = siblings(name)
        references = _sequences(other) if other is not None else None
        pairs = _paired(hypotheses, references) if references is not None else None
        if pairs:
            return pairs
    return None


def reference_names(name: str) -> Iterator[str]:
    """The names that the references of a file of hypotheses may have."""
    stage = re.fullmatch(r"(?:\d+\.)?(\w+)\.hyp\.(\w+)", name)  # signjoey: 12000.dev.hyp.gls
    if stage:
        yield f"references.{stage[1]}.{stage[2]}"
        yield f"../references.{stage[1]}.{stage[2]}"
    for word, others in _NAMES:
        match = re.search(rf"(?<![a-z]){word}(?![a-z])", name, re.IGNORECASE)
        if match:
            for other in others:
                said = other.upper() if match[0].isupper() else other
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
        if len(info.shape) not in (1, 2) or (len(info.shape) == 2 and np.dtype(info.dtype).kind == "f"):
            is_scored = len(info.shape) == 2 and info.shape[1] > 0
            return list(content.load("").argmax(1).tolist()) if is_scored else None
        rows = content.load("").tolist()
        return [_unpadded(row) if isinstance(row, list) else row for row in rows]
    return None


def _unpadded(row: list[Any]) -> list[Any]:
    """A row of a padded array [N, L] without the -1 at its end."""
    while row and row[-1] == -1:
        row = row[:-1]
    return row


def _of_lines(lines: Sequence[str]) -> dict[str, Any] | list[Any]:
    """A line a sample; `name|tokens` where every line has a name."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    if kept and all(_NAMED.match(line) for line in kept):
        return {line.partition("|")[0].strip(): line.partition("|")[2].strip() for line in kept}
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
    return [(str(i), h, r) for i, (h, r) in enumerate(zip(hypotheses, references))]


def ctm_with_stm(where: str, ctm: Table, siblings: Siblings) -> Pairs | None:
    """The tokens of a ctm, by segment, with the stm of the same segments beside it.

    A segment that the ctm lacks was decoded to nothing.
    """
    name = where.rpartition("/")[2]
    split = split_of_name(name)
    stem = name.rpartition(".")[0]
    named = [
        pattern.format(said)
        for pattern in _STM.split()
        for said in (split, "dev", "test")[: 1 if split else 3]
    ]
    beside = [other.rpartition(".")[0] + ".stm" for other in reference_names(name)]
    for candidate in (f"{stem}.stm", *beside, *named, *_STM_ANY.split()):
        stm = siblings(candidate)
        if isinstance(stm, Table) and stm.columns is not None and "gloss" in stm.columns:
            decoded: dict[str, list[str]] = {}
            for row in ctm.records():
                decoded.setdefault(str(row.get("id")), []).append(str(row.get("token", "")))
            rows = [row for row in stm.records() if row.get("id")]
            if any(str(row["id"]) in decoded for row in rows):
                return [
                    (str(r["id"]), decoded.get(str(r["id"]), []), str(r.get("gloss") or ""))
                    for r in rows
                ]
    return None
