"""What looks like annotations and is something else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Table, Text, Tree
from slrdoctor.artifacts.formats.csv_table import table_of
from slrdoctor.artifacts.kinds.annotations import recognise_annotations


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("history.csv", "epoch,train_loss,label\n1,3.2,a\n2,2.1,b\n"),
        ("dev.csv", "id,reference,hypothesis\na1,A B,A\nb1,C,C\n"),
        ("test.csv", "id,label,predicted_label\na1,3,4\nb1,4,4\n"),
        ("dev_predictions.csv", "id,gloss\na1,A B\nb1,C\n"),
        ("predictions/dev.csv", "id,gloss\na1,A B\nb1,C\n"),
        ("per_class.csv", "class,precision,recall,f1,support\nA,1.0,1.0,1.0,26\n"),
        ("classes.csv", "id,name\n0,hello\n1,bye\n2,thank you\n"),
        ("glosses.csv", "id,gloss\n0,A\n1,B\n2,C\n"),
        ("counts.csv", "gloss,count\nA,40\nB,3\n"),
        ("features.csv", "0.1,0.2\n0.3,0.4\n"),
        (
            "landmarks.csv",
            "video,frame,label,x0\n" + "".join(f"v{i // 50},{i % 50},A,0.5\n" for i in range(200)),
        ),
        ("times.csv", "2024-01-01T10:00:01,INFO\n2024-01-01T10:00:02,WARN\n2024-01-01T10:00:03,INFO\n"),
        ("files.csv", "file,size\na.npy,3\nb.npy,4\n"),
    ],
)
def test_tables_of_other_things_are_not_claimed(where: str, text: str) -> None:
    assert recognise_annotations(where, "csv", table_of(text)) is None


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("README.txt", "This | is\nnot | a table\n"),
        ("train.log", "Epoch 1, dev 21.2\nEpoch 2, dev 20.1\n"),
        ("dev.txt", "Epoch 1, dev 21.2%\nEpoch 2, dev 20.1%\n"),
        ("train.out", "[1] TRAIN  loss: 3.2\n[2] TRAIN  loss: 3.1\n"),
        ("dev.hyp.gls", "a1|A B\nb1|C\n"),
        ("references.dev.gls", "a1|A B\nb1|C\n"),
        ("requirements.txt", "torch==2.1\nnumpy>=1\n"),
        ("wlasl_class_list.txt", "0\tbook\n1\tdrink\n2\tthank you\n"),
        ("gls.vocab", "<si>\n<unk>\nA\nB\n"),
        ("split_1.txt", "name|split\nS000000_P0000_T00|train\n"),
        ("train.txt", "a1\na2\na3\n"),
    ],
)
def test_texts_of_other_things_are_not_claimed(where: str, text: str) -> None:
    assert recognise_annotations(where, "text", Text(text.splitlines())) is None


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("log.json", [{"epoch": 1, "loss": 3.0}, {"epoch": 2, "loss": 2.0}]),
        ("history.json", {"train_loss": [3.0, 2.0], "val_loss": [3.0, 2.0]}),
        ("config.json", {"model": "lstm", "optimizer": "adam", "run1": "a", "run2": "b"}),
        ("results.json", {"best_val_acc": 4.3, "test_acc": 3.1}),
        (
            "results.pkl",
            {"a1": {"gls_hyp": "A", "gls_ref": "A"}, "b1": {"gls_hyp": "A", "gls_ref": "B"}},
        ),
        ("x.json", [{"id": "a", "ref": "A", "hyp": "B"}, {"id": "b", "ref": "A", "hyp": "B"}]),
        ("gloss2id.json", {"<pad>": 0, "A1": 1, "B2": 2}),
        ("id2gloss.json", {"0": "A", "1": "B", "2": "C"}),
        ("label_map.json", {"A1": 0, "A2": 1, "A3": 2}),
        ("gloss_counts.json", {"SIGN00": 40, "SIGN01": 40, "SIGN02": 39}),
        ("gloss_dict.npy", {"A": [1, 30], "B": [2, 4]}),
        ("test_refs.npy", [["SIGN00", "SIGN01"], ["SIGN02", "SIGN03"]]),
        ("latency.json", {"lstm1": {"ms": 3.0, "params": 5}, "lstm2": {"ms": 4.0, "params": 6}}),
        ("model.json", {"layer1": ["conv", "relu"], "layer2": ["conv", "pool"], "layer3": ["lstm"]}),
        ("split.json", {"train": ["a1", "a2"], "dev": ["b1"]}),
        ("keypoints.pkl", {"a1": {"keypoints": np.zeros((4, 86, 2))}}),
        ("coco.json", {"images": [{"id": 1, "file_name": "a.png"}], "info": {"year": 2020}}),
        ("train_log.json", []),
        ("data.json", None),
        ("data.json", "text"),
    ],
)
def test_containers_of_other_things_are_not_claimed(where: str, value: Any) -> None:
    assert recognise_annotations(where, "json", Tree(value)) is None


def test_ctm_is_never_an_annotation() -> None:
    table = Table(("id", "channel", "start", "duration", "token"), [["a", "1", "0", "1", "REGEN"]])
    assert recognise_annotations("dev.ctm", "ctm", table) is None
