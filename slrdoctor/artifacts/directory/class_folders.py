"""Folders of files of one frame each: a clip a folder, or a class a folder and a sample a file.

MP_Data/hello/3/17.npy is a frame of a clip, for a folder a sequence groups them. letters/A/A_17.npy
is a sample, and so is A/17.npy; clip_003/17.npy is a frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from slrdoctor.artifacts.clip_places import WHOLE, OneFrame, Place
from slrdoctor.artifacts.content import Arrays, Unreadable
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.formats import read, reader_named
from slrdoctor.artifacts.kinds.features.sign_names import are_classes
from slrdoctor.artifacts.run import Clip, FeatureSet
from slrdoctor.words.landmark_layouts import is_frame_of_landmarks
from slrdoctor.words.sample_ids import bare_id

OF_FRAMES = "folder of frames per sample"
FEW = 0.1  # rows a clip, up to which a list without any of the clips is not of them
NAMED = 0.5  # share of the folders that annotations name, which are clips then
_NUMBER = re.compile(r"\d+")


def settle_class_folders(found: Found) -> None:
    """Take the files of class folders for samples where nothing says that they are frames."""
    rows = [row for file in found.annotations for row in file.rows if row.stored is None]
    named = {text for row in rows for text in (bare_id(row.id), bare_id(row.path or ""))}
    named |= {text.rpartition("/")[2] for text in named}
    found.features = [
        _as_samples(one) if one.layout == OF_FRAMES and _are_classes(one, named) else one
        for one in found.features
    ]


def leave_out_foreign_lists(found: Found) -> None:
    """Leave out short lists of samples that are not here, where the folders give every clip its class.

    tests/data/sample.csv of two samples does not stand against 360 clips in folders of their classes.
    A longer list is kept: its ids may be those of the clips, written otherwise.
    """
    clips = [clip for one in found.features for clip in one.clips]
    if not clips or not all(clip.label for clip in clips):
        return
    stored = {text for clip in clips for text in _names(clip.key)}
    found.annotations = [
        file
        for file in found.annotations
        if len(file.rows) > FEW * len(clips)
        or any(row.stored is not None for row in file.rows)
        or any(_names(text) & stored for row in file.rows for text in (row.id, row.path or ""))
    ]


def _names(text: str) -> set[str]:
    """An id with and without its folders; nothing for an empty one."""
    name = bare_id(text)
    return {name, name.rpartition("/")[2]} if name else set()


def _are_classes(one: FeatureSet, named: set[str]) -> bool:
    """Whether the folders are called as classes are, and no annotation names them as samples."""
    folders = [clip.key for clip in one.clips]
    reader = reader_named(one.format)
    if reader is None or reader.is_frame or any("/" in clip.key or clip.label for clip in one.clips):
        return False
    if sum(folder in named for folder in folders) > NAMED * len(folders):
        return False
    if not are_classes(folders):
        return False
    files = {path.stem for clip in one.clips for path in clip.frames}
    if len(files & named) > NAMED * len(files):
        return True
    numbered = sum(bool(_NUMBER.search(folder)) for folder in folders)
    return numbered < NAMED * len(folders) or _are_named_for_folder(one)


def _are_named_for_folder(one: FeatureSet) -> bool:
    """Whether folders are only numbers, and each file repeats that of its folder: 3/3_17.npy."""
    if not all(clip.key.isdecimal() for clip in one.clips):
        return False
    after = [
        (rf"0*{int(clip.key)}(?!\d)\D+\d+$", path.stem) for clip in one.clips for path in clip.frames
    ]
    return all(re.match(pattern, stem) for pattern, stem in after)


def _as_samples(one: FeatureSet) -> FeatureSet:
    place: Place = OneFrame(WHOLE) if is_frame_of_landmarks(_shape(one.clips[0])) else WHOLE
    clips = tuple(clip for folder in one.clips for clip in _files(folder, place))
    return replace(one, layout="file per sample", clips=clips)


def _files(folder: Clip, place: Place) -> Iterator[Clip]:
    for path in folder.frames:
        yield Clip(f"{folder.key}/{path.stem}", path, folder.reader, place, label=folder.key)


def _shape(folder: Clip) -> tuple[int, ...]:
    """The shape of the first file; () where it cannot be read."""
    try:
        content = read(folder.frames[0])
    except Unreadable:
        return ()
    return content.members[""].shape if isinstance(content, Arrays) and "" in content.members else ()
