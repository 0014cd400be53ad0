"""The runs that only prepared weights for another: they are not judged as what came of them is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from slrdoctor.artifacts.directory.cases.owners import run_key
from slrdoctor.artifacts.kinds.config.search import every_setting
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.words.checkpoint_names import is_started_from
from slrdoctor.words.pretraining import are_of_pretraining, is_of_pretraining
from slrdoctor.words.series_names import words_of

_SCORES = frozenset(
    ("wer", "cer", "accuracy", "sentence_accuracy", "token_accuracy", "bleu", "rouge", "chrf", "recall",
     "levenshtein", "f1")
)  # fmt: skip


def with_pretraining(runs: Sequence[TrainingRun]) -> list[TrainingRun]:
    """The runs with those marked that have no score of the task, where another has one.

    A run without a score counts as pretraining where its name, its losses or another's config say so.
    """
    scored = [run for run in runs if _is_scored(run)]
    started = {folder for run in scored for folder in _started_from(run)}
    return [
        replace(run, is_pretraining=True)
        if scored and run.histories and not _is_scored(run) and _prepares(run, started)
        else run
        for run in runs
    ]


def _is_scored(run: TrainingRun) -> bool:
    series = (series for history in run.histories for series in history.series)
    return bool(run.predictions or run.reported) or any(s.quantity in _SCORES for s in series)


def _prepares(run: TrainingRun, started: set[str]) -> bool:
    if any(is_of_pretraining(history.where) for history in run.histories) or is_of_pretraining(run.name):
        return True
    losses = [s for h in run.histories for s in h.series if s.quantity in ("loss", "part_loss")]
    if losses and all(are_of_pretraining(frozenset(words_of(s.name))) for s in losses):
        return True
    return any(run_key(history.where) in started for history in run.histories)


def _started_from(run: TrainingRun) -> Iterator[str]:
    """The folders of the checkpoints that a run's configs begin with."""
    for config in run.configs:
        for path, value in every_setting(config.value):
            named = isinstance(value, str) and "/" in value
            if named and is_started_from(".".join(path).lower()):
                yield run_key(str(value).removeprefix("./"))
