"""Histories in nested containers and in arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Tree
from slrdoctor.artifacts.kinds.history import recognise_history
from tests.artifacts.histories import histories, of, one


def test_a_dict_of_lists() -> None:
    history = one(
        Tree(
            {
                "train_loss": [3, 2.0],
                "val_loss": [3, float("nan")],
                "val_acc": [0.1, 0.2],
                "classes": ["A", "B"],
            }
        )
    )
    assert of(history, "train", "loss").values == (3, 2)
    assert history.row_epochs == (1, 2)
    assert history.facts["classes"] == ("A", "B")


def test_lists_by_split_and_by_quantity() -> None:
    for value in (
        {"train": {"loss": [3, 2]}, "val": {"loss": [4, 3], "wer": [1.0, 0.9]}},
        {"loss": {"train": [3, 2], "val": [4, 3]}, "wer": {"val": [1.0, 0.9]}},
        {"train": [{"loss": 3}, {"loss": 2}], "val": [{"loss": 4, "wer": 1.0}, {"loss": 3, "wer": 0.9}]},
        {"history": {"train_loss": [3, 2], "val_loss": [4, 3], "val_wer": [1.0, 0.9]}},
        [{"epoch": 1, "train": {"loss": 3}, "val": {"loss": 4, "wer": 1.0}},
         {"epoch": 2, "train": {"loss": 2}, "val": {"loss": 3, "wer": 0.9}}],
        {"1": {"train_loss": 3, "val_loss": 4, "val_wer": 1.0},
         "2": {"train_loss": 2, "val_loss": 3, "val_wer": 0.9}},
        {"epoch_1": {"train_loss": 3, "val": {"loss": 4, "wer": 1.0}},
         "epoch_2": {"train_loss": 2, "val": {"loss": 3, "wer": 0.9}}},
        {"train_loss": np.array([3, 2]), "val_loss": [np.float32(4), 3], "val_wer": (1.0, 0.9)},
    ):  # fmt: skip
        history = one(Tree(value))
        assert of(history, "train", "loss").values == (3, 2), value
        assert of(history, "dev", "loss").values == (4, 3), value
        assert of(history, "dev", "wer").values == (1.0, 0.9), value
        assert history.row_epochs == (1, 2), value


def test_what_stands_beside_a_history_is_kept_as_facts() -> None:
    value = {
        "params": 123, "config": {"lr": 0.1}, "vocab": ["A", "B"],
        "test_greedy": {"wer": 0.08, "del": 0.07},
        "history": [{"epoch": 1, "loss": 3.2, "val_wer": 1.0, "secs": 40.1}],
    }  # fmt: skip
    history = one(Tree(value), "results/a/summary.json")
    assert history.facts["test_greedy"] == {"wer": 0.08, "del": 0.07}
    assert history.facts["config"] == {"lr": 0.1}
    assert history.facts["vocab"] == ("A", "B")
    assert of(history, "train", "loss").values == (3.2,)


def test_several_runs_in_one_tree() -> None:
    folds = {"fold_1": {"train_loss": [3, 2]}, "fold_2": {"train_loss": [3, 2.5]}}
    assert [h.run for h in histories(Tree(folds))] == ["fold_1", "fold_2"]
    runs = {
        "a": {"history": [{"epoch": 1, "loss": 2}], "params": 3},
        "b": {"history": [{"epoch": 1, "loss": 2}]},
    }
    first, second = histories(Tree(runs))
    assert (first.run, second.run) == ("a", "b")
    assert first.facts == {"params": 3}
    listed = [{"name": "a", "train_loss": [3, 2]}, {"name": "b", "train_loss": [3, 1]}]
    assert [h.run for h in histories(Tree(listed))] == ["a", "b"]


def test_empty_lists_have_not_started() -> None:
    assert not one(Tree({"train_loss": [], "val_loss": []})).started


def test_trainer_state() -> None:
    value = {
        "best_metric": 0.3, "epoch": 2.0, "global_step": 20,
        "log_history": [
            {"loss": 3.2, "grad_norm": 1.1, "learning_rate": 1e-4, "epoch": 0.5, "step": 5},
            {"loss": 3.1, "grad_norm": 1.1, "learning_rate": 1e-4, "epoch": 1.0, "step": 10},
            {"eval_loss": 3.0, "eval_wer": 0.9, "eval_runtime": 1.1, "epoch": 1.0, "step": 10},
            {"train_runtime": 100, "train_loss": 2.5, "epoch": 1.0, "step": 20},
        ],
    }  # fmt: skip
    history = one(Tree(value), "trainer_state.json")
    assert of(history, "train", "loss").epochs == (0.5, 1.0)
    assert of(history, "dev", "wer").values == (0.9,)
    assert history.row_epochs == (0.5, 1.0)
    assert history.facts["best_metric"] == 0.3


def test_a_list_of_epochs_counts() -> None:
    history = one(
        Tree({"config": {"epochs": 9}, "epochs": [5, 6], "train_loss": [3, 2], "test_wer": 0.1})
    )
    assert of(history, "train", "loss").epochs == (5, 6)
    assert history.facts["test_wer"] == 0.1


def test_losses_of_batches_become_means_of_epochs() -> None:
    history = one(Tree({"train_loss": [float(i // 50) for i in range(200)], "val_loss": [3, 2, 1, 0.5]}))
    assert of(history, "train", "loss").values == (0, 1, 2, 3)


def test_dev_losses_of_every_few_epochs_stand_at_theirs() -> None:
    history = one(Tree({"train_loss": [float(i) for i in range(20)], "val_loss": [3, 2, 1, 0.5]}))
    assert of(history, "dev", "loss").epochs == (5, 10, 15, 20)


def test_wandb_summary_is_one_point() -> None:
    value = {"_step": 39, "_runtime": 100, "epoch": 39, "train_loss": 0.3, "val": {"wer": 0.4},
             "grads": {"_type": "histogram", "bins": [1, 2], "values": [1]}}  # fmt: skip
    history = one(Tree(value), "wandb/run-1/files/wandb-summary.json")
    assert of(history, "dev", "wer").epochs == (39,)
    assert history.row_epochs == ()


@pytest.mark.parametrize(
    "value",
    [
        {"a": {"model_ms_mean": 6.1, "params": 3}, "b": {"model_ms_mean": 2.9}},
        {"best_epoch": 18, "best_val_acc": 4.3, "test_acc": 3.1},
        {"HELLO": 0, "BYE": 1},
        [{"id": "a", "hyp": "x", "ref": "y", "wer": 0.3}],
        [{"id": "a", "hyp": "x", "loss": 0.3}],
        [{"name": "a", "gloss": "X Y", "signer": "S"}],
        {"accuracy": [0.1, 0.2, 0.3], "class": ["a", "b", "c"]},
        {"A": {"precision": 0.1, "recall": 0.2, "support": 3}, "accuracy": 0.5},
        {"lr": [1e-3, 1e-4], "loss": "ctc"},
        {"1": {"loss": "x"}},
        {"00001": {"subset": "train", "action": [0, 1, 50]}},
        [{"lr": 1e-3, "val_loss": 3.0, "trial": 1}, {"lr": 1e-4, "val_loss": 2.0, "trial": 2}],
        {"fpr": [0, 0.5, 1], "tpr": [0, 0.8, 1]},
        [],
        {},
        None,
        "loss",
    ],
)
def test_other_trees_are_no_histories(value: Any) -> None:
    assert histories(Tree(value), "results/other.json") == ()


def arrays(**members: list[float]) -> Arrays:
    stored = {name.replace("__", ""): np.array(values) for name, values in members.items()}
    return Arrays({n: ArrayInfo(a.shape, str(a.dtype)) for n, a in stored.items()}, stored.__getitem__)


def test_arrays_named_as_series() -> None:
    history = one(arrays(train_loss=[3, 2.5], val_loss=[3, 2.0]), "history.npz")
    assert of(history, "dev", "loss").values == (3, 2)
    assert of(one(arrays(__=[3.0, 2.0]), "train_losses.npy"), "train", "loss").values == (3, 2)


def test_features_and_labels_are_no_histories() -> None:
    assert histories(arrays(__=[0.1] * 63), "MP_Data/hello/0/0.npy") == ()
    assert histories(arrays(x=[0.1], y=[1.0]), "data.npz") == ()


def decoding(width: int, **more: Any) -> dict[str, Any]:
    tokens = [f"W{i % 7}" for i in range(30)]
    scores = {"wer": 40.0 - width, "del_rate": 3.2, "bleu": {"bleu4": 9.5}}
    return {"valid_scores": scores, "valid_loss": 12.5, "gls_ref": tokens, "gls_hyp": tokens, **more}


@pytest.mark.parametrize(
    "value",
    [
        {width: decoding(width) for width in range(1, 9)},
        {"recognition_results": {width: decoding(width) for width in (1, 3, 5)}},
        {"beams": {"2": {"a": decoding(2)}, "4": {"a": decoding(4)}}},
        {"translation_results": {beam: {alpha: decoding(beam) for alpha in (-1, 0)} for beam in (1, 2)}},
    ],
)
def test_decodings_by_beam_width_are_no_epochs(value: Any) -> None:
    assert not recognise_history("best.results.pkl", "pickle", Tree(value))


def test_epochs_that_keep_some_hypotheses_are_a_history() -> None:
    epochs = {str(e): decoding(e, train_loss=4 / e, lr=0.1) for e in range(1, 7)}
    [history] = recognise_history("log.json", "json", Tree(epochs))
    assert history.row_epochs == (1, 2, 3, 4, 5, 6)


def mmengine(evaluation: dict[str, float], key: str = "step") -> list[dict[str, Any]]:
    """Two records of batches an epoch, then an evaluation that counts its epoch as the step."""
    records: list[dict[str, Any]] = []
    for epoch in range(1, 5):
        for batch in (1, 2):
            records.append({"lr": 0.1, "loss": 3 / epoch, "top1_acc": 0.2 * epoch, "epoch": epoch,
                            "step": 20 * (2 * epoch + batch)})  # fmt: skip
        records.append({**{k: v * epoch for k, v in evaluation.items()}, "time": 0.1, key: epoch})
    return records


@pytest.mark.parametrize(
    ("evaluation", "quantity"),
    [
        ({"acc/top1": 0.2, "acc/top5": 0.25, "acc/mean1": 0.15}, "accuracy"),
        ({"CTC/wer": 0.1}, "wer"),
    ],
)
def test_an_evaluation_of_mmengine_is_of_dev_and_of_its_epoch(
    evaluation: dict[str, float], quantity: str
) -> None:
    [history] = recognise_history("vis_data/scalars.json", "json", Tree(mmengine(evaluation)))
    [score] = [s for s in history.series if (s.split, s.quantity) == ("dev", quantity)][:1]
    first = next(iter(evaluation.values()))
    assert score.epochs == (1, 2, 3, 4) and score.values == pytest.approx(
        [first * e for e in range(1, 5)]
    )


def test_steps_that_are_no_epochs_stay_steps() -> None:
    records = mmengine({"acc/top1": 0.2})
    records[-1]["step"] = 4000
    [history] = recognise_history("scalars.json", "json", Tree(records))
    assert not [s for s in history.series if s.split == "dev" and s.epochs == (1, 2, 3, 4)]
