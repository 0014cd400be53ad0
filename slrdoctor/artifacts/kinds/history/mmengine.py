"""mmengine's scalars.json (MMAction2, MMPose): records of batches, and of evaluations without an epoch.

An evaluation counts its epoch as `step`, and names its scores by evaluator: `acc/top1`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

EVALUATOR = "/"  # between the evaluator and its score


def with_epochs_of_evaluations(records: Sequence[Any]) -> Sequence[Any]:
    """The records, in which every evaluation has its epoch and its scores are of dev.

    As they are where any record without an epoch is of another form, so that a step stays one.
    """
    found: list[Any] = []
    epoch: Any = None
    for record in records:
        if not isinstance(record, Mapping):
            return records
        if "epoch" in record:
            epoch = record["epoch"]
            found.append(record)
        elif epoch is not None and record.get("step") == epoch and _is_evaluation(record):
            scores = {f"val/{name}": value for name, value in record.items() if EVALUATOR in str(name)}
            found.append({"epoch": epoch, **scores})
        else:
            return records
    return found


def _is_evaluation(record: Mapping[Any, Any]) -> bool:
    return "loss" not in record and any(EVALUATOR in str(name) for name in record)
