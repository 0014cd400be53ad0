"""Scores that a run reports in a file of their own, typed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportedScore:
    """One number that a run reports of itself. `split` is "" where nothing says."""

    name: str  # the way to it in the file: "dev/wer"
    split: str
    quantity: str  # wer | accuracy | sentence_accuracy | bleu | chrf
    value: float  # as written: a share or in percent


@dataclass(frozen=True)
class ScoreFile:
    """The scores that a run reports in a file of their own."""

    where: str
    format: str
    scores: tuple[ReportedScore, ...]
