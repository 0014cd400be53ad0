"""Where in a file a clip lies is said once, by type, and shown in words."""

from __future__ import annotations

import pickle

import pytest

from slrdoctor.artifacts.clip_places import WHOLE, Entry, Member, Place, TableRow, Way, member, way


@pytest.mark.parametrize(
    ("place", "shown", "parts"),
    [
        (WHOLE, "", ()),
        (Member("test/01/keypoints"), "test/01/keypoints", ("test", "01", "keypoints")),
        (Way(("train/11August", "sign")), "train/11August/sign", ("train/11August", "sign")),
        (Entry(Member("X"), 12), "X[12]", ("X",)),
        (Entry(WHOLE, 3), "[3]", ()),
        (TableRow(5), "row 5", ()),
    ],
)
def test_a_place_is_shown_and_has_the_names_on_the_way_to_it(
    place: Place, shown: str, parts: tuple[str, ...]
) -> None:
    assert str(place) == shown and place.parts == parts
    assert pickle.loads(pickle.dumps(place)) == place  # workers get clips


def test_what_has_no_name_is_the_whole_file() -> None:
    assert member("") == way() == WHOLE
    assert member("X") == Member("X") and way("0", "sign") == Way(("0", "sign"))
