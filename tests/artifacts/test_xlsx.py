"""Workbooks of Excel, as Excel, openpyxl, LibreOffice and scripts write them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from slrdoctor.artifacts.content import Table, Unreadable
from slrdoctor.artifacts.formats import _workbook_parts as parts
from slrdoctor.artifacts.formats import read
from tests.folders import only_case, write

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMED = '<row><c t="inlineStr"><is><t>id</t></is></c><c t="inlineStr"><is><t>gloss</t></is></c></row>'
HELLO = '<row><c t="inlineStr"><is><t>a1</t></is></c><c t="inlineStr"><is><t>HELLO</t></is></c></row>'


def book(
    path: Path, sheets: Mapping[str, str], strings: str = "", states: str = "", x: str = ""
) -> Path:
    """A workbook with rows of XML a sheet; `x` is a prefix of all its elements, such as "x:"."""
    own = f'xmlns{":" + x[:-1] if x else ""}="{MAIN}" xmlns:r="{OFFICE}"'
    listed = "".join(
        f'<{x}sheet name="{name}" sheetId="{i}" r:id="rId{i}"'
        f"{' state=' + chr(34) + 'hidden' + chr(34) if name in states.split() else ''}/>"
        for i, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{i}" Type="t" Target="{"/xl/" if i % 2 else ""}worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml", f"<{x}workbook {own}><{x}sheets>{listed}</{x}sheets></{x}workbook>"
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{related}</Relationships>")
        if strings:
            archive.writestr("xl/sharedStrings.xml", f"<{x}sst {own}>{strings}</{x}sst>")
        for i, rows in enumerate(sheets.values(), 1):
            content = f"<{x}worksheet {own}><{x}sheetData>{rows}</{x}sheetData></{x}worksheet>"
            archive.writestr(f"xl/worksheets/sheet{i}.xml", content)
    return path


def table(path: Path) -> Table:
    content = read(path)
    assert isinstance(content, Table)
    return content


def test_texts_are_shared_and_may_be_formatted_or_have_their_pronunciation_beside_them(
    tmp_path: Path,
) -> None:
    strings = (
        "<si><t>ファイル</t></si><si><t>グロス</t></si><si><r><t>雨 </t></r><r><rPr/><t>風</t></r></si>"
        "<si><t>晴れ</t><rPh sb='0' eb='1'><t>ハ</t></rPh><phoneticPr/></si>"
    )
    cells = [(0, 1), (None, 2), (None, 3)]
    rows = "".join(
        f"<row r='{i}'>"
        + (f"<c r='A{i}' t='s'><v>{a}</v></c>" if a is not None else f"<c r='A{i}'><v>{i}</v></c>")
        + f"<c r='B{i}' t='s'><v>{b}</v></c></row>"
        for i, (a, b) in enumerate(cells, 1)
    )
    found = table(book(tmp_path / "a.xlsx", {"Sheet1": rows}, strings))

    assert found.columns == ("ファイル", "グロス")
    assert [list(row) for row in found.rows] == [[2, "雨 風"], [3, "晴れ"]]


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_values_have_the_types_that_their_cells_name(tmp_path: Path, prefix: str) -> None:
    cells = {
        "inlineStr": "<is><t>a_x000D_b</t></is>",
        "str": "<f>A1</f><v>of a formula</v>",
        "b": "<v>1</v>",
        "n": "<v>12</v>",
        "e": "<v>#N/A</v>",
        "d": "<v>2024-01-01</v>",
    }
    written = (
        "".join(f'<c t="{kind}">{inner}</c>' for kind, inner in cells.items()) + "<c><v>0.25</v></c>"
    )
    row = f"<row>{written}</row>"
    if prefix:
        row = row.replace("</", "<!/").replace("<", f"<{prefix}").replace(f"<{prefix}!/", f"</{prefix}")
    found = table(book(tmp_path / "a.xlsx", {"Sheet1": row}, x=prefix))

    assert [list(r) for r in found.rows] == [
        ["a\rb", "of a formula", True, 12, None, "2024-01-01", 0.25]
    ]


def test_cells_stand_in_the_columns_that_they_name_and_blank_rows_are_left_out(tmp_path: Path) -> None:
    rows = (
        "<row r='1'><c r='A1' t='str'><v>Annotations of our corpus</v></c></row><row r='2'/>"
        "<row r='3'><c r='A3' t='str'><v>id</v></c><c r='C3' t='str'><v>gloss</v></c></row>"
        "<row r='4'><c r='A4' t='str'><v>a1</v></c><c r='B4'/><c r='C4' t='str'><v>X Y</v></c></row>"
        "<row r='9'><c r='A9' t='str'><v>b2</v></c><c r='C9' t='str'><v>Z</v></c><c r='AB9'/></row>"
    )
    found = table(book(tmp_path / "train.xlsx", {"Tabelle1": rows}))

    assert found.columns == ("id", "", "gloss")
    assert [list(row) for row in found.rows] == [["a1", None, "X Y"], ["b2", None, "Z"]]
    data, _ = only_case(tmp_path)
    assert [(row.id, row.glosses) for row in data.annotations[0].rows] == [
        ("a1", ("X", "Y")),
        ("b2", ("Z",)),
    ]


@pytest.mark.parametrize("names", [("train", "dev"), ("Training", "Validation"), ("训练集", "验证集")])
def test_sheets_that_are_named_for_splits_are_all_taken(tmp_path: Path, names: tuple[str, str]) -> None:
    write(tmp_path / "x" / ".keep", "")
    book(tmp_path / "corpus.xlsx", {name: NAMED + HELLO * (i + 1) for i, name in enumerate(names)})
    data, _ = only_case(tmp_path)

    assert [row.split for row in data.annotations[0].rows] == ["train", "dev", "dev"]


@pytest.mark.parametrize("names", [("corpus", "notes"), ("train", "legend")])
def test_of_other_sheets_the_first_is_taken(tmp_path: Path, names: tuple[str, str]) -> None:
    found = table(book(tmp_path / "a.xlsx", {names[0]: NAMED + HELLO, names[1]: HELLO * 5}))
    assert (found.columns, len(found.rows)) == (("id", "gloss"), 1)


def test_a_hidden_sheet_and_one_without_a_cell_are_left_out(tmp_path: Path) -> None:
    sheets = {"lists": HELLO * 9, "blank": "<row/>", "corpus": NAMED + HELLO}
    assert table(book(tmp_path / "a.xlsx", sheets, states="lists")).columns == ("id", "gloss")


def test_a_history_in_a_workbook_is_one(tmp_path: Path) -> None:
    header = "".join(f"<c t='str'><v>{name}</v></c>" for name in ("epoch", "train_loss", "val_loss"))
    rows = "".join(
        f"<row><c><v>{i}</v></c><c><v>{3 / i}</v></c><c><v>{4 / i}</v></c></row>" for i in range(1, 6)
    )
    book(tmp_path / "history.xlsx", {"Sheet1": f"<row>{header}</row>{rows}"})
    _, run = only_case(tmp_path)

    assert {series.name for series in run.histories[0].series} == {"train_loss", "val_loss"}


def test_what_is_hostile_or_no_workbook_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = "<!DOCTYPE a [<!ENTITY b 'c'>]>"
    path = book(tmp_path / "entities.xlsx", {"Sheet1": HELLO})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f"{bomb}<sst><si><t>&b;</t></si></sst>")
    faults = {path: "refused"}
    (tmp_path / "locked.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(500))
    faults[tmp_path / "locked.xlsx"] = "refused"
    far = "<row><c r='XFD1'><v>1</v></c></row>" * 400
    faults[book(tmp_path / "wide.xlsx", {"Sheet1": far})] = "refused"
    faults[book(tmp_path / "beyond.xlsx", {"Sheet1": "<row><c r='ZZZZZZ1'><v>1</v></c></row>"})] = (
        "refused"
    )
    faults[book(tmp_path / "blank.xlsx", {"Sheet1": "<row/>"})] = "empty"
    faults[book(tmp_path / "cut.xlsx", {"Sheet1": "<row><c><v>1</v>"})] = "corrupt"
    (tmp_path / "text.xlsx").write_text("id,gloss\na,B\n", encoding="utf-8")
    faults[tmp_path / "text.xlsx"] = "corrupt"

    found = {}
    for file in faults:
        with pytest.raises(Unreadable) as caught:
            read(file)
        found[file] = caught.value.fault
    assert found == faults

    monkeypatch.setattr(parts, "LARGEST_PART", 1000)
    with pytest.raises(Unreadable, match="over") as caught:
        read(book(tmp_path / "large.xlsx", {"Sheet1": HELLO * 100}))
    assert caught.value.fault == "refused"
