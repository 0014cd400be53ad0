from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slrdoctor.artifacts.run import AnnotationFile, Clip, DataSet, FeatureSet, Problem, Row
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.features.join import Join, join
from slrdoctor.facts.labels.samples import samples

ROOT = Path("run")
PHOENIX = [f"0{i}April_2010_Thursday_heute_default-{i}" for i in range(1, 9)]


def stored(
    keys: list[str],
    split: str = "",
    suffix: str = ".npy",
    layout: str = "file per sample",
    broken: tuple[tuple[str, str, str], ...] = (),
) -> FeatureSet:
    where = f"features/{split}".rstrip("/")
    clips = tuple(Clip(key, ROOT / where / (key + suffix), suffix[1:]) for key in keys)
    return FeatureSet(split, where, suffix[1:], layout, clips, broken=broken)


def rows(ids: list[str], split: str = "train", path: str = "") -> list[Row]:
    return [
        Row(i, split, ("A", "B"), path=path.format(i) if path else None, line=n)
        for n, i in enumerate(ids)
    ]


def joined(annotated: list[Row], *sets: FeatureSet, expected: tuple[str, ...] = ()) -> Join:
    file = AnnotationFile("labels.csv", "csv", "csv", tuple(annotated))
    data = DataSet("", ROOT, sets, (file,), expected_features=expected)
    return join(data, samples(data))


def matched(found: Join) -> dict[str, str]:
    return {pair.row.id: pair.clip.key for pair in found.pairs}


def test_ids_are_joined_with_clips_of_their_name() -> None:
    found = joined(rows(PHOENIX), stored(PHOENIX))

    assert matched(found) == {i: i for i in PHOENIX}
    assert found.exact and not found.missing and not found.unannotated
    assert found.covered == {"train": (8, 8)}
    assert found.sentence == "8 of 8 train samples have features (the id is the clip's name)"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("features/train/{}.npy", "{}"),
        ("./videos/{}.mp4", "{}"),
        ("C:\\data\\videos\\{}.mp4", "{}"),
        ("{}/1/*.png", "{}"),
        ("train/{}/*.jpg", "train/{}"),
        ("{}/color.mp4", "{}"),
        ("", "{}/keypoints"),
        ("{}/1/*.png", "{}/1/features"),
        ("", "signer/{}"),
        ("", "{}_features"),
        ("", "{}.mp4"),
        ("", "feat_{}"),
        ("", "feat_{}-v2"),
    ],
)
def test_paths_prefixes_and_suffixes_are_seen_through(path: str, key: str) -> None:
    found = joined(rows(PHOENIX, path=path), stored([key.format(i) for i in PHOENIX]))

    assert matched(found) == {i: key.format(i) for i in PHOENIX}
    assert found.exact


def test_ids_that_have_more_than_the_clips_are_seen_through() -> None:
    found = joined(rows([f"train/{i}" for i in PHOENIX]), stored(PHOENIX))

    assert len(found.pairs) == 8
    assert len(joined(rows([f"video_{i}" for i in PHOENIX]), stored(PHOENIX)).pairs) == 8


@pytest.mark.parametrize("key", ["{:04d}", "clip_{:04d}", "{:02d}"])
def test_zeros_before_numbers_do_not_matter(key: str) -> None:
    found = joined(rows([str(i) for i in range(1, 121)]), stored([key.format(i) for i in range(1, 121)]))

    assert matched(found) == {str(i): key.format(i) for i in range(1, 121)}


def test_a_number_is_never_completed_to_another_number() -> None:
    found = joined(rows([str(i) for i in range(10)]), stored([str(i) for i in range(10, 20)]))

    assert not found.pairs
    assert not found.near_misses


@pytest.mark.parametrize(("form", "by"), [("NFD", "Unicode form"), ("", "case")])
def test_folding_for_all_joins_and_is_said(form: str, by: str) -> None:
    ids = [f"Ärger_{i}" for i in range(5)]
    keys = [unicodedata.normalize("NFD", i) if form else i.upper() for i in ids]
    found = joined(rows(ids), stored(keys))

    assert len(found.pairs) == 5
    assert not found.exact
    assert f"{by} ignored" in found.how


def test_what_only_a_few_would_need_is_a_near_miss() -> None:
    ids = ["house_1", "house_2", "house_3", "tree_1", "tree_2", "Übung_1", "flower_1"]
    keys = [
        "house_1",
        "house_2",
        "house_3",
        "Tree_1",
        "feat_tree_2",
        unicodedata.normalize("NFD", "Übung_1"),
        "flouer_1",
    ]
    found = joined(rows(ids), stored(keys))

    assert len(found.pairs) == 3
    assert {(miss.id, miss.by) for miss in found.near_misses} == {
        ("tree_1", "case"),
        ("tree_2", "prefix"),
        ("Übung_1", "unicode form"),
        ("flower_1", "spelling"),
    }
    assert found.exact
    assert found.near_counts == {"case": 1, "prefix": 1, "unicode form": 1, "spelling": 1}


def test_another_number_is_no_slip_of_spelling() -> None:
    found = joined(rows(["sample_0041", "sample_0042"]), stored(["sample_0042", "sample_0043"]))

    assert [row.id for row in found.missing] == ["sample_0041"]
    assert not found.near_misses


def test_an_array_of_another_format_than_the_path_says_is_a_near_miss() -> None:
    found = joined(rows(PHOENIX, path="features/{}.npy"), stored(PHOENIX, suffix=".npz"))

    assert not found.pairs
    assert {miss.by for miss in found.near_misses} == {"extension"}
    assert found.near_misses[0].stored == f"{PHOENIX[0]}.npz"
    assert found.near_counts == {"extension": 8}


def test_a_member_of_a_container_may_be_meant_by_a_path_to_a_file() -> None:
    assert (
        len(
            joined(rows(PHOENIX, path="{}.npy"), stored(PHOENIX, suffix=".h5", layout="container")).pairs
        )
        == 8
    )


def test_rows_go_to_the_features_of_their_split() -> None:
    counted = [str(i) for i in range(6)]
    found = joined(
        rows(counted, "train") + rows(counted[:3], "dev"),
        stored(counted, "train"),
        stored(counted[:3], "dev"),
    )

    assert {(p.split, p.set_where) for p in found.pairs} == {
        ("train", "features/train"),
        ("dev", "features/dev"),
    }
    assert found.covered == {"train": (6, 6), "dev": (3, 3)}


def test_counted_ids_never_reach_into_another_split() -> None:
    counted = [str(i) for i in range(6)]
    found = joined(rows(counted[:3], "train") + rows(counted, "dev"), stored(counted, "train"))

    assert found.covered == {"train": (3, 3), "dev": (0, 6)}


def test_a_list_may_split_anew_what_lies_in_one_folder() -> None:
    found = joined(rows(PHOENIX[:5], "train") + rows(PHOENIX[5:], "dev"), stored(PHOENIX, "train"))

    assert found.covered == {"train": (5, 5), "dev": (3, 3)}


def test_features_without_a_split_serve_all() -> None:
    found = joined(rows(PHOENIX[:5], "train") + rows(PHOENIX[5:], "test"), stored(PHOENIX))

    assert found.covered == {"train": (5, 5), "test": (3, 3)}


def test_a_clip_that_two_ids_claim_is_nobodys() -> None:
    found = joined(rows(["a/0", "b/0", "c/1"]), stored(["0", "1"]))

    assert matched(found) == {"c/1": "1"}
    assert [row.id for row in found.missing] == ["a/0", "b/0"]


def test_one_name_in_two_folders_is_told_apart_by_the_folder() -> None:
    found = joined(rows(["hello/0", "thanks/0"]), stored(["mp/hello/0", "mp/thanks/0"]))

    assert matched(found) == {"hello/0": "mp/hello/0", "thanks/0": "mp/thanks/0"}


def test_missing_rows_and_stray_clips_are_told() -> None:
    found = joined(rows(PHOENIX[:6]), stored([*PHOENIX[2:], "stray"]))

    assert [row.id for row in found.missing] == PHOENIX[:2]
    assert found.unannotated == (*PHOENIX[6:], "stray")
    assert found.covered == {"train": (4, 6)}


def test_a_broken_file_is_not_a_missing_one() -> None:
    broken = ((f"features/{PHOENIX[0]}.npy", "truncated", "the file ends early"),)
    found = joined(rows(PHOENIX), stored(PHOENIX[1:], broken=broken))

    assert not found.missing
    assert [row.id for row in found.unreadable] == PHOENIX[:1]
    assert found.covered == {"train": (8, 8)}


def test_where_every_file_is_broken_all_is_missing() -> None:
    broken = tuple((f"features/{i}.npy", "lfs-pointer", "a pointer") for i in PHOENIX)
    found = joined(rows(PHOENIX), stored([], broken=broken))

    assert len(found.missing) == 8
    assert not found.pairs


def test_pointer_files_alone_make_features_expected() -> None:
    file = AnnotationFile("labels.csv", "csv", "csv", tuple(rows(PHOENIX)))
    problems = tuple(
        Problem(f"features/{i}.npy", "features", "lfs-pointer", "a pointer") for i in PHOENIX
    )
    data = DataSet("", ROOT, (), (file,), problems=problems)

    assert len(join(data, samples(data)).missing) == 8


def test_a_problem_file_is_not_a_missing_one_either() -> None:
    file = AnnotationFile("labels.csv", "csv", "csv", tuple(rows(PHOENIX)))
    problem = Problem(f"features/{PHOENIX[3]}.npy", "features", "empty", "zero bytes")
    data = DataSet(
        "", ROOT, (stored([i for i in PHOENIX if i != PHOENIX[3]]),), (file,), problems=(problem,)
    )

    assert [row.id for row in join(data, samples(data)).unreadable] == [PHOENIX[3]]


def test_samples_of_a_container_without_names_are_joined_by_position() -> None:
    found = joined(rows(PHOENIX), stored([str(i) for i in range(8)], layout="container"))

    assert [pair.clip.key for pair in found.pairs] == [str(i) for i in range(8)]
    assert "by their position" in found.how


def test_videos_alone_make_no_feature_expected() -> None:
    with pytest.raises(Unavailable, match="the features of the 8 annotated samples are not here"):
        joined(rows(PHOENIX, path="videos/{}.mp4"))


def test_a_path_to_an_array_makes_it_expected() -> None:
    found = joined(rows(PHOENIX, path="features/{}.npy"))

    assert len(found.missing) == 8
    assert found.covered == {"train": (0, 8)}


def test_what_points_to_features_makes_them_expected() -> None:
    assert len(joined(rows(PHOENIX), expected=("config.yaml: features/train",)).missing) == 8


def test_a_demo_clip_is_not_the_features_of_a_corpus() -> None:
    with pytest.raises(Unavailable, match="only 1 clips that belong to none"):
        joined(rows([f"video{i}_{i * i}" for i in range(300)]), stored(["demo"]))


def test_clips_of_labelled_folders_are_their_own_samples() -> None:
    clips = tuple(
        Clip(f"{w}/{i}", ROOT / f"{w}/{i}.npy", "npy", label=w) for w in ("hi", "no") for i in range(3)
    )
    data = DataSet("", ROOT, (FeatureSet("", "MP_Data", "npy", "file per sample", clips),))
    found = join(data, samples(data))

    assert [(p.row.glosses, p.clip.label) for p in found.pairs] == [(("hi",), "hi")] * 3 + [
        (("no",), "no")
    ] * 3
    assert not found.missing


def test_hostile_names_take_no_time() -> None:
    ids = ["a_" * 50_000, "a/" * 50_000 + "b", "1" * 100_000]
    found = joined(rows(ids), stored([i + "x" for i in ids]), expected=("features",))

    assert len(found.missing) + len(found.pairs) == 3


names = st.text(st.sampled_from("ab1_/"), min_size=1, max_size=4).filter(
    lambda s: s.strip("/") == s and "//" not in s
)


@settings(max_examples=200, deadline=None)
@given(st.lists(names, max_size=8, unique=True), st.lists(names, max_size=8, unique=True))
def test_no_clip_serves_two_ids_and_equal_names_meet(ids: list[str], keys: list[str]) -> None:
    if not ids or not keys:
        return
    try:
        found = joined(rows(ids), stored(keys), expected=("features",))
    except Unavailable:  # every id may be several clips
        assert not set(ids) & set(keys)
        return

    clips = [pair.clip.key for pair in found.pairs]
    assert len(set(clips)) == len(clips)
    assert len(found.pairs) + len(found.missing) + len(found.ambiguous.rows) == len(ids)
    # slow and obvious: the share of equal names is a floor for what is joined
    assert len(found.pairs) >= sum(i == k for i in ids for k in keys)


def test_a_hundred_thousand_rows_are_joined() -> None:
    numbers = random.Random(0)
    ids = [f"clip_{numbers.randrange(10**9)}_{i}" for i in range(100_000)]
    annotated, clips = (
        rows(ids),
        stored([f"{i}_features" for i in ids[1000:]] + [f"x{i}" for i in range(1000)]),
    )
    found = joined(annotated, clips)

    assert len(found.pairs) == 99_000


def test_a_clip_without_a_name_joins_nothing_and_does_not_crash() -> None:
    found = joined(rows(["a1", "b2", "c3"]), stored(["", "a1", "xb2"]))

    assert matched(found) == {"a1": "a1"}


@pytest.mark.parametrize("other", ["other_{:05}", "wlasl-{}", "{}_b"])
@pytest.mark.parametrize("first", ["used", "others"])
def test_samples_of_another_name_do_not_get_the_clips_of_those_that_have_their_own(
    other: str, first: str
) -> None:
    used = rows([str(i) for i in range(100, 130)], "train")
    others = rows([other.format(i) for i in range(100, 130)], "")

    found = joined(
        [*used, *others] if first == "used" else [*others, *used], stored([row.id for row in used])
    )

    assert matched(found) == {row.id: row.id for row in used}
    assert found.covered == {"train": (30, 30), "": (0, 30)}


def test_a_clip_that_two_splits_name_is_that_of_both() -> None:
    found = joined([*rows(PHOENIX, "train"), *rows(PHOENIX[:3], "dev")], stored(PHOENIX))

    assert found.covered == {"train": (8, 8), "dev": (3, 3)}
