"""The hypotheses and references that the checks of a run's outputs look at."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from slrdoctor.arithmetic.gloss_forms import folded
from slrdoctor.artifacts.run import PredictionFile, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation.predictions import ENABLE, preference, usable
from slrdoctor.facts.labels.samples import Targets, Texts
from slrdoctor.facts.labels.task import Task

FEWEST = 10  # samples: fewer are a demonstration and no evaluation
PROBED = 200  # references that are held against the annotations to see what they are
MOST = 0.5  # share of these that are found there

_TEXT = re.compile(r"(?:^|[^a-z])(?:txt|texts?|translations?|sentences?|spoken|slt)(?:[^a-z]|$)")
_GLOSS = re.compile(r"(?:^|[^a-z])(?:gls|gloss(?:es)?|recognition|cslr)(?:[^a-z]|$)")

Sequences = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class StoredPairs:
    """Hypotheses with their references, token by token, of one file that stands for the run."""

    ids: tuple[str, ...]
    hypotheses: Sequences
    references: Sequences
    split: str
    is_text: bool  # words of a spoken language, not glosses or labels
    read_from: str

    @property
    def are_single(self) -> bool:
        """Whether every sample is one label."""
        return all(len(r) == 1 for r in self.references) and all(len(h) <= 1 for h in self.hypotheses)

    @property
    def sentence(self) -> str:
        kind = "texts" if self.is_text else "labels" if self.are_single else "gloss sequences"
        split = f"{self.split} " if self.split else ""
        return f"{len(self.ids)} stored {split}hypotheses with references: {kind}"


@measure
def stored_pairs(
    run: TrainingRun, task: Task | None, targets: Targets | None, texts: Texts | None
) -> StoredPairs:
    """Those of dev and of the latest step; texts for a translation, glosses for any other task."""
    files = usable(run)
    of_text = {file.where: is_text(file, task, targets, texts) for file in files}
    translates = task is not None and task.name == "translation"
    fitting = [file for file in files if of_text[file.where] is translates] or files
    file = max(fitting, key=lambda f: (len(f.ids) >= FEWEST, preference(f)))
    if len(file.ids) < FEWEST:
        raise Unavailable(
            f"{file.where} has {len(file.ids)} hypotheses, and fewer than {FEWEST} show nothing", ENABLE
        )
    return StoredPairs(
        file.ids, file.hypotheses, file.references, file.split, of_text[file.where], file.where
    )


def is_text(
    file: PredictionFile, task: Task | None, targets: Targets | None, texts: Texts | None
) -> bool:
    """Whether a file holds sentences of a spoken language: by its name, the annotations, the task."""
    where = file.where.lower()
    in_plain_text = where.endswith(".txt")
    parts = where.removesuffix(".txt").split("/")
    for part in parts[-1:] if in_plain_text else reversed(parts):
        if bool(_TEXT.search(part)) is not bool(_GLOSS.search(part)):
            return bool(_TEXT.search(part))
    if targets is not None and _found(file, targets.glosses):
        return False
    if texts is not None and _found(file, texts.words):
        return True
    # signjoey writes texts to .txt and glosses to .gls; others write anything to .txt
    return in_plain_text or (task is not None and task.name == "translation")


def _found(file: PredictionFile, known: Collection[tuple[str, ...]]) -> bool:
    """Whether most references are among these sequences, whatever their case."""
    probed = [r for r in file.references if r][:PROBED]
    there = {tuple(map(folded, sequence)) for sequence in known}
    hits = sum(tuple(map(folded, reference)) in there for reference in probed)
    return bool(probed) and hits >= MOST * len(probed)
