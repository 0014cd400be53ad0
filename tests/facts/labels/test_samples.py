from __future__ import annotations

from pathlib import Path

import pytest

from slrdoctor.artifacts.run import AnnotationFile, Clip, DataSet, FeatureSet, Row
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.samples import Samples, samples, targets, texts


def listed(where: str, *rows: Row) -> AnnotationFile:
    return AnnotationFile(where, "csv", "csv", rows)


def of(*files: AnnotationFile, features: tuple[FeatureSet, ...] = ()) -> Samples:
    return samples(DataSet("", Path("run"), features, files))


A, B, C = (Row(f"clip_{name}", "train", (name.upper(), "X")) for name in "abc")


def test_samples_are_the_rows_of_all_files() -> None:
    dev = Row("clip_d", "dev", ("D",))
    found = of(listed("train.csv", A, B), listed("dev.csv", dev))

    assert found.rows == (A, B, dev) or set(found.rows) == {A, B, dev}
    assert found.splits == ("train", "dev")
    assert len(found.training) == 2
    assert found.sentence == "3 annotated samples (2 train, 1 dev)"


def test_the_same_samples_in_two_files_count_once_and_fill_each_other() -> None:
    told_again = [Row(r.id, r.split, r.glosses, signer="s1", frames=40) for r in (A, B)]
    found = of(listed("train.stm", A, B), listed("train_info.npy", *told_again))

    assert found.rows == tuple(told_again)
    assert found.read_from == "train_info.npy (train.stm repeats the same samples)"


def test_a_file_of_texts_fills_a_file_of_glosses() -> None:
    found = of(listed("gloss.csv", A), listed("text.csv", Row("clip_a", "train", text="hello you")))

    assert len(found.rows) == 1
    assert found.rows[0].glosses == A.glosses
    assert found.rows[0].text == "hello you"


def test_a_list_of_all_beside_one_a_split_adds_nothing() -> None:
    dev = Row("clip_d", "dev", ("D",))
    all_of = [Row(r.id, "", r.glosses) for r in (A, B, dev)]
    found = of(listed("all.csv", *all_of), listed("train.csv", A, B), listed("dev.csv", dev))

    assert len(found.rows) == 3
    assert "all.csv repeats the same samples" in found.read_from


def test_a_list_of_all_keeps_what_the_splits_lack() -> None:
    found = of(
        listed("all.csv", *[Row(r.id, "", r.glosses) for r in (A, B, C)]), listed("train.csv", A, B)
    )

    assert sorted((r.id, r.split) for r in found.rows) == [
        ("clip_a", "train"),
        ("clip_b", "train"),
        ("clip_c", ""),
    ]


def test_ids_with_folder_of_the_split_or_suffix_are_the_same_ids() -> None:
    again = [Row(f"train/{r.id}.mp4", "train", r.glosses) for r in (A, B)]

    assert len(of(listed("train.csv", A, B), listed("train.pickle", *again)).rows) == 2


def test_counted_rows_with_the_same_targets_are_the_same_samples() -> None:
    counted = [Row(str(i), "train", r.glosses) for i, r in enumerate((B, A))]
    found = of(listed("a_counted.csv", *counted), listed("train.csv", A, B))

    assert {r.id for r in found.rows} == {"clip_a", "clip_b"}


def test_contradicting_rows_are_all_kept() -> None:
    other = Row(A.id, "train", ("Z",))

    assert {r.glosses for r in of(listed("one.csv", A), listed("two.csv", other)).rows} == {
        A.glosses,
        ("Z",),
    }
    assert len(of(listed("one.csv", A, other)).rows) == 2
    assert len(of(listed("one.csv", A, A)).rows) == 2


def test_one_id_in_two_splits_stays_two_rows() -> None:
    assert len(of(listed("train.csv", A), listed("dev.csv", Row(A.id, "dev", A.glosses))).rows) == 2


def test_other_case_and_marks_in_an_stm_are_no_other_target() -> None:
    written = Row("clip_a", "train", ("ABEND", "__ON__", "REGEN++"))
    cleaned = Row("clip_a", "train", ("abend", "regen"))

    assert len(of(listed("train.csv", written), listed("train.stm", cleaned)).rows) == 1


def test_class_names_are_kept_before_class_numbers() -> None:
    numbers = [
        Row("v1", "train", ("7",), frames=3, signer="x"),
        Row("v2", "train", ("8",), frames=3, signer="x"),
    ]
    words = [Row("v1", "train", ("book",)), Row("v2", "train", ("drink",))]

    assert [r.glosses for r in of(listed("nslt.json", *numbers), listed("wlasl.json", *words)).rows] == [
        ("book",),
        ("drink",),
    ]


def test_of_nested_lists_the_clips_on_disk_choose() -> None:
    large = [Row(f"v{i}", "train", (f"w{i}",)) for i in range(100)]
    small = [Row(f"v{i}", "train", (str(i),)) for i in range(10)]
    clips = FeatureSet(
        "",
        "poses",
        "npy",
        "file per sample",
        tuple(Clip(f"v{i}", Path(f"v{i}.npy"), "npy") for i in range(10)),
    )
    files = (listed("WLASL.json", *large), listed("nslt_10.json", *small))

    assert len(of(*files).rows) == 100
    found = of(*files, features=(clips,))
    assert [r.glosses for r in found.rows] == [(f"w{i}",) for i in range(10)]
    assert "only those in nslt_10.json" in found.read_from


@pytest.mark.parametrize(
    ("lists", "corpus", "corpus_splits"),
    [
        (("annotations/train.csv", "annotations/dev.csv"), "corpus/full.csv", ("",)),
        (("train.json", "dev.json"), "all_samples.json", ("", "train")),
        (("a/x_dev.txt", "a/x_train.txt"), "x.txt", ("train", "dev")),
        (("used/train.tsv", "used/val.tsv", "used/test.tsv"), "everything.tsv", ("",)),
    ],
)
def test_lists_of_the_splits_inside_the_list_of_a_corpus_are_those_that_were_used(
    lists: tuple[str, ...], corpus: str, corpus_splits: tuple[str, ...]
) -> None:
    names = [f"s{i:03d}" for i in range(40)]
    splits = ["dev" if "dev" in name or "val" in name else name.rpartition("/")[2][:4] for name in lists]
    own = {where: names[i :: len(lists)] for i, where in enumerate(lists)}
    files = [
        listed(where, *(Row(n, "train" if "train" in where else split, ("A",)) for n in own[where]))
        for where, split in zip(lists, splits, strict=True)
    ]
    more = [Row(f"other{i}", corpus_splits[i % len(corpus_splits)], ("A",)) for i in range(200)]
    files.append(listed(corpus, *more, *(Row(n, corpus_splits[0], ("A",)) for n in names)))

    assert {row.id for row in of(*files, features=(stored(names),)).rows} == set(names)
    # of the samples in the lists that were used, those without features are still missing
    assert {row.id for row in of(*files, features=(stored(names[:30]),)).rows} == set(names)
    # clips of the corpus beside those of the lists: then the corpus was used
    beside = [f"other{i}" for i in range(20)]
    assert len(of(*files, features=(stored([*names, *beside]),)).rows) >= 240


def stored(names: list[str]) -> FeatureSet:
    clips = tuple(Clip(name, Path(f"{name}.npy"), "npy") for name in names)
    return FeatureSet("", "poses", "npy", "file per sample", clips)


def labelled(keys: list[str], split: str = "", where: str = "MP_Data") -> FeatureSet:
    clips = tuple(Clip(k, Path(k), "npy", label=k.partition("/")[0]) for k in keys)
    return FeatureSet(split, where, "npy", "folder of frames per sample", clips)


def test_without_annotations_folder_names_are_labels() -> None:
    found = of(features=(labelled([f"{w}/{i}" for w in ("hi", "no") for i in range(30)]),))

    assert found.from_folders
    assert not found.excerpt
    assert found.rows[0] == Row("hi/0", "", ("hi",))
    assert found.read_from == "folder names below MP_Data"
    assert len(found.training) == 60


def test_a_few_clips_with_high_numbers_are_an_excerpt() -> None:
    keys = ["doctor/10", "doctor/11", "doctor/12", "dolor/1", "dolor/10", "dolor/11"]

    assert (
        of(features=(labelled(keys),)).excerpt
        == "6 clips are here, numbered up to 12 within a class: an excerpt"
    )
    assert not of(features=(labelled([f"{w}/{i}" for w in "ab" for i in range(3)]),)).excerpt


def test_nothing_annotated_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="no annotations among 0 files"):
        of()
    unlabelled = FeatureSet("", "feats", "npy", "file per sample", (Clip("a", Path("a.npy"), "npy"),))
    with pytest.raises(Unavailable, match="no folder names label the 1 clip"):
        of(features=(unlabelled,))


def test_targets_are_the_rows_with_glosses_and_texts_those_with_texts() -> None:
    found = Samples(
        (A, Row("e", "train", ()), Row("t", "dev", text="one two"), Row("n", "dev")), "x.csv"
    )

    assert targets(found).ids == (A.id, "e")
    assert targets(found).training == ((A.id, ("A", "X")), ("e", ()))
    assert targets(found).sentence == "2 targets with 2 glosses of 2 types"
    assert texts(found).words == (("one", "two"),)


def test_targets_are_told_apart_from_numbers_and_single_labels() -> None:
    numbers = targets(Samples((Row("a", "train", ("12",)), Row("b", "train", ("3",))), "x"))
    words = targets(Samples((Row("a", "train", ("12", "HI")),), "x"))

    assert numbers.are_numbers and numbers.are_single
    assert not words.are_numbers and not words.are_single


def test_targets_without_any_gloss_are_unavailable() -> None:
    with pytest.raises(Unavailable, match="texts but no glosses"):
        targets(Samples((Row("t", "dev", text="one two"),), "x.csv"))
    with pytest.raises(Unavailable, match="empty targets only"):
        targets(Samples((Row("t", "dev", ()),), "x.csv"))
    with pytest.raises(Unavailable, match="no texts"):
        texts(Samples((A,), "x.csv"))
