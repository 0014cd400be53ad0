"""What the run is about: recognition by CTC, classification, translation or retrieval."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.artifacts.run import DataSet, TrainingRun
from slrdoctor.artifacts.settings.read import TASKS, Settings
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config._configured import Configured, configured, every_value
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.words.settings import LOSS, TASK, plain_key
from slrdoctor.words.tokens import is_blank_token

SEQUENCES = 0.25  # share of targets with several glosses from which on they are sequences

_CTC = re.compile(r"ctc", re.IGNORECASE)
_BLANK = re.compile(r"blank", re.IGNORECASE)
_CROSS_ENTROPY = re.compile(r"cross_?-?entropy|crossentropy|nll_?loss|focal_?loss", re.IGNORECASE)
_CONTRASTIVE = re.compile(r"contrastive|sup_?con|info_?nce|triplet|clip_?loss", re.IGNORECASE)
_TRANSLATION = re.compile(r"translation|sign2text|gloss_?free|s2t\b|slt\b", re.IGNORECASE)
_TASK_WORDS = (
    ("ctc", re.compile(r"ctc|cslr|continuous|s2g|sign2gloss|recognition_seq", re.IGNORECASE)),
    ("classification", re.compile(r"classif|isolated|islr|\bwlr\b", re.IGNORECASE)),
    ("retrieval", re.compile(r"retriev|contrastive", re.IGNORECASE)),
    ("translation", re.compile(r"translat|s2t|sign2text|\bslt\b", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Task:
    """`name` is ctc, classification, translation or retrieval; `known_by` says how it was told."""

    name: str
    known_by: str
    read_from: str
    is_certain: bool = True  # false where nothing but a list of names tells it

    @property
    def sentence(self) -> str:
        return f"the task is {self.name} ({self.known_by})"


@measure
def task(settings: Settings, data: DataSet, run: TrainingRun, samples: Samples | None) -> Task:
    """The task by the user's word, else by the first evidence that decides it.

    The loss decides before the labels do: one gloss a sample may still be trained by CTC.
    """
    if settings.task:
        return Task(settings.task, "set in slrdoctor.toml", settings.read_from or "slrdoctor.toml")
    if run.is_pretraining:
        raise Unavailable(f"{run.name or 'this run'} is a pretraining: its loss is not that of the task")
    found = next(_evidence(data, run, samples), None)
    if found is not None:
        return found
    raise Unavailable(
        "the task is unknown: no annotations, and no history or config with a loss that shows it",
        f'name it in slrdoctor.toml: [model] task = "ctc" ({", ".join(TASKS)})',
    )


def _evidence(data: DataSet, run: TrainingRun, samples: Samples | None) -> Iterator[Task]:
    """What tells the task, the most telling first."""
    labels = _by_labels(data, samples)
    has_glosses = samples is None or any(r.glosses for r in samples.rows)
    configured_tasks = list(_by_config(run, has_glosses))
    if labels is not None and labels.name == "ctc":
        # a config of another data set may lie there: of two that differ, the one that fits counts
        configured_tasks.sort(key=lambda found: found.name == "classification")
    yield from configured_tasks
    yield from _by_history(run, labels)
    if labels is not None and labels.name == "classification":
        yield from _by_cross_entropy(run)
    token = _blank_token(data)
    if token and labels is not None and labels.name in ("ctc", "classification"):
        yield Task("ctc", f"the vocabulary has the token {token[0]}", token[1])
    if labels is not None:
        yield labels
    yield from _by_cross_entropy(run)
    yield from _by_architecture(run)
    yield from _by_class_list(data, run)


def _by_architecture(run: TrainingRun) -> Iterator[Task]:
    """A model that Hugging Face calls an encoder with a decoder writes texts."""
    for found in every_value(run):
        if found.name == "is_encoder_decoder" and not found.is_off:
            yield Task("translation", f"{found.key}: {found.value}", found.read_from)


def _by_class_list(data: DataSet, run: TrainingRun) -> Iterator[Task]:
    """A list of classes, where nothing else tells the task: label_classes.npy beside a model."""
    sequences = any(len(r) > 1 for file in run.predictions for r in file.references)
    for file in data.vocabularies[:1]:
        if file.target == "class" and _blank_token(data) is None and not sequences:
            because = f"{file.where} is a list of classes"
            yield Task("classification", because, file.where, is_certain=False)


def _by_cross_entropy(run: TrainingRun) -> Iterator[Task]:
    for found in every_value(run):
        if isinstance(found.value, str) and _CROSS_ENTROPY.search(found.value):
            yield Task("classification", f"{found.key}: {found.value}", found.read_from)


def configs_of_other_tasks(run: TrainingRun, task: Task) -> frozenset[str]:
    """The configs that name another task than the run's: those of another model or data set."""
    named: dict[str, set[str]] = {}
    for found in configured(run, TASK):
        names = {name for name, words in _TASK_WORDS if words.search(str(found.value))}
        if names:
            named.setdefault(found.read_from, set()).update(names)
    return frozenset(where for where, names in named.items() if task.name not in names)


def _by_config(run: TrainingRun, has_glosses: bool) -> Iterator[Task]:
    for found in configured(run, TASK):
        for name, words in _TASK_WORDS:
            if words.search(str(found.value)):
                yield Task(name, f"{found.key}: {found.value}", found.read_from)
    values = tuple(every_value(run))
    if has_glosses:
        recognises = (f for f in values if f.name == "recognition_loss_weight" and not f.is_off)
        for found in (*(f for f in values if _says(f, _CTC)), *recognises):
            yield Task("ctc", f"{found.key}: {found.value}", found.read_from)
    for found in values:
        if _says(found, _TRANSLATION):
            yield Task("translation", f"{found.key}: {found.value}", found.read_from)
    scored = {s.quantity for h in run.histories for s in h.series} & {"wer", "bleu", "accuracy"}
    for found in values:
        # beside such a score the contrastive loss only helps another one
        if not scored and _is_of_loss(found) and _says(found, _CONTRASTIVE):
            yield Task("retrieval", f"{found.key}: {found.value}", found.read_from)


def _says(found: Configured, words: re.Pattern[str]) -> bool:
    """Whether a key that is switched on, or a short value, has one of the words."""
    if found.is_off:
        return False
    if words.search(found.name) or words.search(found.key.rpartition(".")[0].rpartition(".")[2]):
        return True
    value = found.value
    # a path or a sentence has words of its own
    return (
        isinstance(value, str)
        and len(value) < 60
        and not set("/\\ ") & set(value)
        and bool(words.search(value))
    )


def _is_of_loss(found: Configured) -> bool:
    return any(LOSS.is_named(part) or "loss" in part for part in plain_key(found.key).split("."))


def _by_history(run: TrainingRun, labels: Task | None) -> Iterator[Task]:
    named = {s.name: h.where for h in run.histories for s in h.series}
    quantities = {s.quantity: h.where for h in run.histories for s in h.series}
    for quantity in ("possim", "negsim"):
        if quantity in quantities:
            yield Task("retrieval", f"the history has {quantity}", quantities[quantity])
    for name, where in named.items():
        if _CTC.search(name) or _BLANK.search(name):
            yield Task("ctc", f"the history has {name}", where)
    translates = labels is not None and labels.name == "translation"
    if "wer" in quantities and not translates and ("bleu" not in quantities or labels is not None):
        yield Task("ctc", "the history has a WER", quantities["wer"])
    if "bleu" in quantities:
        yield Task("translation", "the history has a BLEU score", quantities["bleu"])
    if "accuracy" in quantities and (labels is None or labels.name == "classification"):
        yield Task("classification", "the history has an accuracy", quantities["accuracy"])
    if "recall" in quantities and labels is None and "accuracy" not in quantities:
        yield Task("retrieval", "the history has a recall", quantities["recall"])


def _by_labels(data: DataSet, samples: Samples | None) -> Task | None:
    if samples is None:
        return None
    # some corpora have glosses for dev and test, and only texts to train on
    rows = samples.training or samples.rows
    lengths = [len(row.glosses) for row in rows if row.glosses]
    if not lengths:
        texts = any(row.text for row in rows)
        return (
            Task("translation", "the annotations have texts and no glosses", samples.read_from)
            if texts
            else None
        )
    several = sum(length > 1 for length in lengths)
    classes = any(file.classification for file in data.annotations) or samples.from_folders
    if classes and several < SEQUENCES * len(lengths):
        return Task("classification", "the annotations have one label a sample", samples.read_from)
    if several >= SEQUENCES * len(lengths):
        return Task(
            "ctc", f"{several} of {len(lengths)} targets have several glosses", samples.read_from
        )
    return Task(
        "classification",
        f"{len(lengths) - several} of {len(lengths)} targets are one gloss",
        samples.read_from,
    )


def _blank_token(data: DataSet) -> tuple[str, str] | None:
    for file in data.vocabularies[:1]:
        for token in (*file.tokens[:5], *file.tokens[-5:]):
            if token is not None and is_blank_token(token):
                return token, file.where
    return None
