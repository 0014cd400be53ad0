"""What the columns of the annotations are called."""

from __future__ import annotations

from clinic.layouts.draft import Draft
from clinic.layouts.registry import plain, value

# by language: id, signer, split, and the target of each task
SPANISH = ("archivo", "persona", "conjunto", {"ctc": "glosas", "classification": "seña"}, "frase")
GERMAN = ("Datei", "Sprecher", "Teil", {"ctc": "Glossen", "classification": "Klasse"}, "Satz")
FRENCH = ("fichier", "personne", "partition", {"ctc": "gloses", "classification": "signe"}, "phrase")
PORTUGUESE = ("arquivo", "pessoa", "conjunto", {"ctc": "glosas", "classification": "sinal"}, "frase")
TURKISH = ("dosya", "kişi", "bölüm", {"ctc": "glosalar", "classification": "işaret"}, "cümle")
RUSSIAN = ("файл", "человек", "выборка", {"ctc": "глоссы", "classification": "жест"}, "предложение")
CHINESE = ("文件名", "手语者", "数据集", {"ctc": "手语词", "classification": "类别"}, "句子")
POLISH = ("plik", "osoba", "zbiór", {"ctc": "glosy", "classification": "znak"}, "zdanie")
JAPANESE = ("ファイル", "話者", "分割", {"ctc": "グロス", "classification": "ラベル"}, "文")
Language = tuple[str, str, str, dict[str, str], str]


@plain
def usual(draft: Draft) -> None:
    """id, gloss (label, text), signer"""


@value
def german(draft: Draft) -> None:
    """Datei, Glossen, Sprecher"""
    _in(draft, GERMAN)


@value
def spanish(draft: Draft) -> None:
    """archivo, glosas, persona"""
    _in(draft, SPANISH)


@value
def french(draft: Draft) -> None:
    """fichier, gloses, personne"""
    _in(draft, FRENCH)


@value
def portuguese(draft: Draft) -> None:
    """arquivo, glosas, pessoa"""
    _in(draft, PORTUGUESE)


@value
def turkish(draft: Draft) -> None:
    """dosya, glosalar, kişi"""
    _in(draft, TURKISH)


@value
def russian(draft: Draft) -> None:
    """файл, глоссы, человек"""
    _in(draft, RUSSIAN)


@value
def chinese(draft: Draft) -> None:
    """文件名, 手语词, 手语者"""
    _in(draft, CHINESE)


@value
def polish(draft: Draft) -> None:
    """plik, glosy, osoba"""
    _in(draft, POLISH)


@value
def japanese(draft: Draft) -> None:
    """ファイル, グロス, 話者"""
    _in(draft, JAPANESE)


@value
def x_and_y(draft: Draft) -> None:
    """x, y, signer"""
    draft.columns = {"id": "x", "target": "y"}


@value
def source_and_labels(draft: Draft) -> None:
    """source, labels, speaker"""
    draft.columns = {"id": "source", "target": "labels", "signer": "speaker"}


@value
def video_and_sentence(draft: Draft) -> None:
    """Video ID, Sentence (Class), Signer ID"""
    target = "Class" if draft.subject.task == "classification" else "Sentence"
    draft.columns = {"id": "Video ID", "target": target, "signer": "Signer ID", "split": "Split"}


@value
def as_phoenix(draft: Draft) -> None:
    """name, orth (label, translation), speaker"""
    target = {"ctc": "orth", "translation": "translation"}.get(draft.subject.task, "label")
    draft.columns = {"id": "name", "target": target, "signer": "speaker", "split": "fold"}


@value
def path_and_annotation(draft: Draft) -> None:
    """path, annotation, participant_id"""
    draft.columns = {"id": "path", "target": "annotation", "signer": "participant_id"}


@value
def without_meaning(draft: Draft) -> None:
    """col1, col2, col3"""
    draft.columns = {"id": "col1", "target": "col2", "signer": "col3", "split": "col4"}


def _in(draft: Draft, language: Language) -> None:
    item, signer, split, targets, text = language
    target = targets.get(draft.subject.task, text)
    draft.columns = {"id": item, "target": target, "signer": signer, "split": split}
