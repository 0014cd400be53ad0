"""Put what `slrdoctor.toml` points to in the place of what detection found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.directory.listing import Listing
from slrdoctor.artifacts.directory.named_files import named_files
from slrdoctor.artifacts.directory.named_samples import named_labels, named_sets
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.kinds.outputs.folders import as_features, settle
from slrdoctor.artifacts.kinds.vocabulary import recognise_vocabulary
from slrdoctor.artifacts.run import VocabularyFile
from slrdoctor.artifacts.settings.read import NAME, Paths, Settings, SettingsError

Find = Callable[[Listing], Found]
WHOLE = "path"  # a key of [features] and [annotations]: the files tell the splits themselves
# what the user calls each: the section that names it
SECTIONS = {
    "vocabularies": "vocabulary",
    "checkpoints": "checkpoint",
    "histories": "history",
    "predictions": "predictions",
    "configs": "config",
}


def apply(found: Found, settings: Settings, root: Path, find: Find) -> None:
    """Take the user's word over detection, for each artifact that the settings name.

    Raises SettingsError where a path does not exist, and where annotations, a vocabulary, a
    history, predictions, a config or a checkpoint cannot be read as such; a folder without
    features is a finding, not an error.
    """
    found.parts = settings.parts

    def looked(listing: Listing) -> Found:
        named = find(listing)
        found.inside |= named.inside
        found.opened |= named.opened
        return named

    if settings.features:
        _take_features(found, settings.features, root, looked)
    if settings.annotations:
        _take_annotations(found, settings.annotations, root, looked)
    paths: Mapping[str, Paths] = {
        "vocabularies": settings.vocabulary,
        "checkpoints": settings.checkpoint,
        "histories": settings.history,
        "predictions": settings.predictions,
        "configs": settings.config,
    }
    for kind, written in paths.items():
        if written:
            named = _named(written, root, looked, kind, SECTIONS[kind], "path")
            if kind == "predictions":
                _take_predictions(found, named)
            else:
                setattr(found, kind, getattr(named, kind))


def _take_features(found: Found, places: Mapping[str, Paths], root: Path, find: Find) -> None:
    detected = found.features
    # a split that the user does not name stays as it was found; a set of no split holds
    # files that are now named, so it goes
    is_kept = WHOLE not in places
    found.features = [s for s in detected if is_kept and s.split and s.split not in places]
    for split, written in places.items():
        if known := named_sets(detected, written, split):
            found.features += [s if split == WHOLE else replace(s, split=split) for s in known]
            continue
        named = find(named_files(written, root, "features", split))
        named.features += [as_features(output) for output in named.outputs]
        found.features += [s if split == WHOLE else replace(s, split=split) for s in named.features]
        found.problems += [p for p in named.problems if p not in found.problems]
        found.unopened += [u for u in named.unopened if u not in found.unopened]
        if not named.features:
            found.beside = [s for s in detected if s not in found.features]
            said = " and ".join(map(repr, written))
            found.expected.append(f"{NAME}: [features] {split} = {said} has no features")
    named_so = {one.where for one in found.features}
    found.outputs = [output for output in found.outputs if output.where not in named_so]


def _take_annotations(found: Found, places: Mapping[str, Paths], root: Path, find: Find) -> None:
    detected = found.annotations
    found.annotations = []
    for split, written in places.items():
        if known := named_labels(detected, written, split):
            found.annotations += known
            continue
        named = _named(written, root, find, "annotations", "annotations", split)
        found.annotations += (
            named.annotations
            if split == WHOLE
            else [
                replace(a, rows=tuple(replace(r, split=split) for r in a.rows))
                for a in named.annotations
            ]
        )
        found.split_of.update(named.split_of)


def _take_predictions(found: Found, named: Found) -> None:
    """Hypotheses, with or without references, and what a model gave: those named, and no others."""
    settle(named)
    found.outputs = named.outputs or found.outputs
    if named.predictions or named.hypotheses:
        found.predictions, found.hypotheses = named.predictions, named.hypotheses


def _named(written: Paths, root: Path, find: Find, kind: str, section: str, key: str) -> Found:
    listing = named_files(written, root, section, key)
    named = find(listing)
    if kind == "vocabularies" and not named.vocabularies:
        named.vocabularies = list(_as_vocabulary(listing))
    if not getattr(named, kind) and not (kind == "predictions" and _are_outputs(named)):
        why = f": {named.problems[0].message}" if named.problems else _taken_for(named, kind)
        said = ", ".join(map(repr, written))
        raise SettingsError(f"{NAME}: [{section}] {key} = {said} could not be read as {kind}{why}")
    return named


def _taken_for(named: Found, kind: str) -> str:
    """What the named files were taken for in place of what the user says they are."""
    kinds = (
        "features", "annotations", "vocabularies", "histories", "predictions", "outputs", "checkpoints",
        "configs",
    )  # fmt: skip
    others = [one for one in kinds if one != kind and getattr(named, one)]
    return f": what is there looks like {' and '.join(others)}" if others else ": nothing was recognised"


def _are_outputs(named: Found) -> bool:
    """Whether there are hypotheses alone, or what the user says that a model gave."""
    named.outputs += [replace(output, kind="log_probs") for output in named.perhaps]
    return bool(named.outputs or named.hypotheses)


def _as_vocabulary(listing: Listing) -> Iterator[VocabularyFile]:
    """A file that is a vocabulary because the user says so, whatever its name is."""
    for file in listing.files:
        try:
            words = recognise_vocabulary("vocabulary.txt", file.suffix, read(file.path))
        except Unreadable:
            continue
        if words is not None:
            yield replace(words, where=file.where)
