"""The checkpoints of a run: which can be opened, which one is judged, what their pickles name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.checkpoints.layers import first_sizes
from slrdoctor.artifacts.kinds.checkpoints.weights import NoTensors, Weights, open_weights
from slrdoctor.artifacts.pickles.imports import acting, beyond_tensors
from slrdoctor.artifacts.run import CheckpointFile, Problem, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training.logged_epochs import epoch_named
from slrdoctor.words.grammar import counted

MOST_OPENED = 12  # checkpoints of one run; the others are only named
DAMAGED = ("empty", "truncated", "corrupt", "lfs-pointer")  # faults of the file, and not of ours
IMPORTS = "imports"  # the fault of a problem whose message lists what a pickle would import
ENABLE = 'give its path in slrdoctor.toml: [checkpoint] path = "best.pt"'


@dataclass(frozen=True)
class CheckpointRow:
    """What opening one checkpoint showed, without its values."""

    where: str
    layout: str
    tensors: int
    stored_epoch: int | None
    named_epoch: int | None
    step: int | None
    imports: tuple[str, ...]  # beyond tensors, plain containers and arrays
    signature: str  # equal for checkpoints with the same names and shapes
    takes: tuple[int, ...] = ()  # features a frame that its first layers take
    standing: str = ""  # what it is where it is not the run's own

    @property
    def epoch(self) -> int | None:
        return self.named_epoch if self.stored_epoch is None else self.stored_epoch


@dataclass(frozen=True)
class CheckpointFiles:
    """The checkpoints of a run; the first row is the one that is judged."""

    rows: tuple[CheckpointRow, ...]
    broken: tuple[Problem, ...]  # cannot be read
    left_out: tuple[str, ...]  # not opened, or without a model's tensors in them
    read_from: str
    imports: tuple[tuple[str, tuple[str, ...]], ...] = ()  # code named by files without tensors
    beside: tuple[CheckpointRow, ...] = ()  # that are not the run's own

    @property
    def sentence(self) -> str:
        names = ", ".join(row.where for row in self.rows[:3])
        parts = [
            f"{counted(len(self.rows), 'checkpoint')} can be read" + (f" ({names})" if names else "")
            if names or not self.beside
            else "no checkpoint is surely the run's own"
        ]
        parts += [f"{len(self.broken)} cannot"] if self.broken else []
        parts += [f"{row.where} is {row.standing}" for row in self.beside[:3]]
        parts += [f"{len(self.left_out)} without a model or not opened"] if self.left_out else []
        return ", ".join(parts)


@measure
def checkpoint_files(run: TrainingRun) -> CheckpointFiles:
    """Open each checkpoint once and let it go again; a chosen one comes first."""
    problems = [p for p in run.problems if p.kind == "checkpoint"]
    broken = [p for p in problems if p.fault in DAMAGED]
    unopened = [p for p in problems if p.unopened]
    listed = (*run.checkpoints, *run.beside)
    if not listed and not broken and not unopened:
        raise Unavailable(
            "no checkpoint among the run's files (pt, pth, ckpt, safetensors, h5 ...)", ENABLE
        )
    rows: list[CheckpointRow] = []
    imports: list[tuple[str, tuple[str, ...]]] = []
    left_out = [file.where for file in listed[MOST_OPENED:]]
    for file in listed[:MOST_OPENED]:
        try:
            rows.append(_row(file, open_weights(file.path)))
        except NoTensors as error:
            left_out.append(file.where)
            imports.append((file.where, beyond_tensors(error.imports)))
        except Unreadable as error:
            problem = Problem(file.where, "checkpoint", error.fault, str(error))
            if error.fault in DAMAGED:
                broken.append(problem)
            else:
                left_out.append(file.where)
                unopened += [problem] if problem.unopened else []
    if unopened and not (rows or broken or imports):
        raise Unavailable(unopened[0].unopened, unopened[0].command)
    places = [row.where for row in rows] + [problem.where for problem in broken] + left_out
    return CheckpointFiles(
        rows=tuple(row for row in rows if not row.standing),
        beside=tuple(row for row in rows if row.standing),
        broken=tuple(broken),
        left_out=tuple(left_out),
        read_from=", ".join(places[:3]),
        imports=tuple(imports),
    )


def _row(file: CheckpointFile, weights: Weights) -> CheckpointRow:
    parts = weights.parts
    return CheckpointRow(
        where=file.where,
        layout=parts.layout,
        tensors=len(weights.tensors),
        stored_epoch=parts.epoch,
        named_epoch=epoch_named(file.where),
        step=parts.step,
        imports=beyond_tensors(parts.imports),
        signature=weights.signature,
        takes=first_sizes(weights),
        standing=file.standing,
    )


class Checkpoint:
    """The checkpoint that is judged, open: tensors are loaded from it one at a time."""

    def __init__(self, row: CheckpointRow, weights: Weights) -> None:
        self.row, self.weights = row, weights
        self.where = self.read_from = row.where

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        epoch = f" of epoch {self.row.epoch}" if self.row.epoch is not None else ""
        return f"{self.where}{epoch}: {self.weights}"


@measure
def checkpoint(files: CheckpointFiles, run: TrainingRun) -> Checkpoint:
    if not files.rows and files.beside:
        others = ", ".join(f"{row.where} is {row.standing}" for row in files.beside[:3])
        raise Unavailable(f"no checkpoint is surely the run's own: {others}", ENABLE)
    if not files.rows:
        raise Unavailable(f"none of the run's checkpoints could be read: {files.read_from}", ENABLE)
    row = files.rows[0]
    return Checkpoint(row, reopened(run, row))


def reopened(run: TrainingRun, row: CheckpointRow) -> Weights:
    """The weights of a checkpoint that could be opened before."""
    path = next(file.path for file in (*run.checkpoints, *run.beside) if file.where == row.where)
    try:
        return open_weights(path)
    except Unreadable as error:  # it changed meanwhile: the run is still training
        raise Unavailable(f"{row.where} could be read a moment ago and now cannot: {error}") from error


@dataclass(frozen=True)
class Pickled:
    """What loading the run's pickles would import and call, file by file."""

    names: tuple[tuple[str, tuple[str, ...]], ...]  # (where, the names), for files that name code
    checkpoints: int  # how many of these files are checkpoints
    looked: int  # files whose pickles were looked into
    read_from: str

    @property
    def sentence(self) -> str:
        files = f"{counted(self.looked, 'file')} ({self.read_from})"
        if not self.names:
            return f"{files}: nothing but tensors, arrays and plain containers"
        return f"{len(self.names)} of {files} would import or call more than tensors and containers"


@measure
def pickled(files: CheckpointFiles | None, run: TrainingRun) -> Pickled:
    """Of checkpoints every name that is code; of other pickles those that act on the system."""
    opened = [(r.where, r.imports) for r in (*files.rows, *files.beside)] if files is not None else []
    opened += files.imports if files is not None else ()
    others = list(_other_pickles(run))
    if not opened and not others:
        raise Unavailable("no checkpoint that can be read, and no other pickle", ENABLE)
    named = tuple((where, names) for where, names in (*opened, *others) if names)
    of_checkpoints = sum(bool(names) for _, names in opened)
    places = [where for where, _ in (*opened, *others)]
    return Pickled(named, of_checkpoints, len(places), ", ".join(places[:3]))


def _other_pickles(run: TrainingRun) -> Iterator[tuple[str, tuple[str, ...]]]:
    for problem in run.problems:
        if problem.fault == IMPORTS:
            yield problem.where, acting(problem.message.split(", "))
