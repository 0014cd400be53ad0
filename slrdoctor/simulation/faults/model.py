"""Faults of the model and of its checkpoints."""

from __future__ import annotations

from typing import Any

import numpy as np

from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.faults.changing import keep_training
from slrdoctor.simulation.records import Run, Written
from slrdoctor.simulation.registry import fault

SUFFIXES = (".pt", ".pth", ".ckpt")


@fault("head-only-trained", codes=("MDL603",), harms=True)
def head_only_trained(x: Experiment) -> None:
    """The optimizer was given the head; the encoder has its first weights."""
    x.recipe.trains = is_of_the_head


def is_of_the_head(name: str) -> bool:
    return name.startswith(("head", "classify", "video.project", "text.project", "subword"))


@fault("head-not-trained", codes=("MDL603",), harms=False, tasks=("ctc", "classification"))
def head_not_trained(x: Experiment) -> None:
    """The head was added after the optimizer was made: it has its first weights."""
    x.recipe.trains = is_not_of_the_head
    x.claim("the head is as it was", lambda w: len(
        w.run.checkpoints["last"]["optimizer"]["state"]
    ) < len(w.run.checkpoints["last"]["model"]) - 2)  # fmt: skip


def is_not_of_the_head(name: str) -> bool:
    return not is_of_the_head(name)


@fault("too-many-parameters", codes=("MDL601", "TRN504", "LAB206"), harms=True,
       tasks=("classification", "ctc"), families=("isolated_transformer", "tcn_bilstm_ctc"))  # fmt: skip
def too_many_parameters(x: Experiment) -> None:
    """A large model for forty samples: it memorises them."""
    keep_training(x.world, 40)
    x.recipe.model |= {"width": 256} if x.world.task == "classification" else {"hidden_size": 160}
    x.recipe.epochs = 20 if x.world.task == "classification" else 60
    x.recipe.model["dropout"] = 0.0
    x.claim(
        "the training samples are memorised",
        lambda w: w.run.history[-1]["train_loss"] < 0.2 * w.run.history[0]["train_loss"],
    )


@fault("features-of-another-size", codes=("MDL604",), harms=False)
def features_of_another_size(x: Experiment) -> None:
    """Features were extracted anew with one hand only, and the checkpoint is of before."""

    def narrow(run: Run) -> None:
        for sample in run.world.samples:
            sample.clip = np.ascontiguousarray(sample.clip[:, :63])

    x.after_training(narrow)
    x.claim("features are narrower", lambda w: w.run.world.samples[0].clip.shape[1] == 63)


def _checkpoints(written: Written) -> list[Any]:
    return sorted(path for path in written.folder.rglob("*") if path.suffix in SUFFIXES)


@fault("checkpoints-truncated", codes=("MDL605",), harms=False)
def checkpoints_truncated(x: Experiment) -> None:
    """The disk was full when the checkpoints were written: they end in the middle."""

    def cut(written: Written) -> None:
        for path in _checkpoints(written):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    x.after_writing(cut)
    x.claim("there are checkpoints", lambda w: bool(_checkpoints(w)))


class Loaded:
    """Something whose unpickling calls a function: here print, elsewhere anything."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return print, ("a function was called while a checkpoint was loaded",)


@fault("checkpoint-runs-code", codes=("MDL606",), harms=False, conventions=("plain", "h5", "lightning"))
def checkpoint_runs_code(x: Experiment) -> None:
    """A checkpoint from a stranger: loading it calls a function."""

    def poison(run: Run) -> None:
        for checkpoint in run.checkpoints.values():
            checkpoint["optimizer"] = {**checkpoint["optimizer"], "hook": Loaded()}

    x.after_training(poison)
    x.claim("there are checkpoints", lambda w: bool(_checkpoints(w)))


@fault("config-of-another-run", codes=("MDL607",), harms=False, tasks=("ctc", "classification"))
def config_of_another_run(x: Experiment) -> None:
    """The config beside the checkpoint is that of another experiment: other sizes, other classes."""

    def swap(run: Run) -> None:
        run.config["model"] |= {"num_classes": 501, "input_size": 225}

    x.after_training(swap)
    x.claim("sizes differ", lambda w: w.run.config["model"]["num_classes"] != len(w.run.coder.tokens))
