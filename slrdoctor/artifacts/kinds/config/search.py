"""Walk a configuration: every setting in it, wherever it stands."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sized
from typing import Any

from slrdoctor.artifacts.content import Opaque
from slrdoctor.artifacts.kinds.plain_values import name_of

MOST = 20_000  # values that are looked at: beyond that it is data, and no config
DEEPEST = 50  # levels of nesting


def every_setting(value: Mapping[Any, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, value) of every value that is set, the outermost first.

    A list is a value, and is looked into for sections. Stops after MOST containers.
    """
    waiting: deque[tuple[tuple[str, ...], Any]] = deque([((), value)])
    for _ in range(MOST):
        if not waiting:
            return
        path, item = waiting.popleft()
        if isinstance(item, Opaque):
            item = item.state
        if isinstance(item, Mapping):
            waiting += [((*path, name_of(key)), below) for key, below in _few(item.items(), waiting)]
        elif isinstance(item, (list, tuple)):
            if path:
                yield path, list(item)
            sections = [
                (str(i), below) for i, below in enumerate(item) if isinstance(below, (Mapping, list))
            ]
            waiting += [((*path, key), below) for key, below in _few(sections, waiting)]
        elif item is not None and path:
            yield path, item


def _few(items: Iterable[tuple[Any, Any]], waiting: Sized) -> Iterator[tuple[Any, Any]]:
    """As many items as may still be looked at: containers that hold each other have no end."""
    return itertools.islice(items, max(0, MOST - len(waiting)))


def is_small(value: Any) -> bool:
    """Whether nested containers have at most MOST values, however often one is shared."""
    waiting = [(value, 0)]
    seen = 0
    while waiting:
        item, depth = waiting.pop()
        item = item.state if isinstance(item, Opaque) else item
        seen += 1
        if seen > MOST or depth > DEEPEST:
            return False
        if isinstance(item, (Mapping, list, tuple)):
            if len(item) > MOST:
                return False
            below = item.values() if isinstance(item, Mapping) else item
            waiting += [(one, depth + 1) for one in below]
    return True
