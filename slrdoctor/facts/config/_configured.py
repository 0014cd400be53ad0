"""What the configs and logs of a run say of one setting, wherever in them it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.words.settings import Setting, plain_key

_INT = re.compile(r"-?[0-9]{1,15}")
MOST_VALUES = 20_000  # of one config: beyond that it is data, and no config


@dataclass(frozen=True)
class Configured:
    """One value of a config. `key` is the way to it, dotted: "loss_weights.SeqCTC"."""

    key: str
    value: Any
    read_from: str

    @property
    def name(self) -> str:
        """The last part of the key, in lower case and with underscores."""
        return plain_key(self.key).rpartition(".")[2]

    @property
    def as_int(self) -> int | None:
        """The value as a whole number, also where it was written as text; None for any other."""
        if isinstance(self.value, bool):
            return None
        found = _INT.fullmatch(str(self.value).strip())
        return int(found[0]) if found else None

    @property
    def is_off(self) -> bool:
        """Whether the value switches a thing off: false, 0, none or empty."""
        if isinstance(self.value, (bool, int, float)):
            return not self.value
        return self.value is None or str(self.value).strip().lower() in ("", "none", "false", "no", "0")


def every_value(run: TrainingRun) -> Iterator[Configured]:
    """Every value of every config, then of the settings that logs repeat.

    The values of a list have the list's key.
    """
    written = [(config.where, config.value) for config in run.configs]
    written += [(history.where, history.facts) for history in run.histories]
    for where, values in written:
        waiting: list[tuple[str, Any]] = [("", values)]
        for _ in range(MOST_VALUES):
            if not waiting:
                break
            key, value = waiting.pop()
            if isinstance(value, Mapping):
                below = [(f"{key}.{k}" if key else str(k), v) for k, v in value.items()]
                waiting += reversed(below)
            elif isinstance(value, (list, tuple)):
                waiting += [(key, v) for v in reversed(value)]
            else:
                yield Configured(key, value, where)


def configured(run: TrainingRun, *settings: Setting) -> Iterator[Configured]:
    """The values of any of `settings`, in the order in which they are written."""
    return (one for one in every_value(run) if any(setting.is_meant(one.key) for setting in settings))
