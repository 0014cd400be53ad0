"""Find folders of features: a file per sample, or a folder of frame files per sample."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from slrdoctor.artifacts.clip_places import WHOLE, Place
from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Unreadable
from slrdoctor.artifacts.directory.listing import File, Listing
from slrdoctor.artifacts.formats import clip_suffixes, read, reader_of
from slrdoctor.artifacts.kinds import checkpoints, features
from slrdoctor.artifacts.kinds.features.peeking import (
    is_feature_folder,
    is_lone_clip,
    is_one_frame,
    place_in,
)
from slrdoctor.artifacts.kinds.features.sign_names import are_classes, are_many_signs
from slrdoctor.artifacts.kinds.outputs.folders import named_for_outputs, output_folder
from slrdoctor.artifacts.kinds.outputs.names import is_named_like_outputs
from slrdoctor.artifacts.kinds.samples.folders import are_arrays_of_samples
from slrdoctor.artifacts.run import Clip, FeatureSet, OutputFile
from slrdoctor.words.splits import split_of_name, without_splits

PEEKED = 3  # files opened to tell what a folder holds
LARGEST_PEEKED = 64 << 20  # bytes of a text
MANY = 3  # arrays of a kind in one folder that make it a folder of features
BATCH_FILES = 12  # at most so many files where one is named for labels: X, y and lengths of each split
_NUMBERED = re.compile(r"(?:.*[^0-9])?(\d+)$")
_FRAME_TAIL = re.compile(r"_?\d+_keypoints$")  # OpenPose writes a file a frame; WLASL: image_00001


@dataclass(frozen=True)
class _Group:
    """The array files of one folder that share a suffix, and what a peek at some showed."""

    folder: str
    suffix: str
    files: tuple[File, ...]
    reader: str
    place: Place
    is_frames: bool  # every file is one frame
    info: ArrayInfo | None  # of the first that could be read


def find_clip_folders(listing: Listing) -> tuple[list[FeatureSet], list[OutputFile], set[str]]:
    """The feature sets and outputs that are folders, and the paths (`File.where`) they account for."""
    groups, outputs, given = [], [], set()
    for folder, suffix, files in _candidates(listing):
        named = named_for_outputs(folder, files)
        wheres = {file.where for file in named}
        found = output_folder(named)
        if found is not None:
            outputs += found
            given |= wheres
        if found is not None or len(named) < len(files):
            files = [file for file in files if file.where not in wheres]
        group = _peek(folder, suffix, files, listing) if files else None
        groups += [group] if group is not None else []
    frames = [g for g in groups if g.is_frames]
    # one folder of numbered vectors may be one vector a sample; several such folders are clips
    if len(frames) < 2 and not any(clip_suffixes()[g.suffix].is_frame for g in frames):
        groups = [replace(g, is_frames=False) for g in groups]
    used = {file.where for g in groups for file in g.files}
    sets = [_feature_set(root, split, list(found)) for (root, split), found in _roots(groups).items()]
    return sets + list(_empty_splits(listing, sets)), outputs, used | given


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


def _candidates(listing: Listing) -> Iterator[tuple[str, str, list[File]]]:
    for folder, files in listing.by_folder.items():
        by_suffix: dict[str, list[File]] = {}
        for file in files:
            suffix = next((s for s in clip_suffixes() if file.path.name.lower().endswith(s)), "")
            name = file.path.name
            if suffix and (
                is_named_like_outputs(name) or not checkpoints.is_named_like_checkpoint(name)
            ):
                by_suffix.setdefault(suffix, []).append(file)
        for suffix, found in by_suffix.items():
            yield folder, suffix, found


def _peek(folder: str, suffix: str, files: list[File], listing: Listing) -> _Group | None:
    """What a folder's files of one suffix are, told from the first, the middle and the last."""
    expected = clip_suffixes()[suffix]
    is_clip_format = expected.holds == "features" or expected.is_frame
    few = len(files) < MANY and not is_feature_folder(folder) and not is_clip_format
    if few and not expected.one_array:
        return None
    # X_train.npy and y_train.npy: a batch and its labels, opened one by one
    if len(files) <= BATCH_FILES and any(features.LABELS.search(f.path.stem.lower()) for f in files):
        return None
    opened = list(_opened(files))
    contents = [content for _, content, _ in opened]
    if not contents:
        # every one of many files is broken (LFS pointers, say): they are features all the same
        unread = expected.likely_kind == "features" and len(files) >= MANY
        return (
            _Group(folder, suffix, tuple(files), expected.name, WHOLE, False, None) if unread else None
        )
    if are_arrays_of_samples(files, [(file, content) for file, content, _ in opened], listing):
        return None
    clips = [c for c in contents if features.is_clip(c)]
    if len(clips) < len(contents) / 2 or (few and not is_lone_clip(files, clips)):
        return None
    numbered = all(_NUMBERED.match(f.path.stem) for f in files)
    is_frames = expected.is_frame or (
        numbered
        and len(files) > 1
        and all(features.is_frame(c) for c in clips)
        and is_one_frame(clips[0])
    )
    first = clips[0]
    place = place_in(clips)
    reader = opened[-1][2]
    info = first.members.get(str(place)) if isinstance(first, Arrays) else None
    return _Group(folder, suffix, tuple(files), reader, place, is_frames, info)


def _opened(files: list[File]) -> Iterator[tuple[File, Content, str]]:
    """The first, the middle and the last of files, with what they hold and their reader."""
    for i in list(dict.fromkeys((0, len(files) // 2, len(files) - 1)))[:PEEKED]:
        try:
            found = reader_of(files[i].path)
            if files[i].size > LARGEST_PEEKED and found and found.likely_kind != "features":
                continue  # text of many samples, which is read once and as such
            yield files[i], read(files[i].path), found.name if found else ""
        except Unreadable:
            continue


def _roots(groups: list[_Group]) -> dict[tuple[str, str], list[_Group]]:
    """Gather folders into feature sets: by the split their path names, else by where they branch."""
    found: dict[tuple[str, str], list[_Group]] = {}
    beside: dict[tuple[str, ...], set[str]] = {}
    for group in groups:
        parts = PurePosixPath(group.folder).parts
        for i, part in enumerate(parts):
            beside.setdefault(parts[:i], set()).add(part)
    for group in groups:
        parts = PurePosixPath(group.folder).parts
        at = next(
            (
                i
                for i in reversed(range(len(parts)))
                if split_of_name(parts[i]) and not are_many_signs(beside[parts[:i]])
            ),
            None,
        )
        if at is not None:
            root, split = "/".join(parts[: at + 1]), split_of_name(parts[at])
        else:
            root, split = group.folder, ""
        found.setdefault((root, split), []).append(group)
    return _merged(found)


def _merged(found: dict[tuple[str, str], list[_Group]]) -> dict[tuple[str, str], list[_Group]]:
    """Class, signer and sequence folders are one set; folders with the same samples twice are two."""
    merged = {key: groups for key, groups in found.items() if key[1]}
    gathered: list[_Gathered] = []
    for (_, split), groups in found.items():
        for group in groups if not split else ():
            home = next((one for one in gathered if not one.is_rival_of(group)), None)
            if home is None:
                home = _Gathered(group.suffix)
                gathered.append(home)
            home.take(group)
    for one in gathered:
        root = _common_folder([g.folder for g in one.groups])
        # rivals may lie in the same folder, told apart by their suffix
        key = (root, "") if (root, "") not in merged else (f"{root}/*{one.suffix}", "")
        merged[key] = one.groups
    return merged


class _Gathered:
    """Folders that are parts of one set so far, with what tells a rival from a part."""

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix
        self.groups: list[_Group] = []
        self.widths: set[int] = set()
        self.stems: set[str] = set()

    def take(self, group: _Group) -> None:
        self.groups.append(group)
        self.widths |= _widths(group)
        self.stems |= _stems(group)

    def is_rival_of(self, group: _Group) -> bool:
        """Whether a folder holds the same samples in another form: features_i3d/, features_pose/."""
        if group.suffix != self.suffix:
            return True
        stems = _stems(group)
        # class folders may repeat names such as 0.npy, but do not change their width
        return len(self.widths | _widths(group)) > 1 and len(stems & self.stems) * 2 > min(
            len(stems), len(self.stems)
        )


def _widths(group: _Group) -> set[int]:
    return {group.info.shape[-1]} if group.info is not None and group.info.shape else set()


def _stems(group: _Group) -> set[str]:
    return {f.path.stem for f in group.files if not f.path.stem.isdigit()}


def _common_folder(folders: list[str]) -> str:
    parts = [folder.split("/") if folder else [] for folder in folders]
    same = 0
    while all(len(p) > same for p in parts) and len({p[same] for p in parts}) == 1:
        same += 1
    return "/".join(parts[0][:same])


def _feature_set(root: str, split: str, groups: list[_Group]) -> FeatureSet:
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
    )


def _has_labels(root: str, groups: list[_Group]) -> bool:
    """Whether the folders that hold the samples are classes: several, and no signers or parts."""
    below = [PurePosixPath(g.folder).parts[len(PurePosixPath(root).parts) :] for g in groups]
    if len({len(parts) for parts in below}) != 1:
        return False
    names = {_label(parts, g) for parts, g in zip(below, groups, strict=False)} - {""}
    return are_classes(names)


def _label(below: tuple[str, ...], group: _Group) -> str:
    """The folder that would be the class: right above the samples."""
    if group.is_frames:
        return below[-2] if len(below) > 1 else ""
    return below[-1] if below else ""


def _clips(root: str, group: _Group, labelled: bool) -> Iterator[Clip]:
    below = PurePosixPath(group.folder).parts[len(PurePosixPath(root).parts) :]
    label = _label(below, group) if labelled else ""
    if not group.is_frames:
        for file in group.files:
            name = file.path.name[: -len(group.suffix)]
            yield Clip("/".join((*below, name)), file.path, group.reader, group.place, label=label)
        return
    for key, files in _frame_runs(below, group):
        ordered = tuple(f.path for f in sorted(files, key=_frame_number))
        yield Clip(key, ordered[0].parent, group.reader, frames=ordered, label=label)


def _frame_runs(below: tuple[str, ...], group: _Group) -> Iterable[tuple[str, list[File]]]:
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
