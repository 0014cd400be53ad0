"""Give hypotheses that have no references beside them those that lie elsewhere in the run directory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from slrdoctor.artifacts.content import Table, Unreadable
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.directory.listing import File, Listing
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.kinds.predictions.hypotheses_alone import (
    ANNOTATED,
    Hypotheses,
    with_annotated_references,
)
from slrdoctor.artifacts.kinds.predictions.in_order import paired_in_order
from slrdoctor.artifacts.kinds.predictions.pairs import Pairs, pairs_of_segments
from slrdoctor.artifacts.kinds.predictions.tokens import tokens_of
from slrdoctor.artifacts.run import PredictionFile, Row
from slrdoctor.artifacts.settings.read import NAME, Settings, SettingsError
from slrdoctor.words.sample_ids import bare_id
from slrdoctor.words.splits import split_of_name

MOST_STM = 40  # files of references that are tried


def pair_hypotheses(found: Found, settings: Settings, listing: Listing) -> None:
    """Pair each with an stm of its segments, wherever that lies, else with the annotated targets.

    Raises SettingsError where the user names hypotheses that nothing can be compared with.
    """
    rows = [row for file in found.annotations for row in file.rows]
    by_class = [] if rows else list(_of_class_folders(found))
    tokens = [vocabulary.tokens for vocabulary in found.vocabularies]
    named: list[Hypotheses] = []
    for alone in found.hypotheses:
        paired = _with_stm(alone, found, listing) if alone.format == "ctm" else None
        paired = paired or with_annotated_references(alone, rows or by_class)
        paired = paired or (
            paired_in_order(alone, found.annotations, tokens) if alone.in_order else None
        )
        if paired is not None:
            found.predictions.append(paired)
        elif settings.predictions:
            raise SettingsError(_without_references(alone))
        named += [alone] if alone.by_id or paired is not None else []
    found.hypotheses = named  # lines that are in no order of samples may be anything
    found.predictions = _with_splits(found.predictions, rows)


def _with_splits(files: Sequence[PredictionFile], rows: Sequence[Row]) -> list[PredictionFile]:
    """Predictions of a file whose name tells no split are of the one split that has all their ids.

    Where these are only places, they are of the one split that has exactly their references.
    """
    splits: dict[str, set[str]] = {}
    for row in rows:
        splits.setdefault(bare_id(row.id), set()).add(row.split)
    told: list[PredictionFile] = []
    for file in files:
        of_ids = {split for key in file.ids for split in splits.get(bare_id(key), {""})}
        # of hypotheses without ids, the places stand for these
        named = any(not key.isdecimal() for key in file.ids)
        is_told = named and len(of_ids) == 1 and not file.split
        if not named and not file.split:
            of_ids, is_told = _splits_of_targets(file, rows)
        told.append(replace(file, split=of_ids.pop()) if is_told else file)
    return told


def _splits_of_targets(file: PredictionFile, rows: Sequence[Row]) -> tuple[set[str], bool]:
    """The splits whose targets are the references of a file, in any order, and whether it is one."""
    targets: dict[str, Counter[tuple[str, ...]]] = {}
    for row in rows:
        targets.setdefault(row.split, Counter())[row.glosses or tuple((row.text or "").split())] += 1
    references = Counter(file.references)
    same = {split for split, counted in targets.items() if counted == references}
    return same, len(same) == 1


def _without_references(alone: Hypotheses) -> str:
    if not alone.by_id:
        return (
            f"{NAME}: [predictions] {alone.where} has {len(alone.in_order)} hypotheses without ids and "
            f"no references, and no split here has as many samples in that order"
        )
    first = next(iter(alone.by_id))
    return (
        f"{NAME}: [predictions] {alone.where} has {len(alone.by_id)} hypotheses and no references: "
        f"no annotations and no stm here have their ids (such as {first!r})"
    )


def _of_class_folders(found: Found) -> Iterator[Row]:
    """The class of each clip that lies in a folder of its class, with and without that folder."""
    for one in found.features:
        for clip in one.clips:
            for name in (clip.key, PurePosixPath(clip.key).name) if clip.label else ():
                yield Row(name, one.split, glosses=(clip.label,))


def _with_stm(alone: Hypotheses, found: Found, listing: Listing) -> PredictionFile | None:
    """The stm that has the most of the segments; of several the one that lies nearest."""
    ctm = _table(listing.root / alone.where)
    best: tuple[int, File, Pairs] | None = None
    for file in _references(alone, listing):
        stm = _table(file.path)
        pairs = pairs_of_segments(ctm, stm) if ctm is not None and stm is not None else None
        ids = {key for key, _, _ in pairs or ()}
        common = len(ids & set(alone.by_id))
        if pairs and common >= ANNOTATED * len(alone.by_id) and (best is None or common > best[0]):
            best = (common, file, pairs)
    if best is None:
        return None
    _, file, pairs = best
    found.references[file.where] = alone.where
    return PredictionFile(
        alone.where,
        alone.format,
        alone.split or split_of_name(file.where),
        ids=tuple(key for key, _, _ in pairs),
        hypotheses=tuple(tokens_of(said) for _, said, _ in pairs),
        references=tuple(tokens_of(meant) for _, _, meant in pairs),
    )


def _references(alone: Hypotheses, listing: Listing) -> Iterator[File]:
    """The stm files that may be of the same split, the nearest first."""
    here = alone.where.split("/")[:-1]

    def distance(file: File) -> int:
        there = file.folder.split("/") if file.folder else []
        shared = sum(1 for a, b in zip(here, there, strict=False) if a == b)
        return len(here) + len(there) - 2 * shared

    files = [f for f in listing.files if f.suffix == ".stm"]
    for file in sorted(files, key=lambda f: (distance(f), f.where))[:MOST_STM]:
        split = split_of_name(file.where)
        if not alone.split or not split or split == alone.split:
            yield file


def _table(path: Path) -> Table | None:
    try:
        content = read(path)
    except Unreadable:
        return None
    return content if isinstance(content, Table) else None
