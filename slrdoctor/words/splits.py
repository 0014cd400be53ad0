"""What file and folder names say about splits."""

from __future__ import annotations

import re
import unicodedata

SPLITS = ("train", "dev", "test")
# what means a split wherever it stands
_ANYWHERE = {
    "train": """
        train training trn tr trainset
        trainieren trainingsdaten trainingsmenge trainingsset entrenamiento entrenar entraînement
        entrainement apprentissage treino treinamento treinar addestramento allenamento eğitim egitim
        trening treningowy treningowa treningowe uczący uczacy trenowanie
        обучение обучающая обучающий тренировка тренировочная тренировочный трейн
        обучения обучении обучению обучающей обучающих тренировки тренировке тренировочной трейне
        entreno entraîner treningu treningowego treningowej uczenia uczeniu eğitimi eğitimde
        训练 训练集 訓練 訓練集 訓練データ 訓練用 学習 学習データ 学習用
        훈련 훈련용 훈련데이터 학습 학습용 학습데이터
        تدريب التدريب للتدريب
    """,
    "dev": """
        dev val valid validation devel develop development valset devset
        validierung validierungsdaten validierungsset entwicklung validación validacion desarrollo
        développement developpement validação validacao desenvolvimento validazione convalida sviluppo
        doğrulama dogrulama geçerleme gecerleme walidacja walidacyjny walidacyjna walidacyjne rozwojowy
        валидация валидационная валидационный валид вал
        валидации валидацию валидационной валидационные проверка проверки проверке проверочная
        walidacji walidacyjnego walidacyjnej validasyon doğrulaması valideren validatie
        验证 验证集 校验集 开发集 驗證 驗證集 検証 検証データ 検証用 開発データ
        검증 검증용 검증데이터
        تحقق التحقق للتحقق
    """,
    "test": """
        test testing tst testset
        testen testdaten testmenge prueba pruebas teste testes collaudo sınama sinama testowy testowa
        testowe testowego testowej teście тест теста тесте тестовая тестовой тестовый тестирование
        тестировании
        测试 测试集 測試 測試集
        テスト テストデータ テスト用 테스트 테스트용 테스트데이터 시험
        اختبار الاختبار للاختبار
    """,
}
# a set for evaluation is what a file is called that is left for the end ...
_OF_FILES = {"test": "eval evaluation"}
# ... and the name of a series that was evaluated while the training went on
_OF_SERIES = {"train": "fit", "dev": "vl eval evaluation evaluate validate validating evaluating"}


def _split_of(*tables: dict[str, str]) -> dict[str, str]:
    return {word: split for table in tables for split, words in table.items() for word in words.split()}


SPLIT_OF_FILE = _split_of(_ANYWHERE, _OF_FILES)
SPLIT_OF_SERIES = _split_of(_ANYWHERE, _OF_SERIES)
_PIECE = re.compile(r"[^\W\d_]+|\d+|[\W_]+", re.UNICODE)
_PATHS = re.compile(r"[/\\]")


def split_of_word(word: str) -> str:
    """train, dev or test for a word of a file name that means one; "" for any other."""
    return SPLIT_OF_FILE.get(_plain(word), "")


def split_of_name(where: str) -> str:
    """The split that a path tells of, its last word for one winning; "" where it tells nothing.

    `data/train/x.npy`, `phoenix14t.pami0.dev`, `gsl_split_SI_test.csv`, `X_train.npy`.
    """
    for part in reversed(_PATHS.split(where)):
        found = {split_of_word(piece) for piece in _PIECE.findall(_camel_apart(_composed(part)))} - {""}
        if len(found) == 1:
            return found.pop()
    return ""


def without_splits(where: str) -> str:
    """The path with each word for a split replaced by `*`: equal for files of the same family."""
    return "".join("*" if split_of_word(piece) else piece for piece in _PIECE.findall(_composed(where)))


def _composed(text: str) -> str:
    """Letters with their marks as one character each, as file names of macOS have them not."""
    return unicodedata.normalize("NFC", text)


def _plain(word: str) -> str:
    # of a Turkish capital, lowering leaves a combining dot
    return _composed(word).strip().lower().replace("\u0307", "")


def _camel_apart(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
