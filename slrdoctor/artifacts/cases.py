"""Tell apart the data sets and training runs of a directory, and what belongs to which.

A plain run directory is one data set with one run. A repository of results may hold six
runs side by side, a corpus of corpora several data sets. Each run is judged on its own,
with the data that lie nearest to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar

from slrdoctor.artifacts.choices import choose_checkpoint, choose_features, choose_vocabulary
from slrdoctor.artifacts.found import Found
from slrdoctor.artifacts.kinds.splits import split_of_word, without_splits
from slrdoctor.artifacts.run import (
    AnnotationFile,
    Choice,
    DataSet,
    FeatureSet,
    HistoryFile,
    TrainingRun,
)
from slrdoctor.artifacts.settings import Settings


class Placed(Protocol):
    """Anything found at a place in the run directory."""

    @property
    def where(self) -> str: ...


P = TypeVar("P", bound=Placed)

# folders inside one run, which do not name it
_INSIDE = re.compile(
    r"logs?|tensorboard|tb|tb_logs|events|results?|history|histories|metrics|checkpoints?|ckpts?|weights|models?|"
    r"lightning_logs|version_\d+|outputs?|preds?|predictions?|summaries|runs?|work_dirs?|experiments?|files|config|configs"
)


def group(
    found: Found, settings: Settings, root: Path, looked: int
) -> tuple[tuple[tuple[DataSet, tuple[TrainingRun, ...]], ...], tuple[Choice, ...]]:
    """Every data set with the training runs on it; a data set without runs has an empty one."""
    sets, choices = _data_sets(found, settings, root, looked)
    runs = _training_runs(found, root)
    on: dict[int, list[TrainingRun]] = {i: [] for i in range(len(sets))}
    for run in runs:
        on[_nearest(run.name, [s.name for s in sets])].append(run)
    grouped = []
    for i, data in enumerate(sets):
        mine = on[i]
        configs = tuple(found.configs) if len(sets) == 1 else ()
        grouped.append((data, tuple(mine) or (TrainingRun("", root, configs=configs),)))
    return tuple(grouped), tuple(choices)


# -- data sets


def _data_sets(found: Found, settings: Settings, root: Path, looked: int) -> tuple[list[DataSet], list[Choice]]:
    families = _families(found.annotations)
    choices: list[Choice] = []
    if len(families) > 1 and found.features:
        families, choice = _with_features(families, found.features)
        choices += [choice] if choice else []
    if len(families) <= 1:
        name, files = families[0] if families else ("", [])
        features, chosen = choose_features(found.features, [r.id for f in files for r in f.rows])
        vocabularies, taken = choose_vocabulary(found.vocabularies, files, name, settings)
        return [
            DataSet(
                "", root, tuple(features), tuple(files), tuple(vocabularies), tuple(found.problems),
                tuple(chosen + taken), looked, tuple(found.expected),
            )
        ], choices + chosen + taken  # fmt: skip
    names = [name for name, _ in families]
    sets = []
    for i, (name, files) in enumerate(families):
        mine = [v for v in found.vocabularies if _nearest(v.where, names) == i and _shares_top(v.where, name)]
        vocabularies, taken = choose_vocabulary(mine, files, name, settings)
        choices += taken
        problems = tuple(p for p in found.problems if _is_below(p.where, name))
        sets.append(DataSet(name, root, (), tuple(files), tuple(vocabularies), problems, tuple(taken), looked))
    return sets, choices


def _families(files: Sequence[AnnotationFile]) -> list[tuple[str, list[AnnotationFile]]]:
    """Annotation files by the data set they tell of, each named by its folder, the largest first.

    Files of one folder belong together, and so do files whose paths differ by a split only.
    """
    parent: dict[str, str] = {}
    for file in files:
        folder = without_splits(file.where.rpartition("/")[0])
        parent[file.where] = _trim_splits(folder)
    grouped: dict[str, list[AnnotationFile]] = {}
    for file in files:
        grouped.setdefault(parent[file.where], []).append(file)
    merged = [(_common_folder(files), files) for files in _merge_by_ids(list(grouped.values()))]
    return sorted(merged, key=lambda item: -sum(len(f.rows) for f in item[1]))


def _common_folder(files: Sequence[AnnotationFile]) -> str:
    parts = [f.where.split("/")[:-1] for f in files]
    common = [a[0] for a in zip(*parts) if len(set(a)) == 1]
    return "/".join(common)


def _trim_splits(folder: str) -> str:
    parts = [p for p in folder.split("/") if p and not set(p) <= set("*_-. ")]
    return "/".join(parts)


def _merge_by_ids(families: list[list[AnnotationFile]]) -> list[list[AnnotationFile]]:
    """Folders that tell of the same samples are one data set: info.npy here, stm there."""
    merged: list[tuple[list[AnnotationFile], set[str]]] = []
    for files in families:
        ids = {r.id for f in files for r in f.rows}
        plain = {i for i in ids if not i.isdigit()}
        home = next((m for m in merged if plain and len(plain & m[1]) > 0.5 * min(len(plain), len(m[1]) or 1)), None)
        if home is None:
            merged.append((list(files), plain))
        else:
            home[0].extend(files)
            home[1].update(plain)
    return [files for files, _ in merged]


def _with_features(
    families: list[tuple[str, list[AnnotationFile]]], features: Sequence[FeatureSet]
) -> tuple[list[tuple[str, list[AnnotationFile]]], Choice | None]:
    """The families that the features on disk belong to; several data sets cannot share them."""
    stems = {PurePosixPath(c.key).name for s in features for c in s.clips} | {c.key for s in features for c in s.clips}

    def covered(files: Iterable[AnnotationFile]) -> int:
        return sum(PurePosixPath(r.path or r.id).stem in stems or r.id in stems for f in files for r in f.rows)

    best = max(families, key=lambda item: (covered(item[1]), sum(len(f.rows) for f in item[1])))
    others = tuple(f.where for name, files in families if name != best[0] for f in files)
    choice = Choice(
        "annotations",
        ", ".join(f.where for f in best[1]),
        others,
        f"its ids cover {covered(best[1])} of the stored clips, more than the others'",
        f'[annotations]\ntrain = "{others[0]}"',
    )
    return [best], choice


# -- training runs


def _training_runs(found: Found, root: Path) -> list[TrainingRun]:
    told = _histories_by_run(found.histories)
    if len(told) <= 1:
        histories = next(iter(told.values()), [])
        checkpoints, choices = choose_checkpoint(found.checkpoints)
        return [
            TrainingRun(
                "", root, tuple(histories), tuple(checkpoints), tuple(found.predictions), tuple(found.configs),
                tuple(choices), tuple(found.problems),
            )
        ]  # fmt: skip
    names = list(told)
    keys = [_run_key(h[0].where) for h in told.values()]

    def mine(artifacts: Sequence[P], i: int, shared: bool) -> tuple[P, ...]:
        owned = []
        for artifact in artifacts:
            owners = _owners(_run_key(artifact.where), keys)
            if i in owners and (shared or len(owners) == 1):
                owned.append(artifact)
        return tuple(owned)

    return [
        TrainingRun(
            name, root, tuple(told[name]), mine(found.checkpoints, i, False), mine(found.predictions, i, False),
            mine(found.configs, i, True), (), mine(found.problems, i, False),
        )
        for i, name in enumerate(names)
    ]  # fmt: skip


def _owners(key: str, keys: Sequence[str]) -> list[int]:
    """The runs that an artifact may belong to: those in its own folder, else all around it."""
    same = [i for i, k in enumerate(keys) if k == key]
    if same:
        return same
    inside = [i for i, k in enumerate(keys) if _is_below(key, k) and k]
    if inside:
        deepest = max(len(keys[i]) for i in inside)
        return [i for i in inside if len(keys[i]) == deepest]
    return [i for i, k in enumerate(keys) if _is_below(k, key)] or list(range(len(keys)))


def _histories_by_run(histories: Sequence[HistoryFile]) -> dict[str, list[HistoryFile]]:
    """Histories by the run they tell of: by folder, a column in the file, or what contradicts."""
    told: dict[str, list[HistoryFile]] = {}
    for history in histories:
        key = _run_key(history.where)
        if history.run:
            told[f"{history.where}#{history.run}"] = [history]
            continue
        while key in told and any(_contradict(history, other) for other in told[key]):
            key = history.where if key != history.where else f"{key}#{len(told)}"
        told.setdefault(key, []).append(history)
    return told


def _contradict(one: HistoryFile, other: HistoryFile) -> bool:
    """Whether two histories say different things of the same quantity: then they are two runs."""
    mine = {(s.split, s.quantity): s for s in one.series if s.per == "epoch" and s.quantity in ("loss", "wer", "accuracy")}
    for series in other.series:
        same = mine.get((series.split, series.quantity))
        if same is None or series.per != "epoch" or not same.values or not series.values:
            continue
        by_epoch = dict(zip(same.epochs, same.values))
        pairs = [(by_epoch[e], v) for e, v in zip(series.epochs, series.values) if e in by_epoch]
        # a log may round to three digits, or give percent for a share
        apart = [a for a, b in pairs if not any(abs(a * f - b) <= 0.02 * max(abs(b), 0.05) for f in (1, 100, 0.01))]
        if pairs and len(apart) > len(pairs) / 2:
            return True
    return False


def _run_key(where: str) -> str:
    """The folder that names the run an artifact belongs to; "" for the run directory itself."""
    parts = list(PurePosixPath(where).parts[:-1])
    while parts and (_INSIDE.fullmatch(parts[-1].lower()) or split_of_word(parts[-1])):
        parts.pop()
    return "/".join(parts)


def _nearest(where: str, names: Sequence[str]) -> int:
    """The name that shares the longest path with `where`; the first, the largest set, on a tie."""
    parts = where.partition("#")[0].split("/")

    def shared(name: str) -> int:
        count = 0
        for a, b in zip(parts, name.split("/")):
            if a != b:
                break
            count += 1
        return count

    return max(range(len(names)), key=lambda i: (shared(names[i]), -i))


def _shares_top(where: str, name: str) -> bool:
    return _is_below(where, name) or _is_below(name, where.rpartition("/")[0])


def _is_below(where: str, folder: str) -> bool:
    return not folder or where == folder or where.startswith(f"{folder}/")


