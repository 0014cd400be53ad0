"""Write the files of trackers as MLflow and W&B write them, without either."""

from __future__ import annotations

import json
import math
import sqlite3
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

BLOCK = 32 << 10
Metrics = Mapping[str, Sequence[float]]


def varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def item(key: str, value: Any, nested: bool) -> bytes:
    names = [field(2, part.encode()) for part in key.split("/")] if nested else [field(1, key.encode())]
    return field(1, b"".join(names) + field(16, json.dumps(value).encode()))


def history_record(step: int, values: Mapping[str, Any], nested: bool = False) -> bytes:
    items = b"".join(item(key, value, nested) for key, value in values.items())
    return field(1, step + 3) + field(2, items + field(2, field(1, step)))


def run_record(config: Mapping[str, Any]) -> bytes:
    items = b"".join(item(key, value, nested=False) for key, value in config.items())
    return field(17, field(1, b"abc123") + field(4, items))


def wandb_bytes(records: Iterable[bytes]) -> bytes:
    """A log of LevelDB's format with W&B's header, its records cut where a block ends."""
    written = bytearray(b":W&B" + struct.pack("<HB", 0xBEE1, 0))
    for record in records:
        rest, is_first = record, True
        while rest or is_first:
            left = BLOCK - len(written) % BLOCK
            if left < 7:
                written += bytes(left)
                left = BLOCK
            piece, rest = rest[: left - 7], rest[left - 7 :]
            kind = (1 if not rest else 2) if is_first else (4 if not rest else 3)
            checksum = zlib.crc32(piece, zlib.crc32(bytes([kind])))
            written += struct.pack("<IHB", checksum, len(piece), kind) + piece
            is_first = False
    return bytes(written)


def write_wandb(path: Path, metrics: Metrics, config: Mapping[str, Any] | None = None) -> Path:
    """A value of each metric a step, with W&B's own columns beside them."""
    rows = [dict(zip(metrics, values, strict=True)) for values in zip(*metrics.values(), strict=True)]
    records = [run_record(config or {}), field(7, b"\x0a\x02xy")]
    records += [
        history_record(n, {"_step": n, "_runtime": 2.5 * n, **row}) for n, row in enumerate(rows)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wandb_bytes(records))
    return path


def write_mlruns(run: Path, metrics: Metrics, params: Mapping[str, Any] | None = None) -> Path:
    """A run of MLflow's file store; the first step is 0. Gives the file that is read."""
    for name, values in metrics.items():
        lines = [f"{1700000000000 + 60000 * step} {value} {step}\n" for step, value in enumerate(values)]
        (run / "metrics" / name).parent.mkdir(parents=True, exist_ok=True)
        (run / "metrics" / name).write_text("".join(lines), encoding="utf-8")
    (run / "params").mkdir(parents=True, exist_ok=True)
    for name, value in (params or {}).items():
        (run / "params" / name).write_text(str(value), encoding="utf-8")
    (run / "meta.yaml").write_text(
        "lifecycle_stage: active\nrun_name: zug-7\nstatus: 3\n", encoding="utf-8"
    )
    return min(path for path in (run / "metrics").rglob("*") if path.is_file())


def write_mlflow_db(
    path: Path,
    runs: Mapping[str, Metrics],
    params: Mapping[str, Any] | None = None,
    stage: str = "active",
) -> Path:
    """MLflow's database; a NaN is stored as 0 with a mark, an infinity as the largest float."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(
            "CREATE TABLE runs (run_uuid TEXT, name TEXT, start_time INT, lifecycle_stage TEXT)"
        )
        base.execute(
            "CREATE TABLE metrics "
            "(key TEXT, value FLOAT, timestamp INT, run_uuid TEXT, step INT, is_nan INT)"
        )
        base.execute("CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT)")
        for number, (name, metrics) in enumerate(runs.items()):
            key = f"{number:032x}"
            base.execute("INSERT INTO runs VALUES (?, ?, ?, ?)", (key, name, 1000 + number, stage))
            for metric, values in metrics.items():
                for step, value in enumerate(values):
                    stored = (
                        0.0 if math.isnan(value) else max(min(value, 1.7976931348623157e308), -1e308)
                    )
                    row = (metric, stored, 5, key, step, math.isnan(value))
                    base.execute("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", row)
            for param, setting in (params or {}).items():
                base.execute("INSERT INTO params VALUES (?, ?, ?)", (param, str(setting), key))
    return path
