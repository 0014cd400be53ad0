"""What may be run: the permission that `slrdoctor overfit` or `--model` gives, with its limits."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from slrdoctor.core.registry import Unavailable

GIB = 1 << 30
LEAST_MEMORY = 2 * GIB  # a process with torch and a small model takes up to one
ENABLE = "slrdoctor overfit RUN_DIR --samples 5 --model path/to/file.py:factory"


@dataclass(frozen=True)
class Experiment:
    """The user's leave to run models, and within what limits. Given to the engine as a fact."""

    samples: int = 5
    seed: int = 0
    device: str = "auto"  # auto | cpu | cuda | mps
    seconds: float = 240.0  # for training, all cells together
    memory: int = 0  # bytes for the child and all that it starts; 0: half of what is free
    model: str = ""  # "path/to/file.py:factory", or the name of a reference model
    reference: str = ""  # the reference model to compare with; empty: the first of the task
    trains: bool = True  # false: the model is only looked at, as `scan --model` does
    folder: Path = Path()  # what a relative path in `model` is relative to
    tell: Callable[[str, int, int], None] | None = None  # what is being done, done so far, in all

    @property
    def memory_limit(self) -> int:
        return self.memory or max(LEAST_MEMORY, free_memory() // 2)

    @property
    def is_user_model(self) -> bool:
        return is_file_spec(self.model)


def is_file_spec(spec: str) -> bool:
    """Whether it names a file, and not a reference model."""
    return ":" in spec or spec.endswith(".py")


def path_of_spec(spec: str, folder: Path) -> tuple[Path, str]:
    """The file of path/to/file.py:name, and the name: a path is the folder's, else the caller's."""
    where, _, name = spec.rpartition(":") if ":" in Path(spec).name else (spec, "", "")
    inside = folder / where
    return (inside if inside.is_file() else Path(where)).resolve(), name


def not_allowed(what: str) -> Unavailable:
    """Why a fact of an experiment is missing in a plain scan."""
    return Unavailable(f"only running a model shows {what}, and a scan runs none", ENABLE)


def free_memory() -> int:
    """Bytes of memory that can be had without swapping; 8 GiB where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return int(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (OSError, ValueError, AttributeError):
        return 8 * GIB
