"""The trainings on a few samples: the reference model's and the user's, each in its child process."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.layer_stack import LayerStack
from slrdoctor.models.reference import models_for, path_of, task_of
from slrdoctor.probes.chosen_samples import ChosenSamples
from slrdoctor.probes.experiment import Experiment, not_allowed, path_of_spec
from slrdoctor.probes.processes import ExperimentFailed, Limits, run_in_child
from slrdoctor.probes.trainable import Trainable, frames_of

MODULE = "slrdoctor.probes.child"
SUBWORDS = 400
BUSY = 4.0  # times the budget, which counts the child's own seconds: the machine may be busy
START = 60.0  # seconds to start Python and torch on a busy machine, and to build a model
CELLS = {"reference": 2, "user": 4}  # trainings at most, which share the time
CORPUS = 2000  # texts that a tokenizer is trained on


@dataclass(frozen=True)
class Attempted:
    """One training on the chosen samples with one learning rate; losses are a token's, in nats."""

    rate: float
    loss: float
    error_rate: float  # of what is decoded in eval mode
    error_rate_training: float  # in train mode
    steps: int
    seconds: float
    reproduced: bool
    blank_only: bool
    not_finite: bool
    negative: bool
    unfinished: bool  # the time ended while the loss was still falling
    losses: tuple[tuple[int, float], ...]

    @property
    def order(self) -> tuple[bool, float, float]:
        return (not self.reproduced, self.error_rate, self.loss)


@dataclass(frozen=True)
class Cell:
    """A model on some samples, with every learning rate that was tried."""

    model: str
    on: str
    attempts: tuple[Attempted, ...]

    @property
    def best(self) -> Attempted:
        return min(self.attempts, key=lambda attempt: attempt.order)

    @property
    def reproduced(self) -> bool:
        return self.best.reproduced

    @property
    def unfinished(self) -> bool:
        """The verdict is open: a training was still on its way when its time ended."""
        return not self.reproduced and self.best.unfinished

    @property
    def sentence(self) -> str:
        best, rates = self.best, ", ".join(f"{a.rate:g}" for a in self.attempts)
        how = "reproduced" if best.reproduced else "not reproduced"
        return (
            f"{self.model} on {self.on}: {how}, error rate {best.error_rate:.0%}, loss "
            f"{best.loss:.2f} a "
            f"token after {best.steps} steps and {best.seconds:.0f} s (learning rates {rates})"
        )


@dataclass(frozen=True)
class ReferenceTrial:
    """What the reference model made of the samples. `easy` is there only where it failed on them."""

    model: str
    real: Cell
    easy: Cell | None
    device: str
    controls: Mapping[str, Any]  # "zeroed" and "moved" with an attempt each, as plain data
    read_from: str

    @property
    def sentence(self) -> str:
        return "; ".join(cell.sentence for cell in (self.real, self.easy) if cell is not None)


@dataclass(frozen=True)
class UserTrial:
    """What the user's model made of them, and what it does with a batch.

    `failed` says why there is no more than that: it raised, hung, ended itself, or took too much.
    """

    model: str
    read_from: str
    failed: str = ""
    printed: str = ""  # the last lines that it printed
    cells: Mapping[str, Cell] = field(
        default_factory=dict
    )  # real, own steps replaced, standardised, easy
    seen: Mapping[str, Any] = field(default_factory=dict)  # what `looking` found
    calling: str = ""
    gives: str = ""  # log-probabilities | probabilities | logits
    mixes: bool = False
    wrong_lengths: str = ""
    own_loss: str = ""
    own_decode: str = ""
    own_blank: int | None = None
    device: str = ""
    controls: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        if self.failed:
            return f"{self.model} could not be tried: {self.failed}"
        return "; ".join([self.calling, *(cell.sentence for cell in self.cells.values())])


@measure
def reference_trial(
    experiment: Experiment | None,
    chosen: ChosenSamples,
    trainable: Trainable,
    stack: LayerStack | None,
    user: UserTrial | None,
) -> ReferenceTrial:
    """A reference model of the task on the chosen samples; on easy ones too where it fails."""
    if experiment is None or not experiment.trains:
        raise not_allowed("whether a few samples can be learned by heart")
    if user is not None and user.failed:
        # nothing to compare with: the sentence is the answer
        raise Unavailable(
            user.sentence, "run the factory by hand and call its model with a batch of features"
        )
    name = reference_for(experiment, trainable.task)
    request = _request(experiment, chosen, trainable, stack) | {
        "model": {"kind": "reference", "name": name},
        "seconds": experiment.seconds / CELLS["reference"],
        "cells": ["real", "easy"],
        "controls": not experiment.is_user_model,
    }
    try:
        found = _run(request, chosen, trainable, experiment)
    except ExperimentFailed as failed:
        raise Unavailable(f"the experiment with {name} failed: {failed}") from failed
    cells = {key: _cell(name, key, value) for key, value in found["cells"].items()}
    return ReferenceTrial(
        model=name,
        real=cells["real"],
        easy=cells.get("easy"),
        device=found["device"],
        controls=found.get("controls", {}),
        read_from=chosen.read_from,
    )


@measure
def user_trial(
    experiment: Experiment | None,
    chosen: ChosenSamples,
    trainable: Trainable,
    stack: LayerStack | None,
    settings: Settings,
) -> UserTrial:
    """The user's model on the same samples, with its own loss and decoder where it has them."""
    if experiment is None or not experiment.is_user_model:
        raise not_allowed("what a model of yours does with a batch")
    if trainable.task not in ("ctc", "classification"):
        raise Unavailable(
            f"the task is {trainable.task}: a model of one's own can be tried for ctc and "
            "classification",
            "leave out --model: a reference model tells whether the data are at fault",
        )
    spec = _spec(experiment.model, experiment.folder)
    request = _request(experiment, chosen, trainable, stack) | {
        "model": {
            "kind": "user",
            "name": spec,
            "loss": _spec(settings.loss, experiment.folder),
            "decode": _spec(settings.decode, experiment.folder),
            "input": settings.input,
            "output": settings.output,
        },
        "seconds": experiment.seconds / CELLS["user"],
        "controls": True,
    }
    try:
        found = _run(
            request, chosen, trainable, experiment, Path(spec.rpartition(":")[0] or spec).parent
        )
    except ExperimentFailed as failed:
        return UserTrial(experiment.model, experiment.model, str(failed), failed.printed)
    return UserTrial(
        model=experiment.model,
        read_from=experiment.model,
        cells={key: _cell("your model", key, value) for key, value in found["cells"].items()},
        seen=found["look"],
        calling=found["calling"],
        gives=found["calling_scale"],
        mixes=found["mixes"],
        wrong_lengths=found["lengths"],
        own_loss=found["own_loss"],
        own_decode=found["own_decode"],
        own_blank=found["own_blank"],
        device=found["device"],
        controls=found.get("controls", {}),
    )


def reference_for(experiment: Experiment, task: str) -> str:
    """The model asked for, else the default of the task. Raises Unavailable for one of another task."""
    fitting = models_for(task)
    wanted = experiment.reference or ("" if experiment.is_user_model else experiment.model)
    if not wanted:
        return fitting[0]
    try:
        path = path_of(wanted)
    except ValueError as unknown:
        raise Unavailable(str(unknown)) from unknown
    if task_of(path) != task:
        raise Unavailable(
            f"{wanted} is for {task_of(path)}, and the task is {task}",
            f"for {task} there are {', '.join(fitting)}",
        )
    return wanted


def _request(
    experiment: Experiment, chosen: ChosenSamples, trainable: Trainable, stack: LayerStack | None
) -> dict[str, Any]:
    texts = [" ".join(sample.tokens) for sample in chosen.samples]
    return {
        "task": trainable.task,
        "classes": trainable.classes,
        "blank": max(trainable.blank, 0),
        "trailing": list(trainable.trailing),
        "targets": [list(sample.target) for sample in chosen.samples],
        "texts": texts,
        "corpus": [" ".join(s.tokens) for s in trainable.training[:CORPUS]] or texts,
        "subwords": SUBWORDS,
        "seed": experiment.seed,
        "device": experiment.device,
        "trains": experiment.trains,
        "stride": stack.stride if stack is not None else 1,
    }


def _run(
    request: dict[str, Any],
    chosen: ChosenSamples,
    trainable: Trainable,
    experiment: Experiment,
    cwd: Path | None = None,
) -> dict[str, Any]:
    clips = {f"clip{i}": frames_of(s, trainable.dims) for i, s in enumerate(chosen.samples)}
    # what must not decide is stopped by the child itself; the parent's limit is for what hangs
    seconds = START + BUSY * experiment.seconds if request["trains"] else START
    with tempfile.TemporaryDirectory(prefix="slrdoctor-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        np.savez(folder / "clips.npz", **clips)  # type: ignore[arg-type]
        (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
        limits = Limits(seconds, experiment.memory_limit)
        return run_in_child(MODULE, folder, limits, cwd=cwd, tell=experiment.tell)


def _cell(model: str, on: str, attempts: Any) -> Cell:
    named = {"real": "your samples", "easy": "easy samples of the same shape"}
    return Cell(
        model,
        named.get(on, f"your samples, {on.removeprefix('real, ')}"),
        tuple(
            Attempted(**a | {"losses": tuple((int(s), float(v)) for s, v in a["losses"])})
            for a in attempts
        ),
    )


def _spec(spec: str, folder: Path) -> str:
    """With the path made absolute: relative ones are the run directory's, else the caller's."""
    if not spec:
        return ""
    path, name = path_of_spec(spec, folder)
    return f"{path}:{name}" if name else str(path)
