"""What the report says of the run directory itself: its artifacts, choices and problems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from slrdoctor.artifacts.run import DataSet, RunDirectory, TrainingRun
from slrdoctor.facts.labels.task import Task
from slrdoctor.ranking import Case


def summarise(run: RunDirectory, measured: Sequence[tuple[Case, object]]) -> dict[str, Any]:
    """The `run` object of the JSON document."""
    tasks = [fact.name for _, fact in measured if isinstance(fact, Task)]
    artifacts = [a for data, runs in run.cases for a in _artifacts(data, runs)]
    names = [r.name or data.name for data, runs in run.cases for r in runs]
    choices = {
        (c.kind, c.taken): c
        for data, runs in run.cases
        for c in (*run.choices, *data.choices, *(c for r in runs for c in r.choices))
    }
    return {
        "path": run.path.as_posix(),
        "task": max(set(tasks), key=tasks.count) if tasks else None,
        "artifacts": artifacts,
        "cases": [name for name in names if name],
        "choices": [
            {"kind": c.kind, "taken": c.taken, "others": list(c.others), "why": c.why, "how": c.how}
            for c in choices.values()
        ],
        "problems": [
            {"path": p.where, "kind": p.kind, "fault": p.fault, "message": p.message}
            for p in run.problems
        ],
    }


def _artifacts(data: DataSet, runs: Sequence[TrainingRun]) -> Iterator[dict[str, Any]]:
    def entry(
        kind: str, where: str, format: str, case: str, samples: int | None, split: str = ""
    ) -> dict[str, Any]:
        return {
            "kind": kind,
            "split": split,
            "path": where,
            "format": format,
            "samples": samples,
            "case": case,
        }

    for s in data.features:
        yield entry("features", s.where, s.format, data.name, len(s.clips), s.split)
    for a in data.annotations:
        splits = {r.split for r in a.rows}
        yield entry(
            "annotations",
            a.where,
            a.format,
            data.name,
            len(a.rows),
            splits.pop() if len(splits) == 1 else "",
        )
    for v in data.vocabularies[:1]:
        yield entry("vocabulary", v.where, v.format, data.name, len(v.tokens))
    seen = set()
    for run in runs:
        listed = [
            *(
                entry("history", h.where, h.format, run.name, len(h.row_epochs) or None)
                for h in run.histories
            ),
            *(entry("checkpoint", c.where, c.format, run.name, None) for c in run.checkpoints),
            *(
                entry("predictions", p.where, p.format, run.name, len(p.hypotheses), p.split)
                for p in run.predictions
            ),
            *(entry("config", c.where, c.format, run.name, None) for c in run.configs),
        ]
        for one in listed:
            # a config shared by several runs is one file
            key = (one["kind"], one["path"], one["case"] if one["kind"] != "config" else "")
            if key not in seen:
                seen.add(key)
                yield one
