"""The training runs of a directory: histories apart, and the rest by which lies nearest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from slrdoctor.artifacts.directory.cases.choices import choose_checkpoint
from slrdoctor.artifacts.directory.cases.places import is_below
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.run import Choice, HistoryFile, TrainingRun
from slrdoctor.words.splits import split_of_word


class Placed(Protocol):
    """Anything found at a place in the run directory."""

    @property
    def where(self) -> str: ...


P = TypeVar("P", bound=Placed)

# formats that keep what other files of the run say too, or what earlier runs said
SPARE = ("notebook", "wandb", "mlflow", "mlflow-database")
# folders inside one run, which do not name it
_INSIDE = re.compile(
    r"logs?|tensorboard|tb|tb_logs|events|results?|history|histories|metrics|checkpoints?|ckpts?|weights|models?|"
    r"lightning_logs|version_\d+|outputs?|preds?|predictions?|summaries|runs?|work_dirs?|experiments?|files|config|configs|"
    r"log_?probs?|logits?|posteriors|emissions?|embeddings?|embs?|embeds?|(?:epoch|step)[_-]?\d+"
)


def training_runs(found: Found, root: Path) -> list[TrainingRun]:
    kept, dropped = _without_spares(found.histories)
    told = _histories_by_run(kept)
    if len(told) <= 1:
        return [_only_run(found, root, next(iter(told.values()), []), dropped)]
    names = list(told)
    keys = [_key_of(h[0]) for h in told.values()]

    def mine(artifacts: Sequence[P], i: int, shared: bool) -> tuple[P, ...]:
        owned = []
        for artifact in artifacts:
            owners = _owners(_run_key(artifact.where), keys)
            if i in owners and (shared or len(owners) == 1):
                owned.append(artifact)
        return tuple(owned)

    return [
        TrainingRun(
            name=name,
            root=root,
            histories=tuple(told[name]),
            checkpoints=mine(found.checkpoints, i, False),
            predictions=mine(found.predictions, i, False),
            configs=mine(found.configs, i, True),
            problems=mine(found.problems, i, False),
            outputs=mine(found.outputs, i, False),
            choices=tuple(dropped) if i == 0 else (),
        )
        for i, name in enumerate(names)
    ]


def _only_run(
    found: Found, root: Path, histories: Sequence[HistoryFile], dropped: Sequence[Choice]
) -> TrainingRun:
    """Everything that was found, where nothing tells of several runs."""
    checkpoints, choices = choose_checkpoint(found.checkpoints)
    return TrainingRun(
        name="",
        root=root,
        histories=tuple(histories),
        checkpoints=tuple(checkpoints),
        predictions=tuple(found.predictions),
        configs=tuple(found.configs),
        choices=(*choices, *dropped),
        problems=tuple(found.problems),
        outputs=tuple(found.outputs),
    )


def _owners(key: str, keys: Sequence[str]) -> list[int]:
    """The runs that an artifact may belong to: those in its own folder, else all around it."""
    same = [i for i, k in enumerate(keys) if k == key]
    if same:
        return same
    inside = [i for i, k in enumerate(keys) if is_below(key, k) and k]
    if inside:
        deepest = max(len(keys[i]) for i in inside)
        return [i for i in inside if len(keys[i]) == deepest]
    return [i for i, k in enumerate(keys) if is_below(k, key)] or list(range(len(keys)))


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


def _histories_by_run(histories: Sequence[HistoryFile]) -> dict[str, list[HistoryFile]]:
    """Histories by the run they tell of: by folder, a column in the file, or what contradicts."""
    told: dict[str, list[HistoryFile]] = {}
    for history in histories:
        key = _key_of(history)
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
    return _run_key(history.where if history.folder is None else f"{history.folder}/")


def _run_key(where: str) -> str:
    """The folder that names the run an artifact belongs to; "" for the run directory itself."""
    parts = where.split("/")[:-1]
    while parts and (_INSIDE.fullmatch(parts[-1].lower()) or split_of_word(parts[-1])):
        parts.pop()
    return "/".join(parts)
