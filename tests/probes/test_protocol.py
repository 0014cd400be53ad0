"""What parent and child say to each other arrives as it was sent, or is refused where it cannot be."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slrdoctor.probes.protocol import (
    ON,
    Answer,
    Attempt,
    Cell,
    Changes,
    Controls,
    Gradients,
    Padding,
    Request,
    Seen,
    Units,
    UserModel,
)
from slrdoctor.probes.typed_json import WrongData, from_json, from_plain, to_json

REQUEST = Request(
    task="ctc", classes=5, blank=0, trailing=(27, 2), targets=((1, 2), (3,)), texts=("A B", "C"),
    corpus=("A B", "C"), subwords=400, seed=0, device="auto", seconds=60.0, trains=True,
    with_controls=True, user=UserModel("train.py:build", loss="train.py:loss", input="BTD"),
)  # fmt: skip
ATTEMPT = Attempt(1e-3, 0.04, 0.0, 0.1, 200, 9.5, losses=((1, 9.0), (200, 0.04)))
SEEN = Seen(
    calling="called with features", gives="logits", mixes=False, wrong_lengths="", own_loss="criterion",
    own_decode="", own_blank=None, gradients=Gradients(100, 10, 4, ("head.weight",), 1, 20),
    changes=Changes(False, 1.0, 0.5, 0.0, Padding(0.1, 0.2, 0.3), (Units("rnn", 0.25, 8),)),
)  # fmt: skip
ANSWER = Answer(
    device="cpu",
    cells={on: Cell("your model", words, (ATTEMPT, ATTEMPT)) for on, words in ON.items()},
    controls=Controls(ATTEMPT, 0.9, moved=None),
    seen=SEEN,
)


@dataclass(frozen=True)
class Point:
    place: tuple[int, float]


@pytest.mark.parametrize("sent", [REQUEST, ANSWER, Answer("cpu"), replace(REQUEST, user=None)])
def test_what_is_sent_arrives_equal(sent: Request | Answer) -> None:
    assert from_json(type(sent), to_json(sent)) == sent


NUMBERS = st.floats(allow_nan=False)
POINTS = st.lists(st.tuples(st.integers(), NUMBERS)).map(tuple)


@given(st.builds(Attempt, NUMBERS, NUMBERS, NUMBERS, NUMBERS, seconds=NUMBERS, losses=POINTS))
def test_any_attempt_arrives_equal(attempt: Attempt) -> None:
    assert from_json(Attempt, to_json(attempt)) == attempt


def test_a_loss_that_is_no_number_arrives_as_one() -> None:
    assert math.isnan(from_json(Attempt, to_json(replace(ATTEMPT, loss=math.nan))).loss)
    assert from_json(Attempt, to_json(replace(ATTEMPT, loss=math.inf))).loss == math.inf


def changed(**keys: Any) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(to_json(REQUEST))
    return {k: v for k, v in (written | keys).items() if v is not ...}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"colour": 1}, "Request: unknown key colour"),
        ({"seed": ...}, "Request: missing key seed"),
        ({"seed": "0"}, r"Request\.seed is '0', not int"),
        ({"seed": True}, r"Request\.seed is True, not int"),
        ({"trains": 1}, r"Request\.trains is 1, not bool"),
        ({"task": None}, r"Request\.task is None, not str"),
        ({"trailing": [27, 2.5]}, r"Request\.trailing\[1\] is 2\.5, not int"),
        ({"targets": [[1], 2]}, r"Request\.targets\[1\] is 2, not "),
        ({"targets": "12"}, r"Request\.targets is '12', not "),
        ({"user": {"loss": ""}}, r"Request\.user: missing key spec"),
        ({"user": []}, r"Request\.user is \[\], not an object"),
    ],
)
def test_what_was_not_agreed_is_refused_with_its_place(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongData, match=message):
        from_plain(Request, changed(**keys))


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000])
def test_what_is_not_json_of_an_object_is_refused(text: str) -> None:
    with pytest.raises(WrongData):
        from_json(Answer, text)


def test_a_whole_number_may_stand_for_a_float_and_a_key_with_a_default_may_be_missing() -> None:
    read = from_plain(Request, changed(seconds=60, stride=...))

    assert isinstance(read.seconds, float) and read.stride == 1


def test_a_pair_has_two_entries() -> None:
    assert from_plain(Point, {"place": [1, 2]}).place == (1, 2.0)
    with pytest.raises(WrongData, match=r"Point\.place is"):
        from_plain(Point, {"place": [1, 2, 3]})


def test_the_best_of_a_cell_is_reproduced_then_has_the_fewest_errors_then_the_least_loss() -> None:
    worse = replace(ATTEMPT, error_rate=0.2, loss=0.01)
    lower = replace(worse, loss=0.005)

    assert Cell("m", "s", (worse, lower)).best == lower and not Cell("m", "s", (worse,)).reproduced
    assert Cell("m", "s", (lower, ATTEMPT)).best == ATTEMPT and Cell("m", "s", (ATTEMPT,)).reproduced
    assert not replace(ATTEMPT, loss=0.1).reproduced


def test_a_child_whose_answer_is_not_one_is_an_experiment_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slrdoctor.probes import trials
    from slrdoctor.probes.processes import ExperimentFailed

    monkeypatch.setattr(trials, "run_in_child", lambda *_, **__: {"device": "cpu", "cells": 5})
    monkeypatch.setattr(trials, "to_json", lambda _: "")

    class Nothing:
        samples = ()
        dims = seconds = memory_limit = 0
        trains = False
        tell = None

    with pytest.raises(ExperimentFailed, match=r"not an answer: Answer\.cells is 5"):
        trials._ask(Nothing(), Nothing(), Nothing(), Nothing())  # type: ignore[arg-type]
