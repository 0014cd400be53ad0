"""Readings of what rows and clips are called, from the strictest to the loosest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.features.clip_names import ends, name_of, tails

Forms = list[str | None]

LOOSE_SHARE = 0.1  # of the rows or clips that a reading of names alone must bring together ...
GUESS_SHARE = 0.5  # ... and one that takes something off the names
ANCHORS = 40  # names that an affix is looked for with ...
AROUND = 20_000  # ... in so many others
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Rung:
    """One reading: texts of N rows and M clips, of which equal ones belong together."""

    words: str  # "{source} is ..."
    read: Callable[[Sequence[str], Sequence[str]], tuple[Forms, Forms]]
    least: float = 0.0  # share of the rows or of the clips that it must cover to count
    adds: bool = False  # may be taken where it only adds to what a stricter one matched


def _whole(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    return list(values), list(keys)


def _ends_in_key(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    known = set(keys)
    return [next((t for t in tails(v) if t in known), v) for v in values], list(keys)


def _key_ends_in(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    depths = Counter(v.count("/") for v in values if v)
    depth = depths.most_common(1)[0][0] if depths else 0
    return list(values), ["/".join(k.split("/")[-depth - 1 :]) for k in keys]


def _names(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    return [name_of(v) for v in values], [name_of(k) for k in keys]


def _parent_of_key(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    names: Forms = [name_of(v) for v in values]
    known = {name for name in names if name}
    return names, [_nearest_folder(k, known) for k in keys]


def _parent_of_row(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    return [_parent(v) for v in values], [name_of(k) for k in keys]


def _flat(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    return [re.sub(r"[/\-. ]", "_", v) for v in values], [re.sub(r"[/\-. ]", "_", k) for k in keys]


def _unpadded(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    known = {_unpad(k) for k in keys}
    ended = [next((t for t in tails(v) if t in known), v) for v in map(_unpad, values)]
    return list(ended), [_unpad(k) for k in keys]


def _affixed_each(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    """Names that stand in the others behind or before something of their own: the signer, the date.

    What is the same in all of them is left to the readings below.
    """
    rows, clips = [name_of(v) for v in values], [name_of(k) for k in keys]
    stored, affixes = _within(clips, set(rows))
    asked, of_rows = _within(rows, set(clips))
    if max(len(affixes), len(of_rows)) < 2:
        return [None] * len(rows), [None] * len(clips)
    if len(of_rows) > len(affixes):
        return asked, list(clips)
    return list(rows), stored


def _within(longer: Sequence[str], known: set[str]) -> tuple[Forms, set[str]]:
    """The one known name at an end of each text, None where there is none; and all that is beside it."""
    forms: Forms = []
    beside: set[str] = set()
    for text in longer:
        inner = {end for end in ends(text) if end in known}
        forms.append(inner.pop() if len(inner) == 1 and text not in known else None)
        if forms[-1] is not None:
            beside.add(text.replace(forms[-1], "*", 1))
    return forms, beside


def _affixed(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    return _with_affix([name_of(v) for v in values], [name_of(k) for k in keys])


def _affixed_unpadded(values: Sequence[str], keys: Sequence[str]) -> tuple[Forms, Forms]:
    return _with_affix([_unpad(name_of(v)) for v in values], [_unpad(name_of(k)) for k in keys])


def _with_affix(values: list[str], keys: list[str]) -> tuple[Forms, Forms]:
    """The one text that all clips have around the rows' names, or the rows around the clips'."""
    named = [v for v in dict.fromkeys(values) if v]
    anchors = named[:: max(1, len(named) // ANCHORS)]
    before, after, votes = _affix(anchors, keys)
    stored_names = [key for key in dict.fromkeys(keys) if key]
    back_anchors = stored_names[:: max(1, len(stored_names) // ANCHORS)]
    b_before, b_after, b_votes = _affix(back_anchors, named)
    if votes >= b_votes:
        return [before + v + after if v else None for v in values], list(keys)
    return list(values), [b_before + k + b_after for k in keys]


def _affix(anchors: Iterable[str], around: Iterable[str]) -> tuple[str, str, int]:
    votes: Counter[tuple[str, str]] = Counter()
    longer = list(around)
    longer = longer[:: max(1, len(longer) // AROUND)]
    for anchor in anchors:
        for text in longer:
            if anchor in text and anchor != text:
                before, _, after = text.partition(anchor)
                if not _splits_number(before, anchor) and not _splits_number(anchor, after):
                    votes[before, after] += 1
    if not votes:
        return "", "", 0
    (before, after), count = votes.most_common(1)[0]
    return before, after, count


def _splits_number(left: str, right: str) -> bool:
    return left[-1:].isdigit() and right[:1].isdigit()


def _parent(key: str) -> str | None:
    parts = key.split("/")
    return parts[-2] if len(parts) > 1 else None


def _nearest_folder(key: str, known: set[str]) -> str | None:
    """The folder of a clip that rows name: PHOENIX has the camera's folder in between."""
    folders = key.split("/")[:-1]
    return next((folder for folder in reversed(folders) if folder in known), None)


def _unpad(text: str) -> str:
    return _DIGITS.sub(lambda found: found[0].lstrip("0") or "0", text)


RUNGS = (
    Rung("the {source} is the clip's name", _whole),
    Rung("the {source} ends in the clip's name", _ends_in_key),
    Rung("the {source} ends the clip's name", _key_ends_in),
    Rung("the last part of the {source} is the last part of the clip's name", _names, LOOSE_SHARE),
    Rung("the {source} is the folder of the clip", _parent_of_key, LOOSE_SHARE),
    Rung("the folder in the {source} is the clip's name", _parent_of_row, LOOSE_SHARE),
    Rung("the {source} is the clip's name, with other separators", _flat, LOOSE_SHARE),
    Rung(
        "the {source} is the clip's name, leading zeros ignored",
        _unpadded,
        GUESS_SHARE,
        adds=True,
    ),
    Rung(
        "the {source} is the clip's name, with a prefix or suffix that differs, as of a signer",
        _affixed_each,
        GUESS_SHARE,
    ),
    Rung(
        "the {source} is the clip's name, with a common prefix or suffix",
        _affixed,
        GUESS_SHARE,
    ),
    Rung(
        "the {source} is the clip's name, with a common prefix or suffix, leading zeros ignored",
        _affixed_unpadded,
        GUESS_SHARE,
    ),
)
PLAIN = 6  # the readings that neither fold nor guess
