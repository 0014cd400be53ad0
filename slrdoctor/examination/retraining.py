"""A reference model trained on a run's own data: both runs scanned, and what they say together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from slrdoctor.core.engine import Facts, MeasureCrashed
from slrdoctor.core.finding import Severity
from slrdoctor.core.plain import plain
from slrdoctor.core.record import Answer
from slrdoctor.core.registry import Unavailable
from slrdoctor.core.report import Report
from slrdoctor.examination.ending import Ending, ending_of
from slrdoctor.examination.scan import Step, opened, scan
from slrdoctor.facts.features.join import Join
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.probes.trainable import Trainable
from slrdoctor.retraining import phases, session
from slrdoctor.retraining.comparison import Side, known_better, meaning, rows, side
from slrdoctor.retraining.plan import CannotRetrain, Options
from slrdoctor.retraining.pointing import Subject
from slrdoctor.retraining.session import Outcome

DOCUMENT_VERSION = 1  # of the comparison; the report in it has its own
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Retrained:
    """What a retraining came to; `report` is that of the new run, with the comparison as its answer."""

    outcome: Outcome
    report: Report
    yours: Side
    retrained: Side
    meaning: str

    @property
    def ending(self) -> Ending:
        return ending_of(self.report, Severity.BLOCKS)

    def as_dict(self) -> dict[str, Any]:
        """The JSON document: the plan, the phases, the comparison, and the report."""
        outcome = self.outcome
        document = {
            "plan": outcome.plan.as_dict(),
            "ended": outcome.ended,
            "best_epoch": outcome.best_epoch,
            "phases": [plain(target) | {"held": target.held} for target in outcome.phases],
            "comparison": {
                "yours": plain(self.yours),
                "retrained": plain(self.retrained),
                "table": [list(row) for row in rows(self.yours, self.retrained)],
                "meaning": self.meaning,
            },
        }
        whole: dict[str, Any] = {
            "schema_version": DOCUMENT_VERSION,
            "retrain": plain(document, listed=None),
            "report": self.report.as_dict(),
        }
        return whole


def retrain(
    material: tuple[Subject, str],
    out: Path,
    options: Options,
    *,
    minutes: float = math.inf,
    force: bool = False,
    tell: Tell = print,
) -> Retrained:
    """Train on what `subject_of` gave, scan both runs, and compare them.

    Raises CannotRetrain, and what `scan` raises.
    """
    subject, case = material
    outcome = session.retrain(subject, out, options, force=force, minutes=minutes, tell=tell)
    tell("scanning both runs")
    result = _compared(subject, case, outcome, scan(subject.path), scan(out))
    if outcome.is_over:
        session.finish(out)
    return result


def subject_of(run_dir: Path, progress: Step | None, tell: Tell) -> tuple[Subject, str]:
    """The first training run of the directory that has samples to train on, and its name."""
    run, cases = opened(run_dir, progress=progress)
    data_of = {(data.name, r.name): data for data, runs in run.cases for r in runs}
    why = ""
    for case, facts in cases:
        try:
            samples, join, trainable = _material(facts)
        except (Unavailable, MeasureCrashed) as missing:
            why = why or str(missing)
            continue
        name = "/".join(part for part in case if part)
        if len(cases) > 1:
            tell(f"of {len(cases)} runs in {run_dir} this takes {name}")
        data = data_of[case[0], case[1]]
        return Subject(run.path, data, run.settings, samples, join, trainable), name
    raise CannotRetrain(f"nothing in {run_dir} can be trained on: {why or 'there is no training run'}")


def _material(facts: Facts) -> tuple[Samples, Join, Trainable]:
    samples, join, trainable = (facts.get(fact) for fact in (Samples, Join, Trainable))
    assert isinstance(samples, Samples) and isinstance(join, Join)
    assert isinstance(trainable, Trainable)
    return samples, join, trainable


def _compared(subject: Subject, case: str, outcome: Outcome, theirs: Report, ours: Report) -> Retrained:
    task = outcome.plan.task
    own = {case, case.rpartition("/")[0], ""}
    about = [f for f in theirs.findings if own & set(f["cases"] or [""])]
    yours = side(theirs.facts, about, task, case)
    retrained = known_better(
        side(ours.facts, ours.findings, task),
        outcome.dev_loss / outcome.anchors.dev_floor,
        outcome.train_loss / outcome.anchors.floor,
        outcome.anchors.blind,
    )
    retrained = replace(retrained, parameters=outcome.parameters, samples=outcome.plan.dev)
    sentence = meaning(yours, retrained, _splits(subject, outcome), outcome.was_cut)
    answer = Answer(
        badge=_badge(retrained, sentence),
        sentence=f"{sentence[:1].upper()}{sentence[1:]}.",
        then="",
        details=tuple(_details(outcome)),
        table=(("", "yours", "retrained"), *rows(yours, retrained)),
    )
    return Retrained(outcome, replace(ours, answer=answer), yours, retrained, sentence)


def _badge(retrained: Side, sentence: str) -> str:
    if sentence.startswith("no conclusion"):
        return "no conclusion"
    return "can be learned" if retrained.learned else "not learned"


def _details(outcome: Outcome) -> Iterator[str]:
    yield from phases.told(outcome.phases)


def _splits(subject: Subject, outcome: Outcome) -> str:
    """What the two runs were scored on, in words that are true of both."""
    dev = [row for row in subject.samples.rows if row.split == "dev"]
    if not dev:
        return f"on {outcome.plan.dev} samples that it held out of your training data"
    left = len(dev) - outcome.plan.dev
    if left > 0:
        return f"on the {outcome.plan.dev} of {len(dev)} dev samples that your run can be trained on"
    return "on the same splits"
