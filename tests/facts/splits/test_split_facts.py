"""The facts that hold splits against each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import (
    AnnotationFile,
    Clip,
    ConfigFile,
    DataSet,
    FeatureSet,
    Problem,
    Row,
    TrainingRun,
)
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.features.features import ClipTable
from slrdoctor.facts.labels.contradictions import contradictions
from slrdoctor.facts.labels.samples import Samples, Targets, Texts
from slrdoctor.facts.splits.shared_samples import shared_samples
from slrdoctor.facts.splits.shared_sentences import shared_sentences
from slrdoctor.facts.splits.signers import Signers, signers
from slrdoctor.facts.splits.split_sizes import SplitSizes, split_sizes
from tests.making import clip_row

ROOT = Path("run")


def row(id: str, split: str, target: str = "A B", **more: Any) -> Row:
    return Row(id, split, tuple(target.split()), **more)


def of(*rows: Row, from_folders: bool = False) -> Samples:
    return Samples(tuple(replace(r, line=n) for n, r in enumerate(rows)), "a.csv", from_folders)


def clips(*found: tuple[str, str, str]) -> ClipTable:
    """A table of healthy clips from (id, split, digest)."""
    rows = tuple(clip_row(i, split=s, digest=d) for i, s, d in found)
    return ClipTable(rows, (), "features", len(rows), False)


# -- shared samples


def test_one_id_in_two_splits_is_one_sample() -> None:
    found = shared_samples(
        of(row("x7", "train"), row("q9", "train"), row("train/x7.mp4", "dev"), row("z", "dev")), None
    )

    assert [(s.id, s.splits, s.by) for s in found.shared] == [("x7", ("train", "dev"), "id")]
    assert found.sizes == {"train": 2, "dev": 2}


def test_ids_that_count_in_each_split_are_not_compared() -> None:
    train = [row(str(i), "train", f"W{i} X") for i in range(20)]
    dev = [row(str(i), "dev", f"V{i} X") for i in range(5)]

    assert not shared_samples(of(*train, *dev), None).shared


def test_a_copy_of_the_training_list_is_found_though_its_ids_count() -> None:
    train = [row(str(i), "train", f"W{i} X") for i in range(20)]
    dev = [replace(r, split="dev") for r in train[:8]]

    assert len(shared_samples(of(*train, *dev), None).shared) == 8


def test_samples_numbered_within_a_class_are_not_compared() -> None:
    train = [row(f"{w}_{i}", "train", w) for w in ("hi", "no") for i in range(9)]
    dev = [row(f"{w}_{i}", "dev", w) for w in ("hi", "no") for i in range(3)]

    assert not shared_samples(of(*train, *dev), None).shared


def test_folder_names_are_no_ids() -> None:
    rows = [row(f"hi/{i}", s, "hi") for s in ("train", "dev") for i in (3, 8, 20)]

    assert not shared_samples(of(*rows, from_folders=True), None).shared


def test_one_path_in_two_splits_is_one_sample() -> None:
    found = shared_samples(
        of(row("a1", "train", path="v/x.mp4"), row("b1", "dev", path="v/x.mp4")), None
    )

    assert [(s.id, s.other, s.by) for s in found.shared] == [("a1", "b1", "path")]


def test_a_path_that_many_samples_share_is_no_sample() -> None:
    rows = [row(f"k{i * 7}", s, path="all.h5") for i, s in enumerate(("train", "train", "dev", "dev"))]

    assert not shared_samples(of(*rows), None).shared


def test_one_address_on_the_web_may_hold_many_clips() -> None:
    rows = [row(f"k{i * 7}", s, path="https://youtu.be/x") for i, s in enumerate(("train", "dev"))]

    assert not shared_samples(of(*rows), None).shared


def test_one_id_at_two_paths_is_two_samples() -> None:
    rows = [
        row("MVI_12", "train", "Bird", path="Bird/MVI_12"),
        row("MVI_12", "test", "Cow", path="Cow/MVI_12"),
    ]

    assert not shared_samples(of(*rows), None).shared


def test_the_folder_of_the_split_makes_no_other_path() -> None:
    rows = [row("MVI_12", s, path=f"data/{s}/MVI_12.npy") for s in ("train", "test")]

    assert len(shared_samples(of(*rows), None).shared) == 1


def test_equal_arrays_are_one_sample_under_any_id() -> None:
    table = clips(("a", "train", "d1"), ("b", "train", "d2"), ("c", "dev", "d2"), ("d", "test", "d2"))
    found = shared_samples(None, table)

    assert {(s.id, s.other, s.splits) for s in found.shared} == {
        ("b", "c", ("train", "dev")),
        ("b", "d", ("train", "test")),
        ("c", "d", ("dev", "test")),
    }
    assert found.arrays_compared


def test_constant_and_empty_arrays_are_equal_to_too_many() -> None:
    table = clips(("a", "train", "d1"), ("c", "dev", "d1"))
    for change in ({"constant": True}, {"frames": 0}, {"frames": 1}, {"digest": ""}):
        rows = tuple(replace(r, **change) for r in table.rows)

        assert not shared_samples(None, replace(table, rows=rows)).shared


def test_other_arrays_and_other_targets_clear_an_id() -> None:
    rows = of(row("x7", "train", "A"), row("x7", "dev", "B"))

    assert shared_samples(rows, None).shared
    assert not shared_samples(rows, clips(("x7", "train", "d1"), ("x7", "dev", "d2"))).shared


def test_one_split_shares_nothing() -> None:
    with pytest.raises(Unavailable, match="only the train split"):
        shared_samples(of(row("a", "train")), None)


# -- contradictions


def test_one_id_with_two_targets_is_a_contradiction() -> None:
    found = contradictions(of(row("x7", "train", "A B"), row("x7", "train", "A C"), row("y1", "train")))

    assert [(c.id, c.targets) for c in found.found] == [("x7", ("A B", "A C"))]
    assert found.samples == 2


def test_a_repeated_row_is_none() -> None:
    found = contradictions(of(row("x7", "train", "REGEN++ __ON__"), row("x7", "train", "regen")))

    assert not found.found
    assert found.repeated == 1


def test_rows_at_two_paths_or_of_one_address_are_none() -> None:
    paths = of(
        row("MVI_1", "train", "Bird", path="Bird/MVI_1"), row("MVI_1", "train", "Cow", path="Cow/MVI_1")
    )
    links = of(
        row("help 2", "dev", "help", path="www.y.com/1"), row("help 2", "dev", "aid", path="www.y.com/1")
    )

    assert not contradictions(paths).found
    assert not contradictions(links).found


def test_counts_are_compared_within_a_split_alone() -> None:
    counted = [row(str(i), s, f"{s}{i}") for s in ("train", "dev") for i in range(9)]

    assert not contradictions(of(*counted)).found
    assert len(contradictions(of(*counted, row("3", "train", "other"))).found) == 1


def test_two_files_that_count_their_samples_do_not_contradict() -> None:
    assert not contradictions(
        of(*[row(str(i), "train", f"{f}{i}") for f in "ab" for i in range(9)])
    ).found


def test_ids_that_name_their_split_are_not_compared_across_splits() -> None:
    assert not contradictions(of(row("train/x7", "train", "A B"), row("dev/x7", "dev", "C D"))).found
    assert not shared_samples(
        of(row("train/x7", "train", "A B"), row("dev/x7", "dev", "C D")), None
    ).shared
    assert shared_samples(of(row("train/x7", "train", "A B"), row("dev/x7", "dev", "A B")), None).shared


# -- sentences


def test_shares_of_sentences_are_counted_by_split() -> None:
    splits = ("train", "train", "dev", "dev", "dev", "test")
    sentences = ("A B", "C D", "a b", "C D E", "A", "C D")
    targets = Targets(tuple("123456"), splits, tuple(tuple(s.split()) for s in sentences), "a.csv")
    found = shared_sentences(targets, None)

    assert found.shares == {"dev": (1, 2), "test": (1, 1)}
    assert found.examples == ("3", "6")
    assert found.sentence == "1 of 2 dev and 1 of 1 test gloss sequences also occur in train"


def test_single_labels_are_no_sentences_but_texts_are() -> None:
    targets = Targets(("1", "2"), ("train", "dev"), (("A",), ("A",)), "a.csv")
    texts = Texts(("1", "2"), ("train", "dev"), (("a", "b"), ("a", "b")), "a.csv")

    with pytest.raises(Unavailable, match="single labels"):
        shared_sentences(targets, None)
    assert shared_sentences(targets, texts).of == "texts"
    assert shared_sentences(None, texts).shares == {"dev": (1, 1)}


# -- signers


def who(*rows: Row, where: str = "train.csv", config: dict[str, Any] | None = None) -> Signers:
    data = DataSet("", ROOT, (), (AnnotationFile(where, "csv", "csv", rows),))
    configs = (ConfigFile("config.yaml", "yaml", config),) if config else ()
    return signers(data, TrainingRun("", ROOT, configs=configs), of(*rows))


def test_signers_are_those_of_the_annotations() -> None:
    found = who(
        *(
            row(f"x{i}", s, signer=n)
            for i, (s, n) in enumerate((("train", "1"), ("train", "2"), ("test", "2")))
        )
    )

    assert found.by_split == {"train": {"1", "2"}, "test": {"2"}}
    assert found.sentence == "1 of 1 test signers are also in train; nothing claims signer independence"


def test_ids_tell_signers_where_all_of_them_do() -> None:
    found = who(row("signer0_sample1", "train"), row("signer01_sample7", "dev"))

    assert found.by_split == {"train": {"0"}, "dev": {"1"}}
    assert found.known_by == "the ids"
    gsl = who(row("police1/police1_signer3_rep1/s0", "train"))
    assert gsl.by_split == {"train": {"3"}}
    with pytest.raises(Unavailable, match="the signers are unknown"):
        who(row("signer0_sample1", "train"), row("other", "dev"))


@pytest.mark.parametrize(
    "where",
    [
        "gsl_split_SI_train.csv",
        "train.SI5.corpus.csv",
        "phoenix14-si5/train.csv",
        "signer_independent/x.csv",
    ],
)
def test_names_claim_signer_independence(where: str) -> None:
    assert who(row("a", "train", signer="1"), where=where).claim == where


@pytest.mark.parametrize(
    "where", ["train.csv", "SIGN/train.csv", "unseen_sentences.csv", "basis5.csv", "session.csv"]
)
def test_other_names_do_not(where: str) -> None:
    assert not who(row("a", "train", signer="1"), where=where).claim


def test_configs_claim_it_unless_they_switch_it_off() -> None:
    one = row("a", "train", signer="1")

    assert who(one, config={"signer_independent": True}).claim
    assert who(one, config={"dataset": "phoenix14-si5"}).claim
    assert not who(one, config={"signer_independent": False}).claim


# -- split sizes


def sizes(data: DataSet, samples: Samples | None = None) -> SplitSizes:
    return split_sizes(data, samples)


def test_files_and_folders_of_a_split_may_be_empty() -> None:
    clip = Clip("a", ROOT / "a.npy", "npy")
    data = DataSet(
        "",
        ROOT,
        (
            FeatureSet("train", "f/train", "npy", "file per sample", (clip,)),
            FeatureSet("dev", "f/dev", "npy", "x", ()),
        ),
        (
            AnnotationFile("train.csv", "csv", "csv", (row("a", "train"),)),
            AnnotationFile("dev.csv", "csv", "csv", ()),
        ),
        problems=(Problem("test.csv", "annotations", "empty", "zero bytes"),),
    )
    found = sizes(data, of(row("a", "train")))

    assert found.empty == (
        ("dev", "dev.csv", "annotations"),
        ("test", "test.csv", "annotations"),
        ("dev", "f/dev", "features"),
    )
    assert found.sentence == (
        "annotated samples: 1 in train; stored clips: 1 in train, 0 in dev; "
        "empty: dev.csv, test.csv, f/dev"
    )


def test_an_empty_file_beside_a_full_one_loses_nothing() -> None:
    files = (
        AnnotationFile("a.csv", "csv", "csv", (row("a", "dev"),)),
        AnnotationFile("dev.txt", "text", "text", ()),
    )

    assert not sizes(DataSet("", ROOT, (), files), of(row("a", "dev"))).empty


def test_an_empty_log_called_dev_is_no_split() -> None:
    files = (AnnotationFile("train.csv", "csv", "csv", (row("a", "train"),)),)
    problems = (Problem("work_dir/dev.txt", "annotations", "empty", "zero bytes"),)

    assert not sizes(DataSet("", ROOT, (), files, problems=problems), of(row("a", "train"))).empty


def test_without_any_data_there_are_no_splits() -> None:
    with pytest.raises(Unavailable, match="neither annotations nor features"):
        sizes(DataSet("", ROOT))
