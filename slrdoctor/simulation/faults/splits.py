"""Faults of the splits."""

from __future__ import annotations

from dataclasses import replace

from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.faults.changing import some
from slrdoctor.simulation.faults.features import BY_ID
from slrdoctor.simulation.records import Run
from slrdoctor.simulation.registry import fault
from slrdoctor.simulation.signing import make_signers, odd_signer, perform


@fault("dev-in-train", codes=("SPL301",), harms=False, conventions=BY_ID)
def dev_in_train(x: Experiment) -> None:
    """Two thirds of the dev samples are in the training annotations as well."""
    for sample in some(x.world, 0.66, "dev"):
        x.world.samples.append(replace(sample, split="train"))
    x.claim(
        "ids are in both", lambda w: len({s.name for s in w.run.world.samples}) < len(x.world.samples)
    )


@fault("dev-copied-into-train", codes=("SPL301",), harms=False)
def dev_copied_into_train(x: Experiment) -> None:
    """Half of the dev clips are in training under other names."""
    for number, sample in enumerate(some(x.world, 0.5, "dev")):
        x.world.samples.append(
            replace(sample, split="train", name=f"train_9{number:03d}", clip=sample.clip.copy())
        )
    x.claim("clips are copied", lambda w: any(s.name.startswith("train_9") for s in x.world.samples))


@fault("dev-empty", codes=("SPL304",), harms=False, conventions=("plain", "h5", "lightning", "vac"))
def dev_empty(x: Experiment) -> None:
    """The dev annotations have a header and no samples."""

    def empty(run: Run) -> None:
        run.world.samples = [s for s in run.world.samples if s.split != "dev"]
        run.predictions, run.outputs = [], None
        for row in run.history:
            for name in [name for name in row if name.startswith("dev_")]:
                row[name] = float("nan")

    x.after_training(empty)
    x.claim("no dev sample is left", lambda w: not w.run.rows("dev"))


@fault("unseen-signer-in-dev", codes=("FEA112", "TRN504", "SPL305"), harms=True)
def unseen_signer_in_dev(x: Experiment) -> None:
    """Two people sign in training, and in dev someone else, larger, slower and off the centre."""
    rng = x.world.generator(21)
    few, stranger = make_signers(2, rng), odd_signer("Signer09", rng)
    pace = 3.0 if x.world.task == "classification" else 1.0
    for number, sample in enumerate(x.world.samples):
        signer = few[number % 2] if sample.split == "train" else stranger
        signs = [x.world.signs[gloss] for gloss in sample.glosses]
        sample.clip, sample.signer = perform(signs, signer, rng, pace), signer.name
