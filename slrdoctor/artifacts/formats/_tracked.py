"""What an experiment tracker keeps of runs, collected metric by metric."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Tree, Unreadable

MOST_POINTS = 4_000_000  # of all metrics of a file; a thousand epochs of a thousand steps have a quarter
MOST_METRICS = 20_000
LONGEST_NAME = 500  # characters


class TrackedRun:
    """The metrics and the config of one run while its file is being read."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.config: dict[str, Any] = {}
        self._metrics: dict[str, tuple[array[float], array[float]]] = {}
        self.points = 0

    def add(self, metric: str, step: float, value: float) -> None:
        """One value; raises Unreadable (refused) where there are too many."""
        if metric not in self._metrics:
            if len(metric) > LONGEST_NAME or len(self._metrics) == MOST_METRICS:
                return
            self._metrics[metric] = (array("d"), array("d"))
        steps, values = self._metrics[metric]
        steps.append(step)
        values.append(value)
        self.points += 1
        if self.points > MOST_POINTS:
            raise Unreadable(f"over {MOST_POINTS} values of metrics", "refused")

    def record(self) -> dict[str, Any]:
        metrics = [
            {"tag": tag, "step": np.array(steps, np.float64), "value": np.array(values, np.float64)}
            for tag, (steps, values) in self._metrics.items()
        ]
        return {"run": self.name, "metrics": metrics, "config": self.config}


def tree_of(runs: list[TrackedRun]) -> Tree:
    """A list of {"run", "metrics", "config"}; a metric is {"tag", "step", "value"}."""
    return Tree([run.record() for run in runs])


def plain_setting(text: str) -> Any:
    """A setting that was kept as text: a number or a truth value where it is one."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text) if len(text) < 40 and "_" not in text else text
        except ValueError:
            continue
    return text[:1000]
