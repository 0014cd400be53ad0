"""Log lines of no known producer: how their numbers, epochs, rows and notes are told."""

from __future__ import annotations

import math

import pytest

from slrdoctor.artifacts.content import Text
from slrdoctor.artifacts.kinds.history.logs import log_formats, recognise_log
from tests.artifacts.histories import log, of

GENERIC = {
    "bars": "Epoch [{e}/40] | Train Loss: {t}, Train Acc: 0.093 | Val Loss: {d}, Val Acc: 0.140\n",
    "equals": "epoch={e} train_loss={t} dev_loss={d} dev_wer=0.87\n",
    "spaces": "[Epoch {e}] train loss {t} val loss {d} val wer 93.0\n",
    "headed": "2024-05-01 10:00:01,123 - INFO - Epoch 0{e} | lr=1e-03 | train: loss={t} acc=12.3% | "
    "dev: loss={d}\n",
    "lines": "Epoch {e}\n train loss: {t}\n dev loss: {d}\n",
    "sections": "Epoch {e}\nTrain\n loss: {t}\n acc: 0.5\nValidation\n loss: {d}\n acc: 0.4\n",
    "tutorial": "Epoch {e}/40\n----------\ntrain Loss: {t} Acc: 0.6696\nval Loss: {d} Acc: 0.8002\n\n",
    "tree": "Epoch {e}/50 Summary:\n   ├─ Train Loss: {t}\n   └─ Val Loss: {d}\nSaved best (loss {d})\n",
    "counted": "[{e}/40] train_loss: {t} val_loss: {d}\n",
    "closing": "Train Loss: {t} Acc: 0.3\nVal Loss: {d} Acc: 0.2\nEpoch {e} completed in 3s\n",
    "spanish": "Época {e}: train_loss: {t} val_loss: {d}\n",
    "chinese": "第 {e} 轮 训练损失: {t} 验证损失: {d}\n",
    "tensor": "Epoch {e}, train loss: tensor({t}, device='cuda:0'), val loss: tensor({d})\n",
}


@pytest.mark.parametrize("shape", GENERIC)
def test_lines_of_no_known_producer(shape: str) -> None:
    text = "".join(
        GENERIC[shape].format(e=e, t=t, d=d) for e, t, d in ((3, 2.5, 2.6), (4, "1.5e0", "nan"))
    )
    history = log("Start training\n" + text)
    assert of(history, "train", "loss").values == (2.5, 1.5)
    dev = of(history, "dev", "loss")
    assert dev.values[0] == 2.6 and math.isnan(dev.values[1])
    assert history.row_epochs == (3, 4)


def test_batch_lines_of_several_styles_stand_within_their_epoch() -> None:
    for text in (
        "Epoch: [0][  0/100]\tTime  0.1 ( 0.1)\tLoss 6.9 (6.9)\nEpoch: [0][ 50/100]\tLoss 6.5 (6.7)\n",
        "Epoch [0/5], Step [0/100], Loss: 6.9\nEpoch [0/5], Step [50/100], Loss: 6.5\n",
        "| epoch   0 |   0/ 100 batches | lr 20.0 | ms/batch 11.61 | loss   6.9 | ppl  1200.1\n"
        "| epoch   0 |  50/ 100 batches | lr 20.0 | ms/batch 11.61 | loss   6.5 | ppl  1000.1\n",
        "Train Epoch: 0 [0/6000 (0%)]\tLoss: 6.9\nTrain Epoch: 0 [3000/6000 (50%)]\tLoss: 6.5\n",
    ):
        losses = of(log(text), "train", "loss", "batch")
        assert losses.values == (6.9, 6.5), text
        assert losses.epochs == (0.0, 0.5), text


def test_imagenet_and_mnist_tests_are_evaluations() -> None:
    history = log(
        "Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.2\n"
        "Test set: Average loss: 0.1, Accuracy: 9660/10000 (97%)\n"
        "Train Epoch: 2 [640/60000 (1%)]\tLoss: 0.2\n"
        "Test set: Average loss: 0.09, Accuracy: 9760/10000 (98%)\n"
    )
    assert of(history, "test", "accuracy").values == (97.0, 98.0)
    assert history.facts["percent"] == ("Accuracy",)


def test_steps_without_epochs() -> None:
    history = log("step 0: train loss 4.2, val loss 4.3\nstep 250: train loss 2.1, val loss 2.2\n")
    assert of(history, "dev", "loss", "step").epochs == (0.0, 250.0)
    assert history.row_epochs == ()


def test_rows_without_any_epoch_are_numbered() -> None:
    history = log("loss: 2.3 val_loss: 2.4\nloss: 2.2 val_loss: 2.3\nloss: 2.1 val_loss: 2.2\n")
    assert history.row_epochs == (1, 2, 3)
    assert recognise_log("notes.txt", Text(["loss: 2.3", "loss: 2.2"])) is None


def test_several_runs_in_one_log_keep_every_row() -> None:
    history = log(
        "Epoch 1 loss 2\nEpoch 2 loss 1\nEpoch 3 loss 0.5\nEpoch 1 loss 2.1\nEpoch 2 loss 1.3\n"
    )
    assert history.row_epochs == (1, 2, 3, 1, 2)
    assert of(history, "train", "loss").values == (2, 1, 0.5, 2.1, 1.3)


def test_two_runs_that_write_in_turns_keep_every_row() -> None:
    lines = [
        f"Epoch {e} train loss {3 - e * 0.1 + r} val loss {3.2 - e * 0.1 + r}"
        for e in (1, 2, 3)
        for r in (0, 0.05)
    ]
    assert log("\n".join(lines)).row_epochs == (1, 1, 2, 2, 3, 3)


def test_several_training_lines_an_epoch_are_no_several_runs() -> None:
    lines = [
        f"Epoch {e} i={i} loss {3 - e * 0.1 - i * 0.001:.4f}"
        for e in (1, 2, 3)
        for i in range(0, 400, 100)
    ]
    history = log("\n".join(lines))
    assert history.row_epochs == (1, 2, 3)
    assert len(of(history, "train", "loss", "batch").values) == 12


def test_what_a_log_repeats_at_its_end_is_no_new_row() -> None:
    history = log(
        "Epoch 1 train_loss 0.5 dev_wer 0.9\nEpoch 2 train_loss 0.4 dev_wer 0.8 (best 0.8)\n"
        "Best epoch 1: dev wer 0.7\nFinal train loss 0.1\nwandb: train_loss 0.3\n"
        "Restored weights of epoch 1\n"
    )
    assert history.row_epochs == (1, 2)
    assert of(history, "train", "loss").values == (0.5, 0.4)
    assert history.facts["best"].startswith("Epoch 2")


def test_wer_beside_a_training_loss_is_of_dev() -> None:
    history = log("Epoch 1 | Train Loss: 2.1 | WER: 0.9\nEpoch 2 | Train Loss: 2.0, WER: 0.8\n")
    assert of(history, "dev", "wer").values == (0.9, 0.8)


def test_stages_are_told_by_the_first_epoch_after_them() -> None:
    history = log(
        "Stage 1\nEpoch 1 train loss 2.0 dev loss 2.1\nEpoch 2 train loss 1.0 dev loss 1.1\n"
        "=== Switching to stage 2 (unfreezing backbone) ===\nEpoch 3 train loss 3.0 dev loss 4.1\n"
    )
    [(epoch, text)] = history.facts["stages"]
    assert epoch == 3 and "stage 2" in text


def test_skipped_batches_are_counted_where_a_line_says_how_many() -> None:
    history = log("Epoch 1 | loss 3.1 | skipped batches: 12\nEpoch 2 | loss nan | skipped batches: 70\n")
    [skipped] = [s for s in history.series if s.name == "skipped_batches"]
    assert skipped.values == (12, 70)
    assert "nan_batches" not in history.facts


def test_a_log_that_stops_in_its_banner_has_not_started() -> None:
    history = log(
        "Using device: cpu\nLoading data...\nTrain samples: 3000\nNumber of parameters: 3,294,219\n"
        "Starting training for 40 epochs\nTraceback (most recent call last):\nRuntimeError: CUDA error\n"
    )
    assert not history.started and history.row_epochs == () and history.series == ()
    assert history.facts["parameters"] == 3294219
    assert (1, "Using device: cpu") in history.notes
    vac = log("[ Mon ] Parameters:\n{'optimizer': 'Adam', 'num_epoch': 80}\n", "work_dir/log.txt")
    assert not vac.started


def test_a_log_with_batches_only_has_started_and_has_no_finished_epoch() -> None:
    history = log("Epoch 1/40 | Batch 1/75 | loss 3.2\nEpoch 1/40 | Batch 2/75 | loss 3.1\n")
    assert history.started and history.row_epochs == ()


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("README.md", "# My project\nEpoch 1 loss 0.5\nEpoch 2 loss 0.4\n"),
        ("results.txt", "Final Results\nepoch: 37\naccuracy: 0.92\nf1: 0.9\n"),
        ("config.txt", "epochs: 40\nlr: 0.001\nbatch_size: 32\nloss: ctc\n"),
        ("glosses.txt", "HELLO\nLOSS\nEPOCH\nACCURACY\n"),
        ("report.txt", "   precision recall f1-score support\nA 1.00 1.00 1.00 26\naccuracy 0.91 600\n"),
        (
            "logs/training.log",
            '2025 | INFO | Started running app\n127.0.0.1 "GET /predict HTTP/1.1" 405 -\n',
        ),
        (
            "data/statistics.txt",
            "Total samples:\n3000 sequences\nTrain / Validation Split:\n- Training: 80%\n",
        ),
    ],
)
def test_other_texts_are_no_logs(where: str, text: str) -> None:
    assert recognise_log(where, Text(text.splitlines())) is None


def test_long_logs_are_read_in_part_and_lose_no_epoch() -> None:
    lines = [
        f"Epoch: {e}, Batch({b}/4000) done. Loss: {5 - e:.5f}  lr:0.0001"
        for e in range(6)
        for b in range(4000)
    ]
    for e in range(6):
        lines.insert((e + 1) * 4000 + e, f"Mean training loss: {5 - e:.4f}.")
    history = log("\n".join(lines))
    assert of(history, "train", "loss").values == (5, 4, 3, 2, 1, 0)
    batches = of(history, "train", "loss", "batch")
    assert len(batches.values) < 10_000
    assert {math.floor(at) for at in batches.epochs} == set(range(6))


def test_the_first_nan_of_a_long_series_is_kept() -> None:
    lines = [
        f"Epoch: {b // 50}, Batch({b % 50}/50) done. Loss: {'nan' if b == 20_011 else 1.5} lr:0.1"
        for b in range(60_000)
    ]
    losses = of(log("\n".join(lines)), "train", "loss", "batch")
    assert any(math.isnan(v) for v in losses.values)


def test_hostile_lines_take_no_time() -> None:
    hostile = [
        "{" * 100_000,
        "loss " * 50_000,
        "Epoch [" * 20_000,
        "acc" + " " * 100_000 + "1",
        "1/" * 50_000,
        "\x1b[" * 9_999,
    ]
    assert recognise_log("train.log", Text(hostile * 5)) is None


def test_every_log_format_has_a_name_of_its_own() -> None:
    names = [format.name for format in log_formats()]
    assert len(set(names)) == len(names) >= 7
    assert names[-1] == "named numbers an epoch"


TRACEBACK = (
    'Traceback (most recent call last):\n  File "{file}", line 31, in <module>\nValueError: no frames\n'
)


@pytest.mark.parametrize(
    ("where", "file"),
    [
        ("preprocess.log", "/home/u/slr/run.py"),
        ("run.log", "/home/u/slr/tools/extract_keypoints.py"),
        ("logs/convert_features.err", "x.py"),
        ("slurm-17.out", "C:\\slr\\predict.py"),
    ],
)
def test_an_error_of_a_program_beside_the_training_is_no_stopped_training(where: str, file: str) -> None:
    assert recognise_log(where, Text(TRACEBACK.format(file=file).splitlines())) is None


@pytest.mark.parametrize(
    ("where", "file"),
    [
        ("slurm-17.out", "/home/u/slr/main.py"),
        ("preprocess_and_train.log", "x.py"),
        ("run.log", "/data/extract/train_ctc.py"),
    ],
)
def test_an_error_of_the_training_itself_is_how_it_stopped(where: str, file: str) -> None:
    assert log(TRACEBACK.format(file=file), where).facts["ended_by"] == "ValueError: no frames"
