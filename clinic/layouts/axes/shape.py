"""How the frames of a clip, [T, D], are stored as an array. Landmarks are points of x, y, z."""

from __future__ import annotations

import numpy as np

from clinic.layouts.draft import Array, Draft
from clinic.layouts.registry import plain, value
from clinic.layouts.subject import Frames

COORDINATES = 3


@plain
def flat(draft: Draft) -> None:
    """[T, D]"""


@value
def points(draft: Draft) -> None:
    """[T, K, 3]"""
    _store(draft, _points)


@value
def leading_one(draft: Draft) -> None:
    """[1, T, D]"""
    _store(draft, lambda frames: frames[None])


@value
def leading_one_of_points(draft: Draft) -> None:
    """[1, T, K, 3]"""
    _store(draft, lambda frames: _points(frames)[None])


@value
def one_person(draft: Draft) -> None:
    """[T, 1, K, 3]"""
    _store(draft, lambda frames: _points(frames)[:, None])


@value
def channels_first(draft: Draft) -> None:
    """[D, T]"""
    _store(draft, lambda frames: np.ascontiguousarray(frames.T))


@value
def coordinates_first(draft: Draft) -> None:
    """[3, T, K]"""
    _store(draft, lambda frames: np.ascontiguousarray(_points(frames).transpose(2, 0, 1)))


@value
def as_stgcn(draft: Draft) -> None:
    """[3, T, K, 1]"""
    _store(draft, lambda frames: np.ascontiguousarray(_points(frames).transpose(2, 0, 1))[..., None])


@value
def two_hands(draft: Draft) -> None:
    """[T, 2, 21, 3]"""
    _store(draft, lambda frames: _points(frames).reshape(len(frames), -1, 21, COORDINATES))


@value
def doubles(draft: Draft) -> None:
    """[T, D] of 64 bits"""
    draft.array = lambda frames: frames.astype(np.float64)


@value
def halves(draft: Draft) -> None:
    """[T, D] of 16 bits"""
    draft.array = lambda frames: frames.astype(np.float16)


@value
def fortran_order(draft: Draft) -> None:
    """[T, D], column after column"""
    draft.array = np.asfortranarray


def _points(frames: Frames) -> Array:
    return frames.reshape(len(frames), -1, COORDINATES)


def _store(draft: Draft, array: object) -> None:
    draft.array, draft.is_flat = array, False  # type: ignore[assignment]
