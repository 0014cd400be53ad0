from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import HistoryFile, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.environment.environment import Environment, device_use, environment
from slrdoctor.facts.environment.source_code import Pin, SourceCode

NO_GPU, GPU = Environment({}, ""), Environment({}, "/usr/bin/nvidia-smi")
CPU_TORCH_AND_GPU = Environment({"torch": "2.3.1+cpu"}, "/usr/bin/nvidia-smi")


def run(*notes: str, **facts: Any) -> TrainingRun:
    lines = tuple(enumerate(notes, 1))
    return TrainingRun(
        "", Path(), histories=(HistoryFile("log.txt", "text", (), notes=lines, facts=facts),)
    )


def code(*pins: Pin, imports: tuple[str, ...] = ("torch",)) -> SourceCode:
    return SourceCode((), (), (), frozenset(imports), pins, 1, "train.py")


def test_versions_are_those_of_the_metadata_and_torch_is_not_imported() -> None:
    before = "torch" in sys.modules
    assert environment().versions["numpy"] == version("numpy")
    assert ("torch" in sys.modules) == before


@pytest.mark.parametrize(
    ("line", "gpu", "used"),
    [
        ("GPU available: True (cuda), used: False", True, False),
        ("GPU available: True (cuda), used: True", True, True),
        ("GPU available: True, used: False", True, False),
        ("Using device: cuda:0", False, True),
        ("Using device: cpu", False, False),
        ("device = torch.device('cuda')", False, True),
        ("running on GPU", False, True),
        ("Training on cpu", False, False),
    ],
)
def test_the_log_tells_the_device(line: str, gpu: bool, used: bool) -> None:
    device = device_use(run(line), NO_GPU, None)
    assert (bool(device.gpu), device.used) == (gpu, used)


def test_a_logged_device_setting_counts() -> None:
    assert device_use(run(device="cuda"), NO_GPU, None).used


def test_torch_installed_here_counts_only_where_the_training_code_is() -> None:
    assert device_use(run(), CPU_TORCH_AND_GPU, code()).torch
    with pytest.raises(Unavailable, match="no log names one"):
        device_use(run(), CPU_TORCH_AND_GPU, None)
    with pytest.raises(Unavailable):
        device_use(run(), CPU_TORCH_AND_GPU, code(imports=("numpy",)))


def test_a_requirement_without_cuda_is_named_with_its_place() -> None:
    pin = Pin("torch", "==2.3.1+cpu", "requirements.txt line 4")
    assert "requirements.txt line 4" in device_use(run(), GPU, code(pin)).torch


def test_a_log_that_says_torch_has_no_cuda_is_believed() -> None:
    line = "AssertionError: Torch not compiled with CUDA enabled"
    assert device_use(run(line), NO_GPU, None).torch.startswith("log.txt line 1")
