"""MLflow's database (`mlflow.db`): the tables `runs`, `metrics` and `params` of a SQLite file."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from slrdoctor.artifacts.content import Reader, Tree, Unreadable
from slrdoctor.artifacts.formats import read_head
from slrdoctor.artifacts.formats._tracked import LONGEST_NAME, TrackedRun, plain_setting, tree_of

NEEDED = {"metrics": {"key", "value", "step", "run_uuid"}, "runs": {"run_uuid"}}
MOST_RUNS = 200  # the latest
MOST_SECONDS = 60.0  # of one file: what a hostile schema computes has no end
STEPS_BETWEEN = 100_000  # of SQLite's machine, between two looks at the clock
LARGEST_FLOAT = 1.7976931348623157e308  # how MLflow stores an infinity


def read(path: Path) -> Tree:
    """The latest runs of the database that have metrics, oldest first.

    Raises Unreadable (unsupported) for a database of something else. Nothing is written, and
    only plain tables are asked: a view or a virtual table of the file could compute anything.
    """
    read_head(path)
    ends = time.monotonic() + MOST_SECONDS
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as base:
            base.text_factory = lambda data: data.decode("utf-8", "replace")
            base.set_progress_handler(lambda: time.monotonic() > ends, STEPS_BETWEEN)
            base.execute("PRAGMA trusted_schema=OFF")
            return tree_of(list(_runs(base)))
    except (sqlite3.Error, UnicodeError, MemoryError, OverflowError) as error:
        raise Unreadable(f"not a usable SQLite database: {error}", "corrupt") from error


def _runs(base: sqlite3.Connection) -> Iterator[TrackedRun]:
    tables = _tables(base)
    if any(not columns <= tables.get(table, set()) for table, columns in NEEDED.items()):
        raise Unreadable("a SQLite database without the tables of MLflow", "unsupported")
    columns = tables["runs"]
    name = "name" if "name" in columns else "run_uuid"
    active = "WHERE lifecycle_stage = 'active'" if "lifecycle_stage" in columns else ""
    order = "start_time" if "start_time" in columns else "rowid"
    found = base.execute(
        f"SELECT run_uuid, {name} FROM runs {active} ORDER BY {order} DESC LIMIT {MOST_RUNS}"
    ).fetchall()
    names = [title for _, title in found]
    for number, (key, title) in reversed(list(enumerate(found))):
        is_name = isinstance(title, str) and title and names.count(title) == 1
        run = TrackedRun(str(title if is_name else f"{title or key} {len(found) - number}")[:80])
        _read_metrics(base, key, run, "is_nan" in tables["metrics"])
        if {"key", "value", "run_uuid"} <= tables.get("params", set()):
            _read_params(base, key, run)
        if run.points:
            yield run


def _tables(base: sqlite3.Connection) -> dict[str, set[str]]:
    """The columns of the plain tables that are asked, by the table's name."""
    wanted = (*NEEDED, "params")
    made = base.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name IN (?, ?, ?)", wanted
    ).fetchall()
    plain = [name for name, sql in made if str(sql).upper().split()[:2] == ["CREATE", "TABLE"]]
    return {name: {row[1] for row in base.execute(f"PRAGMA table_info({name})")} for name in plain}


def _read_metrics(base: sqlite3.Connection, key: Any, run: TrackedRun, has_nan: bool) -> None:
    is_nan = "is_nan" if has_nan else "0"
    rows = base.execute(
        f"SELECT key, value, step, {is_nan} FROM metrics WHERE run_uuid = ? AND length(key) <= ? "
        "AND typeof(value) IN ('real', 'integer') AND typeof(step) IN ('real', 'integer') ORDER BY step",
        (key, LONGEST_NAME),
    )
    for metric, value, step, lost in rows:
        number = math.nan if lost else float(value)
        if abs(number) >= LARGEST_FLOAT:
            number = math.copysign(math.inf, number)
        run.add(str(metric), float(step), number)


def _read_params(base: sqlite3.Connection, key: Any, run: TrackedRun) -> None:
    rows = base.execute(
        "SELECT key, value FROM params WHERE run_uuid = ? AND length(key) <= ? "
        "AND length(value) <= 8000 LIMIT 5000",
        (key, LONGEST_NAME),
    )
    run.config |= {str(name): plain_setting(str(value)) for name, value in rows}


def _example(folder: Path) -> Path:
    path = folder / "mlflow.db"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE runs (run_uuid, name, start_time, lifecycle_stage)")
        base.execute("CREATE TABLE metrics (key, value, timestamp, run_uuid, step, is_nan)")
        base.execute("CREATE TABLE params (key, value, run_uuid)")
        base.execute("INSERT INTO runs VALUES ('r', 'first', 1000, 'active')")
        base.execute("INSERT INTO params VALUES ('lr', '0.1', 'r')")
        losses = [("train_loss", loss, 5, "r", step, 0) for step, loss in enumerate((3.0, 2.5, 2.0))]
        base.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", losses)
    return path


READER = Reader(
    name="mlflow-database",
    suffixes=("mlflow.db",),
    read=read,
    example=_example,
    magic=(b"SQLite format 3\0",),
    holds="history",
)
