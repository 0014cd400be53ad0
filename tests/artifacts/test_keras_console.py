"""What Keras prints of a training, whatever its version and its `verbose`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from slrdoctor.artifacts.content import Text
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.kinds.history import recognise_history
from slrdoctor.artifacts.run import HistoryFile

EPOCHS, BATCHES = 6, 23
LOSS = [round(3.4 - 0.31 * epoch, 4) for epoch in range(EPOCHS)]
VAL = [round(3.6 - 0.17 * epoch, 4) for epoch in range(EPOCHS)]
ACC = [round(0.05 + 0.11 * epoch, 4) for epoch in range(EPOCHS)]


def bars(epoch: int, stop: str, end: str, redraw: Callable[[str], str]) -> str:
    """An epoch's bar, redrawn at every batch and once more when dev was scored."""
    drawn = ""
    before = ""
    for batch in range(1, BATCHES + 1):
        share = "=" * (20 * batch // BATCHES)
        head = f"{batch:2d}/{BATCHES} [{share + '>' if batch < BATCHES else '=' * 20}]"
        time = " - ETA: 3s" if batch < BATCHES else stop
        running = LOSS[epoch] + (BATCHES - batch) * 0.01
        before = drawn and redraw(before)
        line = f"{head}{time} - loss: {running:.4f} - accuracy: {ACC[epoch]:.4f}"
        drawn += before + line
        before = line
    return f"Epoch {epoch + 1}/{EPOCHS}\n{drawn}{redraw(before)}{before}{end}\n"


def scored(epoch: int) -> str:
    return f" - val_loss: {VAL[epoch]:.4f} - val_accuracy: {ACC[epoch]:.4f}"


def backspaces(line: str) -> str:
    return "\b" * len(line) + "\r"


def keras_2(epoch: int) -> str:
    return bars(epoch, " - 2s 80ms/step", scored(epoch), backspaces)


def backspaces_alone(epoch: int) -> str:
    return bars(epoch, " - 2s 80ms/step", scored(epoch), lambda line: "\b" * len(line))


def carriage_returns(epoch: int) -> str:
    return bars(epoch, " - 2s 80ms/step", scored(epoch), lambda _: "\r")


def verbose_2(epoch: int) -> str:
    line = f"{BATCHES}/{BATCHES} - 1s - loss: {LOSS[epoch]:.4f} - accuracy: {ACC[epoch]:.4f}"
    return f"Epoch {epoch + 1}/{EPOCHS}\n{line}{scored(epoch)} - 1s/epoch - 100ms/step\n"


def verbose_2_in_milliseconds(epoch: int) -> str:
    line = f"{BATCHES}/{BATCHES} - 0s - loss: {LOSS[epoch]:.4f} - accuracy: {ACC[epoch]:.4f}"
    return f"Epoch {epoch + 1}/{EPOCHS}\n{line}{scored(epoch)} - 935ms/epoch - 41ms/step\n"


def verbose_2_of_keras_3(epoch: int) -> str:
    values = f"accuracy: {ACC[epoch]:.4f} - loss: {LOSS[epoch]:.4f}"
    return (
        f"Epoch {epoch + 1}/{EPOCHS}\n{BATCHES}/{BATCHES} - 1s - 54ms/step - {values}{scored(epoch)}\n"
    )


def verbose_2_of_old(epoch: int) -> str:
    values = f"loss: {LOSS[epoch]:.4f} - acc: {ACC[epoch]:.4f}{scored(epoch)}"
    return f"Epoch {epoch + 1}/{EPOCHS}\n - 4s - {values}\n"


def with_checkpoints(epoch: int) -> str:
    note = f"Epoch {epoch + 1:05d}: val_loss improved from 9.1 to {VAL[epoch]}, saving model to a.h5\n"
    return verbose_2(epoch) + note


FORMS = [
    keras_2, backspaces_alone, carriage_returns, verbose_2, verbose_2_in_milliseconds,
    verbose_2_of_keras_3, verbose_2_of_old, with_checkpoints,
]  # fmt: skip


def history_of(path: Path, text: str) -> HistoryFile:
    path.write_bytes(text.encode())
    content = read(path)
    assert isinstance(content, Text)
    [history] = recognise_history(path.name, "text", content)
    return history


def values(history: HistoryFile, split: str, quantity: str) -> tuple[float, ...]:
    [found] = [s for s in history.series if (s.split, s.quantity, s.per) == (split, quantity, "epoch")]
    assert found.epochs == tuple(float(epoch) for epoch in range(1, EPOCHS + 1))
    return found.values


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_values_of_its_epochs(form: Callable[[int], str], tmp_path: Path) -> None:
    history = history_of(tmp_path / "nohup.out", "".join(map(form, range(EPOCHS))))
    assert values(history, "train", "loss") == tuple(LOSS)
    assert values(history, "dev", "loss") == tuple(VAL)
    assert values(history, "train", "accuracy") == values(history, "dev", "accuracy") == tuple(ACC)
    assert history.row_epochs == (1, 2, 3, 4, 5, 6)
    assert history.facts["epochs_planned"] == EPOCHS


@pytest.mark.parametrize("form", FORMS[:6])
@pytest.mark.parametrize("count", [7, BATCHES])
def test_an_evaluation_after_the_training_is_no_row_of_it(
    form: Callable[[int], str], count: int, tmp_path: Path
) -> None:
    after = f"{count}/{count} [========] - 0s 5ms/step - loss: 9.7531 - accuracy: 0.0123\n"
    history = history_of(tmp_path / "train.log", "".join(map(form, range(EPOCHS))) + after)
    assert history.row_epochs == (1, 2, 3, 4, 5, 6)
    assert values(history, "train", "loss") == tuple(LOSS)
    assert 9.7531 not in {value for series in history.series for value in series.values}


def test_a_second_fit_in_one_log_begins_its_epochs_again(tmp_path: Path) -> None:
    text = "".join(map(verbose_2, range(EPOCHS)))
    history = history_of(tmp_path / "train.log", text + text.replace("loss: ", "loss: 1"))
    assert history.row_epochs == (1, 2, 3, 4, 5, 6) * 2


def test_seconds_an_epoch_are_no_epoch_and_a_path_before_one_does_not_hide_it(tmp_path: Path) -> None:
    text = "".join(
        f"train/epoch: {epoch} train/loss: {4 - 0.3 * epoch} val/loss: {4 - 0.2 * epoch} 12s/epoch\n"
        for epoch in range(1, 5)
    )
    assert history_of(tmp_path / "train.log", text).row_epochs == (1, 2, 3, 4)


def test_the_last_bar_of_an_epoch_is_read_however_many_are_like_it(tmp_path: Path) -> None:
    text = ""
    for epoch in range(EPOCHS):
        text += f"Epoch {epoch + 1}/{EPOCHS}\n"
        for batch in range(1, 1201):
            loss = LOSS[epoch] + (1200 - batch) / 1000
            text += f"{batch}/1200 ━━━━━━━━━━ 2s 9ms/step - accuracy: {ACC[epoch]} - loss: {loss:.4f}\r"
        text += "\n"
    history = history_of(tmp_path / "train.log", text)
    assert values(history, "train", "loss") == tuple(LOSS)
