"""One record a line: GFSLT and SignCL write JSON, the Hugging Face trainer prints Python dicts."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from slrdoctor.artifacts.log_lines import LineReading, LogFormat, Value
from slrdoctor.artifacts.series_names import meaning_of

_NOT_A_NUMBER = re.compile(r"(?<=:)\s*(-?)(nan|NaN|inf|Infinity)\b")


def _read(line: str) -> LineReading | None:
    text = line[line.find("{") :].rstrip()
    if not text.startswith("{") or not text.endswith("}") or ":" not in text:
        return None
    record = _record(text)
    if not isinstance(record, dict):
        return None
    if "train_runtime" in record:  # the trainer's summary of the whole training
        return LineReading()
    numbers = {str(k): float(v) for k, v in record.items() if v == "nan" or isinstance(v, (int, float))}
    told = {name: meaning_of(name) for name in numbers}
    epoch = next((numbers[n] for n, m in told.items() if m.quantity == "epoch"), None)
    step = next((numbers[n] for n, m in told.items() if m.quantity == "step"), None)
    values = tuple(
        Value(name, numbers[name], m.split, m.quantity)
        for name, m in told.items()
        if m.quantity not in ("other", "epoch", "step", "time")
    )
    if not values or (epoch is None and step is None and not any(v.quantity == "loss" for v in values)):
        return None
    return LineReading(values, epoch=epoch, step=step if epoch is None else None)


def _record(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(
            _NOT_A_NUMBER.sub(lambda m: f" {m[1]}1e999" if m[2][0] in "iI" else " 'nan'", text)
        )
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


LOG = LogFormat(name="a record a line", read=_read, order=1)
