"""The annotation formats of the field's data sets, as their files have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Content, Text, Tree
from slrdoctor.artifacts.formats.csv_table import table_of
from slrdoctor.artifacts.formats.stm import READER as STM
from slrdoctor.artifacts.kinds.annotations import recognise_annotations
from slrdoctor.artifacts.run import AnnotationFile, Row


def recognised(where: str, content: Content, format: str = "csv") -> AnnotationFile:
    found = recognise_annotations(where, format, content)
    assert found is not None
    return found


def of_csv(where: str, text: str) -> AnnotationFile:
    return recognised(where, table_of(text))


def of_tree(where: str, value: Any) -> AnnotationFile:
    return recognised(where, Tree(value), "json")


def test_phoenix_2014_corpus_csv() -> None:
    found = of_csv(
        "annotations/manual/train.corpus.csv",
        "id|folder|signer|annotation\n01April-0|01April-0/1/*.png|Signer04|ABEND  MITTE __ON__\n",
    )
    assert found.convention == "PHOENIX-2014 corpus csv"
    assert found.rows == (
        Row(
            "01April-0",
            "train",
            ("ABEND", "MITTE", "__ON__"),
            signer="Signer04",
            path="01April-0/1/*.png",
            line=2,
        ),
    )
    assert not found.classification


def test_phoenix_2014t_corpus_csv() -> None:
    found = of_csv(
        "PHOENIX-2014-T.dev.corpus.csv",
        "name|video|start|end|speaker|orth|translation\n"
        "a-1|a-1/1/*.png|-1|-1|Signer08|JETZT WETTER|und nun das wetter\n",
    )
    assert found.rows == (
        Row(
            "a-1",
            "dev",
            ("JETZT", "WETTER"),
            "und nun das wetter",
            "Signer08",
            path="a-1/1/*.png",
            line=2,
        ),
    )


def test_vac_info_with_and_without_its_prefix() -> None:
    entry = {
        "fileid": "a",
        "folder": "train/a/1/*.png",
        "signer": "Signer01",
        "label": "A  B A",
        "num_frames": "120",
        "original_info": "a|b\n",
    }
    expected = (
        Row(
            "a", "train", ("A", "B", "A"), signer="Signer01", frames=120, path="train/a/1/*.png", line=0
        ),
    )
    assert of_tree("preprocess/x/train_info.npy", {"prefix": "../data", 0: entry}).rows == expected
    assert of_tree("preprocess/x/train_info.npy", {0: entry}).rows == expected


def test_a_vac_info_that_repeats_its_samples_keeps_their_names() -> None:
    entries = {i: {"fileid": f"v{i % 3}", "folder": "f", "label": "A B"} for i in range(9)}
    assert [row.id for row in of_tree("train_info.npy", entries).rows] == ["v0", "v1", "v2"] * 3


def test_a_vac_label_of_one_gloss_a_sample_is_still_a_sequence() -> None:
    entries = {i: {"fileid": f"v{i}", "folder": "f", "signer": "s", "label": "A"} for i in range(3)}
    assert not of_tree("dev_info.npy", entries).classification


def test_signjoey_list_of_samples() -> None:
    sample = {
        "name": "train/a",
        "signer": "S8",
        "gloss": "A B",
        "text": "x y .",
        "sign": np.zeros((9, 4)),
    }
    found = of_tree("phoenix14t.pami0.dev", [sample, {**sample, "name": "train/b", "num_frames": 9}])
    assert found.convention == "signjoey samples"
    assert found.rows[0] == Row("train/a", "dev", ("A", "B"), "x y .", "S8", line=0)
    assert found.rows[1].frames == 9


def test_gfslt_and_uni_sign_dicts_by_name() -> None:
    found = of_tree(
        "labels.train",
        {
            "train/a": {
                "name": "train/a",
                "gloss": "A B",
                "text": "x",
                "length": 90,
                "imgs_path": ["a/1.png"],
            },
            "train/b": {
                "name": "train/b",
                "gloss": "C",
                "text": "y",
                "length": 70,
                "imgs_path": ["b/1.png"],
            },
        },
    )
    assert [(row.id, row.glosses, row.text, row.frames) for row in found.rows] == [
        ("train/a", ("A", "B"), "x", 90),
        ("train/b", ("C",), "y", 70),
    ]
    without_glosses = of_tree(
        "train.pkl", {"a": {"name": "a", "gloss": "", "text": "x", "video_path": "a.mp4"}}
    )
    assert without_glosses.rows == (Row("a", "train", None, "x", path="a.mp4", line=0),)


def test_csl_daily_video_map() -> None:
    lines = [
        "index|name|length|gloss|char|word|postag",
        "0|S000000_P0000_T00|120|你 好|你 好 吗|你好 吗|r v",
    ]
    found = recognised("video_map.txt", Text(lines), "text")
    assert found.rows == (Row("S000000_P0000_T00", "", ("你", "好"), "你 好 吗", frames=120, line=2),)


def test_wlasl_with_instances_and_the_nslt_splits() -> None:
    found = of_tree(
        "WLASL_v0.3.json",
        [
            {
                "gloss": "thank you",
                "instances": [
                    {
                        "video_id": "69241",
                        "split": "train",
                        "signer_id": 118,
                        "fps": 25,
                        "frame_end": -1,
                    },
                    {"video_id": "65225", "split": "val", "signer_id": 90, "fps": 0, "frame_end": 60},
                    {"no": "id"},
                    "no record",
                ],
            },
            {"gloss": "book", "instances": []},
        ],
    )
    assert found.classification
    assert found.rows == (
        Row("69241", "train", ("thank you",), signer="118", fps=25.0),
        Row("65225", "dev", ("thank you",), signer="90"),
    )
    assert len(found.skipped) == 2
    splits = of_tree("nslt_100.json", {"05237": {"subset": "test", "action": [77, 1, 55]}})
    assert splits.rows == (Row("05237", "test", ("77",)),)
    assert splits.classification


def test_ms_asl_tells_pieces_of_one_video_apart() -> None:
    entry = {
        "url": "https://www.youtube.com/watch?v=C37R_Ix8-qs",
        "clean_text": "big",
        "text": "big",
        "label": 88,
        "signer": -1,
        "signer_id": 3,
        "start": 0,
        "end": 43,
        "file": "BIG(1)",
    }
    found = of_tree("MSASL_train.json", [entry, {**entry, "start": 50, "end": 90}])
    assert [row.id for row in found.rows] == ["C37R_Ix8-qs_0_43", "C37R_Ix8-qs_50_90"]
    assert found.rows[0].glosses == ("big",)
    assert found.rows[0].signer == "3"
    assert found.rows[0].path is None  # an address on the web says nothing of features here
    assert found.classification


def test_autsl_and_gsl_without_header() -> None:
    autsl = of_csv("train_labels.csv", "signer0_sample1,41\nsigner10_sample2,104\n")
    assert autsl.rows[1] == Row("signer10_sample2", "train", ("104",), signer="signer10", line=2)
    assert autsl.classification
    gsl = of_csv(
        "gsl_split_SI_dev.csv",
        "police1/police1_signer3_rep1/s0|ΓΕΙΑ ΕΓΩ(1)\npolice1/police1_signer4_rep1/s1|ΤΙ\n",
    )
    assert gsl.rows[0].id == "police1/police1_signer3_rep1/s0"
    assert gsl.rows[0].glosses == ("ΓΕΙΑ", "ΕΓΩ(1)")
    assert gsl.rows[0].path is None
    assert gsl.rows[1].signer == "signer4"
    assert not gsl.classification


def test_both_kaggle_tables() -> None:
    signs = of_csv(
        "train.csv",
        "path,participant_id,sequence_id,sign\nt/26734/1000035562.parquet,26734,1000035562,blow\n",
    )
    assert signs.rows == (
        Row("1000035562", "train", ("blow",), signer="26734", path="t/26734/1000035562.parquet", line=2),
    )
    letters = of_csv(
        "train.csv",
        "path,file_id,sequence_id,participant_id,phrase\nt/54.parquet,54,1816796431,217,3 ab-\n",
    )
    assert letters.rows[0].glosses == ("3", " ", "a", "b", "-")
    assert letters.rows[0].text == "3 ab-"
    assert not letters.classification


def test_how2sign_openasl_isharah_and_include() -> None:
    how2sign = of_csv(
        "how2sign_realigned_val.csv",
        "VIDEO_ID\tVIDEO_NAME\tSENTENCE_ID\tSENTENCE_NAME\tSTART_REALIGNED\tEND_REALIGNED\tSENTENCE\n"
        "-7E\t-7E-5-rgb\t-7E_1\t-7E_1-5-rgb_front\t1.0\t2.0\tAnd, I call them.\n",
    )
    assert how2sign.rows == (Row("-7E_1-5-rgb_front", "dev", None, "And, I call them.", line=2),)
    openasl = of_csv(
        "openasl-v1.0.tsv",
        "vid\tyid\tstart\tend\traw-text\tgloss\tsplit\n"
        "v1\ty\t0\t1\thello\t\ttrain\nv2\ty\t0\t1\thi\tHI YOU\tvalid\n",
    )
    assert [(row.split, row.glosses, row.text) for row in openasl.rows] == [
        ("train", None, "hello"),
        ("dev", ("HI", "YOU"), "hi"),
    ]
    isharah = of_csv("SI_train.csv", "id|gloss\n01_0001|أ ب\n01_0002|ج\n")
    assert isharah.rows[0].glosses == ("أ", "ب")
    include = of_csv(
        "train_include50.csv",
        "Category,Word,Video,FilePath\nAnimals,4. Bird,M1.MOV,Animals/4. Bird/M1.MOV\n",
    )
    assert include.rows == (
        Row("Animals/4. Bird/M1.MOV", "train", ("4. Bird",), path="Animals/4. Bird/M1.MOV", line=2),
    )


def test_spoter_rows_are_named_by_their_place() -> None:
    cells = '"[0.1, 0.2]",' * 4
    found = of_csv("WLASL100_val.csv", f"a_X,a_Y,b_X,b_Y,labels,fps\n{cells}3,25\n{cells},25\n")
    assert found.rows == (Row("0", "dev", ("3",), line=2),)
    assert found.skipped == ((3, "no label"),)
    assert found.classification


def test_stm_and_segments_of_one_recording(tmp_path: Path) -> None:
    path = tmp_path / "x-groundtruth-dev.stm"
    path.write_text(
        "v1 1 S1 0.0 1.79769e+308 A B\nv2 1 S2 0.0 1.5 C\nv2 1 S2 1.5 3.0 D\nbroken line\n",
        encoding="utf-8",
    )
    found = recognised(path.name, STM.read(path), "stm")
    assert [(row.id, row.glosses, row.signer) for row in found.rows] == [
        ("v1", ("A", "B"), "S1"),
        ("v2_0.0_1.5", ("C",), "S2"),
        ("v2_1.5_3.0", ("D",), "S2"),
    ]
    assert len(found.skipped) == 1


def test_line_parallel_files_take_their_ids_from_the_sibling() -> None:
    siblings: dict[str, Content] = {
        "train.files": Text(["train/a", "train/b"]),
        "train.text": Text(["x y", ""]),
    }
    found = recognise_annotations("data/train.gloss", "text", Text(["A B", "C", "D"]), siblings.get)
    assert found is not None
    assert found.rows == (
        Row("train/a", "train", ("A", "B"), "x y", line=1),
        Row("train/b", "train", ("C",), None, line=2),
    )
    assert found.skipped == ((3, "1 lines without a partner in train.files"),)
