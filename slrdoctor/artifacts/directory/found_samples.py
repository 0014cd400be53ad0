"""Arrays of many samples among the files: taken with their labels, and settled once all are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from slrdoctor.artifacts.clip_places import Entry, TableRow
from slrdoctor.artifacts.content import Arrays, Content, Reader, Unreadable
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.directory.listing import File, Listing
from slrdoctor.artifacts.kinds import checkpoints, features
from slrdoctor.artifacts.kinds.annotations import batch_labels
from slrdoctor.artifacts.kinds.samples import samples_in
from slrdoctor.artifacts.kinds.samples.folders import stored_file
from slrdoctor.artifacts.run import AnnotationFile, Clip, FeatureSet
from slrdoctor.words.splits import split_of_name


def take_samples(file: File, format: str, content: Content, listing: Listing, found: Found) -> bool:
    """Whether a file holds samples by their places; they and their labels are taken then."""
    stored = samples_in(stored_file(file, format, content, listing))
    found.features += stored.sets
    found.annotations += stored.labels
    found.of_samples |= stored.companions
    return bool(stored.sets)


def take_clips(file: File, format: str, content: Content, found: Found) -> bool:
    """Whether a file is a container of clips, which are taken then."""
    clips, stored = features.clips_in(file.path, format, content)
    if clips:
        split = split_of_name(file.where)
        one = FeatureSet(split, file.where, format, "container", clips, stored)
        found.features.append(replace(one, counted=are_places(clips)))
    return bool(clips)


def take_samples_of_weights(file: File, reader: Reader, listing: Listing, found: Found) -> bool:
    """Whether a file that is called like a checkpoint holds samples, which are taken then."""
    try:
        content = reader.read(file.path) if checkpoints.may_hold_samples(file.path.name) else None
    except Unreadable:
        return False
    if content is None or checkpoints.has_parameters(content):
        return False
    return take_samples(file, reader.name, content, listing, found) or take_clips(
        file, reader.name, content, found
    )


def take_batch_labels(file: File, format: str, content: Content, found: Found) -> None:
    """Labels beside a batch array: y of an npz, y_train.npy beside X_train.npy."""
    if isinstance(content, Arrays):
        labelled = batch_labels.recognise_batch_labels(file.where, format, content)
        if labelled is not None:
            found.annotations.append(labelled)


def are_places(clips: Iterable[Clip]) -> bool:
    """Whether keys only count: of entries of one array, without ids beside them."""
    return all(
        clip.key.isdecimal() and (isinstance(clip.place, (Entry, TableRow)) or clip.rows is not None)
        for clip in clips
    )


def settle_samples(found: Found) -> None:
    """Leave out what the lists beside arrays were taken for when they were opened by themselves."""
    used = found.of_samples
    found.annotations = [
        a for a in found.annotations if a.where not in used or any(row.stored for row in a.rows)
    ]
    found.vocabularies = [v for v in found.vocabularies if v.where not in used]
    found.features = [f for f in found.features if f.where not in used]


def of_taken(files: Sequence[AnnotationFile], sets: Sequence[FeatureSet]) -> list[AnnotationFile]:
    """The annotations without the labels of arrays that were not taken."""
    there = {one.where for one in sets}

    def is_taken(file: AnnotationFile) -> bool:
        return not file.rows or any(not r.stored or r.stored[0] in there for r in file.rows)

    return [file for file in files if is_taken(file)]


def distinctly_named(
    files: Sequence[AnnotationFile], sets: Sequence[FeatureSet]
) -> tuple[list[AnnotationFile], list[FeatureSet]]:
    """Samples that only places name, by the name of their array where several of a split count so."""
    counted = [one for one in sets if one.counted]
    splits = [one.split for one in counted]
    several = {one.where for one in counted if splits.count(one.split) > 1}
    named = [
        replace(one, clips=tuple(replace(c, key=f"{one.where}[{c.key}]") for c in one.clips))
        if one.where in several
        else one
        for one in sets
    ]
    return [
        replace(
            file,
            rows=tuple(
                replace(row, id=f"{row.stored[0]}[{row.id}]")
                if row.stored and row.stored[0] in several
                else row
                for row in file.rows
            ),
        )
        for file in files
    ], named
