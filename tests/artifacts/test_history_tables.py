"""Histories in tables: one row an epoch."""

from __future__ import annotations

import math

import pytest

from slrdoctor.artifacts.content import Table, Text
from slrdoctor.artifacts.formats.csv_table import table_of
from tests.artifacts.histories import histories, of, one


def test_a_csv_of_epochs_with_carriage_returns() -> None:
    history = one(
        table_of(
            "epoch,train_loss,train_acc,val_loss,val_acc\r\n1,4.6,0.79,4.5,1.07\r\n2,4.5,0.26,nan,0\r\n"
        )
    )
    assert of(history, "train", "loss").values == (4.6, 4.5)
    assert math.isnan(of(history, "dev", "loss").values[1])
    assert history.row_epochs == (1, 2)


def test_a_csv_with_a_header_only_has_not_started() -> None:
    history = one(table_of("epoch,train_loss,val_loss\n"))
    assert not history.started
    assert not one(Table(None, [["epoch", "train_loss", "val_loss"]])).started


def test_plain_names_are_the_training_ones_beside_val() -> None:
    history = one(table_of(",loss,accuracy,val_loss,val_accuracy\n0,3,.1,3.1,.2\n1,2,.2,2.1,.3\n"))
    assert of(history, "train", "loss").epochs == (0, 1)
    assert of(history, "train", "accuracy").values == (0.1, 0.2)


def test_a_plain_accuracy_beside_named_losses_is_of_dev() -> None:
    history = one(table_of("epoch,train_loss,val_loss,accuracy\n1,3,3,.1\n2,2,2,.2\n"))
    assert of(history, "dev", "accuracy").values == (0.1, 0.2)


def test_a_column_tells_runs_apart_where_epochs_come_again() -> None:
    text = "fold,epoch,train_loss,lr\n1,1,3,.1\n1,2,2,.1\n2,1,3.5,.1\n2,2,2.5,.1\n"
    first, second = histories(table_of(text))
    assert (first.run, second.run) == ("fold=1", "fold=2")
    assert of(second, "train", "loss").values == (3.5, 2.5)
    assert one(table_of("fold,epoch,train_loss\n1,1,3\n1,2,2\n")).run == ""


def test_a_phase_column_gives_the_split() -> None:
    text = "epoch,phase,loss,acc\n1,train,3,10%\n1,val,3.1,9%\n2,train,2,20%\n2,val,2.1,19%\n"
    history = one(table_of(text))
    assert of(history, "dev", "loss").values == (3.1, 2.1)
    assert of(history, "train", "accuracy").values == (10, 20)
    assert history.row_epochs == (1, 2)
    assert history.facts["percent"] == ("acc",)


def test_a_stage_column_tells_where_it_changes() -> None:
    history = one(table_of("epoch,stage,train_loss,dev_loss\n1,1,3,3\n2,1,2,2\n3,2,3,5\n"))
    assert history.facts["stages"] == ((3.0, "stage 1 to 2"),)


def test_rows_that_repeat_an_epoch_are_kept() -> None:
    history = one(table_of("epoch,train_loss,val_loss\n1,3,3\n1,3.1,3\n2,2,2\n2,2.1,2.1\n"))
    assert history.row_epochs == (1, 1, 2, 2)


def test_lightning_writes_a_row_for_each_kind_of_value() -> None:
    text = "epoch,step,train_loss,valid_loss\n0,66,,0.67\n0,66,0.57,\n1,133,,0.65\n1,133,0.47,\n"
    history = one(table_of(text), "lightning_logs/version_0/metrics.csv")
    assert of(history, "dev", "loss").values == (0.67, 0.65)
    assert of(history, "train", "loss").epochs == (0, 1)
    assert history.row_epochs == (0, 1)


def test_constant_columns_are_facts_and_unknown_ones_that_change_are_kept() -> None:
    history = one(table_of("epoch,units,train_loss,valid_batches\n1,128,3,75\n2,128,2,70\n"))
    assert history.facts == {"units": "128"}
    [counted] = [s for s in history.series if s.name == "valid_batches"]
    assert counted.quantity == "other" and counted.values == (75, 70)


def test_a_tensorboard_export_keeps_its_tag_in_the_file_name() -> None:
    history = one(table_of("Wall time,Step,Value\n1.1,0,3\n1.2,1,2\n"), "run-x-tag-epoch_loss.csv")
    assert of(history, "train", "loss").values == (3, 2)


def test_keras_csv_logger_and_fastai_tables_in_text_files() -> None:
    keras = Text(["epoch;accuracy;loss;val_loss", "0;0.1;3.2;3.1", "1;0.2;2.2;nan"])
    assert of(one(keras, "training.log"), "train", "loss").values == (3.2, 2.2)
    fastai = Text(["epoch  train_loss  valid_loss  accuracy  time", "0  3.2  3.1  0.1  00:12"])
    assert of(one(fastai, "log.txt"), "dev", "accuracy").values == (0.1,)


@pytest.mark.parametrize(
    "text",
    [
        "class,precision,recall,f1,support\nA,1.0,1.0,1.0,26\n",
        "model,loss,accuracy\na,3,.1\nb,2,.2\n",
        "fold,model_type,accuracy\n1,LSTM,.9\n2,LSTM,.8\n",
        "path,participant_id,sequence_id,sign\na,1,2,x\n",
        "trial,lr,val_loss\n1,.1,3\n2,.2,2\n",
        "id,gloss,signer\n1,A B,S1\n",
    ],
)
def test_other_tables_are_no_histories(text: str) -> None:
    assert histories(table_of(text), "results/table.csv") == ()
