"""What `slrdoctor init` writes: the settings as detection found them, to be corrected.

All of it is written as comments. A path that stands there plainly is the user's word, and beats
what detection finds; what detection itself found is not the user's word, and would be wrong as
soon as the run goes on and a later checkpoint or another log lies there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from slrdoctor.artifacts.kinds.checkpoints.weights_notes import INSIDE
from slrdoctor.artifacts.run import Choice, RunDirectory
from slrdoctor.artifacts.settings.write import Sections, Setting, settings_text
from slrdoctor.facts.ctc.ctc_lengths import LayerStack
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex

HEADING = """What slrdoctor found in this run directory, and why it was taken for that.
Every line is a comment: a scan says the same with this file as without it. Where something is
wrong, take the # from the beginning of its line and correct it: it then overrides detection.
Paths are relative to this file and may point outside it: a folder, a glob, a container file, or
several: path = ["a.json", "b.json"].
"""
MOST_PATHS = 20  # that one line names

Why = Mapping[tuple[str, str], str]  # (kind, where) -> the words of its reading
Place = tuple[str, str]  # (split, where); no split where the file says it row by row, or nothing does


def written_settings(run: RunDirectory, facts: Mapping[type, object]) -> str:
    """The text of slrdoctor.toml, with what was found of every data set and run of the directory."""
    why = {(r.kind, r.where): r.why for r in run.readings}
    sections: Sections = {
        "features": [
            *_by_split(_features(run), "features", why),
            *_not_taken("features", run, why),
            *_parts(run),
        ],
        "annotations": list(_by_split(_annotations(run), "annotations", why)),
        "vocabulary": [*_taken("vocabulary", run, why), *_blank(facts)],
        "checkpoint": list(_taken("checkpoint", run, why)),
        "model": list(_model(facts)),
        "history": list(_taken("history", run, why)),
        "predictions": list(_taken("predictions", run, why)),
        "config": list(_taken("config", run, why)),
    }
    return settings_text(sections, HEADING)


def _features(run: RunDirectory) -> Iterator[Place]:
    """An array in a container has no path of its own: the container has, and says whose it is."""
    for data, _ in run.cases:
        for one in data.features:
            container = one.where.rpartition("#")[0]
            is_member = container and not (run.path / one.where).exists()
            yield ("", container) if is_member else (one.split, one.where)


def _parts(run: RunDirectory) -> Iterator[Setting]:
    """What clips are joined of, in its order."""
    joined = dict.fromkeys(one.parts for data, _ in run.cases for one in data.features if one.parts)
    for i, parts in enumerate(joined):
        yield Setting("parts", parts, "", ["joined in this order"], is_guess=not i, is_alternative=i > 0)


def _annotations(run: RunDirectory) -> Iterator[Place]:
    for data, _ in run.cases:
        # labels that lie beside an array are found with it
        for file in (f for f in data.annotations if not all(row.stored for row in f.rows)):
            splits = {row.split for row in file.rows}
            yield splits.pop() if len(splits) == 1 else "", file.where


def _by_split(places: Iterable[Place], kind: str, why: Why) -> Iterator[Setting]:
    of_split: dict[str, list[str]] = {}
    for split, where in places:
        of_split.setdefault(split or "path", []).append(where)
    for key, paths in of_split.items():
        yield from _listed(key, kind, paths, why)
    if not of_split:
        comment = f"no {kind} were found here: write where they are, here or elsewhere"
        yield from (Setting(split, "?", comment, is_unknown=True) for split in ("train", "dev"))


def _taken(kind: str, run: RunDirectory, why: Why) -> Iterator[Setting]:
    """What was taken; the candidates that were not as alternatives."""
    taken = [r.where for r in run.readings if r.kind == kind and r.is_taken]
    yield from _listed("path", kind, taken, why)
    lost = dict.fromkeys(one for c in _choices(run) if c.kind == kind for one in c.others)
    others = [where for where in lost if where not in taken and INSIDE not in where]
    yield from (
        Setting("path", one, why.get((kind, one), ""), is_alternative=True)
        for one in others[:MOST_PATHS]
    )


def _not_taken(kind: str, run: RunDirectory, why: Why) -> Iterator[Setting]:
    """The sets of features that another of the same samples was taken before, under its split."""
    for choice in _choices(run):
        _, _, line = choice.how.partition("\n")
        if choice.kind == kind and line:
            key = line.partition(" = ")[0]
            yield from (
                Setting(key, one, why.get((kind, one), ""), is_alternative=True) for one in choice.others
            )


def _choices(run: RunDirectory) -> Iterator[Choice]:
    yield from run.choices
    for data, runs in run.cases:
        yield from (choice for one in (data.choices, *(r.choices for r in runs)) for choice in one)


def _listed(key: str, kind: str, places: Iterable[str], why: Why) -> Iterator[Setting]:
    """All files of a kind in one list: those of several runs are told apart by their folders."""
    paths = [where for where in dict.fromkeys(places) if INSIDE not in where]
    comments = [why.get((kind, where), "") for where in paths]
    if paths[1:]:
        more = len(paths) - MOST_PATHS
        comment = f"and {more} more files, which a scan finds" if more > 0 else ""
        yield Setting(key, paths[:MOST_PATHS], comment, comments, is_guess=True)
    elif paths:
        yield Setting(key, paths[0], comments[0], is_guess=True)


def _blank(facts: Mapping[type, object]) -> Iterator[Setting]:
    blank = facts.get(BlankIndex)
    if isinstance(blank, BlankIndex):
        if blank.certain:
            yield Setting("blank", blank.index, blank.known_by, is_guess=True)
        else:
            yield Setting("blank", "?", f"taken for {blank.index}: {blank.known_by}", is_unknown=True)


def _model(facts: Mapping[type, object]) -> Iterator[Setting]:
    task, stack = facts.get(Task), facts.get(LayerStack)
    if isinstance(task, Task):
        yield Setting("task", task.name, task.known_by, is_guess=True)
    if isinstance(stack, LayerStack):
        if stack.known:
            yield Setting("stride", stack.stride, stack.known_by, is_guess=True)
        else:
            yield Setting("stride", "?", f"taken for {stack.stride}: {stack.known_by}", is_unknown=True)
