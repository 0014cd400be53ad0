"""What the report says of the run directory itself: its artifacts, choices and problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slrdoctor.artifacts.run import PRETRAINED, DataSet, OutputFile, RunDirectory, TrainingRun
from slrdoctor.core.ranking import Case
from slrdoctor.facts.embeddings.embeddings import Embeddings
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.outputs.output_pass import OutputPass

LINKS = 20  # that are listed


def summarise(run: RunDirectory, measured: Sequence[tuple[Case, object]]) -> dict[str, Any]:
    """The `run` object of the JSON document."""
    tasks = [fact.name for _, fact in measured if isinstance(fact, Task)]
    counts = _counted(measured)
    artifacts = [a for data, runs in run.cases for a in _artifacts(data, runs, counts)]
    names = [r.name or data.name for data, runs in run.cases for r in runs]
    choices = {
        (c.kind, c.taken, () if c.taken else c.others): c
        for data, runs in run.cases
        for c in (*run.choices, *data.choices, *(c for r in runs for c in r.choices))
    }
    return {
        "path": run.path.as_posix(),
        "task": max(dict.fromkeys(tasks), key=tasks.count) if tasks else None,
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
        # a folder may be one link a clip
        "links": [{"path": where, "leads_to": place} for where, place in run.links[:LINKS]],
    }


def plain_readings(run: RunDirectory) -> list[dict[str, Any]]:
    """`readings` of the JSON document: what each file was taken for, and why."""
    return [
        {
            "path": r.where,
            "kind": r.kind,
            "why": r.why,
            "taken": r.is_taken,
            "others": list(r.others),
            "files": r.count,
            "size": r.size,
        }
        for r in run.readings
    ]


def plain_unopened(run: RunDirectory) -> list[dict[str, Any]]:
    """`unopened` of the JSON document: the files that no reader opened, and what would help."""
    return [
        {
            "path": file.where,
            "files": file.count,
            "size": file.size,
            "format": file.format,
            "kind": file.kind,
            "advice": file.advice,
            "how": file.how,
            "package": file.package,
        }
        for file in run.unopened
    ]


def _counted(measured: Sequence[tuple[Case, object]]) -> dict[str, int]:
    """How many samples the outputs of a file are of, where that took opening it."""
    found: dict[str, int] = {}
    for _, fact in measured:
        if isinstance(fact, OutputPass):
            found |= {split.read_from: len(split.keys) for split in fact.splits}
        elif isinstance(fact, Embeddings):
            found |= {one.read_from: one.total for one in fact.sets}
    return found


def _samples_of(output: OutputFile, counts: Mapping[str, int]) -> int | None:
    """None where nothing but the values of a batch tells which of its axes counts samples."""
    named = max(len(output.ids), len(output.labels), len(output.lengths))
    if len(output.clips) == 1 and not named:
        return counts.get(output.where)
    return max(named, len(output.clips))


def _artifacts(
    data: DataSet, runs: Sequence[TrainingRun], counts: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    yield from _of_data(data)
    seen = set()
    for run in runs:
        for one in _of_run(run, counts):
            # a config shared by several runs is one file
            case = one["case"] if one["kind"] != "config" else ""
            key = (one["kind"], one["path"], one["split"], case)
            if key not in seen:
                seen.add(key)
                yield one


def _of_data(data: DataSet) -> Iterator[dict[str, Any]]:
    for s in data.features:
        entry = _entry("features", s.where, s.format, data.name, len(s.clips), s.split)
        yield entry | ({"parts": list(s.parts)} if s.parts else {})
    for a in data.annotations:
        splits = {row.split for row in a.rows}
        split = splits.pop() if len(splits) == 1 else ""
        yield _entry("annotations", a.where, a.format, data.name, len(a.rows), split)
    for v in data.vocabularies[:1]:
        yield _entry("vocabulary", v.where, v.format, data.name, len(v.tokens))


def _of_run(run: TrainingRun, counts: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for h in run.histories:
        yield _entry("history", h.where, h.format, run.name, len(h.row_epochs) or None)
    for c in run.checkpoints:
        yield _entry("checkpoint", c.where, c.format, run.name, None)
    for c in run.beside:
        kind = f"{c.standing} checkpoint" if c.standing == PRETRAINED else f"checkpoint {c.standing}"
        yield _entry(kind, c.where, c.format, run.name, None)
    for p in run.predictions:
        yield _entry("predictions", p.where, p.format, run.name, len(p.hypotheses), p.split)
    for scores in run.reported:
        yield _entry("scores", scores.where, scores.format, run.name, None)
    for o in run.outputs:
        yield _entry(o.kind, o.where, o.format, run.name, _samples_of(o, counts), o.split)
    for config in run.configs:
        yield _entry("config", config.where, config.format, run.name, None)


def _entry(
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
