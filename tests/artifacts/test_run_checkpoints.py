"""Which checkpoints are a run's own, which of them is judged, and what becomes of the others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

import slrdoctor
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import EARLIER, OF_NO_RUN, PRETRAINED, TrainingRun

GLOSSES = ("RAIN", "SUN", "WIND", "SNOW", "CLOUD", "NORTH")
EPOCHS = 12


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def data(root: Path, size: int = 30) -> None:
    """Features of so many values a frame, and a vocabulary of six glosses and a blank."""
    (root / "features").mkdir(parents=True, exist_ok=True)
    for i in range(6):
        np.save(root / f"features/clip{i}.npy", np.random.default_rng(i).normal(size=(20, size)))
    rows = "".join(f"clip{i},{GLOSSES[i % 6]} {GLOSSES[(i + 1) % 6]}\n" for i in range(6))
    write(root / "train.csv", "id,gloss\n" + rows)
    write(root / "vocab.json", json.dumps({"<blank>": 0} | {g: i + 1 for i, g in enumerate(GLOSSES)}))


def log(path: Path, epochs: int = EPOCHS, factor: float = 1.0) -> None:
    rows = "".join(
        f"{e},{factor * (3 * 0.8**e + 0.2):.4f},{factor * (3 * 0.85**e + 0.4):.4f}\n"
        for e in range(1, epochs + 1)
    )
    write(path, "epoch,train_loss,val_loss\n" + rows)


def model(outputs: int = 7, inputs: int = 30) -> Mapping[str, torch.Tensor]:
    return {
        "proj.weight": torch.randn(16, inputs),
        "proj.bias": torch.randn(16),
        "head.weight": torch.randn(outputs, 16),
        "head.bias": torch.randn(outputs),
    }


def images(outputs: int = 1000) -> Mapping[str, torch.Tensor]:
    return {
        "conv1.weight": torch.randn(16, 3, 7, 7),
        "bn1.weight": torch.ones(16),
        "layer1.conv.weight": torch.randn(32, 16, 3, 3),
        "fc.weight": torch.randn(outputs, 32),
        "fc.bias": torch.randn(outputs),
    }


def save(path: Path, state: Mapping[str, torch.Tensor], epoch: int | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model": dict(state)} | ({} if epoch is None else {"epoch": epoch}), path)


def runs(root: Path) -> dict[str, TrainingRun]:
    return {run.name: run for _, group in discover(root).cases for run in group}


def only(root: Path) -> TrainingRun:
    (run,) = runs(root).values()
    return run


def own(run: TrainingRun) -> list[str]:
    return [file.where for file in run.checkpoints]


def beside(run: TrainingRun) -> dict[str, str]:
    return {file.where: file.standing for file in run.beside}


@pytest.mark.parametrize(
    "aside",
    ["old/best_v1.pt", "backup_2023/best.ckpt", "ckpts/previous/best_model.pth", "best_model.old.pt"],
)
def test_what_a_folder_or_a_name_puts_aside_is_of_an_earlier_run(aside: str, tmp_path: Path) -> None:
    data(tmp_path)
    log(tmp_path / "history.csv")
    save(tmp_path / "checkpoint.pth", model(), EPOCHS)
    save(tmp_path / aside, model(20), 4)

    run = only(tmp_path)

    assert own(run) == ["checkpoint.pth"] and beside(run) == {aside: EARLIER}
    (choice,) = run.choices
    assert choice.others == (aside,) and "earlier run" in choice.why


@pytest.mark.parametrize(
    ("outputs", "is_taken"), [(7, True), (20, False)], ids=["it agrees", "it does not"]
)
def test_the_checkpoint_of_an_earlier_run_is_judged_only_where_it_agrees_and_is_alone(
    outputs: int, is_taken: bool, tmp_path: Path
) -> None:
    data(tmp_path)
    log(tmp_path / "history.csv")
    save(tmp_path / "old/best.pt", model(outputs), 4)

    assert own(only(tmp_path)) == (["old/best.pt"] if is_taken else [])


def test_the_name_of_the_folder_that_a_whole_run_lies_in_says_nothing(tmp_path: Path) -> None:
    data(tmp_path)
    log(tmp_path / "old_runs/pretrained_exp/log.csv")
    save(tmp_path / "old_runs/pretrained_exp/best.pt", model(), EPOCHS)

    assert own(only(tmp_path)) == ["old_runs/pretrained_exp/best.pt"]


@pytest.mark.parametrize(
    ("where", "state"),
    [
        ("pretrained/resnet18.pth", images()),
        ("weights/resnet34-b627a593.pth", images()),
        ("moco_v2.pth", images(128)),
        ("rgb_imagenet.pt", images(400)),
        ("backbone.pth", images()),
        ("init_weights.pt", model(11)),
        ("feature_net.pth", images()),
    ],
)
@pytest.mark.parametrize("has_own", [True, False], ids=["beside its own", "alone"])
def test_what_training_began_with_is_not_judged_as_the_runs(
    has_own: bool, where: str, state: Mapping[str, torch.Tensor], tmp_path: Path
) -> None:
    data(tmp_path)
    log(tmp_path / "history.csv")
    save(tmp_path / where, state)
    if has_own:
        save(tmp_path / "checkpoints/ckpt_12.pt", model(), EPOCHS)

    run = only(tmp_path)

    assert own(run) == (["checkpoints/ckpt_12.pt"] if has_own else [])
    assert beside(run) == {where: PRETRAINED}


@pytest.mark.parametrize(
    "config",
    [
        "model:\n  pretrained: weights/a.pth\n",
        "init_from: ./weights/a.pth\n",
        "backbone: {path: a.pth}\n",
    ],
)
def test_what_a_config_says_training_began_with_is_not_the_runs(config: str, tmp_path: Path) -> None:
    data(tmp_path)
    log(tmp_path / "history.csv")
    write(tmp_path / "config.yaml", f"batch_size: 4\nlr: 0.1\n{config}")
    save(tmp_path / "weights/a.pth", model())
    save(tmp_path / "weights/b.pth", model())

    run = only(tmp_path)

    assert own(run) == ["weights/b.pth"] and beside(run) == {"weights/a.pth": PRETRAINED}


def test_the_checkpoint_that_the_trainer_calls_best_is_judged(tmp_path: Path) -> None:
    data(tmp_path)
    entries = [{"epoch": e, "step": 10 * e, "loss": 2.0 / e} for e in range(1, EPOCHS + 1)]
    state = {"best_model_checkpoint": "out/checkpoint-40", "log_history": entries}
    write(tmp_path / "trainer_state.json", json.dumps(state))
    for step in (40, 80, 120):
        save(tmp_path / f"checkpoint-{step}/pytorch_model.bin", model())

    assert own(only(tmp_path))[0] == "checkpoint-40/pytorch_model.bin"


@pytest.mark.parametrize(
    ("right", "wrong", "because"),
    [
        (model(), model(40), "outputs"),
        (model(), model(inputs=99), "first layer"),
    ],
)
@pytest.mark.parametrize("names", [("a.pt", "best.pt"), ("model_v2.pth", "model_best.pth")])
def test_agreement_decides_before_a_name_does(
    names: tuple[str, str],
    right: Mapping[str, torch.Tensor],
    wrong: Mapping[str, torch.Tensor],
    because: str,
    tmp_path: Path,
) -> None:
    data(tmp_path)
    log(tmp_path / "history.csv")
    save(tmp_path / names[0], right)
    save(tmp_path / names[1], wrong)

    run = only(tmp_path)

    assert own(run) == list(names)
    assert because in run.choices[0].why


def test_a_checkpoint_of_a_later_epoch_than_the_history_has_is_second(tmp_path: Path) -> None:
    data(tmp_path)
    log(tmp_path / "history.csv")
    save(tmp_path / "best.pt", model(), 300)
    save(tmp_path / "last.pt", model(), EPOCHS)

    run = only(tmp_path)

    assert own(run) == ["last.pt", "best.pt"] and run.choices[0].why == "its epoch fits the history"


def test_what_the_user_names_is_judged_whatever_it_is_called(tmp_path: Path) -> None:
    data(tmp_path)
    log(tmp_path / "history.csv")
    save(tmp_path / "best.pt", model())
    save(tmp_path / "pretrained/old.pt", model(20))
    write(tmp_path / "slrdoctor.toml", '[checkpoint]\npath = "pretrained/old.pt"\n')

    assert own(only(tmp_path)) == ["pretrained/old.pt"]


def two_runs(root: Path) -> None:
    data(root)
    log(root / "runs/slow/log.csv")
    log(root / "runs/fast/log.csv", factor=0.5)


@pytest.mark.parametrize("where", ["best.pth", "weights/model.pt", "exported/final.ckpt"])
def test_a_checkpoint_outside_of_every_run_is_of_no_run_and_stays(where: str, tmp_path: Path) -> None:
    two_runs(tmp_path)
    save(tmp_path / where, model())

    found = runs(tmp_path)

    assert beside(found[""]) == {where: OF_NO_RUN} and not own(found[""])
    assert not own(found["runs/slow"]) and not own(found["runs/fast"])
    assert "nothing says whose it is" in found[""].choices[0].why


def test_a_checkpoint_that_has_a_runs_name_is_that_runs(tmp_path: Path) -> None:
    two_runs(tmp_path)
    save(tmp_path / "weights/best_fast.pt", model())
    save(tmp_path / "weights/slow/last.pt", model())

    found = runs(tmp_path)

    assert own(found["runs/fast"]) == ["weights/best_fast.pt"]
    assert own(found["runs/slow"]) == ["weights/slow/last.pt"] and "" not in found


def test_the_runs_of_one_table_leave_a_checkpoint_beside_it_to_none_or_to_the_one_it_names(
    tmp_path: Path,
) -> None:
    rows = [
        f"{m},{e},{2 * 0.9**e:.3f},{f * 2 * 0.9**e:.3f}"
        for m, f in (("net_a", 1), ("net_b", 2))
        for e in range(9)
    ]
    write(tmp_path / "model/logs.csv", "model,epoch,train_loss,val_loss\n" + "\n".join(rows))
    save(tmp_path / "model/best.pth", model())
    save(tmp_path / "model/net_b.pth", model())

    found = runs(tmp_path)

    assert beside(found[""]) == {"model/best.pth": OF_NO_RUN}
    assert own(found["model/logs.csv#model=net_b"]) == ["model/net_b.pth"]


def test_an_earlier_run_beside_takes_nothing_from_the_run_around_it(tmp_path: Path) -> None:
    data(tmp_path)
    log(tmp_path / "history.csv")
    log(tmp_path / "old_runs/exp_00/history.csv", factor=1.4)
    save(tmp_path / "checkpoints/best.pt", model(), EPOCHS)
    save(tmp_path / "old_runs/exp_00/best.pt", model(), EPOCHS)
    pairs = [{"id": f"clip{i}", "hypothesis": "RAIN SUN", "reference": "RAIN SUN"} for i in range(6)]
    write(tmp_path / "decoded/dev.json", json.dumps(pairs))

    found = runs(tmp_path)

    assert set(found) == {"", "old_runs/exp_00"}
    assert own(found[""]) == ["checkpoints/best.pt"]
    assert own(found["old_runs/exp_00"]) == ["old_runs/exp_00/best.pt"]
    assert [file.where for file in found[""].predictions] == ["decoded/dev.json"]


def vocabulary(root: Path, where: str, glosses: tuple[str, ...]) -> None:
    write(root / where, json.dumps({"<blank>": 0} | {g: i + 1 for i, g in enumerate(glosses)}))


MANY = (*GLOSSES, *(f"OTHER{i}" for i in range(40)))


@pytest.mark.parametrize("other", ["vocab_all.json", "gloss2id.json", "corpora/gloss_dict.json"])
def test_of_lists_with_all_glosses_the_one_that_fits_the_head_is_taken(
    other: str, tmp_path: Path
) -> None:
    data(tmp_path)
    (tmp_path / "exp/meta").mkdir(parents=True)
    (tmp_path / "vocab.json").rename(tmp_path / "exp/meta/vocab.json")
    vocabulary(tmp_path, other, MANY)
    ((alone, _),) = discover(tmp_path).cases
    save(tmp_path / "best.pt", model())
    ((fitting, (run,)),) = discover(tmp_path).cases

    assert alone.vocabularies[0].where == other
    assert fitting.vocabularies[0].where == "exp/meta/vocab.json" and own(run) == ["best.pt"]
    assert fitting.choices[0].why == "it fits the number of outputs of the model"


def test_a_list_without_the_annotated_glosses_is_not_taken_for_fitting_the_head(tmp_path: Path) -> None:
    data(tmp_path)
    vocabulary(tmp_path, "other/vocab.json", MANY[6:])
    save(tmp_path / "best.pt", model(41))
    ((found, _),) = discover(tmp_path).cases

    assert found.vocabularies[0].where == "vocab.json"


def test_a_list_that_lacks_a_gloss_of_dev_and_fits_the_head_is_taken(tmp_path: Path) -> None:
    names = tuple(f"SIGN{i}" for i in range(20))
    data(tmp_path)
    write(tmp_path / "train.csv", "id,gloss\n" + "".join(f"c{i},{n} {n}\n" for i, n in enumerate(names)))
    vocabulary(tmp_path, "vocab.json", names[:19])
    vocabulary(tmp_path, "all/vocab.json", (*names, *MANY))
    save(tmp_path / "best.pt", model(20))
    ((found, _),) = discover(tmp_path).cases

    assert found.vocabularies[0].where == "vocab.json"


@pytest.mark.parametrize("aside", ["old/best.pt", "backup/best.ckpt", "pretrained/resnet18.pth"])
@pytest.mark.parametrize(("outputs", "fires"), [(7, False), (20, True)], ids=["sound", "broken"])
def test_the_head_of_the_runs_own_checkpoint_is_what_the_vocabulary_is_held_against(
    outputs: int, fires: bool, aside: str, tmp_path: Path
) -> None:
    data(tmp_path)
    log(tmp_path / "history.csv")
    save(tmp_path / "checkpoint.pth", model(outputs), EPOCHS)
    save(tmp_path / aside, model(7 if fires else 20), 4)

    report = slrdoctor.scan(tmp_path)

    found = [f["message"] for f in report.findings if f["code"] == "LAB210"]
    assert bool(found) is fires and all("checkpoint.pth has 20 outputs" in said for said in found)
    kinds = {entry["path"]: entry["kind"] for entry in report.run["artifacts"]}
    assert kinds["checkpoint.pth"] == "checkpoint"
    assert kinds[aside] in ("pretrained checkpoint", "checkpoint of an earlier run")
    assert any(choice["others"] == [aside] for choice in report.run["choices"])
    assert any(aside in line and "not used" in line for line in str(report).splitlines())
