"""Several data sets in one folder: whose vocabulary is whose, and which of them the run is on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

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


def lists_of_a_corpus(root: Path, name: str, used: str, whole: str, clips: int = 30) -> None:
    """Features and the list of a run, beside a list of five times as many samples."""
    for i in range(clips):
        path = root / "project/features" / f"{name.format(i)}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, np.random.default_rng(i).normal(size=(20, 42)).astype(np.float32))
    split = ["dev" if i % 5 == 0 else "train" for i in range(clips)]
    rows = [f"{name.format(i)},A B,{split[i]}" for i in range(clips)]
    write(root / used, "\n".join(["id,gloss,split", *rows]) + "\n")
    more = [f"{name.format(i)},A B" for i in range(5 * clips)]
    write(root / whole, "\n".join(["id,gloss", *more]) + "\n")


@pytest.mark.parametrize("name", ["{}", "{:05}"])
@pytest.mark.parametrize(
    ("used", "whole"),
    [
        ("project/annotations.csv", "corpus/full_corpus.csv"),
        ("project/lists/mine.csv", "all/metadata.csv"),
        ("z/used.csv", "a/everything.csv"),
    ],
)
def test_the_list_of_the_whole_corpus_is_not_that_of_the_run(
    tmp_path: Path, name: str, used: str, whole: str
) -> None:
    lists_of_a_corpus(tmp_path, name, used, whole)

    [(data, _)] = discover(tmp_path).cases

    assert [file.where for file in data.annotations] == [used]


def classifier(root: Path, outputs: int) -> None:
    torch.save(
        {"encoder.weight": torch.randn(16, 42), "head.weight": torch.randn(outputs, 16)},
        root / "best.pt",
    )


@pytest.mark.parametrize(
    ("where", "form"),
    [
        ("label_encoder.json", lambda names: json.dumps({n: i for i, n in enumerate(names)})),
        ("classes.txt", lambda names: "\n".join(names) + "\n"),
        ("data/vocab.json", json.dumps),
        ("data.yaml", lambda names: f"nc: {len(names)}\nnames: {json.dumps(names)}\n"),
    ],
)
@pytest.mark.parametrize("more", [0, 1])
def test_a_list_of_other_classes_is_not_taken_where_the_model_has_those_that_are_annotated(
    tmp_path: Path, where: str, form: Callable[[list[str]], str], more: int
) -> None:
    data_set(tmp_path, "", "ABCDE", "m", 6)
    (tmp_path / "gloss_dict.json").unlink()
    write(tmp_path / where, form([f"HOUSE{i}" for i in range(40)]))
    classifier(tmp_path, 5 + more)

    run = discover(tmp_path)

    [(data, _)] = run.cases
    assert data.vocabularies == ()
    [choice] = [c for c in data.choices if c.kind == "vocabulary"]
    assert (choice.taken, choice.others) == ("", (where,))


@pytest.mark.parametrize(
    ("names", "outputs"),
    [
        ([f"HOUSE{i}" for i in range(40)], 41),
        (["a", "b", "c", "d", "e", "f", "g"], 5),
        (["X1", "X2"], 19),
    ],
    ids=["the model has its classes", "the same in lower case", "the model has neither"],
)
def test_a_vocabulary_without_the_annotated_glosses_stays_where_it_may_be_the_models(
    tmp_path: Path, names: list[str], outputs: int
) -> None:
    data_set(tmp_path, "", "ABCDE", "m", 6)
    write(tmp_path / "gloss_dict.json", json.dumps({n: i for i, n in enumerate(names)}))
    classifier(tmp_path, outputs)

    [(data, _)] = discover(tmp_path).cases

    assert [v.where for v in data.vocabularies] == ["gloss_dict.json"]


def test_the_vocabulary_that_the_user_names_is_taken_whatever_is_in_it(tmp_path: Path) -> None:
    data_set(tmp_path, "", "ABCDE", "m", 6)
    write(tmp_path / "gloss_dict.json", json.dumps({f"HOUSE{i}": i for i in range(40)}))
    write(tmp_path / "slrdoctor.toml", '[vocabulary]\npath = "gloss_dict.json"\n')
    classifier(tmp_path, 5)

    [(data, _)] = discover(tmp_path).cases

    assert [v.where for v in data.vocabularies] == ["gloss_dict.json"]


@pytest.mark.parametrize("where", ["preprocess/csl/gloss_dict.npy", "old/vocab.json", "a/id2gloss.json"])
@pytest.mark.parametrize(("outputs", "beside"), [(140, False), (2, False), (140, True)])
def test_an_empty_vocabulary_in_a_folder_of_its_own_is_not_that_of_a_model_with_classes(
    tmp_path: Path, where: str, outputs: int, beside: bool
) -> None:
    place = where.rpartition("/")[0] if beside else "data"
    data_set(tmp_path, place, "ABCDE", "m", 6)
    (tmp_path / place / "gloss_dict.json").unlink()
    classifier(tmp_path, outputs)
    if where.endswith(".npy"):
        (tmp_path / where).parent.mkdir(parents=True, exist_ok=True)
        np.save(tmp_path / where, np.array({}, dtype=object), allow_pickle=True)
    else:
        write(tmp_path / where, "{}")

    run = discover(tmp_path)

    [(data, _)] = run.cases
    assert ([v.where for v in data.vocabularies] == [where]) == (outputs == 2 or beside)


@pytest.mark.parametrize("special", [["<blank>"], ["<pad>", "<unk>"], ["<s>", "</s>", "<unk>"]])
def test_a_vocabulary_of_special_tokens_alone_is_an_empty_one_of_the_run(
    tmp_path: Path, special: list[str]
) -> None:
    data_set(tmp_path, "", "ABCDE", "m", 6)
    write(tmp_path / "gloss_dict.json", json.dumps({token: i for i, token in enumerate(special)}))
    classifier(tmp_path, 5)

    [(data, _)] = discover(tmp_path).cases

    assert [v.where for v in data.vocabularies] == ["gloss_dict.json"]


@pytest.mark.parametrize(
    ("of_rows", "of_files"),
    [
        ("videos/v{}.mp4", "v{}"),
        ("D:\\data\\v{}.avi", "v{}"),
        ("v{}", "feat_v{}"),
        ("v{}", "Signer0{s}_v{}"),
        ("{}", "0{}"),
    ],
)
def test_the_data_set_that_the_features_are_of_is_told_by_names_that_differ_as_theirs_may(
    tmp_path: Path, of_rows: str, of_files: str
) -> None:
    for i in range(100, 120):
        path = tmp_path / "features" / f"{of_files.format(i, s=i % 4)}.npy"
        path.parent.mkdir(exist_ok=True)
        np.save(path, np.random.default_rng(i).normal(size=(20, 42)).astype(np.float32))
    rows = [f"{of_rows.format(i)},A B" for i in range(100, 120)]
    write(tmp_path / "mine/train.csv", "\n".join(["id,gloss", *rows]) + "\n")
    others = [f"how_{i}x,C D E" for i in range(70)]
    write(tmp_path / "how2sign/train.csv", "\n".join(["id,gloss", *others]) + "\n")

    [(data, _)] = discover(tmp_path).cases

    assert [file.where for file in data.annotations] == ["mine/train.csv"]


@pytest.mark.parametrize("stored", ["{}", "{:05}"])
@pytest.mark.parametrize(
    ("used", "other"),
    [
        ("annotations/all.csv", "captions.json"),
        ("all.csv", "texts/said.json"),
        ("z/l.csv", "a/said.json"),
    ],
)
def test_of_two_lists_of_the_same_numbers_the_one_that_tells_the_splits_is_taken(
    tmp_path: Path, stored: str, used: str, other: str
) -> None:
    (tmp_path / "features").mkdir()
    for i in range(30):
        frames = np.random.default_rng(i).normal(size=(20, 42)).astype(np.float32)
        np.save(tmp_path / "features" / f"{stored.format(i)}.npy", frames)
    rows = [f"{i},{'ABC'[i % 3]},{'dev' if i % 5 == 0 else 'train'}" for i in range(30)]
    write(tmp_path / used, "\n".join(["id,label,split", *rows]) + "\n")
    write(tmp_path / other, json.dumps({str(i): f"a person signs something {i % 7}" for i in range(30)}))

    [(data, _)] = discover(tmp_path).cases

    assert used in [file.where for file in data.annotations]
    assert {row.split for file in data.annotations for row in file.rows if row.glosses} == {
        "train",
        "dev",
    }
