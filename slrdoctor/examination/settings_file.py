"""What `slrdoctor init` writes: the settings as detection found them, to be corrected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from slrdoctor.artifacts.kinds.checkpoints.weights_notes import INSIDE
from slrdoctor.artifacts.run import DataSet, RunDirectory
from slrdoctor.artifacts.settings.write import Setting, settings_text
from slrdoctor.facts.ctc.ctc_lengths import LayerStack
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex

HEADING = """What slrdoctor found in this run directory. Correct what is wrong, delete the rest.
Paths are relative to this file and may point outside it: a folder, a glob, or a container file.
"""


def written_settings(run: RunDirectory, facts: Mapping[type, object]) -> str:
    """The text of slrdoctor.toml. Of several data sets or runs the first is written."""
    data, runs = run.cases[0]
    training = runs[0]
    sections = {
        "features": _by_split((s.split or "train", s.where) for s in data.features),
        "annotations": _by_split(_annotated(data)),
        "vocabulary": [*_paths(v.where for v in data.vocabularies), *_blank(facts)],
        "checkpoint": _paths(c.where for c in training.checkpoints),
        "model": list(_model(facts)),
        "history": _paths(h.where for h in training.histories),
        "predictions": _paths(p.where for p in training.predictions),
        "config": _paths(c.where for c in training.configs),
    }
    return settings_text(sections, HEADING)


def _blank(facts: Mapping[type, object]) -> Iterator[Setting]:
    blank = facts.get(BlankIndex)
    if isinstance(blank, BlankIndex):
        yield Setting("blank", blank.index, blank.known_by)


def _model(facts: Mapping[type, object]) -> Iterator[Setting]:
    task, stack = facts.get(Task), facts.get(LayerStack)
    if isinstance(task, Task):
        yield Setting("task", task.name, task.known_by)
    if isinstance(stack, LayerStack):
        yield Setting("stride", stack.stride, stack.known_by)


def _annotated(data: DataSet) -> Iterator[tuple[str, str]]:
    for file in data.annotations:
        splits = {row.split for row in file.rows}
        # a file that holds several splits tells them apart itself: naming one would be wrong
        if len(splits) == 1:
            yield splits.pop() or "train", file.where


def _by_split(places: Iterable[tuple[str, str]]) -> list[Setting]:
    settings: list[Setting] = []
    for split, where in places:
        settings.append(Setting(split, where, is_alternative=any(s.key == split for s in settings)))
    return settings


def _paths(places: Iterable[str]) -> list[Setting]:
    files = dict.fromkeys(where for where in places if INSIDE not in where)  # the rest is found again
    return [Setting("path", where, is_alternative=i > 0) for i, where in enumerate(files)]
