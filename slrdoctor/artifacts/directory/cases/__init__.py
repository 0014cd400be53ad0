"""Tell apart the data sets and training runs of a directory, and what belongs to which.

A plain run directory is one data set with one run. A repository of results may hold six
runs side by side, a corpus of corpora several data sets. Each run is judged on its own,
with the data that lie nearest to it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from slrdoctor.artifacts.directory.cases.data_sets import data_sets
from slrdoctor.artifacts.directory.cases.experiments import apart
from slrdoctor.artifacts.directory.cases.places import nearest
from slrdoctor.artifacts.directory.cases.training_runs import training_runs
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.run import Choice, DataSet, TrainingRun
from slrdoctor.artifacts.settings.read import Settings

Grouped = tuple[tuple[DataSet, tuple[TrainingRun, ...]], ...]


def group(
    found: Found, settings: Settings, root: Path, looked: int
) -> tuple[Grouped, tuple[Choice, ...]]:
    """Every data set with the training runs on it; a data set without runs has an empty one.

    Experiments on other data in folders of their own come last, each named by its folder.
    """
    is_told = bool(settings.features or settings.annotations or settings.vocabulary)
    left, experiments = (found, []) if is_told else apart(found)
    grouped, choices = _group(left, settings, root, looked)
    for folder, inside in experiments:
        more, others = _group(inside, settings, root, looked)
        grouped += tuple((replace(data, name=data.name or folder), runs) for data, runs in more)
        choices += others
    return grouped, choices


def _group(
    found: Found, settings: Settings, root: Path, looked: int
) -> tuple[Grouped, tuple[Choice, ...]]:
    sets, choices = data_sets(found, root, looked, bool(settings.vocabulary))
    names = [s.name for s in sets]
    runs = training_runs(found, root, lambda run: sets[nearest(run, names)], bool(settings.checkpoint))
    on: dict[int, list[TrainingRun]] = {i: [] for i in range(len(sets))}
    for run in runs:
        on[nearest(run.name, names)].append(run)
    grouped = []
    for i, data in enumerate(sets):
        unopened = tuple(u for u in found.unopened if nearest(u.where, names) == i)
        data = replace(data, unopened=unopened)
        mine = on[i]
        configs = tuple(found.configs) if len(sets) == 1 else ()
        grouped.append((data, tuple(mine) or (TrainingRun("", root, configs=configs),)))
    return tuple(grouped), tuple(choices)
