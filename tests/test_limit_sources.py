"""What a limit says of the clinic is what the clinic measured."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from slrdoctor import packs
from slrdoctor.finding import Threshold
from slrdoctor.registry import REGISTRY

MEASURED = json.loads(
    (Path(__file__).resolve().parents[1] / "docs" / "limits.json").read_text(encoding="utf-8")
)["limits"]
STRETCH = re.compile(r"Between (\S+) and (\S+) none of (\d+) simulated runs is judged otherwise")
UNMOVED = re.compile(
    r"Between a quarter and four times this none of (\d+) simulated runs is judged otherwise"
)
FACTORS = (
    0.25,
    0.33,
    0.5,
    0.67,
    0.8,
    0.9,
    1.1,
    1.25,
    1.5,
    2.0,
    3.0,
    4.0,
)  # as docs/limits.py tries them
ROUNDING = 0.005  # of three figures
DONE = ("FEA",)


def limits() -> dict[str, Threshold]:
    packs.load_all()
    return {
        f"{check.code} {name}": value
        for check in REGISTRY.checks.values()
        if check.pack == "builtin"
        for name, value in vars(sys.modules[check.judge.__module__]).items()
        if isinstance(value, Threshold)
    }


QUOTING = {name: limit for name, limit in limits().items() if "simulated runs is" in limit.source}


def unmoved(name: str) -> tuple[float, float]:
    """The least and the greatest factor that was tried up to which no answer changes."""
    changing = [float(factor) for factor in MEASURED[name]["changed"]]
    floor = max((f for f in changing if f < 1), default=0.0)
    ceiling = min((f for f in changing if f > 1), default=float("inf"))
    steady = [1.0, *(f for f in FACTORS if floor < f < ceiling)]
    return min(steady), max(steady)


@pytest.mark.parametrize("name", sorted(QUOTING))
def test_a_limit_quotes_no_wider_stretch_than_was_measured(name: str) -> None:
    limit = QUOTING[name]
    whole, part = UNMOVED.search(limit.source), STRETCH.search(limit.source)
    assert whole or part, limit.source
    runs = int(whole[1]) if whole else int(part[3]) if part else 0
    assert runs == MEASURED[name]["judged"]
    low, high = unmoved(name)
    if part:
        assert low * (1 - ROUNDING) <= float(part[1]) / limit.value <= 1
        assert 1 <= float(part[2]) / limit.value <= high * (1 + ROUNDING)
    else:
        assert (low, high) == (min(FACTORS), max(FACTORS))


def test_the_measured_limits_are_those_of_the_checks() -> None:
    known = limits()
    assert MEASURED.keys() <= known.keys()
    assert {n: one["value"] for n, one in MEASURED.items()} == {n: known[n].value for n in MEASURED}


def test_no_source_names_a_file_that_is_not_installed() -> None:
    named = {name: limit.source for name, limit in limits().items() if name.startswith(DONE)}
    assert not {name: source for name, source in named.items() if "docs/" in source}
