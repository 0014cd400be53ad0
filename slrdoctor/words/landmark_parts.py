"""The parts of a person that landmarks are kept in, by what files, folders and keys call them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

# the order in which parts are joined where nobody gives one: the commonest in public code
ORDER = (
    "pose",
    "feet",
    "face",
    "lips",
    "eyes",
    "hands",
    "hand",
    "left_hand",
    "right_hand",
    "world_pose",
)
_THINGS: Mapping[str, str] = {
    "pose": "pose", "poses": "pose", "body": "pose", "upperbody": "pose", "torso": "pose",
    "face": "face", "facial": "face", "mouth": "lips", "lips": "lips", "lip": "lips", "eyes": "eyes",
    "hand": "hand", "hands": "hands", "feet": "feet", "foot": "feet",
}  # fmt: skip
_HANDS: Mapping[str, str] = {
    "lh": "left_hand", "lhand": "left_hand", "lefthand": "left_hand", "handleft": "left_hand",
    "rh": "right_hand", "rhand": "right_hand", "righthand": "right_hand", "handright": "right_hand",
}  # fmt: skip
_SIDES: Mapping[str, str] = {"left": "left", "l": "left", "right": "right", "r": "right"}
# what such a name has besides, and which names no part
_FILLERS = frozenset(
    ("landmarks", "landmark", "lmks", "keypoints", "keypoint", "kpts", "kps", "kp", "points", "pts",
     "joints", "features", "feature", "feats", "feat", "data", "coords", "coordinates", "xyz", "xy",
     "2d", "3d", "mediapipe", "mp", "openpose", "upper")
)  # fmt: skip
_WORD = re.compile(r"[23]d|[a-z]+|\d+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ANY = re.compile(
    r"pose|body|torso|face|facial|mouth|lip|eye|hand|feet|foot|left|right|(?<![a-z])[lr]h?(?![a-z])",
    re.IGNORECASE,
)
_GAP = re.compile(r"[_\-. ]+")
LONGEST = 5  # words that the name of a part has at most


@dataclass(frozen=True)
class PartedName:
    """What is kept in parts under one name, and the names of its parts."""

    name: str  # without the part, with slashes; "" where the parts have no name in common
    pattern: str  # the names with `*` in the place of the part
    names: dict[str, str] = field(default_factory=dict)  # part -> its whole name


def part_of(name: str) -> str:
    """The part that a name means and nothing else, as `ORDER` calls it; "" where it means none.

    `pose`, `left_hand_landmarks`, `hand_left_keypoints_2d`, `LH`; a bare `left` is the left hand.
    """
    words = [word.lower() for word in _WORD.findall(_CAMEL.sub("_", name))]
    things = {_THINGS[w] for w in words if w in _THINGS} | {_HANDS[w] for w in words if w in _HANDS}
    sides = {_SIDES[w] for w in words if w in _SIDES}
    rest = [w for w in words if not (w in _THINGS or w in _HANDS or w in _SIDES or w in _FILLERS)]
    if rest == ["world"] and things == {"pose"} and not sides:
        return "world_pose"
    if rest or len(words) > LONGEST or len(sides) > 1 or len(things) > 1:
        return ""
    thing = next(iter(things), "hand" if sides else "")
    if not sides:
        return thing
    return f"{sides.pop()}_hand" if thing in ("hand", "hands") else ""


def by_part(names: Iterable[str]) -> list[PartedName]:
    """The names that differ in nothing but a part, put together; names are paths with slashes.

    `s1/pose` and `s1/lh`, `pose/s1` and `lh/s1`, `s1_pose` and `s1_lh`. Parts under one name are
    two at least, each there once, and not only a left and a right that may be anything's. Where
    several names have parts, one that lacks all parts but one is among them.
    """
    options = {name: list(_options(name)) for name in names}
    parts: dict[str, dict[str, list[str]]] = {}  # pattern -> part -> what the names call it
    for found in options.values():
        for pattern, part, called in found:
            parts.setdefault(pattern, {}).setdefault(part, []).append(called)
    width = {pattern: len(of) for pattern, of in parts.items() if _tell(of)}
    chosen = {
        name: max(found, key=lambda option: width.get(option[0], 0))
        for name, found in options.items()
        if found
    }
    put: dict[str, PartedName] = {}
    for name, (pattern, part, _) in chosen.items():
        if pattern in width:
            one = put.setdefault(pattern, PartedName(_without_part(pattern), pattern))
            one.names[part] = name
    whole = [one for one in put.values() if len(one.names) > 1]
    return [*whole, *_incomplete(options, whole)] if len(whole) > 1 else whole


def _incomplete(
    options: Mapping[str, list[tuple[str, str, str]]], whole: list[PartedName]
) -> Iterator[PartedName]:
    """The names of a part whose other parts are not there."""
    taken = {name for one in whole for name in one.names.values()}
    depths = {_place_of_part(one.pattern) for one in whole}
    parts = {part for one in whole for part in one.names}
    for name, found in options.items():
        for pattern, part, _ in found if name not in taken else ():
            if part in parts and _place_of_part(pattern) in depths:
                yield PartedName(_without_part(pattern), pattern, {part: name})
                break


def _place_of_part(pattern: str) -> tuple[int, bool, str]:
    """Where in a path its part stands; and in a folder's name, what stands around it."""
    pieces = pattern.split("/")
    at = next(i for i, piece in enumerate(pieces) if "*" in piece)
    is_last = at == len(pieces) - 1
    return at - len(pieces), pieces[at] == "*", "" if is_last else pieces[at]


def in_order(parts: Iterable[str]) -> list[str]:
    """Parts in the order in which they are joined."""
    there = dict.fromkeys(parts)
    return [p for p in ORDER if p in there] + [p for p in there if p not in ORDER]


def usual_parts(several: Iterable[Iterable[str]]) -> list[str]:
    """The parts that at least half of the samples have, in order."""
    counts: Counter[str] = Counter()
    total = 0
    for parts in several:
        counts.update(set(parts))
        total += 1
    return in_order(part for part, count in counts.items() if 2 * count >= total)


def _tell(of: Mapping[str, list[str]]) -> bool:
    if len(of) < 2 or any(len(called) > 1 for called in of.values()):
        return False
    # left.npy and right.npy alone may be two views, or two classes
    return not all(called.lower() in _SIDES for [called] in of.values())


def _options(name: str) -> Iterator[tuple[str, str, str]]:
    """(pattern, part, what that is called) for each piece that may be a part, the deepest first."""
    pieces = name.split("/")
    for i in reversed(range(len(pieces))):
        for piece, part, called in _in_piece(pieces[i]):
            yield "/".join((*pieces[:i], piece, *pieces[i + 1 :])), part, called


def _in_piece(piece: str) -> Iterator[tuple[str, str, str]]:
    if not _ANY.search(piece):
        return
    whole = part_of(piece)
    if whole:
        yield "*", whole, piece
        return
    gaps = list(_GAP.finditer(piece))
    for gap in gaps[:LONGEST][::-1]:
        if part := part_of(called := piece[: gap.start()]):
            yield "*" + piece[gap.start() :], part, called
            break
    for gap in gaps[-LONGEST:]:
        if part := part_of(called := piece[gap.end() :]):
            yield piece[: gap.end()] + "*", part, called
            break


def _without_part(pattern: str) -> str:
    pieces = (
        piece if "*" not in piece else piece.replace("*", "").strip("_-. ")
        for piece in pattern.split("/")
    )
    return "/".join(piece for piece in pieces if piece)
