"""How large an epoch is: samples, batch size, batches, classes; as logs, configs and data say."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slrdoctor.arithmetic.chance import samples_behind
from slrdoctor.artifacts.kinds.source.evaluate import DEFAULT
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import measure
from slrdoctor.facts.config._configured import configured
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.source.source_values import SourceValues
from slrdoctor.facts.training.dev_score import finite, held_out
from slrdoctor.facts.training.history import History
from slrdoctor.words import settings

COUNTS = {
    "batch_size": settings.BATCH_SIZE,
    "samples": settings.SAMPLES,
    "train_samples": settings.TRAIN_SAMPLES,
    "dev_samples": settings.DEV_SAMPLES,
    "train_share": settings.TRAIN_SHARE,
    "dev_share": settings.DEV_SHARE,
    "batches": settings.BATCHES,
    "classes": settings.CLASSES,
}


@dataclass(frozen=True)
class EpochSize:
    """Counts of one epoch; None where nothing says. `known_by` names the source of each."""

    batch_size: int | None
    train_samples: int | None
    dev_samples: int | None
    train_batches: int | None
    dev_batches: int | None
    classes: int | None  # as the log or the configuration says, not as the data has it
    known_by: dict[str, str]
    read_from: str

    @property
    def sentence(self) -> str:
        known = {
            "train samples": self.train_samples,
            "dev samples": self.dev_samples,
            "train batches": self.train_batches,
            "samples per batch": self.batch_size,
        }
        sizes = ", ".join(f"{count} {what}" for what, count in known.items() if count)
        return f"an epoch has {sizes}" if sizes else "the size of an epoch is unknown"


@measure
def epoch_size(
    run: TrainingRun,
    annotated: Samples | None,
    history: History | None,
    calls: SourceValues | None = None,
) -> EpochSize:
    known_by: dict[str, str] = {}

    def number(what: str) -> float | None:
        return _configured_number(run, what, known_by)

    def count(what: str) -> int | None:
        value = number(what)
        return None if value is None or value != int(value) else int(value)

    samples = {split: _samples(split, annotated, history, known_by) for split in ("train", "dev")}
    total = count("samples")
    for split in samples:
        share = number(f"{split}_share")
        samples[split] = samples[split] or count(f"{split}_samples")
        if samples[split] is None and total and share and share < 1:
            samples[split] = round(total * share)
            known_by[f"{split}_samples"] = known_by["samples"]
    logged = next((file.batches for file in run.histories if file.batches), None)
    batch_size = count("batch_size") or _batch_in_sources(calls, known_by)
    return EpochSize(
        batch_size=batch_size,
        train_samples=samples["train"],
        dev_samples=samples["dev"],
        train_batches=logged or count("batches") or _batches(samples["train"], batch_size),
        dev_batches=_batches(samples["dev"], batch_size),
        classes=count("classes"),
        known_by=known_by,
        read_from=", ".join(dict.fromkeys(known_by.values())) or (history.read_from if history else ""),
    )


def _configured_number(run: TrainingRun, what: str, known_by: dict[str, str]) -> float | None:
    """The first number above 0 that a config or a log gives for a count."""
    for found in configured(run, COUNTS[what]):
        if isinstance(found.value, bool) or not isinstance(found.value, (int, float)):
            continue
        if math.isfinite(found.value) and found.value > 0:
            known_by[what] = f"{found.read_from}: {found.key}"
            return float(found.value)
    return None


def _batch_in_sources(calls: SourceValues | None, known_by: dict[str, str]) -> int | None:
    """The batch size of the sources' loaders, where they agree and no command line may overrule it."""
    claim = calls.of("batch_size") if calls is not None else None
    if claim is None or type(claim.value) is not int or claim.how == DEFAULT:
        return None
    known_by["batch_size"] = claim.where
    return claim.value


def _samples(
    split: str, samples: Samples | None, history: History | None, known_by: dict[str, str]
) -> int | None:
    """The samples of a split, by the annotations, and by the steps that its accuracy moves in."""
    annotated = len(samples.of(split)) if samples is not None else 0
    curve = None
    if history is not None:
        # a test curve stands in for dev: it is the split that the score was taken on
        curve = held_out(history, "accuracy") if split == "dev" else history.curve("train", "accuracy")
    steps = samples_behind(finite(curve)[1].tolist()) if curve is not None else None
    if annotated and (steps is None or annotated % steps == 0):
        known_by[f"{split}_samples"] = samples.read_from if samples is not None else ""
        return annotated
    if curve is not None and steps is not None:
        known_by[f"{split}_samples"] = f"the steps that {curve.name} moves in ({curve.read_from})"
    return steps


def _batches(samples: int | None, batch_size: int | None) -> int | None:
    return math.ceil(samples / batch_size) if samples and batch_size else None
