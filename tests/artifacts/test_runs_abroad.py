"""Runs that were written down in other languages than English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slrdoctor.artifacts.content import Text
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.kinds.annotations import recognise_annotations
from slrdoctor.artifacts.kinds.history import recognise_history
from slrdoctor.artifacts.kinds.predictions import recognise_predictions
from slrdoctor.artifacts.kinds.predictions.hypotheses_alone import recognise_hypotheses
from slrdoctor.artifacts.kinds.predictions.pairs import reference_names
from slrdoctor.artifacts.kinds.vocabulary import recognise_vocabulary
from slrdoctor.words import languages
from slrdoctor.words.settings import CLASSES, LEARNING_RATE, STRIDE, plain_key
from slrdoctor.words.translation import in_english
from tests.artifacts.histories import log, of

LINES = (
    "Epoche {e}/3 - Trainingsverlust: {a} - Validierungsgenauigkeit: {b}",
    "Época {e} de 3: pérdida de entrenamiento = {a}, exactitud (validación) = {b}",
    "époque [{e}/3] perte d'entraînement {a} | précision de validation {b}",
    "Época {e}/3 | perda treino: {a} | acurácia validação: {b}",
    "Epok {e}/3 eğitim kaybı: {a} doğrulama doğruluğu: {b}",
    "Эпоха {e}: потери на обучении {a}, точность на валидации {b}",
    "第 {e} 轮 训练损失：{a}，验证准确率：{b}",
    "epoca {e}/3 perdita addestramento: {a} accuratezza validazione: {b}",
    "Epoka {e}/3: strata treningowa: {a}, dokładność walidacji: {b}",
    "エポック {e}/3 訓練損失: {a} 検証精度: {b}",
    "에포크 {e}/3 학습 손실: {a} 검증 정확도: {b}",
    "الحقبة {e}/3: خسارة التدريب: {a} دقة التحقق: {b}",
)


@pytest.mark.parametrize("line", LINES)
def test_lines_of_logs_in_other_languages(line: str) -> None:
    curve = [(2.5, 0.1), (1.25, 0.4), (0.5, 0.85)]
    history = log("\n".join(line.format(e=e, a=a, b=b) for e, (a, b) in enumerate(curve, 1)))
    assert history.row_epochs == (1, 2, 3)
    assert of(history, "train", "loss").values == (2.5, 1.25, 0.5)
    assert of(history, "dev", "accuracy").values == (0.1, 0.4, 0.85)


def test_a_comma_is_a_point_in_a_log_of_another_language_only() -> None:
    text = "\n".join(
        f"Epoche {e}: Trainingsverlust {2 / e:.3f}, Val-WER {80 / e:.1f} %" for e in (1, 2, 4)
    )
    history = log(re.sub(r"(\d)\.(\d)", r"\1,\2", text))
    assert of(history, "train", "loss").values == (2.0, 1.0, 0.5)
    assert of(history, "dev", "wer").values == (80.0, 40.0, 20.0)
    lists = log("\n".join(f"epoch {e} train loss 2,{e},3 val acc 0" for e in (1, 2, 3)))
    assert of(lists, "train", "loss").values == (2.0, 2.0, 2.0)


def test_what_a_log_says_of_the_best_stays_in_its_language() -> None:
    text = "Epoche 1 Verlust: 2.0\nEpoche 2 Verlust: 1.0\nBestes Modell gespeichert, Verlust 0.3\n"
    history = log(text)
    assert of(history, "train", "loss").values == (2.0, 1.0)
    assert history.facts["best"] == "Bestes Modell gespeichert, Verlust 0.3"


def test_a_table_of_epochs_with_names_and_commas_of_another_language(tmp_path: Path) -> None:
    (tmp_path / "verlauf.csv").write_text(
        "Epoche;Trainingsverlust;Wortfehlerrate (%);Lernrate\n1;14,54;98,4;0,001\n2;12,36;90,9;0,001\n"
    )
    [history] = recognise_history("verlauf.csv", "csv", read(tmp_path / "verlauf.csv"))
    assert of(history, "train", "loss").values == (14.54, 12.36)
    assert of(history, "dev", "wer").values == (98.4, 90.9)


@pytest.mark.parametrize(
    "head",
    [
        "Dateiname;Referenz;Hypothese",
        "archivo;etiqueta_real;etiqueta_predicha",
        "fichier;réel;prédit",
        "arquivo;verdadeiro;predito",
        "dosya;gerçek;tahmin",
        "файл;эталон;предсказание",
        "文件名;真实标签;预测标签",
        "nome file;riferimento;ipotesi",
        "plik;rzeczywista_klasa;przewidziana_klasa",
        "ファイル名;正解;予測",
        "파일명;정답;예측",
        "الملف;الحقيقي;المتوقع",
        "bestand;werkelijk;voorspeld",
    ],
)
def test_predictions_in_tables_of_other_languages(tmp_path: Path, head: str) -> None:
    (tmp_path / "a.csv").write_text(f"{head}\nclip1;A B;A\nclip2;B;B C\n", encoding="utf-8")
    content = read(tmp_path / "a.csv")
    found = recognise_predictions("a.csv", "csv", content, lambda name: None)
    assert found is not None
    assert found.ids == ("clip1", "clip2")
    assert found.references == (("A", "B"), ("B",))
    assert found.hypotheses == (("A",), ("B", "C"))
    assert recognise_annotations("a.csv", "csv", content) is None


@pytest.mark.parametrize(
    "block",
    [
        "Wahre Glosse: {r}\nVorhergesagte Glosse: {h}",
        "Clase real: {r} | Clase predicha: {h}",
        "Référence : {r}\nHypothèse : {h}",
        "Gerçek: {r}\nTahmin: {h}",
        "真实标签：{r}\n预测标签：{h}",
        "Эталон: {r}\nГипотеза: {h}",
    ],
)
def test_predictions_in_lines_of_other_languages(block: str) -> None:
    lines = "\n".join(block.format(r=r, h=h) for r, h in (("A", "B"), ("C D", "C"))).splitlines()
    found = recognise_predictions("out.txt", "text", Text(lines), lambda name: None)
    assert found is not None
    assert found.references == (("A",), ("C", "D"))
    assert found.hypotheses == (("B",), ("C",))


@pytest.mark.parametrize(
    ("hypotheses", "references"),
    [
        ("hypothesen_dev.txt", "referenzen_dev.txt"),
        ("predicciones.npy", "etiquetas.npy"),
        ("Tahminler.txt", "Referanslar.txt"),
        ("预测.txt", "真实标签.txt"),
    ],
)
def test_the_references_of_hypotheses_have_names_of_the_same_language(
    hypotheses: str, references: str
) -> None:
    assert references in list(reference_names(hypotheses))


def test_hypotheses_without_references_in_another_language() -> None:
    found = recognise_hypotheses("vorhersagen_dev.txt", "text", Text(["clip1|A B", "clip2|C"]))
    assert found is not None
    assert found.by_id == {"clip1": ("A", "B"), "clip2": ("C",)}
    assert recognise_hypotheses("verlauf_dev.txt", "text", Text(["clip1|A B", "clip2|C"])) is None


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("klassen.txt", "class"),
        ("vokabular.txt", "gloss"),
        ("Glossenliste.txt", "gloss"),
        ("clases.txt", "class"),
        ("lista_de_señas.txt", "gloss"),
        ("vocabulaire.txt", "gloss"),
        ("étiquettes.txt", "class"),
        ("dicionário.txt", "gloss"),
        ("sinif_isimleri.txt", "class"),
        ("словарь.txt", "gloss"),
        ("词表.txt", "gloss"),
        ("classi.txt", "class"),
        ("słownik.txt", "gloss"),
        ("クラス一覧.txt", "class"),
        ("단어장.txt", "gloss"),
    ],
)
def test_vocabularies_are_named_in_other_languages(name: str, target: str) -> None:
    found = recognise_vocabulary(name, "text", Text(["CASA", "AGUA", "COMER"]))
    assert found is not None
    assert (found.tokens, found.target) == (("CASA", "AGUA", "COMER"), target)


@pytest.mark.parametrize("name", ["ergebnisse_klassen.txt", "verlauf.txt", "notizen.txt", "señal.md"])
def test_other_lists_of_words_are_not_vocabularies(name: str) -> None:
    assert recognise_vocabulary(name, "text", Text(["CASA", "AGUA", "COMER"])) is None


def test_settings_are_named_in_other_languages() -> None:
    assert CLASSES.is_meant("modell.anzahl_klassen")
    assert CLASSES.is_meant("numero_de_clases")
    assert LEARNING_RATE.is_meant("taxa_de_aprendizado")
    assert STRIDE.is_meant("zeitliche_unterabtastung")
    assert not CLASSES.is_meant("anzahl_schichten")
    assert plain_key("Model.Num-Classes") == "model.num_classes"


def test_a_text_in_english_stays_as_it_is() -> None:
    for text in (
        "Epoch: [3][20/75] Loss 2.3 (2.5) Acc@1 13.2 validation errors, median, references, slow",
        "Validation accuracy improved, the best model was saved; precision 0.3 real quote",
    ):
        assert in_english(text.replace(" real", "")) == text.replace(" real", "")


def test_no_word_of_another_language_stands_for_two_english_ones() -> None:
    tables = (languages.OF_SERIES, languages.OF_PAIRS, languages.OF_CLASSES)
    seen: dict[str, str] = {}
    twice = {
        word: (seen[word], english)
        for table in tables
        for english, words in table.items()
        for word in words.split()
        if seen.setdefault(word, english) != english
    }
    assert twice == {}


def test_a_label_encoder_of_speechbrain_numbers_the_tokens() -> None:
    lines = [
        "'<blank>' => 0",
        "'HAUS' => 1",
        '"L\'EAU" => 2',
        "================",
        "'starting_index' => 0",
    ]
    found = recognise_vocabulary("save/label_encoder.txt", "text", Text(lines))
    assert found is not None and found.tokens == ("<blank>", "HAUS", "L'EAU")
