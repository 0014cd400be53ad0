"""The training runs of a directory: histories apart, and the rest by which lies nearest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from slrdoctor.artifacts.directory.cases.mirrors import mirrored_folders
from slrdoctor.artifacts.directory.cases.owners import NOBODY, Owners, run_key
from slrdoctor.artifacts.directory.cases.places import is_below
from slrdoctor.artifacts.directory.cases.pretraining import with_pretraining
from slrdoctor.artifacts.directory.cases.run_checkpoints import choose_checkpoints
from slrdoctor.artifacts.directory.cases.surroundings import surroundings
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.run import OF_NO_RUN, CheckpointFile, Choice, DataSet, HistoryFile, TrainingRun

# formats that keep what other files of the run say too, or what earlier runs said
SPARE = ("notebook", "wandb", "mlflow", "mlflow-database")


def training_runs(
    found: Found, root: Path, data_of: Callable[[str], DataSet], is_users_choice: bool
) -> list[TrainingRun]:
    """The runs; behind several one more, without a history, of what belongs to none of them.

    `data_of` gives a run's data set by the run's name. `is_users_choice`: the checkpoints are the
    user's word, and none of them is put aside.
    """
    kept, dropped = _without_spares(found.histories)
    mirrors = mirrored_folders(kept, _key_of)
    told = _histories_by_run(kept, mirrors)
    if len(told) > 1:
        runs = _apart(found, root, told, dropped, mirrors)
    else:
        runs = _only_run(found, root, told, dropped)
    return [_with_own_checkpoints(run, data_of(run.name), is_users_choice) for run in runs]


def _apart(
    found: Found,
    root: Path,
    told: Mapping[str, Sequence[HistoryFile]],
    dropped: Sequence[Choice],
    mirrors: Mapping[str, str],
) -> list[TrainingRun]:
    folders = tuple(_key_of(h[0]) for h in told.values())
    owners = Owners(tuple(told), tuple(mirrors.get(folder, folder) for folder in folders), mirrors)
    runs = [
        TrainingRun(
            name=name,
            root=root,
            histories=tuple(told[name]),
            checkpoints=owners.of(i, found.checkpoints),
            predictions=owners.of(i, found.predictions),
            configs=owners.sharing(i, found.configs),
            problems=owners.of(i, found.problems),
            outputs=owners.of(i, found.outputs),
            reported=owners.of(i, found.reported),
            choices=tuple(dropped) if i == 0 else (),
        )
        for i, name in enumerate(told)
    ]
    strays = TrainingRun(
        name="",
        root=root,
        predictions=owners.of(NOBODY, found.predictions),
        problems=owners.of(NOBODY, found.problems),
        outputs=owners.of(NOBODY, found.outputs),
        reported=owners.of(NOBODY, found.reported),
        beside=tuple(replace(c, standing=OF_NO_RUN) for c in owners.of(NOBODY, found.checkpoints)),
    )
    if strays.beside:
        strays = replace(strays, choices=(_of_nobody(strays.beside),))
    broken = any(problem.kind == "checkpoint" for problem in strays.problems)
    has_any = strays.beside or strays.predictions or strays.outputs or broken
    runs = with_pretraining(runs)
    return [*runs, strays] if has_any else runs


def _of_nobody(files: Sequence[CheckpointFile]) -> Choice:
    wheres = tuple(file.where for file in files)
    why = "it lies outside of every run's folder, and nothing says whose it is"
    return Choice("checkpoint", "", wheres, why, f'[checkpoint]\npath = "{wheres[0]}"')


def _only_run(
    found: Found,
    root: Path,
    told: Mapping[str, Sequence[HistoryFile]],
    dropped: Sequence[Choice],
) -> list[TrainingRun]:
    """Everything that was found, where nothing tells of several runs."""
    return [
        TrainingRun(
            name="",
            root=root,
            histories=tuple(next(iter(told.values()), ())),
            checkpoints=tuple(found.checkpoints),
            predictions=tuple(found.predictions),
            configs=tuple(found.configs),
            choices=tuple(dropped),
            problems=tuple(found.problems),
            outputs=tuple(found.outputs),
            reported=tuple(found.reported),
        )
    ]


def _with_own_checkpoints(run: TrainingRun, data: DataSet, is_users_choice: bool) -> TrainingRun:
    """The run with its own checkpoints in their order, and the others beside it."""
    if not run.checkpoints:
        return run
    around = surroundings(data, run.histories, run.configs)
    folder = _key_of(run.histories[0]) if run.histories else ""
    own, beside, choices = choose_checkpoints(run.checkpoints, around, folder, is_users_choice)
    return replace(
        run,
        checkpoints=tuple(own),
        beside=(*run.beside, *beside),
        choices=(*choices, *run.choices),
    )


def _without_spares(histories: Sequence[HistoryFile]) -> tuple[list[HistoryFile], list[Choice]]:
    """The histories without what notebooks and trackers keep of a run that has files of its own.

    What they say counts beside these only where it is the same: else it is of an earlier try.
    """
    own = [h for h in histories if h.format not in SPARE and h.series]
    dropped = [h for h in histories if h.format in SPARE and any(_is_rival(h, other) for other in own)]
    if not dropped:
        return list(histories), []
    names, others = (tuple(dict.fromkeys(h.where for h in group)) for group in (own, dropped))
    why = "a notebook or a tracker may tell of an earlier try"
    how = f'[history]\npath = "{others[0]}"'
    choice = Choice("history", ", ".join(names[:3]), others, why, how)
    return [h for h in histories if h not in dropped], [choice]


def _is_rival(spare: HistoryFile, own: HistoryFile) -> bool:
    key, other = _key_of(spare), _key_of(own)
    if key == other:
        return bool(spare.run) or _contradict(spare, own)
    return is_below(key, other) or is_below(other, key)


def _histories_by_run(
    histories: Sequence[HistoryFile], mirrors: Mapping[str, str]
) -> dict[str, list[HistoryFile]]:
    """Histories by the run they tell of: by folder, a column in the file, or what contradicts."""
    told: dict[str, list[HistoryFile]] = {}
    for history in histories:
        key = mirrors.get(_key_of(history), _key_of(history))
        if history.run:
            told[f"{history.where}#{history.run}"] = [history]
            continue
        while key in told and any(_contradict(history, other) for other in told[key]):
            key = history.where if key != history.where else f"{key}#{len(told)}"
        told.setdefault(key, []).append(history)
    return told


def _contradict(one: HistoryFile, other: HistoryFile) -> bool:
    """Whether two histories say different things of the same quantity: then they are two runs."""
    mine = {
        (s.split, s.quantity): s
        for s in one.series
        if s.per == "epoch" and s.quantity in ("loss", "wer", "accuracy")
    }
    for series in other.series:
        same = mine.get((series.split, series.quantity))
        if same is None or series.per != "epoch" or not same.values or not series.values:
            continue
        by_epoch = dict(zip(same.epochs, same.values, strict=True))
        shared = [
            (by_epoch[e], v) for e, v in zip(series.epochs, series.values, strict=True) if e in by_epoch
        ]
        # one file may count its epochs from 0 and the other from 1
        in_order = list(zip(same.values, series.values, strict=False))
        if shared and not _agree(shared) and not _agree(in_order):
            return True
    return False


def _agree(pairs: Sequence[tuple[float, float]]) -> bool:
    """Whether at least half of the values are the same, but for rounding and percent for a share."""
    same = [
        a for a, b in pairs if any(abs(a * f - b) <= 0.02 * max(abs(b), 0.05) for f in (1, 100, 0.01))
    ]
    return 2 * len(same) >= len(pairs)


def _key_of(history: HistoryFile) -> str:
    return run_key(history.where if history.folder is None else f"{history.folder}/")
