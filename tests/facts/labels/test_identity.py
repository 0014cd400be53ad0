from __future__ import annotations

import pytest

from slrdoctor.artifacts.run import Row
from slrdoctor.facts.labels._identity import are_counters, sample_key
from slrdoctor.words.sample_ids import bare_id, is_link, suffix_of, without_suffix


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("train/clip_1", "clip_1"),
        ("dev\\clip_1.MP4", "clip_1"),
        ("hello/clip_1.npy", "hello/clip_1"),
        ("clip.1", "clip.1"),
        ("train", "train"),
        (" clip ", "clip"),
    ],
)
def test_an_id_is_bare_without_split_and_suffix(text: str, bare: str) -> None:
    assert bare_id(text) == bare


def test_suffixes_are_those_of_arrays_videos_and_images() -> None:
    assert suffix_of("a/B.NPY") == ".npy"
    assert suffix_of("v1.0") == ""
    assert without_suffix("x.mp4") == "x"
    assert without_suffix("4. Bird") == "4. Bird"


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([str(i) for i in range(10)], True),
        ([str(i) for i in range(1, 11)], True),
        ([f"hello_{i}" for i in range(5)] + [f"thanks_{i}" for i in range(5)], True),
        ([f"hello/{i:03d}.npy" for i in range(9)], True),
        ([str(i) for i in range(80, 90)], False),
        (["3", "17", "42", "58", "64", "90"], False),
        ([f"0{i}April_2010_heute-{i * 37}" for i in range(9)], False),
        (["abc", "def"], False),
        (["0"], False),
        ([], False),
    ],
)
def test_ids_that_only_count_are_told_from_names(ids: list[str], expected: bool) -> None:
    assert are_counters(ids) is expected


def test_one_id_at_two_paths_is_two_samples() -> None:
    one, other = (
        Row("MVI_1.MOV", path=f"{word}/MVI_1.MOV", line=n) for n, word in enumerate(("Bird", "Cow"))
    )

    assert sample_key(one) != sample_key(other)


def test_clips_of_one_video_on_the_web_are_told_apart_by_their_line() -> None:
    one, other = (Row("help", path="https://youtu.be/x", line=n) for n in (1, 2))

    assert is_link("www.youtube.com/watch?v=1")
    assert sample_key(one) != sample_key(other)
