"""Find a setting in a configuration, wherever it stands and however it is spelled."""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sized
from typing import Any

from slrdoctor.artifacts.content import Opaque
from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.artifacts.run import ConfigFile

MOST = 20_000  # values that are looked at: beyond that it is data, and no config
DEEPEST = 50  # levels of nesting

# names that mean the same in the field's configs, without separators and case
ALIASES: tuple[frozenset[str], ...] = (
    frozenset(("learningrate", "lr", "baselr", "initlr", "initiallr", "startlr")),
    frozenset(("batchsize", "trainbatchsize", "perdevicetrainbatchsize", "bs", "trainbatch")),
    frozenset(("epochs", "numepochs", "numepoch", "nepochs", "maxepochs", "maxepoch", "totalepochs")),
    frozenset(("numclasses", "nclasses", "nbclasses", "numclass", "nclass", "numlabels", "numglosses")),
    frozenset(("blank", "blankid", "blankidx", "blankindex", "ctcblank", "blanklabel")),
    frozenset(
        ("inputsize", "inputdim", "indim", "infeatures", "featuredim", "featuresize", "inputfeatures")
    ),
    frozenset(("hiddensize", "hiddendim", "hidden", "rnnhidden", "lstmhidden", "dmodel", "units")),
    frozenset(("optimizer", "optim", "optimizername", "optimizertype")),
    frozenset(("weightdecay", "wd", "l2")),
    frozenset(("seed", "randomseed", "manualseed")),
    frozenset(("maxlength", "maxlen", "maxframes", "maxseqlen", "maxsequencelength", "maxsentlength")),
    frozenset(("workdir", "outputdir", "outdir", "savedir", "modeldir", "expdir", "logdir")),
)


def find_value(config: ConfigFile | Mapping[str, Any], *names: str) -> tuple[str, Any] | None:
    """The dotted path and the value of the first of `names` that is set; None where none is.

    Names are held against keys without case and separators, and with the field's other
    names for the same (`lr` for `learning_rate`). The outermost key wins; None and
    containers do not count as values, except lists. `find_value(c, "model.type")` holds
    the last parts of the path.
    """
    entries = list(every_setting(config.value if isinstance(config, ConfigFile) else config))
    for name in names:
        wanted = [_squeeze(part) for part in name.split(".")]
        last = next((group for group in ALIASES if wanted[-1] in group), frozenset((wanted[-1],)))
        # the name itself before its other names
        for accepted in (frozenset((wanted[-1],)), last):
            for path, value in entries:
                parts = [_squeeze(part) for part in path]
                if parts[-1] in accepted and parts[-len(wanted) : -1] == wanted[:-1]:
                    return ".".join(path), value
    return None


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


def _squeeze(key: str) -> str:
    return re.sub(r"[\W_]+", "", key).lower()
