"""The child process of an experiment. Its argument is a folder.

The folder holds request.json and clips.npz; progress.json, result.json and error.json are written
there. Whatever the user's code raises ends the process by the hook below, as a sentence.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch

from slrdoctor.arithmetic.error_rate import error_rate
from slrdoctor.models.device import DeviceMissing, device_for, name_of, threads_for
from slrdoctor.models.reference import load as load_reference
from slrdoctor.probes.bars import SAME
from slrdoctor.probes.batches import Batch, batch_of, easy_clips, statistics
from slrdoctor.probes.calling import Wanted
from slrdoctor.probes.fitting import Attempt, fit, train_for
from slrdoctor.probes.handles import (
    Handle,
    ReferenceHandle,
    UserHandle,
    checked_classes,
    wrong_lengths,
)
from slrdoctor.probes.looking import look, look_at_gradients
from slrdoctor.probes.own_steps import find_own_steps
from slrdoctor.probes.processes import ERROR, PROGRESS, RESULT, end_with_the_parent
from slrdoctor.probes.user_code import CannotUse, load, said_of

CONTROL_STEPS = 1.5  # times those that the model needed with its input


class Child:
    """One experiment: a model, its samples, and what is asked of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.request: dict[str, Any] = json.loads((folder / "request.json").read_text(encoding="utf-8"))
        with np.load(folder / "clips.npz") as stored:
            self.clips = [stored[f"clip{i}"] for i in range(len(stored.files))]
        self.targets: list[list[int]] = self.request["targets"]
        self.device = device_for(self.request["device"])
        self.seed = int(self.request["seed"])
        self.classes = int(self.request["classes"])
        frames = sum(len(clip) for clip in self.clips)
        torch.set_num_threads(threads_for(frames * self.clips[0].shape[1]))

    def tell(self, what: str, done: int = 0, total: int = 1) -> None:
        _write(self.folder / PROGRESS, {"what": what, "done": done, "total": total})

    def run(self) -> dict[str, Any]:
        """The answer to the request, as plain data."""
        result: dict[str, Any] = {"device": name_of(self.device), "cells": {}}
        if self.request["model"]["kind"] == "user":
            return self._run_user(result)
        self._encode_texts()
        real = batch_of(self.clips, self.targets).to(self.device)
        handle = self._reference(self.clips)
        result["cells"]["real"] = self._cell(handle, real, "your samples")
        best = _best(result["cells"]["real"])
        if "easy" in self.request["cells"] and not best["reproduced"]:
            clips = self._easy()
            easy = batch_of(clips, self.targets).to(self.device)
            result["cells"]["easy"] = self._cell(self._reference(clips), easy, "easy samples")
        if self.request["controls"] and best["reproduced"]:
            result["controls"] = self._controls(handle, real, best)
        return result

    def _run_user(self, result: dict[str, Any]) -> dict[str, Any]:
        handle = self._user()
        result["calling"] = handle.calling.sentence
        result["calling_scale"] = handle.calling.scale
        result["mixes"] = handle.calling.mixes
        result["stride"] = handle.calling.stride
        result["own_loss"], result["own_decode"] = handle.own.loss_name, handle.own.decode_name
        result["own_blank"] = handle.own.loss_blank
        real = batch_of(self.clips, self.targets).to(self.device)
        self.tell("calling your model with the samples")
        checked_classes(handle, real, self.classes)
        result["lengths"] = wrong_lengths(handle, real) if self.request["task"] == "ctc" else ""
        handle.ours = bool(result["lengths"])  # its own loss would only raise
        handle.fresh(self.seed)
        self.tell("looking at what your model does with the samples")
        result["look"] = look_at_gradients(handle, real) | look(handle, real)
        # where the answer is known already, training would only take time
        seen = result["look"]
        known = bool(result["lengths"]) or result["mixes"] or seen["not_a_number"]
        known = known or seen["zeroed"] < SAME
        if self.request["trains"] and not known:
            self._train_user(handle, real, result)
        return result

    def _train_user(self, handle: UserHandle, real: Batch, result: dict[str, Any]) -> None:
        cells = result["cells"]
        own = (handle.own.loss is not None or handle.own.decode is not None) and not handle.ours
        cells["real"] = self._cell(handle, real, "your samples")
        best = _best(cells["real"])
        if best["reproduced"]:
            # what a trained model does tells more than what an untrained one does
            result["look"] |= look(handle, real)
            if self.request["controls"]:
                result["controls"] = self._controls(handle, real, best)
            return
        if own:
            handle.ours = True
            cells["real, our loss and decoder"] = self._cell(handle, real, "your samples, our loss")
            if not _best(cells["real, our loss and decoder"])["reproduced"]:
                handle.ours = False
        mean, scale = statistics(self.clips)
        standard = [(c - mean.numpy()) / np.maximum(scale.numpy(), 1e-4) for c in self.clips]
        handle.ours = handle.ours or own
        batch = batch_of(standard, self.targets).to(self.device)
        cells["standardised"] = self._cell(handle, batch, "your samples, standardised")
        easy = batch_of(self._easy(), self.targets).to(self.device)
        cells["easy"] = self._cell(handle, easy, "easy samples")

    def _cell(self, handle: Handle, batch: Batch, what: str) -> list[dict[str, Any]]:
        seconds = float(self.request["seconds"])
        model = self.request["model"]["name"]
        return [
            _plain(a) for a in fit(handle, batch, self.seed, seconds, self.tell, f"{model} on {what}")
        ]

    def _controls(self, handle: Handle, real: Batch, best: dict[str, Any]) -> dict[str, Any]:
        """The same training without input, and with the targets given to other samples."""
        handle.module.eval()
        blind = real.with_features(torch.zeros_like(real.features))
        trained_zeroed = error_rate(handle.hypotheses(blind), real.references)
        steps = max(100, round(best["steps"] * CONTROL_STEPS))
        seconds = max(5.0, best["seconds"] * 2 * CONTROL_STEPS)
        self.tell("control: without input")
        zeroed = train_for(handle, real.zeroed(), self.seed, best["rate"], steps, seconds)
        found: dict[str, Any] = {"zeroed": _plain(zeroed), "trained_zeroed": trained_zeroed}
        # as many distinct targets as samples: else nothing tells which was whose
        if len(self.targets) > 1 and self._fits_moved_on(real):
            self.tell("control: targets moved on to the next sample")
            moved = real.with_targets_moved_on()
            found["moved"] = _plain(
                train_for(handle, moved, self.seed, best["rate"], 3 * steps, 2 * seconds)
            )
        return found

    def _fits_moved_on(self, real: Batch) -> bool:
        lengths = real.lengths.tolist()
        stride = float(self.request.get("stride") or 1)
        moved = real.with_targets_moved_on().references
        return all(n / stride >= 2 * len(t) + 1 for n, t in zip(lengths, moved))

    def _easy(self) -> list[Any]:
        frames = [len(clip) for clip in self.clips]
        return list(easy_clips(self.targets, frames, self.clips[0].shape[1], self.seed))

    def _reference(self, clips: list[Any]) -> ReferenceHandle:
        file = load_reference(self.request["model"]["name"])
        dims, blank = self.clips[0].shape[1], int(self.request["blank"])
        return ReferenceHandle(file, dims, self.classes, blank, self.device, statistics(clips))

    def _encode_texts(self) -> None:
        """Texts become subword indices, by a tokenizer that is trained on the run's own texts."""
        texts = self.request.get("texts")
        if not texts or self.request["task"] != "translation":
            return
        file = load_reference(self.request["model"]["name"])
        tokenizer = file.Tokenizer.train(self.request["corpus"], int(self.request["subwords"]))
        self.targets = [tokenizer.encode(text) for text in texts]
        self.classes = len(tokenizer)

    def _user(self) -> UserHandle:
        model = self.request["model"]
        self.tell("importing your model's file")
        factory = load(model["name"])
        loss = load(model["loss"]) if model["loss"] else None
        decode = load(model["decode"]) if model["decode"] else None
        wanted = Wanted(
            classes=self.classes,
            dims=self.clips[0].shape[1],
            trailing=tuple(self.request["trailing"]),
            is_sequence=self.request["task"] == "ctc",
            takes=model["input"],
            gives=model["output"],
            device=self.device,
        )
        self.tell("building your model and finding out how it is called")
        handle = UserHandle(factory, wanted, int(self.request["blank"]))
        if loss is not None or decode is not None:
            handle.own = find_own_steps(handle.module, loss, decode)
        return handle


def _best(attempts: list[dict[str, Any]]) -> dict[str, Any]:
    return min(attempts, key=lambda a: (not a["reproduced"], a["error_rate"], a["loss"]))


def _plain(attempt: Attempt) -> dict[str, Any]:
    return asdict(attempt) | {"reproduced": attempt.reproduced}


def _write(path: Path, value: dict[str, Any]) -> None:
    """Whole or not at all: the parent reads while this writes. JSON's Infinity is Python's."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(value), encoding="utf-8")
    partial.replace(path)


def _tell_of(folder: Path) -> Any:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        whole = "".join(traceback.format_exception(kind, error, trace))
        said = str(error) if isinstance(error, (CannotUse, DeviceMissing)) else said_of(error)
        _write(folder / ERROR, {"message": said, "traceback": whole})

    return hook


def main() -> None:
    folder = Path(sys.argv[1])
    threading.Thread(target=end_with_the_parent, args=(os.getppid(), folder), daemon=True).start()
    sys.excepthook = _tell_of(folder)
    _write(folder / PROGRESS, {"what": "starting"})
    try:
        answer = Child(folder).run()
    except SystemExit as left:  # of which no hook is told
        told = "" if left.code is None else f"{left.code!r}"
        _write(folder / ERROR, {"message": f"it called sys.exit({told})", "left": True})
        return
    _write(folder / RESULT, answer)
