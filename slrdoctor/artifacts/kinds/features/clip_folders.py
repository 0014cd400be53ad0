"""Find folders of features: a file, the files of the parts, or a folder of frame files per sample."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from slrdoctor.artifacts.directory.listing import File, Listing
from slrdoctor.artifacts.formats import clip_suffixes
from slrdoctor.artifacts.kinds.features.clip_groups import (
    Candidate,
    Group,
    Sample,
    candidates,
    candidates_in_parts,
    peek,
    peek_at_parts,
)
from slrdoctor.artifacts.kinds.features.clip_roots import roots
from slrdoctor.artifacts.kinds.features.parts import in_parts
from slrdoctor.artifacts.kinds.features.sign_names import are_classes
from slrdoctor.artifacts.kinds.outputs.folders import named_for_outputs, output_folder
from slrdoctor.artifacts.run import Clip, FeatureSet, OutputFile
from slrdoctor.words.splits import split_of_name, without_splits

_FRAME_TAIL = re.compile(r"_?\d+_keypoints$")  # OpenPose writes a file a frame; WLASL: image_00001


def find_clip_folders(listing: Listing) -> tuple[list[FeatureSet], list[OutputFile], set[str]]:
    """The feature sets and outputs that are folders, and the paths (`File.where`) they account for."""
    groups = [g for one in candidates_in_parts(listing) if (g := peek_at_parts(one)) is not None]
    used = {file.where for g in groups for file in g.files}
    outputs: list[OutputFile] = []
    given: set[str] = set()
    for candidate in candidates(listing):
        left = _without(candidate, used)
        named = named_for_outputs(left.folder, left.files)
        wheres = {file.where for file in named}
        found = output_folder(named)
        if found is not None:
            outputs += found
            given |= wheres
        if found is not None or len(named) < len(left.files):
            left = _without(left, wheres)
        group = peek(left, listing) if left.samples else None
        groups += [group] if group is not None else []
    frames = [g for g in groups if g.is_frames]
    # one folder of numbered vectors may be one vector a sample; several such folders are clips
    if len(frames) < 2 and not any(clip_suffixes()[g.suffix].is_frame for g in frames):
        groups = [replace(g, is_frames=False) for g in groups]
    used = {file.where for g in groups for file in g.files}
    sets = [_feature_set(root, split, list(found)) for (root, split), found in roots(groups).items()]
    return sets + list(_empty_splits(listing, sets)), outputs, used | given


def _without(candidate: Candidate, wheres: set[str]) -> Candidate:
    kept = tuple(s for s in candidate.samples if not any(file.where in wheres for file in s.files))
    return replace(candidate, samples=kept)


def _empty_splits(listing: Listing, sets: Iterable[FeatureSet]) -> Iterator[FeatureSet]:
    """Folders of a split without a file, where the same folder of another split holds features."""
    full = {(without_splits(one.where), one.where): one for one in sets if one.split}
    for where in listing.empty_folders:
        split = split_of_name(where.rpartition("/")[2])
        twin = next(
            (s for (family, _), s in full.items() if split and family == without_splits(where)), None
        )
        if twin is not None:
            yield FeatureSet(split, where, twin.format, twin.layout, ())


def _feature_set(root: str, split: str, groups: list[Group]) -> FeatureSet:
    labelled = _has_labels(root, groups)
    clips = [clip for group in groups for clip in _clips(root, group, labelled)]
    frames = any(g.is_frames for g in groups)
    return FeatureSet(
        split=split,
        where=root or ".",
        format=groups[0].reader,
        layout="folder of frames per sample" if frames else "file per sample",
        clips=tuple(clips),
        length_stored=False,
        broken=tuple(_incomplete(groups)),
    )


def _incomplete(groups: Iterable[Group]) -> Iterator[tuple[str, str, str]]:
    """The samples that lack the file of a part which others have."""
    for group in groups:
        for sample in group.samples:
            missing = [part for part in group.parts if part not in sample.parts]
            if missing:
                where = f"{group.folder}/{sample.name}" if group.folder else sample.name
                yield where, "missing-part", f"stored without {' and '.join(missing)}"


def _has_labels(root: str, groups: list[Group]) -> bool:
    """Whether the folders that hold the samples are classes: several, and no signers or parts."""
    below = [PurePosixPath(g.folder).parts[len(PurePosixPath(root).parts) :] for g in groups]
    if len({len(parts) for parts in below}) != 1:
        return False
    names = {_label(parts, g) for parts, g in zip(below, groups, strict=False)} - {""}
    return are_classes(names)


def _label(below: tuple[str, ...], group: Group) -> str:
    """The folder that would be the class: right above the samples."""
    if group.is_frames:
        return below[-2] if len(below) > 1 else ""
    return below[-1] if below else ""


def _clips(root: str, group: Group, labelled: bool) -> Iterator[Clip]:
    below = PurePosixPath(group.folder).parts[len(PurePosixPath(root).parts) :]
    label = _label(below, group) if labelled else ""
    if not group.is_frames:
        for sample in group.samples:
            clip = _clip(sample, group)
            if clip is not None:
                yield replace(clip, key="/".join((*below, sample.name)), label=label)
        return
    for key, files in _frame_runs(below, group):
        ordered = tuple(f.path for f in sorted(files, key=_frame_number))
        yield Clip(key, ordered[0].parent, group.reader, frames=ordered, label=label)


def _clip(sample: Sample, group: Group) -> Clip | None:
    """The clip of a file, of parts in a file, or of a file a part; None where a part is missing."""
    clip = Clip(sample.name, sample.files[0].path, group.reader, group.place)
    if group.places:
        return in_parts(clip, group.places)
    if not group.parts:
        return clip
    files = dict(zip(sample.parts, sample.files, strict=True))
    if any(part not in files for part in group.parts):
        return None
    parts = (replace(clip, key=part, path=files[part].path) for part in group.parts)
    return replace(clip, parts=tuple(parts))


def _frame_runs(below: tuple[str, ...], group: Group) -> Iterable[tuple[str, list[File]]]:
    """One clip a folder; OpenPose may keep several videos in one, told apart by their names."""
    if not clip_suffixes()[group.suffix].is_frame:
        return [("/".join(below) or group.folder.rpartition("/")[2], list(group.files))]
    videos: dict[str, list[File]] = {}
    for file in group.files:
        videos.setdefault(_FRAME_TAIL.sub("", file.path.stem), []).append(file)
    if len(videos) == 1:
        [files] = videos.values()
        return [("/".join(below) or next(iter(videos)), files)]
    return [("/".join((*below, video)), files) for video, files in videos.items()]


def _frame_number(file: File) -> tuple[int, str]:
    digits = re.findall(r"\d+", file.path.stem)
    return (int(digits[-1]) if digits else -1, file.path.stem)
