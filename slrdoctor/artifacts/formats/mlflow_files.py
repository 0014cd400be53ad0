"""MLflow's file store: `mlruns/EXPERIMENT/RUN/metrics/NAME`, a line `timestamp value step` a value.

The files have no suffix and are one run together, so that the first of a run's metrics is read
as all of them, and its others, its parameters and its tags as nothing.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from slrdoctor.artifacts.content import Reader, Tree, Unreadable
from slrdoctor.artifacts.formats import read_head
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.formats._tracked import TrackedRun, plain_setting, tree_of

PLACE = r"/mlruns/[^/]+/[^/]+/(?:metrics|params|tags)/"
MOST_FILES = 20_000  # of one run
LARGEST = 512 << 20  # bytes of one metric
LONGEST_LINE = 200  # characters
LONGEST_SETTING = 2_000  # bytes


def read(path: Path) -> Tree:
    """One run with its metrics and parameters; none for a file that is not its first metric.

    Raises Unreadable for a first metric without a line of numbers.
    """
    read_head(path)
    kept = next((above for above in path.parents if above.parent.parent.parent.name == "mlruns"), None)
    if kept is None:
        raise Unreadable("not in a folder of MLflow", "unsupported")
    if kept.name != "metrics" or next(_files(kept), None) != path:
        return Tree([])
    run = TrackedRun()
    for metric in itertools.islice(_files(kept), MOST_FILES):
        _read_metric(metric, metric.relative_to(kept).as_posix(), run)
    if not run.points:
        raise Unreadable("no line with a time, a value and a step", "corrupt")
    params = kept.parent / "params"
    for param in itertools.islice(_files(params), MOST_FILES) if params.is_dir() else ():
        name = param.relative_to(params).as_posix()
        run.config[name] = plain_setting(_start(param, LONGEST_SETTING).strip())
    return tree_of([run])


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder, in a stable order; a name with slashes lies in folders."""
    for above, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(above, name) for name in sorted(names))


def _read_metric(path: Path, name: str, run: TrackedRun) -> None:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return
        with path.open(encoding="utf-8", errors="replace") as file:
            while line := file.readline(LONGEST_LINE):
                _take(line, name, run)
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror or error}", "corrupt") from error


def _take(line: str, name: str, run: TrackedRun) -> None:
    words = line.split()
    try:
        value, step = float(words[1]), float(words[2]) if len(words) > 2 else float(run.points)
        int(words[0])
    except (ValueError, IndexError):
        return
    run.add(name, step, value)


def _start(path: Path, size: int) -> str:
    try:
        with path.open("rb") as file:
            return file.read(size).decode("utf-8", "replace") if path.is_file() else ""
    except OSError:
        return ""


def _example(folder: Path) -> Path:
    metrics = folder / "mlruns" / "0" / "run" / "metrics"
    metrics.mkdir(parents=True)
    return write_text(metrics / "train_loss", *(f"170000000{n} {3 - n / 2} {n}" for n in range(4)))


READER = Reader("mlflow", (), read, _example, places=(PLACE,), holds="history")
