"""The trainings on a few samples: the reference model's and the user's, each in its child process."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.layer_stack import LayerStack
from slrdoctor.models.reference import models_for, path_of, task_of
from slrdoctor.probes.chosen_samples import ChosenSamples
from slrdoctor.probes.experiment import Experiment, not_allowed, path_of_spec
from slrdoctor.probes.processes import ExperimentFailed, Limits, run_in_child
from slrdoctor.probes.protocol import (
    CLIPS,
    EASY,
    REAL,
    REQUEST,
    Answer,
    Cell,
    Controls,
    Request,
    Seen,
    UserModel,
)
from slrdoctor.probes.trainable import Trainable, frames_of
from slrdoctor.probes.typed_json import WrongData, from_plain, to_json

MODULE = "slrdoctor.probes.child"
SUBWORDS = 400
OVERALL = 4.0  # times the budget: a training on its way may take three of its share; controls follow
START = 60.0  # seconds to start Python and torch, and to build a model
MOST_CELLS = {"reference": 2, "user": 4}  # trainings at most, which share the time
CORPUS = 2000  # texts that a tokenizer is trained on


@dataclass(frozen=True)
class ReferenceTrial:
    """What the reference model made of the samples. `easy` is there only where it failed on them."""

    model: str
    real: Cell
    easy: Cell | None
    device: str
    controls: Controls | None
    read_from: str
    stopped: str = ""  # why a control did not come to its end

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
    cells: Mapping[str, Cell] = field(default_factory=dict)  # by the names of the protocol
    seen: Seen | None = None  # None where it failed
    device: str = ""
    controls: Controls | None = None
    stopped: str = ""  # why a control did not come to its end

    @property
    def sentence(self) -> str:
        if self.seen is None:
            return f"{self.model} could not be tried: {self.failed}"
        return "; ".join([self.seen.calling, *(cell.sentence for cell in self.cells.values())])


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
        raise not_allowed("whether a few samples can be memorised")
    if user is not None and user.failed:
        # nothing to compare with: the sentence is the answer
        raise Unavailable(
            user.sentence, "run the factory by hand and call its model with a batch of features"
        )
    name = reference_for(experiment, trainable.task)
    request = replace(
        _request(experiment, chosen, trainable, stack),
        reference=name,
        seconds=experiment.seconds / MOST_CELLS["reference"],
        with_controls=not experiment.is_user_model,
    )
    try:
        answer = _ask(request, chosen, trainable, experiment)
    except ExperimentFailed as failed:
        raise Unavailable(f"the experiment with {name} failed: {failed}") from failed
    return ReferenceTrial(
        model=name,
        real=answer.cells[REAL],
        easy=answer.cells.get(EASY),
        device=answer.device,
        controls=answer.controls,
        stopped=answer.stopped,
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
        raise not_allowed("what your model does with a batch")
    if trainable.task not in ("ctc", "classification"):
        raise Unavailable(
            f"the task is {trainable.task}: a model of one's own can be tried for ctc and "
            "classification",
            "leave out --model: a reference model tells whether the data are at fault",
        )
    model = _user_model(experiment, settings)
    request = replace(
        _request(experiment, chosen, trainable, stack),
        user=model,
        seconds=experiment.seconds / MOST_CELLS["user"],
        with_controls=True,
    )
    place = Path(model.spec.rpartition(":")[0] or model.spec).parent
    try:
        answer = _ask(request, chosen, trainable, experiment, place)
    except ExperimentFailed as failed:
        return UserTrial(experiment.model, experiment.model, str(failed), failed.printed)
    return UserTrial(
        model=experiment.model,
        read_from=experiment.model,
        cells=answer.cells,
        seen=answer.seen,
        device=answer.device,
        controls=answer.controls,
        stopped=answer.stopped,
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
) -> Request:
    texts = tuple(" ".join(sample.tokens) for sample in chosen.samples)
    return Request(
        task=trainable.task,
        classes=trainable.classes,
        blank=max(trainable.blank, 0),
        trailing=trainable.trailing,
        targets=tuple(sample.target for sample in chosen.samples),
        texts=texts,
        corpus=tuple(" ".join(s.tokens) for s in trainable.training[:CORPUS]) or texts,
        subwords=SUBWORDS,
        seed=experiment.seed,
        device=experiment.device,
        seconds=experiment.seconds,
        trains=experiment.trains,
        with_controls=False,
        stride=stack.stride if stack is not None else 1,
    )


def _user_model(experiment: Experiment, settings: Settings) -> UserModel:
    return UserModel(
        spec=_spec(experiment.model, experiment.folder),
        loss=_spec(settings.loss, experiment.folder),
        decode=_spec(settings.decode, experiment.folder),
        input=settings.input,
        output=settings.output,
    )


def _ask(
    request: Request,
    chosen: ChosenSamples,
    trainable: Trainable,
    experiment: Experiment,
    cwd: Path | None = None,
) -> Answer:
    """Raises ExperimentFailed."""
    with opened_clips() as opened:
        frames = [frames_of(sample, trainable.dims, opened) for sample in chosen.samples]
    # what must not decide is stopped by the child itself; the parent's limit is for what hangs
    seconds = START + OVERALL * experiment.seconds if request.trains else START
    with tempfile.TemporaryDirectory(prefix="slrdoctor-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        np.savez(folder / CLIPS, **{f"clip{i}": clip for i, clip in enumerate(frames)})  # type: ignore[arg-type]
        (folder / REQUEST).write_text(to_json(request), encoding="utf-8")
        limits = Limits(seconds, experiment.memory_limit)
        found = run_in_child(MODULE, folder, limits, cwd=cwd, tell=experiment.tell)
    try:
        return from_plain(Answer, found)
    except WrongData as wrong:
        raise ExperimentFailed(f"what it wrote is not an answer: {wrong}") from wrong


def _spec(spec: str, folder: Path) -> str:
    """With the path made absolute: relative ones are the run directory's, else the caller's."""
    if not spec:
        return ""
    path, name = path_of_spec(spec, folder)
    return f"{path}:{name}" if name else str(path)
