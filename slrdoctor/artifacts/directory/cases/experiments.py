"""Experiments on other data that lie in folders of one directory: each is taken by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from slrdoctor.artifacts.directory.cases.owners import run_key
from slrdoctor.artifacts.directory.cases.places import is_below
from slrdoctor.artifacts.directory.cases.run_checkpoints import is_of_other_data
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.run import AnnotationFile, FeatureSet, VocabularyFile
from slrdoctor.words.tokens import is_special

IN_COMMON = 0.5  # of the glosses or ids of the smaller of two sets, from which on they are one
KINDS = (
    "features", "annotations", "vocabularies", "histories", "predictions", "hypotheses", "outputs",
    "perhaps", "reported", "checkpoints", "configs", "problems", "unopened", "beside",
)  # fmt: skip


def apart(found: Found) -> tuple[Found, list[tuple[str, Found]]]:
    """What is left of a directory, and the experiments on other data in it, each with its folder.

    An experiment is a folder with a history. It is on other data where its glosses and ids are not
    those of what lies outside of it, or its model takes and puts out other numbers. One is taken out
    only where a run is left.
    """
    experiments = []
    for folder in _folders_of_runs(found):
        inside, outside = _below(found, folder, True), _below(found, folder, False)
        has_run = bool(outside.histories or outside.checkpoints)
        if has_run and _has_data(outside) and _is_on_other_data(inside, outside):
            experiments.append((folder, inside))
            found = outside
    return found, experiments


def _folders_of_runs(found: Found) -> list[str]:
    """The folders of histories, the outermost first; one that lies in another is not by itself."""
    folders = sorted({run_key(h.where) for h in found.histories} - {""}, key=lambda f: (f.count("/"), f))
    return [f for i, f in enumerate(folders) if not any(is_below(f, other) for other in folders[:i])]


def _below(found: Found, folder: str, is_inside: bool) -> Found:
    """What was found in a folder, or outside of it."""
    part = replace(found)
    for kind in KINDS:
        listed = [one for one in getattr(found, kind) if is_below(one.where, folder) == is_inside]
        setattr(part, kind, listed)
    divided = [one for s in found.features for one in _divided(s, folder) if one[0] == is_inside]
    part.features = [one for _, one in divided]
    return part


def _divided(features: FeatureSet, folder: str) -> list[tuple[bool, FeatureSet]]:
    """The clips that lie in a folder and those that do not, of a set whose folder is around it."""
    around = "" if features.where == "." else features.where
    if is_below(around, folder) or not is_below(folder, around):
        return [(is_below(around, folder), features)]
    way = f"{folder.removeprefix(around).strip('/')}/"
    inside = tuple(clip for clip in features.clips if clip.key.startswith(way))
    if not inside or len(inside) == len(features.clips):
        return [(bool(inside), features)]
    outside = tuple(clip for clip in features.clips if not clip.key.startswith(way))
    mine = tuple(replace(clip, key=clip.key.removeprefix(way)) for clip in inside)
    broken = [b for b in features.broken if is_below(b[0], folder)]
    return [
        (True, replace(features, where=folder, clips=mine, broken=tuple(broken))),
        (False, replace(features, clips=outside,
                        broken=tuple(b for b in features.broken if b not in broken))),
    ]  # fmt: skip


def _has_data(found: Found) -> bool:
    return bool(found.features or found.annotations or found.vocabularies)


def _is_on_other_data(inside: Found, outside: Found) -> bool:
    ids = (_ids(part.annotations) for part in (inside, outside))
    if _share(*ids) >= IN_COMMON:
        return False
    mine, theirs = (_glosses(part.annotations, part.vocabularies) for part in (inside, outside))
    if mine and theirs:
        return _share(mine, theirs) < IN_COMMON
    if mine or inside.annotations or inside.features:
        return False
    return is_of_other_data(
        inside.checkpoints, outside.features, outside.annotations, outside.vocabularies
    )


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the smaller of two sets the other has."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _ids(files: Sequence[AnnotationFile]) -> frozenset[str]:
    return frozenset(row.id for file in files for row in file.rows if not row.id.isdigit())


def _glosses(files: Sequence[AnnotationFile], vocabularies: Sequence[VocabularyFile]) -> frozenset[str]:
    """The glosses that are annotated, else those of the vocabularies; in lower case, no numbers."""
    words: Iterable[str] = (g for file in files for row in file.rows for g in row.glosses or ())
    told = frozenset(word.lower() for word in words if not word.isdigit())
    if told:
        return told
    tokens = (t for file in vocabularies if file.target != "text" for t in file.tokens if t)
    return frozenset(t.lower() for t in tokens if not t.isdigit() and not is_special(t.strip(), True))
