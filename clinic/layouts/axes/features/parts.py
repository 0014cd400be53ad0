"""A clip in several arrays: the hands separately, or the frames."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

from clinic.layouts.draft import DoesNotApply, Draft
from clinic.layouts.registry import value
from clinic.layouts.storing import demand_flat, h5, place
from clinic.layouts.subject import Sample

PARTS = ("right_hand", "left_hand")  # as their values stand in a frame, each as long
BOTH = 126


@value
def parts_in_keys(draft: Draft) -> None:
    """A npz per clip with left_hand and right_hand"""
    for sample in draft.subject.samples:
        np.savez(draft.at(f"{place(draft, sample)}.npz"), **_parts(draft, sample))


@value
def parts_in_a_dict(draft: Draft) -> None:
    """A pickle per clip with a dict of left_hand, right_hand and the frame rate"""
    for sample in draft.subject.samples:
        content = pickle.dumps({**_parts(draft, sample), "fps": 25.0})
        draft.at(f"{place(draft, sample)}.pkl").write_bytes(content)


@value
def parts_in_files(draft: Draft) -> None:
    """A folder per clip with left_hand.npy and right_hand.npy"""
    for sample in draft.subject.samples:
        for part, array in _parts(draft, sample).items():
            np.save(draft.at(f"{place(draft, sample)}/{part}.npy"), array)


@value
def parts_in_file_names(draft: Draft) -> None:
    """v0012_left_hand.npy and v0012_right_hand.npy"""
    for sample in draft.subject.samples:
        for part, array in _parts(draft, sample).items():
            np.save(draft.at(f"{place(draft, sample)}_{part}.npy"), array)


@value
def parts_in_folders(draft: Draft) -> None:
    """A folder left_hand and a folder right_hand, with a npy per clip in each"""
    for sample in draft.subject.samples:
        folder = draft.folder_of(sample).split("/")
        for part, array in _parts(draft, sample).items():
            place = "/".join((folder[0], part, *folder[1:], draft.file_of(sample)))
            np.save(draft.at(f"{place}.npy"), array)


@value
def parts_in_groups(draft: Draft) -> None:
    """A h5 per folder with a group per clip that holds left_hand and right_hand"""
    for folder, samples in draft.by_folder().items():
        with h5(draft.at(f"{folder}.h5")) as file:
            for sample in samples:
                for part, array in _parts(draft, sample).items():
                    file.create_dataset(f"{draft.file_of(sample)}/{part}", data=array)


@value
def frames_in_files(draft: Draft) -> None:
    """A folder per clip with a npy per frame"""
    demand_flat(draft)
    for sample in draft.subject.samples:
        for number, frame in enumerate(draft.array(sample.frames)):
            np.save(draft.at(f"{place(draft, sample)}/{number:04d}.npy"), frame)


def _parts(draft: Draft, sample: Sample) -> dict[str, Any]:
    if sample.frames.shape[1] != BOTH:
        raise DoesNotApply("the frames are not those of two hands")
    halves = np.split(sample.frames, len(PARTS), axis=1)
    return {part: draft.array(half) for part, half in zip(PARTS, halves, strict=True)}
