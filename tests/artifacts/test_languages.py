"""Column names and words for splits in the languages of the field's corpora."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.formats.csv_table import table_of
from slrdoctor.artifacts.kinds.annotations import recognise_annotations
from slrdoctor.words import splits
from tests.folders import write

SEQUENCES = (
    "percorso,glosse,segnante,partizione",
    "nome file,sequenza,persona,insieme",
    "plik,glosy,osoba,zbiór",
    "ścieżka,glosy,migający,podział",
    "dosya,glosalar,işaretçi,bölüm",
    "ファイル,グロス,話者,分割",
    "動画,手話単語列,手話者,データ区分",
    "파일명,글로스,화자,구분",
    "영상,수어글로스,수어자,분할",
    "اسم الملف,الغلوس,المشارك,المجموعة",
    "المسار,غلوس,الشخص,التقسيم",
)
CLASSES = (
    "percorso,segno,segnante",
    "plik,znak,osoba",
    "nazwa pliku,słowo,osoba",
    "dosya,kelime,kişi",
    "ファイル名,単語,被験者",
    "ファイル,ラベル,話者",
    "파일,단어,참가자",
    "영상명,라벨,화자",
    "الملف,الكلمة,الشخص",
    "الفيديو,الفئة,المشارك",
)
TEXTS = (
    "video,frase,persona",
    "plik,zdanie,osoba",
    "動画,日本語文,話者",
    "영상,문장,화자",
    "الفيديو,الجملة,الشخص",
)
CALLED = (
    ("addestramento", "validazione", "collaudo"),
    ("trening", "walidacja", "test"),
    ("treningowy", "walidacyjny", "testowy"),
    ("eğitim", "doğrulama", "test"),
    ("EĞİTİM", "GEÇERLEME", "SINAMA"),
    ("treino", "validação", "teste"),
    ("entrenamiento", "validación", "prueba"),
    ("entraînement", "développement", "test"),
    ("обучающая", "валидационная", "тестовая"),
    ("训练集", "验证集", "测试集"),
    ("訓練", "検証", "テスト"),
    ("学習", "検証", "テスト"),
    ("훈련", "검증", "테스트"),
    ("تدريب", "تحقق", "اختبار"),
)


@pytest.mark.parametrize("header", SEQUENCES)
def test_columns_of_sequences_are_known_in_the_languages_of_corpora(header: str) -> None:
    rows = "".join(f"v{i:03},REGEN WIND,s{i % 2},{('train', 'dev')[i % 2]}\n" for i in range(6))
    found = recognise_annotations("all.csv", "csv", table_of(f"{header}\n{rows}"))

    assert found is not None
    assert [row.id for row in found.rows] == [f"v{i:03}" for i in range(6)]
    assert {row.glosses for row in found.rows} == {("REGEN", "WIND")}
    assert {row.signer for row in found.rows} == {"s0", "s1"}
    assert Counter(row.split for row in found.rows) == {"train": 3, "dev": 3}


@pytest.mark.parametrize("header", CLASSES)
def test_columns_of_classes_are_known_in_the_languages_of_corpora(header: str) -> None:
    rows = "".join(f"v{i:03},SIGN{i % 3},s{i % 2}\n" for i in range(9))
    found = recognise_annotations("train.csv", "csv", table_of(f"{header}\n{rows}"))

    assert found is not None
    assert found.classification
    assert [row.glosses for row in found.rows[:3]] == [("SIGN0",), ("SIGN1",), ("SIGN2",)]
    assert {row.signer for row in found.rows} == {"s0", "s1"}


@pytest.mark.parametrize("header", TEXTS)
def test_columns_of_texts_are_known_in_the_languages_of_corpora(header: str) -> None:
    rows = "".join(f"v{i:03},a sentence {i}.,s{i % 2}\n" for i in range(5))
    found = recognise_annotations("train.csv", "csv", table_of(f"{header}\n{rows}"))

    assert found is not None
    assert found.rows[4].text == "a sentence 4."
    assert found.rows[4].glosses is None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("called", CALLED)
def test_splits_are_known_in_columns_and_names_of_files(
    tmp_path: Path, called: tuple[str, str, str], form: Literal["NFC", "NFD"]
) -> None:
    words = [unicodedata.normalize(form, word) for word in called]
    rows = "".join(f"v{i:03},SIGN{i % 3},{words[i // 3]}\n" for i in range(9))
    write(tmp_path / "annotations.csv", f"id,label,subset\n{rows}")
    [(data, _)] = discover(tmp_path).cases

    assert [row.split for row in data.annotations[0].rows] == ["train"] * 3 + ["dev"] * 3 + ["test"] * 3
    assert [splits.split_of_name(f"data/{word}/labels.csv") for word in words] == [
        "train",
        "dev",
        "test",
    ]
    assert [splits.split_of_name(f"labels_{word}.csv") for word in words] == ["train", "dev", "test"]


@pytest.mark.parametrize("word", ["trainer", "valley", "обучениях", "学", "testimony", "treinador"])
def test_a_word_that_only_begins_as_one_for_a_split_is_not_one(word: str) -> None:
    assert splits.split_of_name(f"{word}/labels.csv") == ""


@pytest.mark.parametrize("sign", ["TEST", "TRAIN", "学習", "prueba", "тест"])
@pytest.mark.parametrize("home", ["features", "features/train"])
def test_a_sign_that_is_called_as_a_split_is_a_class_among_many(
    tmp_path: Path, sign: str, home: str
) -> None:
    for name in (sign, *(f"sign{'abcdefghij'[i]}" for i in range(9))):
        (tmp_path / home / name).mkdir(parents=True)
        for i in range(3):
            np.save(tmp_path / home / name / f"{name}_{i}.npy", np.random.rand(12, 20 + 1))
    [(data, _)] = discover(tmp_path).cases

    assert [one.where for one in data.features] == [home]
    assert {clip.label for clip in data.features[0].clips} >= {sign, "signa"}
