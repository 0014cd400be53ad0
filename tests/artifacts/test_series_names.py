"""What the written names of series mean."""

from __future__ import annotations

import pytest

from slrdoctor.words.series_names import is_known, meaning_of, words_of


@pytest.mark.parametrize(
    ("name", "split", "quantity"),
    [
        ("val_loss", "dev", "loss"),
        ("Train Loss", "train", "loss"),
        ("tr_loss", "train", "loss"),
        ("trainLoss", "train", "loss"),
        ("vloss", "dev", "loss"),
        ("total training loss", "train", "loss"),
        ("训练损失", "train", "loss"),
        ("train_recognition_loss", "train", "part_loss"),
        ("nll_loss", "", "part_loss"),
        ("loss_ctc", "", "part_loss"),
        ("test_belu4", "test", "bleu"),
        ("BLEU-1", "", "bleu1"),
        ("dev_wer", "dev", "wer"),
        ("valid/wer", "dev", "wer"),
        ("eval_wer", "dev", "wer"),
        ("val_word_error_rate", "dev", "wer"),
        ("Conv wer", "", "part_wer"),
        ("epoch_acc", "", "accuracy"),
        ("val/top1_acc_epoch", "dev", "accuracy"),
        ("Acc@1", "", "accuracy"),
        ("val_acc_top5", "dev", "accuracy_top5"),
        ("top-5 acc", "", "accuracy_top5"),
        ("sentence_acc", "", "sentence_accuracy"),
        ("NegSim", "", "negsim"),
        ("pos_sim", "", "possim"),
        ("R@1", "", "recall"),
        ("recall@5", "", "recall5"),
        ("recall", "", "class_recall"),
        ("lr-AdamW/pg1", "train", "learning_rate"),
        ("train_lr", "train", "learning_rate"),
        ("grad_2.0_norm", "train", "grad_norm"),
        ("total_norm", "train", "grad_norm"),
        ("blank_ratio", "", "blank_share"),
        ("secs", "", "time"),
        ("eval_samples_per_second", "dev", "time"),
        ("global_step", "", "step"),
        ("epoch", "", "epoch"),
        ("phase", "train", "stage"),
    ],
)
def test_a_written_name_says_split_and_quantity(name: str, split: str, quantity: str) -> None:
    meaning = meaning_of(name)
    assert (meaning.split, meaning.quantity) == (split, quantity)


@pytest.mark.parametrize(
    "name",
    [
        "best_val_loss",
        "logit_scale",
        "loss_scale",
        "weight_decay",
        "n_parameters",
        "unique_glosses",
        "max_memory",
    ],
)
def test_settings_and_figures_of_another_epoch_are_no_curve(name: str) -> None:
    assert meaning_of(name).quantity == "other"


def test_a_name_may_say_that_it_is_of_steps_or_in_percent() -> None:
    assert meaning_of("train_loss_step").per == "step"
    assert meaning_of("train_loss_epoch").per == "epoch"
    assert meaning_of("evaluation_loss_vs_iterations").per == "step"
    assert meaning_of("Val Acc (%)").percent and not meaning_of("Val Acc").percent


def test_glued_words_come_apart_and_others_stay_whole() -> None:
    assert words_of("valLoss") == ("val", "loss")
    assert words_of("ctcloss") == ("ctc", "loss")
    assert words_of("glosses") == ("glosses",)


def test_words_of_prose_are_not_known() -> None:
    assert is_known("validation") and is_known("wer") and not is_known("finished")


@pytest.mark.parametrize(
    ("name", "split", "quantity"),
    [
        ("Trainingsverlust", "train", "loss"),
        ("Validierungs-WER", "dev", "wer"),
        ("Wortfehlerrate (%)", "", "wer"),
        ("Lernrate", "train", "learning_rate"),
        ("Testgenauigkeit", "test", "accuracy"),
        ("perdida_validacion", "dev", "loss"),
        ("tasa de error de palabras", "", "wer"),
        ("exactitud", "", "accuracy"),
        ("perte d'entraînement", "train", "loss"),
        ("précision", "", "accuracy"),
        ("precision", "", "precision"),
        ("taux d'apprentissage", "train", "learning_rate"),
        ("perda_treino", "train", "loss"),
        ("taxa de aprendizado", "train", "learning_rate"),
        ("EĞİTİM KAYBI", "train", "loss"),
        ("dogrulama dogrulugu", "dev", "accuracy"),
        ("kelime hata oranı", "", "wer"),
        ("потери на обучении", "train", "loss"),
        ("точность на валидации", "dev", "accuracy"),
        ("验证集准确率", "dev", "accuracy"),
        ("词错误率", "", "wer"),
        ("perdita_validazione", "dev", "loss"),
        ("dokładność walidacji", "dev", "accuracy"),
        ("検証データの損失", "dev", "loss"),
        ("학습률", "train", "learning_rate"),
        ("خسارة التدريب", "train", "loss"),
        ("Zeichenfehlerrate", "", "cer"),
        ("学習時の損失", "train", "loss"),
        ("coût entraînement", "train", "loss"),
        ("taux de reconnaissance (validation)", "dev", "accuracy"),
        ("точность (вал)", "dev", "accuracy"),
        ("woordfoutpercentage validatie", "dev", "wer"),
        ("训练轮次", "", "epoch"),
        ("gloss error rate", "", "wer"),
        ("val_levenshtein_score", "dev", "levenshtein"),
        ("dev/levenshtein_accuracy", "dev", "levenshtein"),
        ("val_lev_ratio", "dev", "levenshtein"),
        ("val_levenshtein_distance", "dev", "other"),
        ("val_edit_distance", "dev", "other"),
        ("normalized edit distance", "", "cer"),
        ("val_NED", "dev", "cer"),
        ("val_exact_match", "dev", "sentence_accuracy"),
        ("val/em_exact_match_epoch", "dev", "sentence_accuracy"),
    ],
)
def test_names_in_other_languages_mean_the_same(name: str, split: str, quantity: str) -> None:
    assert (meaning_of(name).split, meaning_of(name).quantity) == (split, quantity)


@pytest.mark.parametrize(
    "name", ["Verlustängste", "strategie", "Wortspiel", "perdurable", "exactly", "valise", "Testament"]
)
def test_a_word_that_only_begins_like_one_in_another_language_means_nothing(name: str) -> None:
    assert meaning_of(name).quantity == "other"
