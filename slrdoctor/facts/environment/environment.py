"""What is installed where the doctor runs, and whether a GPU is there and was used."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.environment.source_code import SourceCode

PACKAGES = ("mediapipe", "torch", "numpy")
HERE = "this Python environment"


@dataclass(frozen=True)
class Environment:
    """Versions of the packages that matter, by name, with their local part (`2.3.1+cpu`)."""

    versions: Mapping[str, str]
    gpu: str  # what shows that an NVIDIA GPU is there, "" where nothing does
    read_from: str = HERE

    @property
    def sentence(self) -> str:
        installed = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        installed = installed or f"none of {', '.join(PACKAGES)}"
        return f"installed here: {installed}; GPU: {self.gpu or 'none found'}"


@measure
def environment() -> Environment:
    """From the packages' metadata and the driver's traces: nothing is imported or run."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return Environment(versions, _nvidia_gpu())


def _nvidia_gpu() -> str:
    """The driver lists its GPUs in /proc on Linux; elsewhere nvidia-smi comes with the driver."""
    listed = Path("/proc/driver/nvidia/gpus")
    try:
        if listed.is_dir() and any(listed.iterdir()):
            return str(listed)
    except OSError:
        pass
    return shutil.which("nvidia-smi") or ""


@dataclass(frozen=True)
class DeviceUse:
    """Whether there was a GPU and whether torch could use it, as far as logs and files tell."""

    gpu: str  # what shows that there is one, "" where nothing does
    torch: str  # the build of torch that cannot use it, "" where none is known
    used: bool | None  # whether training used a GPU; None where nothing says
    read_from: str

    @property
    def sentence(self) -> str:
        used = {True: "a GPU was used", False: "no GPU was used", None: "the device is unknown"}[
            self.used
        ]
        return (
            f"{used}; GPU: {self.gpu or 'none found'}; torch without CUDA: {self.torch or 'none found'}"
        )


# what trainers and users write into logs about their device
AVAILABLE = re.compile(r"GPU available:\s*(True|False)\b.*?\bused:\s*(True|False)", re.IGNORECASE)
WITHOUT_CUDA = re.compile(r"not compiled with CUDA|\btorch\D{0,12}\d[\w.]*\+cpu\b", re.IGNORECASE)
DEVICE = re.compile(
    r"\b(?:device|using|running on|training on|accelerator)\b"
    r"(?:[\s:='\"(]|device|type|torch\.)*(?P<device>cuda|gpu|mps|cpu)\b",
    re.IGNORECASE,
)
DEVICE_KEYS = ("device", "accelerator")


@measure
def device_use(run: TrainingRun, environment: Environment, code: SourceCode | None) -> DeviceUse:
    """The log's word before everything; then this environment, if the training code is here."""
    gpu, used, torch, where = "", None, "", ""
    for place, text in _logged(run):
        told, device = AVAILABLE.search(text), DEVICE.search(text)
        if told and told[1].lower() == "true":
            gpu, where, used = f"{place}: {text.strip()[:120]}", place, told[2].lower() == "true"
        elif WITHOUT_CUDA.search(text):
            torch, where = f"{place}: {text.strip()[:120]}", place
        elif device:
            used, where = bool(used) or device["device"].lower() != "cpu", place
    trains_here = code is not None and "torch" in code.imports
    gpu = gpu or (environment.gpu and f"{environment.gpu} on this machine" if trains_here else "")
    if trains_here and not torch and code is not None:
        torch = without_cuda(code, environment)
    if used is None and not gpu and not torch:
        raise Unavailable(
            "the device of the training is unknown: no log names one",
            "scan on the training machine, with the training code in the run directory",
        )
    return DeviceUse(gpu, torch, used, where or environment.read_from)


def without_cuda(code: SourceCode, environment: Environment) -> str:
    """The build of torch without CUDA that the requirements ask for or that is installed; or ""."""
    for pin in code.pins_of("torch"):
        if pin.without_cuda:
            return f"torch {pin.asked} in {pin.where}"
    installed = environment.versions.get("torch", "")
    return f"torch {installed}, installed here" if installed.endswith("+cpu") else ""


def _logged(run: TrainingRun) -> Iterator[tuple[str, str]]:
    """Lines and settings that may name the device: (where, text)."""
    for history in run.histories:
        for line, text in history.notes:
            yield f"{history.where} line {line}", text
        for key, value in history.facts.items():
            yield from _settings(history.where, key, value)


def _settings(where: str, key: str, value: Any) -> Iterator[tuple[str, str]]:
    if str(key).lower() in DEVICE_KEYS and isinstance(value, (str, int)):
        yield where, f"{key}: {value}"
