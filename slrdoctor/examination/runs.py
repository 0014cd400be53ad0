"""What each training run did, in a row: score, loss, whether it learned, and a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from slrdoctor.artifacts.run import RunDirectory
from slrdoctor.core.ranking import Case
from slrdoctor.core.record import Run
from slrdoctor.facts.evaluation.predictions import ErrorCounts
from slrdoctor.facts.evaluation.probe_comparison import ProbeComparison
from slrdoctor.facts.evaluation.scores import Recounts
from slrdoctor.facts.training.progress import Progress
from slrdoctor.words.metrics import Metric, metric

SILENCE = 1.0  # the error rate of a recogniser that says nothing


def described_runs(run: RunDirectory, measured: Sequence[tuple[Case, object]]) -> Iterator[Run]:
    """Every run of which anything is known; of several runs also those of which nothing is."""
    progress = {case: fact for case, fact in measured if isinstance(fact, Progress)}
    counts = {case: fact for case, fact in measured if isinstance(fact, ErrorCounts)}
    recounts = {case: fact for case, fact in measured if isinstance(fact, Recounts)}
    probes = {case: fact for case, fact in measured if isinstance(fact, ProbeComparison)}
    cases = [(data.name, r.name) for data, runs in run.cases for r in runs]
    prepared = {(data.name, r.name) for data, runs in run.cases for r in runs if r.is_pretraining}
    for case in cases:
        name = "/".join(part for part in case if part)
        if case in progress:
            told = _of_the_history(name, progress[case], recounts.get(case), probes.get(case))
            yield replace(told, verdict="pretraining", poor="") if case in prepared else told
        elif case in counts:
            errors = counts[case]
            rate = errors.accuracy if errors.is_classification else errors.wer
            score = metric_of(errors).named(rate)
            poor = _poor(metric_of(errors), rate, math.nan, probes.get(case))
            yield Run(name, score, "", "unknown", errors.sentence, poor=poor)
        elif len(cases) > 1 and name:  # what belongs to no run is not one
            yield Run(name, "", "", "unknown", "")


def _of_the_history(
    name: str, course: Progress, recounts: Recounts | None, probe: ProbeComparison | None
) -> Run:
    score = ""
    if course.metric and math.isfinite(course.first_metric):
        judged_by = metric(course.metric)
        score = f"{judged_by.named(course.first_metric)} to {judged_by.shown(course.last_metric)}"
    return Run(
        name=name,
        score=score,
        loss=", ".join(_losses(course)),
        verdict="learned" if course.learned else "learned nothing",
        sentence=course.sentence,
        never_moved=_never_moved(course),
        poor=_poor(metric(course.metric), _in_points(course, recounts), course.blind_metric, probe),
    )


def _in_points(course: Progress, recounts: Recounts | None) -> float:
    """The score that the run ends at; NaN where nothing tells whether it is in points or a share.

    A BLEU that never exceeds 1 is that of a decoder that fails, in points, or a share of 1. The
    stored predictions settle it.
    """
    if metric(course.metric).is_share or not course.best_metric <= 1:
        return course.settled_score
    rows = recounts.rows if recounts is not None else ()
    scores = {row.split: row.plain for row in rows if row.quantity == course.metric}
    return next((scores[split] for split in ("dev", "", "test") if split in scores), math.nan)


def metric_of(errors: ErrorCounts) -> Metric:
    """What stored predictions are scored by."""
    return metric("accuracy" if errors.is_classification else "wer")


def _poor(judged_by: Metric, score: float, blind: float, probe: ProbeComparison | None) -> str:
    """The score and what guessing reaches, where it is poor; "" where it is not, or is unknown.

    By the figures of the field, or beside what a linear probe makes of the same features.
    """
    outdone = probe is not None and probe.is_better
    if not judged_by.is_poor(score, blind) and not outdone:
        return ""
    guessing = f" (answering without looking: {judged_by.shown(blind)})" if math.isfinite(blind) else ""
    beside = f"; a linear probe of the same features {probe.reached}" if probe and outdone else ""
    return f"dev {judged_by.named(score)}{guessing}{beside}"


def _never_moved(course: Progress) -> str:
    judged_by = metric(course.metric)
    is_error_rate = judged_by.lower_is_better and judged_by.is_share
    if not is_error_rate or not course.best_metric >= SILENCE:
        return ""
    is_exact = course.best_metric == course.first_metric == course.last_metric == SILENCE
    more = "" if is_exact else " or more"
    return f"the {judged_by.word} is 100%{more} in all {course.epochs} epochs"


def _losses(course: Progress) -> Iterator[str]:
    for split, first, last in (
        ("train", course.first_train, course.last_train),
        ("dev", course.first_dev, course.last_dev),
    ):
        if math.isfinite(last):
            yield f"{split} {first:.3g} to {last:.3g}"
