"""Made-up signing: two hands of 21 points that move along smooth paths, as a tracker would see them.

A frame is [126]: the right hand's 21 points as x, y, z, then the left hand's. A hand that is not
seen is zeros, as many pipelines write it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Clip = NDArray[np.float32]
Array = NDArray[Any]
POINTS, DIMS = 21, 126
NOISE = 0.006  # of the picture's width: what a tracker jitters by
HIDDEN = 0.75  # of the times that a hand rests, it is out of the picture
MISSED = 0.02  # share of frames in which a hand that is there is not found


@dataclass(frozen=True)
class Sign:
    """Three wrist places, two hand shapes and how far the hand turns."""

    places: Array  # [3, 2]
    shapes: Array  # [2, 21, 3]
    turns: Array  # [2]
    two_handed: bool


@dataclass(frozen=True)
class Signer:
    name: str
    scale: float
    shift: Array  # [2]
    frames: float  # that a sign takes
    style: Array  # [21, 3]: this person's hand


def hand_shape(rng: np.random.Generator) -> Array:
    """Fingers that are more or less bent, around the wrist at 0. [21, 3]"""
    bent = rng.uniform(0, 1, 5)
    points = np.zeros((POINTS, 3))
    for finger in range(5):
        angle = -0.6 + 0.3 * finger
        for joint in range(1, 5):
            reach = (0.05 + 0.022 * joint) * (1 - 0.16 * bent[finger] * joint)
            points[4 * finger + joint] = (
                reach * np.sin(angle), -reach * np.cos(angle), -0.012 * joint * bent[finger]
            )  # fmt: skip
    return points


def make_signs(count: int, rng: np.random.Generator) -> list[Sign]:
    shapes = [hand_shape(rng) for _ in range(12)]
    return [
        Sign(
            places=rng.uniform((0.35, 0.25), (0.8, 0.75), (3, 2)),
            shapes=np.stack([shapes[i] for i in rng.integers(0, len(shapes), 2)]),
            turns=rng.uniform(-1.0, 1.0, 2),
            two_handed=bool(rng.random() < 0.5),
        )
        for _ in range(count)
    ]


def make_signers(count: int, rng: np.random.Generator, first: int = 1) -> list[Signer]:
    return [
        Signer(
            f"Signer{number:02d}",
            rng.uniform(0.92, 1.08),
            rng.uniform(-0.03, 0.03, 2),
            rng.uniform(6.5, 8.5),
            rng.normal(0, 0.004, (POINTS, 3)),
        )
        for number in range(first, first + count)
    ]


def odd_signer(name: str, rng: np.random.Generator) -> Signer:
    """Someone who signs larger, elsewhere in the picture and slower than anybody else."""
    usual = make_signers(1, rng)[0]
    shift = np.array([0.22, 0.18])
    return replace(usual, name=name, scale=1.5, shift=shift, frames=12.0, style=usual.style * 6)


def perform(
    signs: list[Sign],
    signer: Signer,
    rng: np.random.Generator,
    pace: float = 1.0,
    noise: float = NOISE,
) -> Clip:
    """One clip of these signs with a transition between each two. [T, 126]"""
    right: list[Array] = []
    left: list[Array] = []
    resting: list[Array] = []
    for number, sign in enumerate(signs):
        frames = max(5, round(pace * signer.frames * rng.uniform(0.85, 1.2)))
        hand = _path(sign, frames)
        other = hand * np.array([-1, 1, 1]) + np.array([0.9, 0.03, 0])
        if number:
            between = int(rng.integers(1, 3))
            share = (np.arange(1, between + 1) / (between + 1))[:, None, None]
            right.append((1 - share) * right[-1][-1] + share * hand[0])
            left.append((1 - share) * left[-1][-1] + share * other[0])
            resting.append(np.full(between, resting[-1][-1] and not sign.two_handed))
        right.append(hand)
        left.append(other)
        resting.append(np.full(frames, not sign.two_handed))
    hands = [np.concatenate(right), np.concatenate(left)]
    rests = np.concatenate(resting)
    low = np.array([0.3, 0.9, 0.0]) + signs[0].shapes[0]
    hands[1] = np.where(rests[:, None, None], low, hands[1])
    return _seen(hands, rests, signer, rng, noise)


def _path(sign: Sign, frames: int) -> Array:
    """The hand through a sign: a curve over three places, one shape into the other. [T, 21, 3]"""
    u = np.linspace(0, 1, frames)[:, None]
    wrist = (1 - u) ** 2 * sign.places[0] + 2 * u * (1 - u) * sign.places[1] + u**2 * sign.places[2]
    smooth = (u * u * (3 - 2 * u))[..., None]
    shape = (1 - smooth) * sign.shapes[0] + smooth * sign.shapes[1]
    angle = ((1 - u) * sign.turns[0] + u * sign.turns[1])[..., None]
    x, y = shape[..., :1], shape[..., 1:2]
    turned = np.concatenate(
        [np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y, shape[..., 2:]],
        -1,
    )
    turned[..., :2] += wrist[:, None, :]
    return turned


def _seen(
    hands: list[Array], rests: Array, signer: Signer, rng: np.random.Generator, noise: float
) -> Clip:
    """What a tracker makes of the hands: this signer's, with jitter, zeros where there is none."""
    columns = []
    for hand, may_rest in zip(hands, (False, True), strict=True):
        points = (hand + signer.style) * signer.scale
        points[..., :2] += signer.shift + 0.5 * (1 - signer.scale)
        points = points + rng.normal(0, noise, points.shape)
        missing = rng.random(len(points)) < MISSED
        if may_rest and rng.random() < HIDDEN:
            missing |= rests
        points[missing] = 0
        columns.append(points.reshape(len(points), -1))
    return np.concatenate(columns, axis=1).astype(np.float32)
