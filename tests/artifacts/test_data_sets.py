"""Several data sets in one folder: whose vocabulary is whose, and which of them the run is on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import DataSet
from tests.folders import write


def data_set(root: Path, place: str, glosses: str, name: str, count: int) -> None:
    """Annotations by split and a vocabulary beside them."""
    for split in ("train", "dev"):
        rows = "".join(f"{name}_{split}_{i:03},{' '.join(glosses[i % 3 :])}\n" for i in range(count))
        write(root / place / f"{split}.csv", "id,gloss\n" + rows)
    write(root / place / "gloss_dict.json", json.dumps({g: i for i, g in enumerate(glosses, 1)}))


def sets(root: Path) -> dict[str, DataSet]:
    return {data.name: data for data, _ in discover(root).cases}


@pytest.mark.parametrize("home", ["", "Net/preprocess/"])
@pytest.mark.parametrize(("mine", "other"), [("MINE", "CSL-Daily"), ("b", "a"), ("a", "b")])
@pytest.mark.parametrize("larger", [1, 5])
def test_each_data_set_has_the_vocabulary_that_lies_with_it(
    tmp_path: Path, home: str, mine: str, other: str, larger: int
) -> None:
    data_set(tmp_path, f"{home}{mine}", "ABCDE", "m", 6)
    data_set(tmp_path, f"{home}{other}", "PQRST", "o", 6 * larger)

    found = sets(tmp_path)

    assert len(found) == 2
    for data in found.values():
        [words] = data.vocabularies
        assert {g for f in data.annotations for r in f.rows for g in r.glosses or ()} <= {*words.tokens}


@pytest.mark.parametrize("home", ["", "Net/preprocess/"])
@pytest.mark.parametrize("key", ["dataset", "dataset_name", "corpus"])
@pytest.mark.parametrize("empty", [True, False])
def test_the_data_set_that_the_config_names_is_the_runs(
    tmp_path: Path, home: str, key: str, empty: bool
) -> None:
    data_set(tmp_path, f"{home}MINE", "ABCDE", "m", 6)
    data_set(tmp_path, f"{home}OTHER", "PQRST", "o", 30)
    if empty:
        write(tmp_path / f"{home}OTHER/gloss_dict.json", "")
        write(tmp_path / f"{home}OTHER/dev.csv", "")
    write(tmp_path / "configs/baseline.yaml", f"{key}: mine\nbatch_size: 4\nlr: 0.1\n")

    run = discover(tmp_path)

    [(data, _)] = run.cases
    assert {f.where for f in data.annotations} == {f"{home}MINE/train.csv", f"{home}MINE/dev.csv"}
    assert not data.problems and len(run.problems) == 2 * empty
    assert data.vocabularies[0].where == f"{home}MINE/gloss_dict.json"
    [choice] = [c for c in run.choices if c.kind == "annotations"]
    assert f"{home}OTHER/train.csv" in choice.others and "mine" in choice.why


def test_what_lies_outside_of_every_data_set_stays_with_the_one_that_is_named(tmp_path: Path) -> None:
    data_set(tmp_path, "sets/small", "ABCDE", "m", 6)
    data_set(tmp_path, "sets/large", "PQRST", "o", 30)
    (tmp_path / "sets/small/gloss_dict.json").rename(tmp_path / "gloss_dict.json")
    write(tmp_path / "config.yaml", "dataset: small\nbatch_size: 4\nlr: 0.1\n")
    write(tmp_path / "features.npy", "")

    [(data, _)] = discover(tmp_path).cases

    assert [v.where for v in data.vocabularies] == ["gloss_dict.json"]
    assert [p.where for p in data.problems] == ["features.npy"]


def test_configs_that_name_two_data_sets_choose_none(tmp_path: Path) -> None:
    for name in ("one", "two"):
        data_set(tmp_path, name, "ABCDE" if name == "one" else "PQRST", name, 6)
        write(tmp_path / f"configs/{name}.yaml", f"dataset: {name}\nbatch_size: 4\n")

    assert len(sets(tmp_path)) == 2
