"""What discovery has recognised so far, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from slrdoctor.artifacts.content import Table
from slrdoctor.artifacts.kinds.history.pieces import Piece
from slrdoctor.artifacts.kinds.predictions.hypotheses_alone import Hypotheses
from slrdoctor.artifacts.run import (
    AnnotationFile,
    CheckpointFile,
    ConfigFile,
    FeatureSet,
    HistoryFile,
    OutputFile,
    PredictionFile,
    Problem,
    SourceFile,
    UnopenedFile,
    VocabularyFile,
)
from slrdoctor.artifacts.score_file import ScoreFile


class NothingToExamine(Exception):
    """The path cannot be examined. The message is a sentence for the user."""


@dataclass(frozen=True)
class UnnamedTable:
    """A table with names of columns that say nothing, until all that lies beside it is known."""

    where: str
    format: str
    table: Table


@dataclass
class Found:
    """What has been recognised so far, kind by kind."""

    features: list[FeatureSet] = field(default_factory=list)
    parts: tuple[str, ...] = ()  # the user's word on what of the features is joined
    annotations: list[AnnotationFile] = field(default_factory=list)
    unnamed: list[UnnamedTable] = field(default_factory=list)
    vocabularies: list[VocabularyFile] = field(default_factory=list)
    histories: list[HistoryFile] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)  # of histories: a curve, or an epoch's record
    predictions: list[PredictionFile] = field(default_factory=list)
    hypotheses: list[Hypotheses] = field(default_factory=list)  # without references beside them
    outputs: list[OutputFile] = field(default_factory=list)
    perhaps: list[OutputFile] = field(default_factory=list)  # of a name that other things have too
    companions: set[str] = field(default_factory=set)  # ids, labels and lengths beside outputs
    of_samples: set[str] = field(default_factory=set)  # labels, ids and lengths beside arrays
    reported: list[ScoreFile] = field(default_factory=list)
    checkpoints: list[CheckpointFile] = field(default_factory=list)
    configs: list[ConfigFile] = field(default_factory=list)
    sources: list[SourceFile] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)  # a file of them -> whose they are
    split_of: dict[str, str] = field(default_factory=dict)  # sample id -> split, from lists of splits
    split_lists: set[str] = field(default_factory=set)  # where these lists stand
    inside: set[str] = field(default_factory=set)  # files of which a folder is one artifact
    opened: set[str] = field(default_factory=set)  # the files that a reader opened one by one
    problems: list[Problem] = field(default_factory=list)
    unopened: list[UnopenedFile] = field(default_factory=list)
    beside: list[FeatureSet] = field(default_factory=list)  # features that nothing points to
    expected: list[str] = field(default_factory=list)  # what points to features that are not there

    def is_empty(self) -> bool:
        return not any(
            (self.features, self.annotations, self.vocabularies, self.histories, self.predictions,
             self.outputs, self.checkpoints, self.configs, self.problems, self.expected)
        )  # fmt: skip
