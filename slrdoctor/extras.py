"""The packages that `pip install slrdoctor` leaves out, and the one sentence that names them.

A scan of the common formats needs none of them. Each is imported where it is used, inside
`needed_for`, so that a missing one becomes a sentence with the command that installs it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Extra:
    """The name of a package on the registry, and the extra in pyproject.toml that brings it."""

    package: str
    extra: str


# by the name that is imported
EXTRAS = {
    "torch": Extra("torch", "torch"),
    "matplotlib": Extra("matplotlib", "plots"),
    "pandas": Extra("pandas", "pandas"),
    "h5py": Extra("h5py", "formats"),
    "pyarrow": Extra("pyarrow", "formats"),
    "pose_format": Extra("pose-format", "formats"),
    "tensorboard": Extra("tensorboard", "formats"),
}


class PackageMissing(ImportError):
    """A package that is not in the core is needed. The message is a sentence for the user."""

    def __init__(self, purpose: str, module: str, fault: str = "") -> None:
        why = f", which is installed and cannot be imported ({fault})" if fault else ""
        self.reason, self.command = f"{purpose} needs {EXTRAS[module].package}{why}", command(module)
        super().__init__(f"{self.reason}: {self.command}", name=module)


def command(module: str) -> str:
    """What installs a package, by the name that is imported."""
    return f"pip install 'slrdoctor[{EXTRAS[module].extra}]'"


def is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def demand(module: str, purpose: str) -> None:
    """Raise PackageMissing now for what is imported later, or in another process."""
    if not is_installed(module):
        raise PackageMissing(purpose, module)


def missing_package(error: ImportError, purpose: str) -> PackageMissing | None:
    """What a failed import lacks, where that is a package that the core leaves out."""
    if isinstance(error, PackageMissing):
        return error
    module = (error.name or "").partition(".")[0]
    return PackageMissing(purpose, module) if module in EXTRAS and not is_installed(module) else None


@contextmanager
def needed_for(purpose: str, module: str) -> Iterator[None]:
    """Import an optional package in here: where that fails, PackageMissing is raised."""
    demand(module, purpose)
    try:
        yield
    except ImportError as error:
        # built for another numpy, or a library of the system is not there
        raise PackageMissing(purpose, module, str(error).partition("\n")[0]) from error
