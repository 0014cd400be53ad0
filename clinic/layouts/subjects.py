"""The runs whose layouts are compared: simulated once, in seconds, and kept in .clinic/layouts/."""

from __future__ import annotations

import copy
import functools
import math
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clinic.layouts.subject import Prediction, Row, Sample, Subject

KEPT = Path(__file__).resolve().parents[2] / ".clinic" / "layouts"
LATE = 0.6  # of the epochs, after which the loss of `ctc-loss-nan` is NaN


@dataclass(frozen=True)
class Made:
    """A fault of slrdoctor.simulation, with a task."""

    fault: str
    task: str
    codes: tuple[str, ...] = ()


SUBJECTS = {
    "ctc": Made("healthy", "ctc"),
    "isolated": Made("healthy", "classification"),
    "translation": Made("healthy", "translation"),
    "ctc-nan-in-features": Made("nan-in-features", "ctc", ("FEA104",)),
    "ctc-targets-too-long": Made("targets-too-long", "ctc", ("CTC401",)),
    "ctc-all-blank": Made("blank-bias", "ctc", ("CTC418", "CTC411")),
    "ctc-glosses-unknown": Made("vocabulary-lacks-glosses", "ctc", ("LAB201",)),
    "ctc-names-permuted": Made("vocabulary-permuted", "ctc", ("LAB212",)),
    "ctc-loss-nan": Made("healthy", "ctc", ("TRN501",)),
    "isolated-labels-shuffled": Made("labels-shuffled", "classification", ("FEA114",)),
    "isolated-labels-shifted": Made("labels-shifted", "classification", ("LAB209", "FEA114")),
    "isolated-dev-copied": Made("dev-copied-into-train", "classification", ("SPL301",)),
    "isolated-wrong-width": Made("features-of-another-size", "classification", ("MDL604",)),
    "isolated-rate-zero": Made("rate-zero", "classification", ("TRN506", "MDL603", "TRN502")),
    "translation-video-ignored": Made("decoder-ignores-video", "translation", ("DEC801",)),
}


def subjects(names: tuple[str, ...] = ()) -> Iterator[Subject]:
    for name in names or tuple(SUBJECTS):
        yield subject(name)


@functools.cache
def subject(name: str) -> Subject:
    """The run of that name, made where it is not kept."""
    path = KEPT / f"{name}.pkl"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(_made(name, SUBJECTS[name])))
    kept: Subject = pickle.loads(path.read_bytes())
    return kept


def _made(name: str, plan: Made) -> Subject:
    from slrdoctor.simulation.making import experiment, settled
    from slrdoctor.simulation.registry import find
    from slrdoctor.simulation.training import train

    fault = find(plan.fault)
    task, family, convention = settled(fault, plan.task, "", "")
    this = experiment(fault, task, family, convention, seed=0)
    run = train(this.world, this.recipe)
    for change in this.on_run:
        change(run)
    assert not this.on_folder, "a fault of files cannot be written in any layout"
    made = _neutral(name, plan, run)
    return _with_nan(made) if name == "ctc-loss-nan" else made


def _neutral(name: str, plan: Made, run: Any) -> Subject:
    """The simulated run with names that give nothing away: its own begin with the split."""
    order = np.random.default_rng(7).permutation(len(run.world.samples))
    names = {s.name: f"v{number:04d}" for s, number in zip(run.world.samples, order, strict=True)}
    samples = tuple(
        Sample(
            names[s.name],
            s.split,
            s.signer,
            np.ascontiguousarray(s.clip, dtype=np.float32),
            s.text if plan.task == "translation" else " ".join(s.glosses),
        )
        for s in run.world.samples
        if s.stored
    )
    return Subject(
        name=name,
        task=plan.task,
        codes=plan.codes,
        sentence=_sentence(name, plan),
        samples=samples,
        tokens=tuple(run.coder.tokens),
        blank=run.world.blank,
        history=tuple(_row(row) for row in run.history),
        checkpoints=run.checkpoints,
        config=run.config,
        predictions=tuple(Prediction(names[i], " ".join(h), " ".join(r)) for i, h, r in run.predictions),
    )


def _row(row: Row) -> Row:
    """An epoch; BLEU is counted up to 100, as everybody does."""
    return {k: 100 * v if k == "dev_bleu" else v for k, v in row.items() if k != "first_loss"}


def _sentence(name: str, plan: Made) -> str:
    from slrdoctor.simulation.registry import find

    if name == "ctc-loss-nan":
        return "From the middle of the run on the loss is NaN, and the decoder says nothing."
    return find(plan.fault).sentence


def _with_nan(healthy: Subject) -> Subject:
    """The same run as if its loss had broken: what is kept as best is of before."""
    broken = int(LATE * len(healthy.history))
    nan = {"train_loss": math.nan, "dev_loss": math.nan, "grad_norm": math.nan, "dev_wer": 1.0}
    history = tuple(row | nan if number >= broken else row for number, row in enumerate(healthy.history))
    last = copy.deepcopy(healthy.checkpoints["last"])
    for tensor in last["model"].values():
        if tensor.is_floating_point():
            tensor.fill_(math.nan)
    best = healthy.checkpoints["best"] | {"epoch": broken}
    return Subject(
        **vars(healthy)
        | {
            "history": history,
            "checkpoints": {"best": best, "last": last},
            "predictions": tuple(Prediction(p.name, "", p.reference) for p in healthy.predictions),
        }
    )
