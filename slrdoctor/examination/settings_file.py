"""What `slrdoctor init` writes: the settings as detection found them, to be corrected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from slrdoctor.artifacts.kinds.checkpoints.weights_notes import INSIDE
from slrdoctor.artifacts.run import DataSet, RunDirectory
from slrdoctor.facts.ctc.ctc_lengths import LayerStack
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex

HEADER = """# What slrdoctor found in this run directory. Correct what is wrong, delete the rest.
# Paths are relative to this file and may point outside it: a folder, a glob, or a container file.
"""


def written_settings(run: RunDirectory, facts: Mapping[type, object]) -> str:
    """The text of slrdoctor.toml. Of several data sets or runs the first is written."""
    data, runs = run.cases[0]
    training = runs[0]
    blank, task, stack = facts.get(BlankIndex), facts.get(Task), facts.get(LayerStack)
    sections = {
        "features": _by_split([(s.split or "train", s.where) for s in data.features]),
        "annotations": _by_split(_annotated(data)),
        "vocabulary": [
            *_line("path", [v.where for v in data.vocabularies]),
            *(
                _known("blank", str(blank.index), blank.known_by)
                if isinstance(blank, BlankIndex)
                else []
            ),
        ],
        "checkpoint": _line("path", [c.where for c in training.checkpoints]),
        "model": [
            *(_known("task", _quoted(task.name), task.known_by) if isinstance(task, Task) else []),
            *(
                _known("stride", str(stack.stride), stack.known_by)
                if isinstance(stack, LayerStack)
                else []
            ),
        ],
        "history": _line("path", [h.where for h in training.histories]),
        "predictions": _line("path", [p.where for p in training.predictions]),
        "config": _line("path", [c.where for c in training.configs]),
    }
    lines = [HEADER]
    for name, body in sections.items():
        if body:
            lines += [f"[{name}]", *body, ""]
    return "\n".join(lines)


def _annotated(data: DataSet) -> Iterator[tuple[str, str]]:
    for file in data.annotations:
        splits = {row.split for row in file.rows}
        # a file that holds several splits tells them apart itself: naming one would be wrong
        if len(splits) == 1:
            yield splits.pop() or "train", file.where


def _by_split(found: Sequence[tuple[str, str]] | Iterator[tuple[str, str]]) -> list[str]:
    lines: list[str] = []
    seen: set[str] = set()
    for split, where in found:
        mark = "# or: " if split in seen else ""
        seen.add(split)
        lines.append(f"{mark}{split} = {_quoted(where)}")
    return lines


def _line(key: str, places: Sequence[str]) -> list[str]:
    files = dict.fromkeys(where for where in places if INSIDE not in where)  # the rest is found again
    return [f"{'# or: ' if i else ''}{key} = {_quoted(where)}" for i, where in enumerate(files)]


def _known(key: str, value: str, known_by: str) -> list[str]:
    return [f"{key} = {value}  # {' '.join(known_by.split())}"]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML basic string
