"""Arrays whose rows can be read without the rest of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from slrdoctor.artifacts.content import Arrays


@dataclass(frozen=True, kw_only=True)
class CutArrays(Arrays):
    """Arrays of a format that reads slices from disk: `cut(name, start, stop)` of the first axis."""

    cut: Callable[[str, int, int], NDArray[Any]]
