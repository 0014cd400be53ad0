"""The array files of folders that are clips, and what a look into a few of them shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from slrdoctor.artifacts.clip_places import WHOLE, Place
from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Unreadable
from slrdoctor.artifacts.directory.listing import File, Listing
from slrdoctor.artifacts.formats import clip_suffixes, read, reader_of
from slrdoctor.artifacts.kinds import checkpoints, features
from slrdoctor.artifacts.kinds.features.axes import are_of_same_frames
from slrdoctor.artifacts.kinds.features.parts import Places, parts_in
from slrdoctor.artifacts.kinds.features.peeking import (
    is_feature_folder,
    is_lone_clip,
    is_one_frame,
    is_report,
    place_in,
)
from slrdoctor.artifacts.kinds.outputs.folders import named_for_outputs
from slrdoctor.artifacts.kinds.outputs.names import is_named_like_outputs
from slrdoctor.artifacts.kinds.samples.folders import are_arrays_of_samples
from slrdoctor.words.landmark_parts import PartedName, by_part, in_order, usual_parts
from slrdoctor.words.splits import split_of_name

PEEKED = 3  # files opened to tell what a folder holds
LARGEST_PEEKED = 64 << 20  # bytes of a text
MANY = 3  # arrays of a kind in one folder that make it a folder of features
BATCH_FILES = 12  # at most so many files where one is named for labels: X, y and lengths of each split
_NUMBERED = re.compile(r"(?:.*[^0-9])?(\d+)$")


@dataclass(frozen=True, slots=True)
class Sample:
    """The file of a clip, or those of its parts."""

    name: str  # below the folder of its group, without suffix
    files: tuple[File, ...]
    parts: tuple[str, ...] = ()  # what each of the files is; none for a file that has it all


@dataclass(frozen=True)
class Candidate:
    """Files of one suffix that may be the clips of a folder; `*` stands for a part in its path."""

    folder: str
    suffix: str
    samples: tuple[Sample, ...]
    parts: tuple[str, ...] = ()  # of the samples, where each has a file a part

    @property
    def files(self) -> list[File]:
        return [file for sample in self.samples for file in sample.files]


@dataclass(frozen=True)
class Group:
    """The clips of one folder that share a suffix, and what a peek at some showed."""

    folder: str
    suffix: str
    samples: tuple[Sample, ...]
    reader: str
    place: Place
    is_frames: bool  # every file is one frame
    info: ArrayInfo | None  # of the first that could be read
    places: Places = ()  # of the parts within each file
    parts: tuple[str, ...] = ()  # that a sample has files of

    @property
    def files(self) -> list[File]:
        return [file for sample in self.samples for file in sample.files]


def candidates(listing: Listing) -> list[Candidate]:
    """The files of each folder by their suffix."""
    return [
        Candidate(
            folder, suffix, tuple(Sample(file.path.name[: -len(suffix)], (file,)) for file in files)
        )
        for folder, suffix, files in _by_suffix(listing)
    ]


def candidates_in_parts(listing: Listing) -> list[Candidate]:
    """The files that are parts of clips: `s1/pose.npy`, `pose/s1.npy` or `s1_pose.npy` with others."""
    files: dict[str, dict[str, File]] = {}
    for folder, suffix, there in _by_suffix(listing):
        named = {file.where for file in named_for_outputs(folder, there)}
        files.setdefault(suffix, {}).update(
            {file.where[: -len(suffix)]: file for file in there if file.where not in named}
        )
    return [one for suffix, mine in files.items() for one in _in_parts(suffix, mine)]


def _in_parts(suffix: str, files: Mapping[str, File]) -> Iterator[Candidate]:
    beside = _beside(files)
    found: dict[str, list[PartedName]] = {}
    for one in by_part(files):
        found.setdefault(_folder_of(one.pattern), []).append(one)
    for folder, names in found.items():
        usual = usual_parts(one.names for one in names)
        samples = tuple(_sample(one, files) for one in names)
        are_splits = all(_is_split(sample.name) for sample in samples)
        if len(names) < 2 or are_splits or _are_among_others(names[0].pattern, len(usual), beside):
            continue
        yield Candidate(folder, suffix, samples, tuple(usual))


def _is_split(name: str) -> bool:
    """Whether a file is named for its split and for no sample in it: train, features_dev."""
    return bool(split_of_name(name)) and not any(map(str.isdigit, name))


def _sample(one: PartedName, files: Mapping[str, File]) -> Sample:
    order = in_order(one.names)
    return Sample(PurePosixPath(one.name).name, tuple(files[one.names[p]] for p in order), tuple(order))


def _folder_of(pattern: str) -> str:
    """The folder of a clip, with `*` where each part has one: `s1/*` and `s1_*` lie in that of s1."""
    folder, _, last = pattern.rpartition("/")
    return folder.rpartition("/")[0] if last == "*" else folder


def _beside(names: Iterable[str]) -> Counter[str]:
    """How many files or folders each folder has."""
    folders = {PurePosixPath(name).parent.as_posix() for name in names}
    known = set(folders)
    for folder in folders:
        known.update(parent.as_posix() for parent in PurePosixPath(folder).parents)
    return Counter(PurePosixPath(folder).parent.as_posix() for folder in known if folder != ".")


def _are_among_others(pattern: str, parts: int, beside: Counter[str]) -> bool:
    """Whether folders named as parts are few among others: classes, such as FACE and HAND."""
    pieces = pattern.split("/")
    at = next(i for i, piece in enumerate(pieces) if "*" in piece)
    if at == len(pieces) - 1:
        return False
    return 2 * parts < beside["/".join(pieces[:at]) or "."]


def _by_suffix(listing: Listing) -> Iterator[tuple[str, str, list[File]]]:
    for folder, files in listing.by_folder.items():
        by_suffix: dict[str, list[File]] = {}
        for file in files:
            name = file.path.name
            suffix = next((s for s in clip_suffixes() if name.lower().endswith(s)), "")
            if suffix and (
                is_named_like_outputs(name)
                or not checkpoints.is_named_like_checkpoint(name)
                or checkpoints.may_hold_samples(name)
            ):
                by_suffix.setdefault(suffix, []).append(file)
        for suffix, found in by_suffix.items():
            yield folder, suffix, found


def peek_at_parts(candidate: Candidate) -> Group | None:
    """What clips with a file a part are; None where a few are not arrays of the same frames."""
    whole = [sample for sample in candidate.samples if sample.parts == candidate.parts]
    shapes: list[dict[str, tuple[int, ...]]] = []
    reader = ""
    for sample in _few(whole):
        try:
            contents = [read(file.path) for file in sample.files]
        except Unreadable:
            continue
        if not all(map(features.is_clip, contents)):
            return None
        found = reader_of(sample.files[0].path)
        reader = found.name if found else reader
        infos = [_info(content, features.clip_place(content)) for content in contents]
        shapes.append({p: i.shape for p, i in zip(sample.parts, infos, strict=True) if i is not None})
    if not shapes or not are_of_same_frames(shapes):
        return None
    return Group(
        candidate.folder,
        candidate.suffix,
        candidate.samples,
        reader,
        WHOLE,
        False,
        None,
        parts=candidate.parts,
    )


def peek(candidate: Candidate, listing: Listing) -> Group | None:
    """What a folder's files of one suffix are, told from the first, the middle and the last."""
    candidate = _without_reports(candidate)
    folder, suffix, files = candidate.folder, candidate.suffix, candidate.files
    expected = clip_suffixes()[suffix]
    is_clip_format = expected.holds == "features" or expected.is_frame
    few = len(files) < MANY and not is_feature_folder(folder) and not is_clip_format
    if not files or (few and not expected.one_array) or _are_batches(files):
        return None
    opened = list(_opened(files))
    contents = [content for _, content, _ in opened]
    if not contents:
        # every one of many files is broken (LFS pointers, say): they are features all the same
        unread = expected.likely_kind == "features" and len(files) >= MANY
        samples = candidate.samples
        return Group(folder, suffix, samples, expected.name, WHOLE, False, None) if unread else None
    if checkpoints.may_hold_samples(suffix) and any(map(checkpoints.has_parameters, contents)):
        return None
    if are_arrays_of_samples(files, [(file, content) for file, content, _ in opened], listing):
        return None
    clips = [c for c in contents if features.is_clip(c)]
    least = len(contents) if few else len(contents) / 2
    if len(clips) < least or (few and not is_lone_clip(files, clips)):
        return None
    numbered = all(_NUMBERED.match(f.path.stem) for f in files)
    # v0012_keypoints.json may be of OpenPose, and a frame, or of another tool, and a clip
    is_frames = (expected.is_frame and all(isinstance(clip, Arrays) for clip in clips)) or (
        numbered
        and len(files) > 1
        and all(features.is_frame(c) for c in clips)
        and is_one_frame(clips[0])
    )
    return _group(candidate, opened[-1][2], clips, is_frames)


def _without_reports(candidate: Candidate) -> Candidate:
    """Without the few files that their names say to be of a run and not of a sample: history.npy."""
    if len(candidate.samples) > BATCH_FILES or is_feature_folder(candidate.folder):
        return candidate
    return replace(candidate, samples=tuple(s for s in candidate.samples if not is_report(s.name)))


def _are_batches(files: Sequence[File]) -> bool:
    """Whether files have many clips each: train.h5 and dev.h5, or X_train.npy beside y_train.npy."""
    if len(files) > 1 and all(_is_split(file.path.stem) for file in files):
        return True
    return len(files) <= BATCH_FILES and any(features.LABELS.search(f.path.stem.lower()) for f in files)


def _group(candidate: Candidate, reader: str, clips: Sequence[Content], is_frames: bool) -> Group:
    place = place_in(clips)
    infos = [_info(clip, features.clip_place(clips[0])) for clip in clips]
    return Group(
        candidate.folder,
        candidate.suffix,
        candidate.samples,
        reader,
        place,
        is_frames,
        infos[0],
        places=() if is_frames else _places(clips),
    )


def _few(items: Sequence[Sample]) -> list[Sample]:
    return (
        [items[i] for i in dict.fromkeys((0, len(items) // 2, len(items) - 1))][:PEEKED] if items else []
    )


def _opened(files: Sequence[File]) -> Iterator[tuple[File, Content, str]]:
    """The first, the middle and the last of files, with what they hold and their reader."""
    for i in dict.fromkeys((0, len(files) // 2, len(files) - 1)):
        try:
            found = reader_of(files[i].path)
            if files[i].size > LARGEST_PEEKED and found and found.likely_kind != "features":
                continue  # text of many samples, which is read once and as such
            yield files[i], read(files[i].path), found.name if found else ""
        except Unreadable:
            continue


def _info(content: Content, place: Place) -> ArrayInfo | None:
    return content.members.get(str(place)) if isinstance(content, Arrays) else None


def _places(clips: Sequence[Content]) -> Places:
    """The parts that most of the clips have in their files, each where it was found first."""
    by_clip = [dict(parts_in(clip)) for clip in clips]
    places = {part: place for one in reversed(by_clip) for part, place in one.items()}
    usual = usual_parts(by_clip)
    return tuple((part, places[part]) for part in usual) if len(usual) > 1 else ()
