"""A doctor for sign-language recognition and translation runs that do not learn.

import slrdoctor
report = slrdoctor.scan("runs/exp7")   # the same report as `slrdoctor scan runs/exp7`
report.raise_for("blocks")             # stop the job before it wastes a night
report = slrdoctor.examine(model, train_loader, dev_loader, vocabulary=vocabulary, blank=0)
"""

from slrdoctor._version import __version__

# `python -m slrdoctor` runs this file while the current folder is still first on the path: it imports
# nothing else, not even `__future__`, which might be that folder's
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from slrdoctor.examination.live import examine as examine
    from slrdoctor.examination.scan import scan as scan
    from slrdoctor.models.dump import dump_outputs as dump_outputs

__all__ = ["__version__", "dump_outputs", "examine", "scan"]

_HOME = {"scan": "examination.scan", "dump_outputs": "models.dump", "examine": "examination.live"}


def __getattr__(name: str) -> "Any":
    # numpy and the checks are not loaded by whoever only asks for the version
    if name in _HOME:
        import importlib

        return getattr(importlib.import_module(f"slrdoctor.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
