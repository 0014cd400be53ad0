"""The number of outputs that configs give the model, and configs of other tasks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import ConfigFile, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.config.model_config import model_config
from slrdoctor.facts.labels.configured_classes import ConfiguredClasses, configured_classes
from slrdoctor.facts.labels.task import Task


def classes(task: str, *values: Mapping[str, Any]) -> ConfiguredClasses:
    configs = tuple(ConfigFile(f"c{i}.yaml", "yaml", value) for i, value in enumerate(values))
    run = TrainingRun("", Path(), configs=configs)
    return configured_classes(model_config(run, None), run, Task(task, "", "") if task else None)


@pytest.mark.parametrize("task", ["", "ctc"])
def test_every_place_is_named(task: str) -> None:
    found = classes(task, {"a": {"num_classes": 3}}, {"num_classes": 4})
    assert found.read_from == "c0.yaml a.num_classes, c1.yaml num_classes"
    assert found.counts[0].key == "num_classes"


@pytest.mark.parametrize(
    ("task", "other"), [("ctc", "isolated_sign_classification"), ("classification", "cslr")]
)
def test_the_classes_of_a_config_for_another_task_are_not_the_runs(task: str, other: str) -> None:
    mine = {"task": task, "num_classes": 7}
    assert [said.value for said in classes(task, {"task": other, "num_classes": 40}, mine).counts] == [7]
    with pytest.raises(Unavailable, match="num_classes"):
        classes(task, {"task": other, "num_classes": 40})


def test_classes_of_a_config_for_the_same_task_stay() -> None:
    assert [said.value for said in classes("ctc", {"task": "ctc", "num_classes": 40}).counts] == [40]
