"""The training logs of known producers."""

from __future__ import annotations

import math

import pytest

from slrdoctor.artifacts.content import Text
from slrdoctor.artifacts.kinds.history.logs import recognise_log
from tests.artifacts.histories import log, of

VAC = """\
[ Mon Jan 01 12:00:00 2021 ] Parameters:
{'work_dir': './work_dir/x/', 'num_epoch': 80, 'batch_size': 2}
[ Mon Jan 01 12:00:00 2021 ] Epoch: 0, Batch(0/2836) done. Loss: 459.11234     lr:0.000100
[ Mon Jan 01 12:00:00 2021 ] Epoch: 0, Batch(100/2836) done. Loss: nan     lr:0.000100
loss is nan
[ Mon Jan 01 12:00:00 2021 ] \tMean training loss: 85.1234567890.
Unexpected error: <class 'FileNotFoundError'>
[ Mon Jan 01 12:00:00 2021 ] Dev WER: 100.00%
[ Mon Jan 01 12:00:00 2021 ] Epoch: 1, Batch(0/2836) done. Loss: 59.11234     lr:0.000100
[ Mon Jan 01 12:00:00 2021 ] \tMean training loss: nan.
[ Mon Jan 01 12:00:00 2021 ] Dev WER: 99.50%
[ Mon Jan 01 12:00:00 2021 ] Test WER: 99.00%
"""


def test_vac_log() -> None:
    history = log(VAC, "work_dir/log.txt")
    assert history.row_epochs == (0, 1)
    assert history.batches == 2836
    losses = of(history, "train", "loss").values
    assert losses[0] == 85.123456789 and math.isnan(losses[1])
    assert of(history, "train", "loss", "batch").values[0] == 459.11234
    assert of(history, "dev", "wer").values == (100.0, 99.5)
    assert of(history, "test", "wer").epochs == (1.0,)
    assert [text for _, text in history.notes] == [
        "loss is nan",
        "Unexpected error: <class 'FileNotFoundError'>",
    ]
    assert history.facts["nan_batches"] == ((0.0, 1),)
    assert history.facts["percent"] == ("wer",)


@pytest.mark.parametrize("percent", ["%", ""])
def test_vac_dev_txt_with_and_without_a_percent_sign(percent: str) -> None:
    history = log(f"Epoch 0, dev 100.00{percent}\nEpoch 1, dev  45.20{percent}\n", "work_dir/dev.txt")
    assert of(history, "dev", "wer").values == (100.0, 45.2)


def test_signgraph_dev_txt_has_two_heads() -> None:
    history = log(
        "Epoch: 0 dev done. Conv wer: 80.1000  ins:5.1000, del:20.2000\n"
        "Epoch: 0 dev done. LSTM wer: 70.1000  ins:5.1000, del:10.2000\n"
        "Epoch: 1 dev done. Conv wer: 60.1000  ins:5.1000, del:20.2000\n"
        "Epoch: 1 dev done. LSTM wer: 50.1000  ins:5.1000, del:9.2000\n",
        "dev.txt",
    )
    assert of(history, "dev", "wer").values == (70.1, 50.1)
    assert of(history, "dev", "part_wer").values == (80.1, 60.1)
    assert history.row_epochs == (0, 1)


def test_signjoey_train_log() -> None:
    history = log(
        "2020 [Epoch: 001 Step: 00000100] Batch Recognition Loss:  55.123450 => Gls Tokens per "
        "Sec:     1234 || "
        "Batch Translation Loss: 100.1 => Txt Tokens per Sec:  12 || Lr: 0.001000\n"
        "2020 Epoch   1: Total Training Recognition Loss 1234.12  Total Training Translation Loss "
        "-1.00 \n"
        "2020 [Epoch: 002 Step: 00000200] Batch Recognition Loss:  15.123450 => Gls Tokens per "
        "Sec:     1234 || "
        "Lr: 0.001000\n"
        "2020 Epoch   2: Total Training Recognition Loss 834.12  Total Training Translation Loss "
        "-1.00 \n"
    )
    [recognition] = [s for s in history.series if s.name == "Training Recognition Loss"]
    assert recognition.values == (1234.12, 834.12) and recognition.quantity == "part_loss"
    [steps] = [s for s in history.series if s.name == "Batch Recognition Loss"]
    assert steps.epochs == (100.0, 200.0) and steps.per == "step"


def test_signjoey_validations() -> None:
    line = (
        "Steps: {}\tRecognition Loss: 12.30\tTranslation Loss: -1.00\tPPL: -1.00\tEval Metric: "
        "BLEU\tWER {}\t"
        "(DEL: 20.11,\tINS: 3.20,\tSUB: 21.80)\tBLEU-4 0.00\t(BLEU-1: 0.00,\tBLEU-2: "
        "0.00,\tBLEU-3: 0.00,\t"
        "BLEU-4: 0.00)\tCHRF 0.00\tROUGE 0.00\tLR: 0.00100000\t*\n"
    )
    history = log(line.format(100, 45.12) + line.format(200, 35.12), "model_dir/validations.txt")
    assert of(history, "dev", "wer", "step").values == (45.12, 35.12)
    assert of(history, "dev", "deletions", "step").values == (20.11, 20.11)


def test_signjoey_validations_with_a_loss_of_nan_keep_their_scores() -> None:
    line = (
        "Steps: {}\tRecognition Loss: nan\tTranslation Loss: -1.00000\tPPL: -1.00000\tEval Metric: "
        "wer\tWER 100.00\t(DEL: 100.00,\tINS: 0.00,\tSUB: 0.00)\tBLEU-4 -1.00\t(BLEU-1: -1.00)\t"
        "CHRF -1.00\tROUGE -1.00\tLR: 0.00100000\n"
    )
    history = log(line.format(15) + line.format(30) + line.format(45), "validations.txt")
    assert of(history, "dev", "wer", "step").values == (100.0, 100.0, 100.0)


def test_progressive_transformers() -> None:
    history = log(
        "2020 Epoch   1: total training loss 34.11\n"
        "2020 Epoch   1 Step:      100 Batch Loss:     0.012345 Tokens per Sec:     1234, Lr: 0.001000\n"
        "2020 Epoch   2: total training loss 14.11\n"
    )
    assert of(history, "train", "loss").values == (34.11, 14.11)
    validation = "Steps: {} Loss: {}| DTW: 14.123| Body DTW: nan| Hand DTW: nan| LR: 0.001000 *\n"
    dev = log(validation.format(2000, 0.3) + validation.format(4000, 0.2), "validations.txt")
    assert of(dev, "dev", "loss", "step").values == (0.3, 0.2)


def test_spoter() -> None:
    history = log(
        "[1] TRAIN  loss: 4.60512 acc: 0.0123\n[1] VALIDATION  acc: 0.0101\n\n"
        "[2] TRAIN  loss: 4.2 acc: (0.02, 12, 600)\n[2] VALIDATION  acc: 0.0201\n"
    )
    assert of(history, "train", "loss").values == (4.60512, 4.2)
    assert of(history, "train", "accuracy").values == (0.0123, 0.02)
    assert of(history, "dev", "accuracy").values == (0.0101, 0.0201)


def test_wlasl_i3d_prints_training_losses_within_the_epoch() -> None:
    losses = "Loc Loss: {0} Cls Loss: {0} Tot Loss: {0} Accu :0.01\n"
    history = log(
        "Epoch 0 train " + losses.format(7.15) + "Epoch 0 train " + losses.format(6.15)
        + "VALIDATION: test " + losses.format(6.55)
        + "Epoch 1 train " + losses.format(5.15) + "VALIDATION: test " + losses.format(5.55)
    )  # fmt: skip
    assert of(history, "train", "loss", "batch").values == (7.15, 6.15, 5.15)
    assert of(history, "dev", "loss").values == (6.55, 5.55)
    assert history.row_epochs == (0, 1)


def test_gfslt_json_lines_keep_nan() -> None:
    history = log(
        '{"train_lr": 0.01, "train_loss": 5.08, "test_loss": 4.04, "test_belu4": 5.2, "epoch": 0}\n'
        '{"train_lr": 0.01, "train_loss": 4.08, "test_loss": NaN, "test_belu4": 6.2, "epoch": 1}\n',
        "log.txt",
    )
    assert of(history, "test", "bleu").values == (5.2, 6.2)
    assert math.isnan(of(history, "test", "loss").values[1])


def test_hugging_face_trainer_prints_dicts_and_a_summary() -> None:
    history = log(
        "{'loss': 2.3, 'grad_norm': nan, 'learning_rate': 5e-05, 'epoch': 0.5}\n"
        "{'loss': 2.1, 'grad_norm': 1.2, 'learning_rate': 5e-05, 'epoch': 1.0}\n"
        "{'eval_loss': 2.2, 'eval_wer': 0.9, 'eval_runtime': 3.2, 'epoch': 1.0}\n"
        "{'train_runtime': 100.2, 'train_loss': 1.5, 'epoch': 1.0}\n"
    )
    assert of(history, "train", "loss").values == (2.3, 2.1)
    assert math.isnan(of(history, "train", "grad_norm").values[0])
    assert of(history, "dev", "wer").values == (0.9,)
    assert history.row_epochs == (0.5, 1.0)


def test_keras_progress_bars_end_with_the_epochs_own_values() -> None:
    history = log(
        "Epoch 1/2\n75/75 [====] - 12s 160ms/step - loss: 3.21 - accuracy: 0.1 - val_loss: 3.01 - "
        "val_accuracy: 0.15\n"
        "Epoch 2/2\n\r 1/75 [....] - ETA: 3s - loss: 2.9\r75/75 [====] - 12s - loss: 2.71 - "
        "val_loss: 2.5\n"
        "Epoch 00002: val_loss improved from 3.01 to 2.5, saving model to x.h5\n"
    )
    assert of(history, "train", "loss").values == (3.21, 2.71)
    assert of(history, "dev", "loss").values == (3.01, 2.5)
    assert of(history, "train", "loss", "batch").values == (2.9,)
    assert history.row_epochs == (1, 2)


def test_keras_3_bars_with_colours() -> None:
    history = log(
        "Epoch 1/3\n\x1b[1m75/75\x1b[0m \x1b[32m━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m12s\x1b[0m "
        "160ms/step - "
        "accuracy: 0.32 - loss: 2.1 - val_accuracy: 0.35 - val_loss: 2.2\n"
    )
    assert of(history, "train", "loss").values == (2.1,)
    assert of(history, "dev", "accuracy").values == (0.35,)


def test_a_tqdm_bar_stands_for_its_epoch_with_what_it_shows_last() -> None:
    history = log(
        "Epoch 1/2:  50%|███   | 37/75 [00:12<00:15, 2.7it/s, loss=3.2]\r"
        "Epoch 1/2: 100%|██████| 75/75 [00:27<00:00, 2.7it/s, loss=2.9]\n"
        "Epoch 2/2: 100%|██████| 75/75 [00:27<00:00, 2.7it/s, loss=1.9]\n"
    )
    assert of(history, "train", "loss", "batch").values == (2.9, 1.9)
    assert history.row_epochs == (1, 2)
    assert history.batches == 75


def test_fairseq_and_espnet_lines() -> None:
    fairseq = log(
        "| epoch 001 | loss 3.2 | nll_loss 3.1 | ppl 8.5 | lr 0.0001 | gnorm 1.2\n"
        "| epoch 001 | valid on 'valid' subset | loss 3.5 | ppl 11.0\n"
        "| epoch 002 | loss 2.2 | nll_loss 2.1 | ppl 4.5 | lr 0.0001 | gnorm 1.1\n"
        "| epoch 002 | valid on 'valid' subset | loss 2.5 | ppl 6.0\n"
    )
    assert of(fairseq, "train", "loss").values == (3.2, 2.2)
    assert of(fairseq, "dev", "loss").values == (3.5, 2.5)
    assert of(fairseq, "train", "grad_norm").values == (1.2, 1.1)
    espnet = log(
        "1epoch results: [train] loss_ctc=120.3, loss=130.2, [valid] loss=70.1, wer=1.0, "
        "[att_plot] time=1\n"
    )
    assert of(espnet, "dev", "wer").values == (1.0,)
    assert of(espnet, "train", "loss").values == (130.2,)


def test_json_lines_by_split_and_by_step() -> None:
    nested = log(
        '{"epoch": 1, "train": {"loss": 3}, "val": {"wer": 0.9}}\n{"epoch": 2, "train": {"loss": 2}}\n'
    )
    assert of(nested, "train", "loss").values == (3, 2)
    assert of(nested, "dev", "wer").values == (0.9,)
    steps = log('{"step": 100, "loss": 3.5}\n{"step": 200, "loss": 2.5}\n')
    assert of(steps, "train", "loss", "step").epochs == (100, 200)
    huge = recognise_log("log.txt", Text(['{"epoch": 1, "loss": 1' + "0" * 400 + "}"]))
    assert huge is None


def test_a_log_that_only_tells_the_device_is_read_and_is_no_training_that_stopped() -> None:
    lines = ("GPU available: True (cuda), used: False", "TPU available: False, using: 0 TPU cores")

    history = recognise_log("logs/train.log", Text(lines))

    assert history is not None and history.started and not history.series
    assert history.notes == ((1, lines[0]), (2, lines[1]))[: len(history.notes)]
    assert recognise_log("data/train.txt", Text(lines)) is None
    assert recognise_log("logs/train.log", Text(("hello", "world"))) is None


def joey(first: int, last: int) -> str:
    """Epochs of signjoey's train.log, each with its validation."""
    return "".join(
        f"2021-05-04 11:{e:02d}:00,000 EPOCH {e}\n2021-05-04 11:{e:02d}:09,000 "
        f"Validation result at epoch {e:3d}, step {70 * e:8d}: duration: 3.1s\n"
        f"\tRecognition Loss: {30 / e:.5f}\tTranslation Loss: 0.00000\tPPL: 0.00000\n"
        f"\tEval Metric: WER\n\tWER {99 - 2 * e:.2f}\t(DEL: 20.00,\tINS: 1.00,\tSUB: 9.00)\n"
        for e in range(first, last + 1)
    )


FINAL = """\
2021-05-04 12:00:00,000 Training ended since there were no improvements inthe last lr step: 0.0001
2021-05-04 12:00:00,000 Best validation result at step      420: 61.00 eval_metric.
2021-05-04 12:00:09,000 [DEV] partition [RECOGNITION] experiment [BW]: 1
2021-05-04 12:00:10,000 [DEV] partition [RECOGNITION] results:
\tWER 41.25\t(DEL: 3.00,\tINS: 2.00,\tSUB: 5.00)
2021-05-04 12:00:20,000 [TEST] partition [Recognition & Translation] results:
\tWER 45.75\t(DEL: 3.00,\tINS: 2.00,\tSUB: 6.00)
"""


def test_what_signjoey_scores_after_the_training_is_no_row_of_it() -> None:
    history = log(joey(1, 12) + FINAL)
    assert history.row_epochs == tuple(range(1, 13))
    assert of(history, "dev", "wer").values == tuple(99.0 - 2 * e for e in range(1, 13))
    assert not {41.25, 45.75} & {value for series in history.series for value in series.values}


def test_a_training_that_goes_on_after_an_evaluation_is_read_to_its_end() -> None:
    history = log(joey(1, 5) + FINAL + joey(6, 9))
    assert history.row_epochs == tuple(range(1, 10))
    assert of(history, "dev", "wer").values[-1] == 81.0


TRACEBACK = "Traceback (most recent call last):\n  File 'a.py', line 3\n"
BATCHES = "".join(f"Epoch [1][{b}/900], lr: 1.0e-3, loss: {5 - b / 99:.3f}\n" for b in range(9, 90, 9))


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (f"{TRACEBACK}ValueError: bad clip 7\n", "ValueError: bad clip 7"),
        (f"{TRACEBACK}torch.cuda.OutOfMemoryError: full\n", "torch.cuda.OutOfMemoryError: full"),
        (f"{TRACEBACK}RuntimeError: in dict:\n\tsize mismatch for fc: 3\n", "size mismatch for fc: 3"),
        ("Killed\n", "Killed"),
        ("", None),
        (f"{TRACEBACK}OSError: no sclite\n{BATCHES}", None),
    ],
)  # fmt: skip
def test_the_error_that_a_log_ends_in_is_kept(end: str, error: str | None) -> None:
    assert log(BATCHES + end).facts.get("ended_by") == error
