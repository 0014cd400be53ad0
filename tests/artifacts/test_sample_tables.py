"""Tables of samples: a row a sample with its label first, last or in between, in any language."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from slrdoctor import scan
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.facts.features.join import join
from slrdoctor.facts.labels.samples import samples

N, DIMS = 60, 42
LABELS = ("A", "B", "C")
Cells = list[list[str]]


def values(number: int) -> list[str]:
    x = np.random.default_rng(number).uniform(-1, 1, DIMS)
    x[0] = number + 0.5  # whose row it is
    return [f"{v:.5f}" for v in x]


def label(number: int) -> str:
    return LABELS[number * 7 % 3]


def order(seed: int = 3) -> list[int]:
    numbers = list(range(N))
    random.Random(seed).shuffle(numbers)
    return numbers


def class_first(numbers: Sequence[int]) -> Cells:
    return [[str(LABELS.index(label(n))), *values(n)] for n in numbers]


def label_last(numbers: Sequence[int]) -> Cells:
    return [[*values(n), label(n)] for n in numbers]


def numbered_header(numbers: Sequence[int]) -> Cells:
    return [[*map(str, range(DIMS)), "label"], *label_last(numbers)]


def german_header(numbers: Sequence[int]) -> Cells:
    head = ["Datei", *(f"{axis}{i}" for i in range(DIMS // 2) for axis in "xy"), "Gebärde"]
    return [
        head,
        *(
            [f"img_{n * 31 % 97:03d}.jpg", *row]
            for n, row in zip(numbers, label_last(numbers), strict=True)
        ),
    ]


def chinese_header(numbers: Sequence[int]) -> Cells:
    rows = [[label(n), "s1" if n % 2 else "s2", *values(n)] for n in numbers]
    return [["类别", "手语者", *(f"p{i}" for i in range(DIMS))], *rows]


def index_of_pandas(numbers: Sequence[int]) -> Cells:
    rows = [[str(i), str(float(LABELS.index(label(n)))), *values(n)] for i, n in enumerate(numbers)]
    return [["", "class", *(f"f{i}" for i in range(DIMS))], *rows]


def with_number_of_the_class_too(numbers: Sequence[int]) -> Cells:
    rows = [[*values(n), str(LABELS.index(label(n))), label(n)] for n in numbers]
    return [[*(f"kp_{i}" for i in range(DIMS)), "label_id", "label"], *rows]


def split_column(numbers: Sequence[int]) -> Cells:
    rows = [["train" if n % 4 else "val", label(n), *values(n)] for n in numbers]
    return [["split", "letra", *(f"v{i}" for i in range(DIMS))], *rows]


Make = Callable[[Sequence[int]], Cells]
MEMBERS: dict[str, Make] = {
    one.__name__: one
    for one in (
        class_first, label_last, numbered_header, german_header, chinese_header, index_of_pandas,
        with_number_of_the_class_too, split_column,
    )
}  # fmt: skip
OF_NUMBERS = (class_first, index_of_pandas)


def write(path: Path, cells: Cells, delimiter: str = ",") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(cells)


def labelled(root: Path) -> dict[int, str]:
    """The number that the features of a sample carry, and its label."""
    [(data, _)] = discover(root).cases
    pairs = join(data, samples(data)).pairs
    opened = {pair: open_clip(pair.clip) for pair in pairs}
    assert {x.shape for x in opened.values()} == {(DIMS,)}
    return {int(x[0]): " ".join(pair.row.glosses or ()) for pair, x in opened.items()}


def codes_of(root: Path) -> set[str]:
    return {finding["code"] for finding in scan(root).findings}


@pytest.mark.parametrize(
    "place", ["landmarks.csv", "keypoint_classifier/keypoint.csv", "data/train/a.tsv"]
)
@pytest.mark.parametrize("member", MEMBERS)
def test_every_row_is_a_sample_with_its_label(tmp_path: Path, member: str, place: str) -> None:
    make = MEMBERS[member]
    write(tmp_path / place, make(order()), "\t" if place.endswith("tsv") else ",")

    of_number = make in OF_NUMBERS
    assert labelled(tmp_path) == {
        n: str(LABELS.index(label(n))) if of_number else label(n) for n in range(N)
    }


@pytest.mark.parametrize("member", MEMBERS)
def test_blank_cells_and_rows_of_zeros_are_found_in_every_form(tmp_path: Path, member: str) -> None:
    cells = MEMBERS[member](order())
    at = cells[-1].index(values(order()[-1])[0])
    for row in cells[-3:]:
        row[at] = ""
    for row in cells[-9:-6]:
        row[at : at + DIMS] = ["0.00000"] * DIMS
    write(tmp_path / "data.csv", cells)

    assert {"FEA104", "FEA105"} <= codes_of(tmp_path)


def test_a_row_of_two_hands_among_those_of_one_is_of_another_size(tmp_path: Path) -> None:
    cells = label_last(order())
    cells[5] = [*cells[5][:DIMS], *cells[5]]
    write(tmp_path / "coords.csv", cells)

    assert "FEA109" in codes_of(tmp_path)


def test_neighbouring_rows_of_one_name_are_the_frames_of_one_clip(tmp_path: Path) -> None:
    head = ["sequence_id", "frame", *(f"x{i}" for i in range(DIMS)), "sign"]
    rows = [[f"seq{n}", str(t), *values(n), label(n)] for n in order()[:20] for t in range(4 + n % 3)]
    write(tmp_path / "all.csv", [head, *rows])

    [(data, _)] = discover(tmp_path).cases
    found = join(data, samples(data))

    assert len(found.pairs) == 20
    for pair in found.pairs:
        number = int(pair.row.id.removeprefix("seq"))
        assert open_clip(pair.clip).shape == (4 + number % 3, DIMS)
        assert pair.row.glosses == (label(number),)


def test_tables_of_each_split_keep_their_own_samples(tmp_path: Path) -> None:
    numbers = order()
    write(tmp_path / "train.csv", label_last(numbers[:45]))
    write(tmp_path / "test.csv", label_last(numbers[45:]))

    assert labelled(tmp_path) == {n: label(n) for n in range(N)}
    [(data, _)] = discover(tmp_path).cases
    assert {(one.split, len(one.clips)) for one in data.features} == {("train", 45), ("test", 15)}


def test_the_same_samples_in_another_order_and_form_keep_their_labels(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", label_last(order(1)))
    numbers = order(2)
    np.save(tmp_path / "X.npy", np.array([values(n) for n in numbers], np.float64))
    np.save(tmp_path / "y.npy", np.array([label(n) for n in numbers]))

    assert labelled(tmp_path) == {n: label(n) for n in range(N)}


def test_one_clip_of_frames_stays_a_clip(tmp_path: Path) -> None:
    for i in range(4):
        write(tmp_path / "features" / f"clip{i}.csv", [values(n) for n in range(30)])

    [(data, _)] = discover(tmp_path).cases

    assert [len(one.clips) for one in data.features] == [4]


@pytest.mark.parametrize("name", ["history.csv", "results.csv"])
def test_a_history_is_no_table_of_samples(tmp_path: Path, name: str) -> None:
    head = ["epoch", *(f"metric_{i}" for i in range(12)), "train_loss", "val_loss"]
    rows = [
        [str(e), *(f"{np.sin(e + i):.4f}" for i in range(12)), f"{3 / (e + 1):.4f}", "2.5"]
        for e in range(30)
    ]
    write(tmp_path / name, [head, *rows])

    [(data, [training])] = discover(tmp_path).cases

    assert not data.features and training.histories


def test_probabilities_with_their_labels_are_no_features(tmp_path: Path) -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(12), N)
    rows = [[f"c{i}", label(i), *(f"{v:.6f}" for v in p[i])] for i in range(N)]
    write(tmp_path / "scores.csv", [["id", "label", *(f"c{i}" for i in range(12))], *rows])

    [(data, _)] = discover(tmp_path).cases

    assert not data.features
