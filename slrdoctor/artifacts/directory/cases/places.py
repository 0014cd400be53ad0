"""Where things lie in a run directory, held against each other. Places are paths with slashes."""

from __future__ import annotations

from collections.abc import Sequence


def nearest(where: str, names: Sequence[str]) -> int:
    """The name that shares the longest path with `where`; the first, the largest set, on a tie."""
    parts = where.partition("#")[0].split("/")

    def shared(name: str) -> int:
        count = 0
        for a, b in zip(parts, name.split("/"), strict=False):
            if a != b:
                break
            count += 1
        return count

    return max(range(len(names)), key=lambda i: (shared(names[i]), -i))


def is_below(where: str, folder: str) -> bool:
    return not folder or where == folder or where.startswith(f"{folder}/")
