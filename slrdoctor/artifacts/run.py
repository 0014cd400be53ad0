"""The artifacts of a run directory, typed: what discovery gives and measures take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slrdoctor.artifacts.content import NEEDS_PACKAGE
from slrdoctor.artifacts.feature_sets import Clip as Clip
from slrdoctor.artifacts.feature_sets import FeatureSet as FeatureSet
from slrdoctor.artifacts.kinds.source.program import SourceTrees
from slrdoctor.artifacts.reading import Reading
from slrdoctor.artifacts.score_file import ScoreFile
from slrdoctor.artifacts.settings.read import Settings


@dataclass(frozen=True, slots=True)
class Row:
    """One annotated sample as its file has it. What is absent is None."""

    id: str
    split: str = ""
    glosses: tuple[str, ...] | None = None  # a label is a sequence of one
    text: str | None = None
    signer: str | None = None
    frames: int | None = None
    fps: float | None = None
    path: str | None = None  # as written, where a column gives one
    line: int = 0  # 1-based, or the record's index
    # (the feature set, the place in it) of its clip, where one file has both or they go together
    stored: tuple[str, int] | None = None


@dataclass(frozen=True)
class AnnotationFile:
    """Samples with their targets, from one file."""

    where: str
    format: str
    convention: str  # "PHOENIX corpus csv", "VAC info npy", ... in words
    rows: tuple[Row, ...]
    classification: bool = False  # one label a sample by its convention (a class column)
    skipped: tuple[tuple[int, str], ...] = ()  # (line, why) of rows that made no sample


@dataclass(frozen=True)
class VocabularyFile:
    """Tokens by index. `tokens[i]` is None where no token owns index i."""

    where: str
    format: str
    tokens: tuple[str | None, ...]
    collisions: tuple[tuple[str, ...], ...] = ()  # tokens that claim the same index
    target: str = "gloss"  # gloss | text | class


@dataclass(frozen=True)
class Scalar:
    """One series of a history: what a log says of one quantity, step by step.

    `name` is as written in the file; values keep NaN and Inf. `epochs` are steps where `per`
    is "step", and epochs with the share of them that has passed (3.25) where it is "batch".
    """

    name: str
    split: str  # train | dev | test | ""
    quantity: str  # loss | wer | accuracy | bleu | learning_rate | grad_norm | possim | ... | other
    epochs: tuple[float, ...]
    values: tuple[float, ...]
    per: str = "epoch"  # epoch | step | batch


@dataclass(frozen=True)
class HistoryFile:
    """What one training run wrote down of itself, from one file."""

    where: str
    format: str
    series: tuple[Scalar, ...]
    run: str = ""  # which run it is, where one file tells several apart by a column
    folder: str | None = None  # of its run, where the file lies in a folder of its own below that
    batches: int | None = None  # batches an epoch, where the log says
    notes: tuple[tuple[int, str], ...] = ()  # (line, text): scorer errors, NaN warnings, stage changes
    row_epochs: tuple[float, ...] = ()  # the epoch of every row, in file order, duplicates kept
    started: bool = True  # false: a header or a start-up banner and not one finished epoch
    facts: Mapping[str, Any] = field(default_factory=dict)  # classes, parameters, device... as logged


@dataclass(frozen=True)
class PredictionFile:
    """Hypotheses with their references, token by token."""

    where: str
    format: str
    split: str
    ids: tuple[str, ...]
    hypotheses: tuple[tuple[str, ...], ...]
    references: tuple[tuple[str, ...], ...]


# how a checkpoint stands to the run that it lies with
OWN, EARLIER, PRETRAINED, OF_NO_RUN = "", "of an earlier run", "pretrained", "of no run"


@dataclass(frozen=True)
class CheckpointFile:
    """A checkpoint that is there. What is in it is read later."""

    where: str
    path: Path
    format: str
    size: int
    standing: str = ""  # OWN, or what it is where it is not the run's own


@dataclass(frozen=True)
class OutputFile:
    """What a model gave for some samples, not yet opened: log-probabilities, logits, or embeddings.

    `clips` are opened one at a time by `artifacts.clips.open_clip`: a [T, C] array a sample,
    or a batch of them; an embedding file has one [N, D] array, or a [D] a sample.
    """

    where: str
    format: str
    kind: str  # log_probs | embeddings
    split: str
    clips: tuple[Clip, ...]  # one a sample, its key the sample's id; for [N, D] one for all
    ids: tuple[str, ...] = ()  # of the rows, where one array holds many samples
    labels: tuple[str, ...] = ()  # of the rows, where the file has them
    lengths: tuple[int, ...] = ()  # frames that are real, where the file has them
    tower: str = ""  # video | text, where a file is one of a pair


@dataclass(frozen=True)
class ConfigFile:
    """A configuration as written. `value` is nested plain containers."""

    where: str
    format: str
    value: Mapping[str, Any]


@dataclass(frozen=True)
class SourceFile:
    """A requirement file or a Python source, as text."""

    where: str
    path: Path
    kind: str  # requirements | python | notebook
    says: str = ""  # the settings that it gives, or why it was not parsed


@dataclass(frozen=True)
class Problem:
    """A file that could not be read, and what it seems to have been."""

    where: str
    kind: str  # features | annotations | vocabulary | ... | "" where unknown
    fault: str
    message: str

    @property
    def unopened(self) -> str:
        """Where we lack the package that reads the file: what it is and what it needs; else ""."""
        needed = self.message.partition(": ")[0]
        return f"{self.where} was not opened, {needed}" if self.fault == NEEDS_PACKAGE else ""

    @property
    def command(self) -> str:
        """What installs the package that is missing."""
        return self.message.rpartition(": ")[2]


@dataclass(frozen=True, slots=True)
class UnopenedFile:
    """A file, or a folder that is one store, that may be a part of the run and was not opened."""

    where: str
    size: int  # bytes
    format: str
    kind: str  # what it holds, most likely: features, annotations, history, checkpoint
    advice: str  # one sentence that says what to do
    how: str  # a command or a snippet that does it
    package: str = ""  # what a reader of ours needs and is not installed here
    spare: bool = False  # usually written beside a form that can be read, which was found here
    count: int = 1  # files, where `where` is a pattern


@dataclass(frozen=True)
class Choice:
    """Which of several candidates was taken, why, and how to choose another.

    Nothing was taken where `taken` is empty: then `why` says so of the others.
    """

    kind: str
    taken: str
    others: tuple[str, ...]
    why: str
    how: str  # the slrdoctor.toml lines that choose another


@dataclass(frozen=True)
class DataSet:
    """Features, annotations and vocabulary that belong together."""

    name: str  # "" for the only one, else its folder
    root: Path
    features: tuple[FeatureSet, ...] = ()
    annotations: tuple[AnnotationFile, ...] = ()
    vocabularies: tuple[VocabularyFile, ...] = ()  # the one that was taken comes first
    problems: tuple[Problem, ...] = ()
    choices: tuple[Choice, ...] = ()
    looked: int = 0  # files that were looked at
    expected_features: tuple[str, ...] = ()  # what points to features that are not there
    beside: tuple[FeatureSet, ...] = ()  # features that are here and that those words do not name
    rivals: tuple[FeatureSet, ...] = ()  # features of the same samples that were not taken
    unopened: tuple[UnopenedFile, ...] = ()


@dataclass(frozen=True)
class TrainingRun:
    """What one training run left behind; it shares its data set with others."""

    name: str  # "" for the only one
    root: Path
    histories: tuple[HistoryFile, ...] = ()
    checkpoints: tuple[CheckpointFile, ...] = ()
    predictions: tuple[PredictionFile, ...] = ()
    configs: tuple[ConfigFile, ...] = ()
    choices: tuple[Choice, ...] = ()
    problems: tuple[Problem, ...] = ()
    outputs: tuple[OutputFile, ...] = ()
    beside: tuple[CheckpointFile, ...] = ()  # checkpoints that are not the run's own
    reported: tuple[ScoreFile, ...] = ()
    is_pretraining: bool = False  # it only prepared the weights for another run here


@dataclass(frozen=True)
class Sources:
    """Requirement files and Python sources of the run directory, and where Python runs now."""

    files: tuple[SourceFile, ...] = ()
    trees: SourceTrees | None = None  # of the Python sources, where they were parsed already


@dataclass(frozen=True)
class RunDirectory:
    """All that a run directory holds: data sets, each with the training runs on it."""

    path: Path
    settings: Settings
    cases: tuple[tuple[DataSet, tuple[TrainingRun, ...]], ...]
    sources: Sources
    problems: tuple[Problem, ...] = ()
    choices: tuple[Choice, ...] = ()
    looked: int = 0
    links: tuple[tuple[str, str], ...] = ()  # that lead out of it, each with its place
    readings: tuple[Reading, ...] = ()
    unopened: tuple[UnopenedFile, ...] = ()  # all files that no reader opened
