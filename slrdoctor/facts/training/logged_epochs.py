"""Whether anything was trained: finished epochs in the logs, and what the run left behind."""

from __future__ import annotations

import re
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.history.trackers import WANDB_SUMMARY
from slrdoctor.artifacts.run import HistoryFile, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training.dev_score import DevScore
from slrdoctor.words.grammar import counted

BY_HAND = re.compile(r"\bKeyboardInterrupt\b|\bSIGINT\b|\bInterrupted by (?:the )?user\b", re.I)
BEST = re.compile(r"(?<![a-z])best(?![a-z])", re.I)
# epoch_12, epoch-12, epoch12, ep12, e12; a Lightning name has epoch=12
EPOCH = re.compile(r"(?<![a-z])(?:epochs?|ep|e)[\s_=.-]*(\d{1,6})(?!\d)", re.I)


@dataclass(frozen=True)
class LoggedEpochs:
    """How many epochs the logs of a run finished."""

    epochs: int  # of the file that has most
    unstarted: tuple[str, ...]  # files that begin, or end in an error, without one finished epoch
    files: int
    trained_otherwise: str  # what shows that training went on although no log does, or ""
    read_from: str
    ended_by: str = ""  # the error that the first of these ends in

    @property
    def stopped_by_hand(self) -> bool:
        return bool(BY_HAND.search(self.ended_by))

    @property
    def sentence(self) -> str:
        return f"{counted(self.epochs, 'finished epoch')} in {self.read_from}"


@measure
def logged_epochs(run: TrainingRun) -> LoggedEpochs:
    if not run.histories:
        raise Unavailable("looked for a history or a log", "keep the log of the run in its folder")
    later = [c.where for c in run.checkpoints if (epoch_named(c.where) or 0) >= 1]
    later += [p.where for p in run.predictions]
    # a log by steps does not say how many epochs it has, but that it trained
    later += [
        f.where for f in run.histories if any(len(s.values) > 1 for s in f.series if s.per == "step")
    ]
    unstarted = [f for f in run.histories if not f.started or (ended_by(f) and not finished(f))]
    return LoggedEpochs(
        epochs=max(map(finished, run.histories)),
        unstarted=tuple(f.where for f in unstarted),
        files=len(run.histories),
        trained_otherwise=later[0] if later else "",
        read_from=", ".join(dict.fromkeys(f.where for f in run.histories)),
        ended_by=next(filter(None, map(ended_by, unstarted)), ""),
    )


def finished(file: HistoryFile) -> int:
    """How many epochs a file finished; batches and the summary of a run that goes on are of none."""
    if not file.started or file.facts.get("log") == WANDB_SUMMARY:
        return 0
    whole = {epoch for series in file.series if series.per == "epoch" for epoch in series.epochs}
    return len(whole | set(file.row_epochs))


def ended_by(file: HistoryFile) -> str:
    """The error that a log ends in; "" for none."""
    return str(file.facts.get("ended_by", ""))


def epoch_named(where: str) -> int | None:
    """The epoch in a checkpoint's name; None where it has none."""
    found = EPOCH.search(where.rpartition("/")[2])
    return int(found.group(1)) if found else None


@dataclass(frozen=True)
class KeptCheckpoint:
    """Which of a run's checkpoints were kept: the best, or only others."""

    best_kept: bool
    by: str  # the checkpoint or the line that shows it, "" where nothing does
    kept: tuple[str, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        if self.best_kept:
            return f"the best checkpoint was kept: {self.by}"
        if not self.kept:
            return "there is no checkpoint"
        return f"nothing shows that the best of {counted(len(self.kept), 'checkpoint')} was kept"


@measure
def kept_checkpoint(run: TrainingRun, score: DevScore) -> KeptCheckpoint:
    """By a name with `best`, by the best epoch in a name, or by a logged best epoch or score."""
    kept = tuple(c.where for c in run.checkpoints)
    for where in kept:
        if BEST.search(where) or epoch_named(where) == score.best_at:
            return KeptCheckpoint(True, where, kept, where)
    for file in run.histories:
        for name in file.facts:
            if not kept and BEST.match(str(name)):  # a script that reports its best has seen it
                return KeptCheckpoint(True, f"{name} in {file.where}", kept, file.where)
    return KeptCheckpoint(False, "", kept, ", ".join(kept[:3]) or score.read_from)
