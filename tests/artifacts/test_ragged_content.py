"""Arrays and records that are not what their names promise are no crash."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Tree, Unreadable
from slrdoctor.artifacts.directory import discovery
from slrdoctor.artifacts.kinds.features import clips_in
from slrdoctor.artifacts.kinds.predictions.pairs import pairs_of_two_files


def arrays(**members: Any) -> Arrays:
    held = {name: np.asarray(values) for name, values in members.items()}
    infos = {name: ArrayInfo(array.shape, str(array.dtype)) for name, array in held.items()}
    return Arrays(infos, held.__getitem__)


BATCH = np.zeros((3, 20, 6))
ROWS = np.zeros((30, 6))


@pytest.mark.parametrize(
    ("lengths", "told"),
    [
        ([20, 11, 5], [20, 11, 5]),
        ([[20], [11], [5]], [20, 11, 5]),
        ([20.0, 11.0, 5.0], [20, 11, 5]),
        (["a", "b", "c"], [None] * 3),
        ([np.nan, 1, 2], [None] * 3),
        ([np.inf, 1, 2], [None] * 3),
        ([0.5, 1, 2], [None] * 3),
        ([1j, 1, 2], [None] * 3),
        ([], [None] * 3),
    ],
    ids=["whole", "a column", "as floats", "text", "NaN", "Inf", "halves", "complex", "none"],
)
def test_lengths_beside_a_batch_count_where_they_are_whole_numbers(
    lengths: list[Any], told: list[int | None]
) -> None:
    clips, stored = clips_in(Path("train.npz"), "npz", arrays(X=BATCH, lengths=lengths))

    assert [clip.length for clip in clips] == told
    assert stored == (None not in told)


@pytest.mark.parametrize("name", ["offsets", "lengths"])
@pytest.mark.parametrize("values", [["a", "b"], [np.nan, 1], [np.inf, 1], [1j, 2]], ids=str)
def test_rows_are_not_cut_by_what_is_no_number(name: str, values: list[Any]) -> None:
    assert clips_in(Path("train.npz"), "npz", arrays(features=ROWS, **{name: values})) == ((), False)


def test_rows_are_cut_by_offsets_and_by_a_column_of_lengths() -> None:
    by_offsets, _ = clips_in(Path("a.npz"), "npz", arrays(features=ROWS, offsets=[0, 12, 20]))
    by_lengths, _ = clips_in(Path("a.npz"), "npz", arrays(features=ROWS, lengths=[[12], [8], [10]]))

    assert [c.rows for c in by_offsets] == [c.rows for c in by_lengths] == [(0, 12), (12, 20), (20, 30)]


def test_a_record_s_name_may_be_an_array() -> None:
    record = {"name": np.zeros(3), "id": np.int64(7), "sign": np.zeros((20, 6))}
    clips, _ = clips_in(Path("a.pkl"), "pickle", Tree([record, {**record, "id": np.zeros((2, 2))}]))

    assert [clip.key for clip in clips] == ["7", "1"]


def test_scores_of_no_class_are_no_predictions() -> None:
    references: Content = Tree(["A", "B", "C"])
    scores = arrays(**{"": np.zeros((3, 0))})

    assert pairs_of_two_files("hyps.npy", scores, lambda name: references) is None


def test_values_that_cannot_be_read_are_a_problem_of_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Unreadable("its values are damaged", "corrupt")

    (tmp_path / "train.pkl").write_bytes(pickle.dumps([{"name": "a", "gloss": "B"}]))
    monkeypatch.setattr(discovery, "_take", fail)
    found = discovery.discover(tmp_path)

    assert [(p.where, p.fault) for p in found.problems] == [("train.pkl", "corrupt")]
