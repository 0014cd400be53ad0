"""Files that tell of the same samples in other words: captions, or a translation that the run is not on.

captions.pkl beside train.csv has another text for nearly every sample, in words that train.csv does not
have. Both cannot be the targets: those are that the references, the vocabulary or the splits speak for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.words.sample_ids import bare_id

FEWEST = 3  # samples that both tell of
TOLD_AGAIN = 0.9  # share of a file's samples that the others have
ALIKE = 0.1  # share of these with the same target, up to which the files may be of other words
FOREIGN = 0.5  # share of a file's words, up to which the others have them
CLEAR = (
    0.5  # share of its words that references or vocabularies must have of the one, and not of the other
)


def leave_out_retellings(found: Found) -> None:
    """Leave out the annotations whose targets are said otherwise by those that the run is on."""
    for file in list(found.annotations):
        others = [other for other in found.annotations if other is not file]
        rows = [row for other in others for row in other.rows]
        if _are_other_words(file.rows, rows) and _are_of_the_run(rows, file, found):
            found.annotations = others


def _are_other_words(mine: Sequence[Row], others: Sequence[Row]) -> bool:
    """Whether nearly all samples of a file are there with another target, and in words of their own."""
    by_id: dict[str, list[Row]] = {}
    for row in others:
        by_id.setdefault(bare_id(row.id), []).append(row)
    both = [(row, other) for row in mine for other in by_id.get(bare_id(row.id), ())]
    both = [(row, other) for row, other in both if (row.glosses is None) == (other.glosses is None)]
    again = {row.id for row, _ in both}
    if len(again) < max(FEWEST, TOLD_AGAIN * len(mine)):
        return False
    alike = sum(_target(row) == _target(other) for row, other in both)
    if alike > ALIKE * len(both):
        return False
    return _share(_words(mine), _words(other for _, other in both)) <= FOREIGN


def _are_of_the_run(rows: Sequence[Row], file: AnnotationFile, found: Found) -> bool:
    """Whether references, vocabularies or else the splits speak for the rows and not for the file."""
    references = {
        word.casefold() for one in found.predictions for said in one.references for word in said
    }
    tokens = {token.casefold() for one in found.vocabularies for token in one.tokens if token}
    for known in (references, tokens):
        theirs, mine = _share(_words(rows), known), _share(_words(file.rows), known)
        if max(theirs, mine) >= CLEAR > min(theirs, mine):
            # a list of splits and signers is not left out for one that only has other words
            return theirs > mine and not (
                any(r.split for r in file.rows) and not all(r.split for r in rows)
            )
    return all(row.split for row in rows) and not any(row.split for row in file.rows)


def _target(row: Row) -> list[str]:
    return [word.casefold() for word in (row.glosses or (row.text or "").split())]


def _words(rows: Iterable[Row]) -> set[str]:
    return {word for row in rows for word in _target(row)}


def _share(words: set[str], known: set[str]) -> float:
    return len(words & known) / len(words) if words else 0.0
