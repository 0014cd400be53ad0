"""One record a line: GFSLT and SignCL write JSON, the Hugging Face trainer prints Python dicts."""

from __future__ import annotations

import json
import re
from typing import Any

from slrdoctor.artifacts.kinds.history.log_text.lines import LineReading, LogFormat, Value
from slrdoctor.artifacts.kinds.history.trees import flat
from slrdoctor.words.series_names import meaning_of

LARGEST = 10**30  # a whole number that a training logs; JSON has larger ones than floats
_JSON = {"'": '"', "nan": "NaN", "inf": "Infinity", "True": "true", "False": "false", "None": "null"}
_PYTHON = re.compile(r"'|\b(?:nan|inf|True|False|None)\b")


def _read(line: str) -> LineReading | None:
    text = line[line.find("{") :].rstrip()
    if not text.startswith("{") or not text.endswith("}") or ":" not in text:
        return None
    record = _record(text)
    if not isinstance(record, dict):
        return None
    if "train_runtime" in record:  # the trainer's summary of the whole training
        return LineReading()
    numbers = {name: float(v) for name, v in flat(record, "", 0) if _is_number(v)}
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
    is_step = epoch is None and step is not None
    return LineReading(values, epoch=epoch, step=step if is_step else None, part=is_step)


def _record(text: str) -> Any:
    """The record of a line, as JSON or as Python prints a dict of plain values."""
    for written in (text, _PYTHON.sub(lambda match: _JSON[match[0]], text)):
        try:
            return json.loads(written)
        except (ValueError, RecursionError):
            continue
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and abs(value) < LARGEST)


LOG = LogFormat(name="a record a line", read=_read, order=1)
