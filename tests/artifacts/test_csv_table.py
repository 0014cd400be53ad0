"""Tables of text: delimiters, headers, quotes."""

from __future__ import annotations

from pathlib import Path

import pytest

from slrdoctor.artifacts.formats.csv_table import READER, table_of


def test_the_four_delimiters_are_told_by_what_they_cut() -> None:
    for mark in "\t|;,":
        table = table_of(mark.join(("id", "gloss")) + "\n" + mark.join(("a", "X Y")) + "\n")
        assert table.columns == ("id", "gloss")
        assert table.rows == [["a", "X Y"]]


def test_tabs_win_over_commas_in_sentences_under_the_name_csv() -> None:
    table = table_of("SENTENCE_NAME\tSENTENCE\nx_1\tWell, yes, I do\nx_2\tHi, there, you\n")
    assert table.columns == ("SENTENCE_NAME", "SENTENCE")
    assert table.rows[0][1] == "Well, yes, I do"


def test_decimal_commas_between_semicolons_stay_in_their_cells() -> None:
    table = table_of("epoch;train;dev\n1;0,5;0,7\n2;0,6;0,8\n")
    assert table.columns == ("epoch", "train", "dev")
    assert table.rows == [["1", "0,5", "0,7"], ["2", "0,6", "0,8"]]


@pytest.mark.parametrize(
    "text",
    [
        "signer0_sample1,41\nsigner0_sample2,104\n",
        "police1/s1/sentences0000|ΓΕΙΑ ΕΓΩ(1)\npolice1/s1/sentences0001|ΕΓΩ(1) ΘΕΛΩ\n",
        "0.1,0.2\n0.3,0.4\n",
        "video_1,run\nvideo_2,name\n",
        "abc,HELLO\ndef,BYE\n",
        "clips/a.mp4,start\nclips/b.mp4,end\n",
    ],
)
def test_tables_without_a_header_keep_their_first_row(text: str) -> None:
    table = table_of(text)
    assert table.columns is None
    assert len(table.rows) == 2


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("id|folder|signer|annotation\n", ("id", "folder", "signer", "annotation")),
        ("clip,zeichen\na1,HALLO\nb2,TAG\n", ("clip", "zeichen")),
        (",0,1,2\na,0.1,0.2,0.3\n", ("", "0", "1", "2")),
        ("\ufeffid,gloss\n1,A\n", ("id", "gloss")),
        ("sep=;\nid;gloss\n1;A\n", ("id", "gloss")),
        ("Temperatur,Wert\n3,4\n5,6\n", ("Temperatur", "Wert")),
    ],
)
def test_header_lines_are_told_from_rows(text: str, columns: tuple[str, ...]) -> None:
    assert table_of(text).columns == columns


def test_quoted_cells_hold_delimiters_quotes_and_line_ends() -> None:
    table = table_of('id,text\n1,"a, b"\n2,"say ""hi"""\n3,"two\nlines"\n4,6" tall\n')
    assert [row[1] for row in table.rows] == ["a, b", 'say "hi"', "two\nlines", '6" tall']


def test_a_quote_that_is_never_closed_does_not_swallow_the_rows_after_it() -> None:
    rows = "".join(f"v{i}\tsentence {i}\n" for i in range(2000))
    table = table_of('id\ttext\nv\t"It is 6 feet\n' + rows)
    assert len(table.rows) == 2001
    commas = table_of('id,text\nv,"It is 6 feet\n' + rows.replace("\t", ","))
    assert len(commas.rows) == 2001


def test_cells_of_spoter_are_lists_with_commas_inside() -> None:
    cell = '"[' + ", ".join(["0.5"] * 40_000) + ']"'  # longer than csv's own limit of 128 KiB
    table = table_of(f"leftEye_X,leftEye_Y,labels\n{cell},{cell},3\n")
    assert table.rows[0][2] == "3"
    assert table.rows[0][0].startswith("[0.5, ")


def test_ragged_rows_blank_lines_and_all_line_ends_are_read() -> None:
    table = table_of("id,gloss,split\r\na,X\r\n\r\nb,Y,dev,more\rc,Z,test\n")
    assert [len(row) for row in table.rows] == [2, 4, 3]


def test_bengali_and_arabic_cells_are_untouched(tmp_path: Path) -> None:
    path = tmp_path / "বাংলা টেবিল.csv"
    path.write_text("id|gloss\n১|আমি খাই\n٢|شكراً جزيلاً\n", encoding="utf-16")
    table = READER.read(path)
    assert table.rows == [["১", "আমি খাই"], ["٢", "شكراً جزيلاً"]]  # type: ignore[union-attr]


def test_a_hundred_thousand_rows_are_all_read() -> None:
    text = "id,folder,signer,annotation\n" + "".join(
        f"s{i},f{i},S{i % 9},A B C {i}\n" for i in range(100_000)
    )
    assert len(table_of(text).rows) == 100_000


def test_the_real_tables_are_read_as_they_are(shared_data: Path) -> None:
    found = {
        path.name: READER.read(path) for path in shared_data.rglob("*.csv") if path.name != "metrics.csv"
    }
    headless = {name for name, table in found.items() if table.columns is None}  # type: ignore[union-attr]
    assert headless == {
        "train_labels.csv",
        "validation_labels.csv",
        "gsl_split_SI_train.csv",
        "gsl_split_SI_dev.csv",
        "gsl_split_SI_test.csv",
    }
    assert len(found["gsl_split_SI_train.csv"].rows) == 8821  # type: ignore[union-attr]
