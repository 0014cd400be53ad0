"""Bytes of text files, whatever wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.storage.text_encoding import decode, read_text, split_lines

BENGALI = "আমি ভাত খাই\nক্ষমা করবেন\n"
ARABIC = "شكراً جزيلاً\nمرحبا\n"
CHINESE = "你好 世界\n手语 识别\n"
COMBINED = "e\u0301 \u00e9 ḥ h\u0323 ক\u09cdষ ن\u064f\n"


@pytest.mark.parametrize("text", [BENGALI, ARABIC, CHINESE, COMBINED, "ABEND MORGEN\n", "Grüße\n"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le"]
)
def test_every_unicode_encoding_gives_the_very_same_characters(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


def test_combining_forms_are_not_normalised() -> None:
    assert decode(COMBINED.encode())[0] == COMBINED


@pytest.mark.parametrize(
    ("encoding", "told"), [("latin-1", "cp1252"), ("cp1252", "cp1252"), ("gb18030", "gb18030")]
)
def test_older_encodings_are_read_and_named(encoding: str, told: str) -> None:
    text = (
        "你好 世界\n手语 识别\n谢谢 老师\n" if encoding == "gb18030" else "SCHÖN GRÜN ÜBER\nmañana à é\n"
    )
    assert decode(text.encode(encoding)) == (text, told)


def test_bytes_that_windows_1252_lacks_fall_back_to_latin_1() -> None:
    assert decode(b"caf\xe9 \x81 ol\xe9\n")[1] == "latin-1"


def test_a_few_broken_bytes_do_not_turn_bengali_into_latin_letters() -> None:
    broken = (BENGALI * 20).encode()[:700] + b"\xff\xfe" + (BENGALI * 20).encode()
    text, encoding = decode(broken)
    assert "ভাত" in text
    assert encoding.startswith("utf-8 with")


def test_a_character_cut_at_the_end_is_left_out() -> None:
    whole = BENGALI.rstrip("\n").encode()
    assert decode(whole[:-1])[0] == BENGALI.rstrip("\n")[:-1]


def test_nul_bytes_after_a_crash_are_left_out_and_inside_mean_binary() -> None:
    assert decode(b"Epoch 1\nEpoch 2\n" + bytes(4096))[0] == "Epoch 1\nEpoch 2\n"
    with pytest.raises(Unreadable, match="binary") as error:
        decode(b"Epoch 1\n\0\0\x01\0abc" * 20)
    assert error.value.fault == "encoding"


def test_control_characters_mean_binary() -> None:
    with pytest.raises(Unreadable, match="binary"):
        decode(bytes(range(1, 32)) * 30)
    with pytest.raises(Unreadable, match="binary"):
        decode(bytes(range(1, 256)) * 30)


def test_lines_end_at_line_feeds_and_carriage_returns_and_nowhere_else() -> None:
    assert split_lines("a\r\nb\rc\nd") == ["a", "b", "c", "d"]
    assert split_lines("one\u2028line\x0cof\x85text\n") == ["one\u2028line\x0cof\x85text"]
    assert split_lines("\nA\n\n") == ["", "A", ""]
    assert split_lines("") == []


def test_a_text_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    path.write_bytes(b"A" * 3 * 2**20)
    with pytest.raises(Unreadable, match="3 MiB of text: files of over 2 MiB are not read") as error:
        read_text(path, limit=2 * 2**20)
    assert error.value.fault == "refused"


def test_a_file_of_white_space_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b" \r\n \n")
    with pytest.raises(Unreadable) as error:
        read_text(tmp_path / "a.json")
    assert error.value.fault == "empty"


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read_text(tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp932", "動画名,単語,分割\nclip1,家,学習\n"),
        ("cp949", "파일명,글로스,화자\nclip1,집,s1\n"),
        ("cp1251", "файл,слово,участник\nclip1,дом,s1\n"),
        ("cp1250", "plik,słowo,uczestnik\nclip1,źdźbło,s1\n"),
        ("cp1254", "dosya,işaret,kişi\nclip1,ağaç,s1\n"),
        ("cp1256", "الملف,الكلمة,المشارك\nclip1,بيت,s1\n"),
        ("gb18030", "文件名,手语词,手语者\nclip1,学校,s1\n"),
        ("cp1252", "Dateiname,Gebärde,Gebärdende\nclip1,SCHÖN,s1\n"),
        ("cp1252", "archivo,seña\nclip1,mañana\n"),
    ],
)
def test_the_words_of_a_language_tell_its_older_encoding(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding)


def test_without_a_word_that_is_known_no_older_encoding_of_a_country_is_taken() -> None:
    assert decode("SCHÖN GRÜN ÜBER\n".encode("cp1252"))[1] == "cp1252"
    assert decode("日本 東京 大阪\n".encode("cp932"))[1] != "cp932"
