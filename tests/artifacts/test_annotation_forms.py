"""Annotations in forms of no data set in particular: columns and containers that are guessed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Opaque, Table, Text, Tree
from slrdoctor.artifacts.formats.csv_table import table_of
from slrdoctor.artifacts.kinds.annotations import recognise_annotations
from slrdoctor.artifacts.run import AnnotationFile, Row


def of_csv(text: str, where: str = "data/train.csv") -> AnnotationFile:
    found = recognise_annotations(where, "csv", table_of(text))
    assert found is not None
    return found


def of_tree(value: Any, where: str = "data/annotations.json") -> AnnotationFile:
    found = recognise_annotations(where, "json", Tree(value))
    assert found is not None
    return found


def of_text(text: str, where: str = "data/train.txt") -> AnnotationFile:
    found = recognise_annotations(where, "text", Text(text.splitlines()))
    assert found is not None
    return found


def pairs(found: AnnotationFile) -> list[tuple[str, tuple[str, ...] | None]]:
    return [(row.id, row.glosses) for row in found.rows]


@pytest.mark.parametrize(
    "id_name", ["id", "Video ID", "sampleId", "utt_id", "name", "fileid", "seq_id", "clip_name"]
)
@pytest.mark.parametrize(
    "gloss_name", ["gloss", "Glosses", "annotation", "gloss_sequence", "label", "DGS gloss", "target"]
)
def test_columns_are_found_under_their_many_names(id_name: str, gloss_name: str) -> None:
    found = of_csv(f"{id_name},{gloss_name}\na1,A B\nb2,C D\n")
    assert pairs(found) == [("a1", ("A", "B")), ("b2", ("C", "D"))]


def test_all_columns_of_a_sample_are_taken() -> None:
    found = of_csv(
        "video_path,gloss,translation,subset,signer,n_frames,fps\n"
        "clips/a.mp4,A B,x y,Train,S1,120,29.97\nclips/b.mp4,C,z,validation,2,,\n",
        "meta.csv",
    )
    assert found.rows == (
        Row("clips/a.mp4", "train", ("A", "B"), "x y", "S1", 120, 29.97, "clips/a.mp4", 2),
        Row("clips/b.mp4", "dev", ("C",), "z", "2", None, None, "clips/b.mp4", 3),
    )


def test_a_class_column_makes_a_classification_and_keeps_names_of_two_words() -> None:
    text = "path,label,label_id\n" + "".join(
        f"v/{i}.npy,{'thank you' if i % 3 else 'book'},{i % 3 > 0:d}\n" for i in range(9)
    )
    found = of_csv(text)
    assert found.classification
    assert found.rows[1].glosses == ("thank you",)


def test_the_name_of_a_class_is_preferred_to_its_number() -> None:
    assert of_csv("path,label,word\na.npy,3,hello\nb.npy,4,bye\n").rows[0].glosses == ("hello",)
    assert of_csv("path,class_id,class_name\na.npy,3,hello\nb.npy,4,bye\n").rows[0].glosses == ("hello",)


def test_a_label_column_of_sentences_is_a_sequence() -> None:
    found = of_csv("id,label\na1,A B\nb1,C D E\nc1,F\n")
    assert not found.classification
    assert found.rows[1].glosses == ("C", "D", "E")


def test_an_id_column_that_repeats_gives_way_to_one_that_does_not() -> None:
    found = of_csv("video_id,sentence_id,gloss\nv,v_1,A B\nv,v_2,C\nw,w_1,D\n")
    assert [row.id for row in found.rows] == ["v_1", "v_2", "w_1"]


def test_a_few_repeated_ids_stay_as_they_are() -> None:
    rows = "".join(f"v{i},A B\n" for i in range(20)) + "v3,C D\n"
    assert [row.id for row in of_csv("id,gloss\n" + rows).rows].count("v3") == 2


@pytest.mark.parametrize(
    ("cell", "tokens"),
    [
        ("\"['A', 'B C']\"", ("A", "B C")),
        ('"[3, 14, 3]"', ("3", "14", "3")),
        ("[3 14 3]", ("3", "14", "3")),
        ("['A' 'B']", ("A", "B")),
        ("[LAUGHS] A", ("[LAUGHS]", "A")),
        ("[LAUGHS]", ("[LAUGHS]",)),
        ("A-B loc-C", ("A-B", "loc-C")),
        ('"A,B C"', ("A,B", "C")),
        ("\u00a0A\u3000B ", ("A", "B")),
        ("ক্ষ\u200dমা", ("ক্ষ\u200dমা",)),
    ],
)
def test_gloss_cells_are_split_at_white_space_and_written_lists_taken_apart(
    cell: str, tokens: tuple[str, ...]
) -> None:
    assert of_csv(f"id,gloss\na1,{cell}\nb1,X Y\n").rows[0].glosses == tokens


def test_an_empty_gloss_is_an_empty_target_and_a_column_of_them_is_another_task() -> None:
    assert pairs(of_csv("id,gloss\na1,A\nb1,\n"))[1] == ("b1", ())
    assert pairs(of_csv("id,gloss,text\na1,,x\nb1,,y\n")) == [("a1", None), ("b1", None)]
    assert pairs(of_csv("id,gloss,text\na1,A,x\nb1,,y\n"))[1] == ("b1", ())


def test_rows_that_make_no_sample_are_told_with_their_line() -> None:
    found = of_csv("id|split|gloss\na1|train|A\n|train|B\nc1\nd1|train|D\n")
    assert [row.id for row in found.rows] == ["a1", "d1"]
    assert found.skipped == ((3, "no id"), (4, "no gloss: only 1 values"))


@pytest.mark.parametrize(
    ("where", "split"),
    [
        ("train.csv", "train"),
        ("annotations/dev/labels.csv", "dev"),
        ("valid_labels.csv", "dev"),
        ("x.test.csv", "test"),
        ("train/eval.csv", "test"),
        ("all.csv", ""),
    ],
)
def test_the_split_comes_from_the_name_where_no_column_tells(where: str, split: str) -> None:
    assert of_csv("id,gloss\na1,A B\nb1,C\n", where).rows[0].split == split


def test_a_fold_of_numbers_is_no_split() -> None:
    assert of_csv("id,gloss,fold\na1,A B,1\nb1,C,2\n").rows[0].split == "train"


@pytest.mark.parametrize(
    "value",
    [
        [{"id": "a1", "gloss": "A B"}, {"id": "b1", "gloss": "C"}],
        {"a1": {"gloss": "A B"}, "b1": {"gloss": "C"}},
        {"a1": "A B", "b1": "C"},
        {"a1": ["A", "B"], "b1": ["C"]},
        [["a1", "A B"], ["b1", ["C"]]],
        {"id": ["a1", "b1"], "gloss": ["A B", "C"]},
        {"version": 2, "annotations": [{"id": "a1", "gloss": "A B"}, {"id": "b1", "gloss": "C"}]},
        {"data": {"videos": {"a1": {"gloss": ["A", "B"]}, "b1": {"gloss": ["C"]}}}},
        [
            {"id": "a1", "gloss": [{"gloss": "A", "start": 1}, {"gloss": "B", "start": 9}]},
            {"id": "b1", "gloss": ["C"]},
        ],
        np.array({"a1": {"gloss": "A B"}, "b1": {"gloss": "C"}}, dtype=object),
        np.array([{"id": "a1", "gloss": "A B"}, {"id": "b1", "gloss": "C"}], dtype=object),
        {"id": np.array(["a1", "b1"]), "gloss": np.array(["A B", "C"])},
    ],
)
def test_containers_of_many_forms_give_the_same_samples(value: Any) -> None:
    assert pairs(of_tree(value)) == [("a1", ("A", "B")), ("b1", ("C",))]


def test_containers_by_split_give_each_sample_its_split() -> None:
    expected = [("a1", "train", ("A", "B")), ("b1", "dev", ("C",))]
    for value in (
        {"train": [{"id": "a1", "gloss": "A B"}], "val": [{"id": "b1", "gloss": "C"}]},
        {"train": {"a1": "A B"}, "valid": {"b1": "C"}},
        {"train": {"a1": {"gloss": "A B"}}, "dev": {"b1": {"gloss": "C"}}},
        {"train": [["a1", "A B"]], "dev": [["b1", "C"]]},
        {"data": {"train": [{"id": "a1", "gloss": "A B"}], "dev": [{"id": "b1", "gloss": "C"}]}},
    ):
        assert [(row.id, row.split, row.glosses) for row in of_tree(value).rows] == expected


def test_numbers_as_targets_stay_their_decimal_strings() -> None:
    assert pairs(of_tree([{"id": "a", "target": [3, 4]}, {"id": "b", "target": np.array([5])}])) == [
        ("a", ("3", "4")),
        ("b", ("5",)),
    ]
    found = of_tree({"v1": 0, "v2": 1, "v3": 0, "v4": 1}, "labels.json")
    assert found.classification
    assert found.rows[1].glosses == ("1",)


def test_files_by_class_are_samples() -> None:
    found = of_tree({"hello": ["h/1.mp4", "h/2.mp4"], "bye": ["b/1.mp4"]})
    assert [(row.path, row.glosses) for row in found.rows] == [
        ("h/1.mp4", ("hello",)),
        ("h/2.mp4", ("hello",)),
        ("b/1.mp4", ("bye",)),
    ]
    assert found.classification


def test_broken_records_are_told_and_the_others_read() -> None:
    found = of_tree(
        [
            {"id": "a1", "gloss": "A B"},
            17,
            Opaque("a line that is not JSON"),
            {"id": None, "gloss": "C"},
            {"id": "d1", "gloss": math.nan},
        ]
    )
    assert pairs(found) == [("a1", ("A", "B")), ("d1", ())]
    assert [line for line, _ in found.skipped] == [1, 2, 3]


def test_tables_inside_text_files_are_read() -> None:
    assert pairs(of_text("a1|A B\nb1|C\n")) == [("a1", ("A", "B")), ("b1", ("C",))]
    assert pairs(of_text("id\tgloss\na1\tA B\nb1\tC\n", "corpus.txt")) == [
        ("a1", ("A", "B")),
        ("b1", ("C",)),
    ]


def test_file_lists_and_transcripts_in_text_files_are_read() -> None:
    listed = of_text("v/a.mp4 90 3\nv/b.mp4 60 4\n")
    assert listed.rows[0] == Row("v/a.mp4", "train", ("3",), frames=90, path="v/a.mp4", line=1)
    assert listed.classification
    assert pairs(of_text("utt001 A B\nutt002 C\n", "train/text.txt")) == [
        ("utt001", ("A", "B")),
        ("utt002", ("C",)),
    ]
    days = "t1_Mon_0 A B\nt2_Tue_0 C\nt3_Mon_1 A\nt4_Tue_1 B\n"
    assert len(of_text(days, "annotations/train.txt").rows) == 4  # the folder tells of it
    spoken = of_text("000 Here it is.\n001 There it was.\n", "sentences/train_text.txt")
    assert spoken.rows[0].text == "Here it is."


def test_of_a_signer_and_a_sentence_without_header_the_sentence_is_the_target() -> None:
    found = of_csv("v01,S1,A B C,train\nv02,S2,D E,dev\nv03,S1,F G,dev\n", "all.csv")
    assert [(row.glosses, row.split) for row in found.rows] == [
        (("A", "B", "C"), "train"),
        (("D", "E"), "dev"),
        (("F", "G"), "dev"),
    ]


def test_a_header_without_rows_and_an_empty_container_are_a_split_without_samples() -> None:
    assert of_csv("id|folder|signer|annotation\n", "dev.corpus.csv").rows == ()
    assert of_csv("video,label\n", "test.csv").rows == ()
    assert of_tree([], "dev.json").rows == ()
    assert of_tree({"prefix": "x"}, "dev_info.npy").rows == ()


def test_wide_tables_of_measurements_are_read_by_what_tells_of_the_samples() -> None:
    names = ",".join(f"x{i}" for i in range(200))
    rows = "".join(f"v{i}.npy,A,{','.join(['0.5'] * 200)}\n" for i in range(5))
    assert len(of_csv(f"video,label,{names}\n{rows}").rows) == 5


def test_typed_tables_as_parquet_gives_them_are_read() -> None:
    table = Table(
        ("id", "glosses", "frames"),
        [("a1", np.array(["A", "B"], dtype=object), np.int64(40)), ("b1", ["C"], None)],
    )
    found = recognise_annotations("train.parquet", "parquet", table)
    assert found is not None
    assert pairs(found) == [("a1", ("A", "B")), ("b1", ("C",))]
    assert found.rows[0].frames == 40
