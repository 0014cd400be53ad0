"""What is taken for annotations, and what is not: settings, decoders' outputs, other languages."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.formats.csv_table import table_of
from slrdoctor.artifacts.kinds.annotations import recognise_annotations
from slrdoctor.artifacts.run import AnnotationFile
from tests.folders import only_case, written

LINES = ["clip-001|HOUSE TREE", "clip-002|RAIN", "clip-003|SUN RAIN HOUSE"]
DECODED = ["clip-001|HOUSE", "clip-002|RAIN", "clip-003|SUN TREE HOUSE"]


CONFIGS = [
    "model:\n  target: pkg.models.T5\n  params: {lr: 0.1}\n"
    "data:\n  target: pkg.data.Module\n  params: {a: 1}\n",
    "encoder:\n  class: nets.encoder.Conv\n  hidden_size: 4\n"
    "head:\n  class: nets.head.Linear\n  hidden_size: 3\n",
    "stage1:\n  label: a.b.Cnn\n  lr: 0.1\nstage2:\n  label: a.b.Dnn\n  lr: 0.2\n",
    "paths:\n  file: data/raw/x.csv\n  labels: data/labels.csv\n",
    "model:\n  target: transformer\n  num_layers: 3\ndata:\n  target: landmarks\n  batch_size: 3\n",
]


@pytest.mark.parametrize("text", CONFIGS)
@pytest.mark.parametrize("name", ["finetune.yaml", "configs/data_config.yaml"])
def test_sections_of_a_configuration_are_not_samples(tmp_path: Path, name: str, text: str) -> None:
    data, _ = only_case(written(tmp_path, {name: text, "vocab.txt": "A\nB\n"}))

    assert data.annotations == ()


@pytest.mark.parametrize("name", ["train.yaml", "configs/train.yaml"])
def test_a_yaml_of_clips_is_annotations(tmp_path: Path, name: str) -> None:
    text = "".join(f"clip_{i}:\n  target: G{i % 2} H\n  num_frames: {40 + i}\n" for i in range(4))

    data, _ = only_case(written(tmp_path, {name: text}))

    [file] = data.annotations
    assert [row.glosses for row in file.rows[:2]] == [("G0", "H"), ("G1", "H")]


@pytest.mark.parametrize(
    ("decoded", "references"),
    [
        ("best.IT_00001000.BW_001.dev.gls", "references.dev.gls"),
        ("best.IT_00001000.BW_01.A_-1.dev.txt", "references.dev.txt"),
        ("run/gls/1000.dev.hyp.gls", "run/references.dev.gls"),
        ("run/txt/2500.test.hyp.txt", "run/references.test.txt"),
        ("out/step_4000.val.txt", "out/refs.val.txt"),
        ("beam_5.test.gls", "reference.test.gls"),
    ],
)
def test_what_a_decoder_wrote_is_paired_with_its_references(
    tmp_path: Path, decoded: str, references: str
) -> None:
    files = {decoded: "\n".join(DECODED), references: "\n".join(LINES)}

    data, training = only_case(written(tmp_path, files))

    assert data.annotations == ()
    [pairs] = training.predictions
    assert pairs.where == decoded
    assert pairs.hypotheses == (("HOUSE",), ("RAIN",), ("SUN", "TREE", "HOUSE"))
    assert pairs.references == (("HOUSE", "TREE"), ("RAIN",), ("SUN", "RAIN", "HOUSE"))


@pytest.mark.parametrize(
    "name", ["best.IT_00001000.BW_001.dev.gls", "beam_size_10.dev.txt", "dev.step_20000.txt"]
)
def test_what_a_decoder_wrote_is_no_annotation_without_its_references(tmp_path: Path, name: str) -> None:
    files = {name: "\n".join(DECODED), "annotations/dev.txt": "\n".join(LINES)}

    data, _ = only_case(written(tmp_path, files))

    assert [file.where for file in data.annotations] == ["annotations/dev.txt"]


@pytest.mark.parametrize("name", ["dev.gls.txt", "split_1.dev.txt", "v2.train.gls", "items_003.dev.txt"])
def test_annotations_with_numbers_in_their_names_stay_annotations(tmp_path: Path, name: str) -> None:
    data, training = only_case(discover(written(tmp_path, {name: "\n".join(LINES)})))

    assert [file.where for file in data.annotations] == [name] and not training.predictions


def table(header: list[str], rows: list[list[str]], delimiter: str = ",") -> AnnotationFile | None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    return recognise_annotations("train.csv", "csv", table_of(text.getvalue()))


SEQUENCES = [["s0001", "A B C"], ["s0002", "B"], ["s0003", "C A"]]


@pytest.mark.parametrize(
    "header",
    [
        ["Datei", "Glossen"],
        ["Kennung", "Glossenfolge"],
        ["archivo", "glosas"],
        ["Nombre_archivo", "Secuencia de glosas"],
        ["fichier", "gloses"],
        ["Chemin", "Séquence"],
        ["Chemin", "Se\u0301quence"],
        ["arquivo", "sequência"],
        ["dosya_adı", "glosalar"],
        ["DOSYA", "GLOSALAR"],
        ["文件名", "手语词序列"],
        ["编号", "标注"],
        ["Файл", "Глоссы"],
        ["x", "y"],
        ["source", "labels"],
        ["Source", "Target"],
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_sequences_are_read_under_the_names_of_other_languages(header: list[str], order: int) -> None:
    found = table(header[::order], [row[::order] for row in SEQUENCES])

    assert found is not None
    assert [(row.id, " ".join(row.glosses or ())) for row in found.rows] == [tuple(r) for r in SEQUENCES]


@pytest.mark.parametrize(
    ("header", "split", "signer"),
    [
        (["Datei", "Klasse", "Teilmenge", "Person"], "dev", "p1"),
        (["archivo", "palabra", "partición", "signante"], "dev", "p1"),
        (["fichier", "étiquette", "partition", "signeur"], "dev", "p1"),
        (["arquivo", "rótulo", "conjunto", "sinalizador"], "dev", "p1"),
        (["dosya", "Sınıf", "Bölüm", "İşaretçi"], "dev", "p1"),
        (["文件", "类别", "划分", "手语者"], "dev", "p1"),
        (["файл", "класс", "раздел", "диктор"], "dev", "p1"),
    ],
)
def test_classes_splits_and_signers_are_read_in_other_languages(
    header: list[str], split: str, signer: str
) -> None:
    rows = [[f"clip{i}", ["haus", "baum"][i % 2], ["train", "dev"][i // 3], "p1"] for i in range(6)]

    found = table(header, rows)

    assert found is not None and found.classification
    last = found.rows[-1]
    assert (last.id, last.glosses, last.split, last.signer) == ("clip5", ("baum",), split, signer)


def test_a_header_in_another_language_above_words_in_lower_case_is_a_header() -> None:
    rows = [["haus", "dorf"], ["baum", "wald"], ["berg", "wald"]]

    assert table_of("datei,klasse\n" + "".join(",".join(row) + "\n" for row in rows)).columns is not None
    assert table_of("".join(",".join(row) + "\n" for row in rows)).columns is None


def test_the_site_a_clip_came_from_is_not_its_path() -> None:
    rows = [[f"v{i}", f"WORD{i % 2}", "aslsite"] for i in range(4)]

    found = table(["video_id", "gloss", "source"], rows)

    assert found is not None and {row.path for row in found.rows} == {None}


def test_coordinates_are_no_clips() -> None:
    assert table(["x", "y"], [["0.5", "0.1"], ["0.25", "0.2"], ["0.3", "0.4"]]) is None


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("name", ["classes.txt", "gloss_list.txt", "vocab/tokens.txt"])
def test_pieces_of_words_by_their_index_are_not_samples(tmp_path: Path, name: str, start: int) -> None:
    pieces = ["<pad>", " ", "ab", " ab", "c", "de "]
    text = "".join(f"{number}\t{piece}\n" for number, piece in enumerate(pieces, start))
    data, _ = only_case(written(tmp_path, {name: text, "config.yaml": "batch_size: 8\nlr: 0.1\n"}))

    assert data.annotations == ()


def test_labels_of_numbered_clips_are_annotations(tmp_path: Path) -> None:
    text = "".join(f"{number}\tSIGN{number % 3}\n" for number in range(9))
    data, _ = only_case(written(tmp_path, {"clip_labels.txt": text}))

    [file] = data.annotations
    assert len(file.rows) == 9
