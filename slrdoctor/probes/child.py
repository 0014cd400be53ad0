"""The child process of an experiment. Its argument is a folder.

The folder holds the request and the clips; progress.json, result.json and error.json are written
there. Whatever the user's code raises ends the process by the hook below, as a sentence.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from slrdoctor.arithmetic.error_rate import error_rate
from slrdoctor.models.batches import Batch, batch_of, statistics
from slrdoctor.models.device import DeviceMissing, device_for, name_of, threads_for
from slrdoctor.models.reference import load as load_reference
from slrdoctor.probes.bars import SAME
from slrdoctor.probes.easy_clips import easy_clips
from slrdoctor.probes.fitting import fit, train_for
from slrdoctor.probes.handles import (
    Expected,
    Handle,
    ReferenceHandle,
    UserHandle,
    checked_classes,
    wrong_lengths,
)
from slrdoctor.probes.looking import look, look_at_gradients
from slrdoctor.probes.own_steps import find_own_steps
from slrdoctor.probes.processes import (
    ERROR,
    PROGRESS,
    RESULT,
    SO_FAR,
    Failure,
    Progress,
    end_with_the_parent,
)
from slrdoctor.probes.protocol import (
    CLIPS,
    EASY,
    ON,
    OURS,
    REAL,
    REQUEST,
    STANDARDISED,
    Answer,
    Attempt,
    Cell,
    Controls,
    Request,
    Seen,
    UserModel,
)
from slrdoctor.probes.typed_json import from_json, to_json
from slrdoctor.probes.user_code import CannotUse, load, said_of

NO_INPUT, MOVED_ON = "control: without input", "control: targets moved on to the next sample"
CONTROL_STEPS = 1.5  # times those that the model needed with its input
Clips = list[NDArray[np.float32]]


class Child:
    """One experiment: a model, its samples, and what is asked of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.request = from_json(Request, (folder / REQUEST).read_text(encoding="utf-8"))
        with np.load(folder / CLIPS) as stored:
            self.clips: Clips = [stored[f"clip{i}"] for i in range(len(stored.files))]
        self.targets = [list(target) for target in self.request.targets]
        self.device = device_for(self.request.device)
        self.seed = self.request.seed
        self.classes = self.request.classes
        self.dims = int(self.clips[0].shape[1])
        torch.set_num_threads(threads_for(sum(map(len, self.clips)) * self.dims))

    def tell(self, what: str, done: int = 0, total: int = 1) -> None:
        _write(self.folder / PROGRESS, Progress(what, done, total))

    def run(self) -> Answer:
        model = self.request.user
        return self._run_reference() if model is None else self._run_user(model)

    def _run_reference(self) -> Answer:
        self._encode_texts()
        real = self._batch(self.clips)
        handle = self._reference(self.clips)
        cells = {REAL: self._cell(handle, real, REAL)}
        best = cells[REAL].best
        if not best.reproduced:
            clips = self._easy()
            cells[EASY] = self._cell(self._reference(clips), self._batch(clips), EASY)
        answer = Answer(name_of(self.device), cells)
        return self._with_controls(answer, handle, real, best) if best.reproduced else answer

    def _run_user(self, model: UserModel) -> Answer:
        handle = self._user(model)
        real = self._batch(self.clips)
        self.tell("calling your model with the samples")
        checked_classes(handle, real, self.classes)
        wrong = wrong_lengths(handle, real) if self.request.task == "ctc" else ""
        handle.ours = bool(wrong)  # its own loss would only raise
        handle.fresh(self.seed)
        self.tell("looking at what your model does with the samples")
        seen = Seen(
            calling=handle.calling.sentence,
            gives=handle.calling.layout.scale,
            mixes=handle.calling.mixes,
            wrong_lengths=wrong,
            own_loss=handle.own.loss_name,
            own_decode=handle.own.decode_name,
            own_blank=handle.own.loss_blank,
            gradients=look_at_gradients(handle, real),
            changes=look(handle, real),
        )
        answer = Answer(name_of(self.device), seen=seen)
        # where the answer is known already, training would only take time
        known = bool(wrong) or seen.mixes or seen.changes.not_a_number or seen.changes.zeroed < SAME
        return answer if known or not self.request.trains else self._train_user(handle, real, answer)

    def _train_user(self, handle: UserHandle, real: Batch, answer: Answer) -> Answer:
        own = (handle.own.loss is not None or handle.own.decode is not None) and not handle.ours
        cells = {REAL: self._cell(handle, real, REAL)}
        best = cells[REAL].best
        if best.reproduced:
            assert answer.seen is not None
            # what a trained model does tells more than what an untrained one does
            seen = replace(answer.seen, changes=look(handle, real))
            return self._with_controls(replace(answer, cells=cells, seen=seen), handle, real, best)
        if own:
            handle.ours = True
            cells[OURS] = self._cell(handle, real, OURS)
            handle.ours = cells[OURS].reproduced
        mean, scale = (tensor.numpy() for tensor in statistics(self.clips))
        standard = [(clip - mean) / np.maximum(scale, 1e-4) for clip in self.clips]
        handle.ours = handle.ours or own
        cells[STANDARDISED] = self._cell(handle, self._batch(standard), STANDARDISED)
        cells[EASY] = self._cell(handle, self._batch(self._easy()), EASY)
        return replace(answer, cells=cells)

    def _cell(self, handle: Handle, batch: Batch, on: str) -> Cell:
        name = self.request.reference or "your model"
        what = f"{name} on {ON[on]}"
        attempts = fit(handle, batch, self.seed, self.request.seconds, self.tell, what)
        return Cell(name, ON[on], tuple(attempts))

    def _with_controls(self, answer: Answer, handle: Handle, real: Batch, best: Attempt) -> Answer:
        """The same training without input, and with the targets given to other samples, where asked for.

        The answer without them is kept: a control that hangs must not cost it.
        """
        if not self.request.with_controls:
            return answer
        _write(self.folder / SO_FAR, answer)
        handle.module.eval()
        blind = real.with_features(torch.zeros_like(real.features))
        trained_zeroed = error_rate(handle.hypotheses(blind), real.references)
        steps = max(100, round(best.steps * CONTROL_STEPS))
        seconds = max(5.0, best.seconds * 2 * CONTROL_STEPS)
        zeroed = train_for(
            handle, real.zeroed(), self.seed, best.rate, steps, seconds, self.tell, NO_INPUT
        )
        answer = replace(answer, controls=Controls(zeroed, trained_zeroed))
        # as many distinct targets as samples: else nothing tells which was whose
        if len(self.targets) < 2 or not self._fits_moved_on(real):
            return answer
        _write(self.folder / SO_FAR, answer)
        moved = real.with_targets_moved_on()
        again = train_for(
            handle, moved, self.seed, best.rate, 3 * steps, 2 * seconds, self.tell, MOVED_ON
        )
        return replace(answer, controls=Controls(zeroed, trained_zeroed, again))

    def _fits_moved_on(self, real: Batch) -> bool:
        stride = max(1, self.request.stride)
        moved = real.with_targets_moved_on().references
        return all(
            n / stride >= 2 * len(t) + 1 for n, t in zip(real.lengths.tolist(), moved, strict=True)
        )

    def _batch(self, clips: Clips) -> Batch:
        return batch_of(clips, self.targets).to(self.device)

    def _easy(self) -> Clips:
        return easy_clips(self.targets, [len(clip) for clip in self.clips], self.dims, self.seed)

    def _reference(self, clips: Clips) -> ReferenceHandle:
        file, blank = load_reference(self.request.reference), self.request.blank
        return ReferenceHandle(file, self.dims, self.classes, blank, self.device, statistics(clips))

    def _encode_texts(self) -> None:
        """Texts become subword indices, by a tokenizer that is trained on the run's own texts."""
        if self.request.task != "translation":
            return
        file = load_reference(self.request.reference)
        tokenizer = file.Tokenizer.train(list(self.request.corpus), self.request.subwords)
        self.targets = [tokenizer.encode(text) for text in self.request.texts]
        self.classes = len(tokenizer)

    def _user(self, model: UserModel) -> UserHandle:
        self.tell("importing your model's file")
        factory = load(model.spec)
        loss = load(model.loss) if model.loss else None
        decode = load(model.decode) if model.decode else None
        expected = Expected(
            classes=self.classes,
            dims=self.dims,
            trailing=self.request.trailing,
            is_sequence=self.request.task == "ctc",
            takes=model.input,
            gives=model.output,
            device=self.device,
        )
        self.tell("building your model and finding out how it is called")
        handle = UserHandle(factory, expected, self.request.blank)
        if loss is not None or decode is not None:
            handle.own = find_own_steps(handle.module, loss, decode)
        return handle


def _write(path: Path, message: Answer | Failure | Progress) -> None:
    """Whole or not at all: the parent reads while this writes."""
    partial = path.with_suffix(".partial")
    partial.write_text(to_json(message), encoding="utf-8")
    partial.replace(path)


def _tell_of(folder: Path) -> Any:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        whole = "".join(traceback.format_exception(kind, error, trace))
        said = str(error) if isinstance(error, (CannotUse, DeviceMissing)) else said_of(error)
        _write(folder / ERROR, Failure(said, whole))

    return hook


def main() -> None:
    folder = Path(sys.argv[1])
    threading.Thread(target=end_with_the_parent, args=(os.getppid(), folder), daemon=True).start()
    sys.excepthook = _tell_of(folder)
    _write(folder / PROGRESS, Progress("starting"))
    try:
        answer = Child(folder).run()
    except SystemExit as left:  # of which no hook is told
        told = "" if left.code is None else f"{left.code!r}"
        _write(folder / ERROR, Failure(f"it called sys.exit({told})", left=True))
        return
    _write(folder / RESULT, answer)
