"""A limit that is a choice says how far it could be moved, in the figures of clinic/limits.json."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from clinic.limits import stretch
from slrdoctor.core import packs
from slrdoctor.core.finding import Threshold, chosen
from slrdoctor.core.registry import REGISTRY
from slrdoctor.words.grammar import agreeing, counted, number, ordinal, part_of, share_of

ROOT = Path(__file__).resolve().parents[1]
packs.load_all()
OURS = sorted((c for c in REGISTRY.checks.values() if c.pack == "builtin"), key=lambda c: c.code)
TABLE = json.loads((ROOT / "clinic" / "limits.json").read_text(encoding="utf-8"))["limits"]
LIMITS = {
    f"{check.code} {name}": limit
    for check in OURS
    for name, limit in vars(sys.modules[check.judge.__module__]).items()
    if isinstance(limit, Threshold)
}


@pytest.mark.parametrize(
    "name", [n for n, limit in LIMITS.items() if limit.source.startswith("A choice")]
)
def test_a_choice_gives_the_measured_room_around_it(name: str) -> None:
    limit = LIMITS[name]
    if name not in TABLE:
        assert limit.source.endswith("It was not varied on the simulated runs.")
        return
    low, high = (factor * limit.value for factor in stretch(TABLE[name]))
    expected = chosen(limit.value, "", (float(f"{low:g}"), float(f"{high:g}")), TABLE[name]["judged"])

    assert TABLE[name]["value"] == limit.value
    assert limit.source.endswith(expected.source.partition("A choice: ")[2])


def test_every_measured_limit_still_exists() -> None:
    assert sorted(set(TABLE) - set(LIMITS)) == []


def test_a_choice_at_the_edge_of_its_room_says_what_lies_beyond() -> None:
    assert chosen(0.5, "half", (0.5, 0.5), 9).source == (
        "A choice: half. At 0.45 or 0.55 some of 9 simulated runs are judged otherwise."
    )
    assert chosen(0.5, "half", (0.5, 2), 9).source == (
        "A choice: half. From 0.5 to 2 none of 9 simulated runs is judged otherwise; at 0.45 some are."
    )


def test_nouns_verbs_and_ordinals_follow_their_number() -> None:
    assert [agreeing(n, "is", "are") for n in (0, 1, 2)] == ["are", "is", "are"]
    assert [counted(n, "epoch") for n in (0, 1, 2)] == ["0 epochs", "1 epoch", "2 epochs"]
    assert counted(2, "class", "classes") == "2 classes"
    assert [ordinal(n) for n in (1, 2, 3, 8, 11, 21)] == ["1st", "2nd", "3rd", "8th", "11th", "21st"]


def test_a_part_that_is_the_whole_is_named_as_the_whole() -> None:
    assert part_of(1, 10, "clip", share="10%") == "1 of 10 clips (10%)"
    assert part_of(2, 2, "class", "classes", share="100%") == "all 2 classes"
    assert part_of(1, 1, "clip") == "the only clip"
    assert [share_of(share) for share in (0.5, 1.0)] == ["50%", "all"]


def test_a_large_number_has_no_exponent() -> None:
    assert [number(v) for v in (4.2651, 999.7, 12345.6, 1e-7)] == ["4.27", "1,000", "12,346", "1e-07"]
    assert number(97410.2, 4) == "97,410" and number(float("nan")) == "nan"
