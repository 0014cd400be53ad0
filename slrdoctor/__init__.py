"""A doctor for sign-language recognition and translation runs that do not learn.

import slrdoctor
report = slrdoctor.scan("runs/exp7")   # the same report as `slrdoctor scan runs/exp7`
report.raise_for("blocks")             # stop the job before it wastes a night
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slrdoctor.dump import dump_outputs as dump_outputs
    from slrdoctor.examination import scan as scan

__version__ = "0.1.0"
__all__ = ["__version__", "dump_outputs", "scan"]


def __getattr__(name: str) -> Any:
    # numpy and the checks are not loaded by whoever only asks for the version
    if name == "scan":
        from slrdoctor.examination import scan

        return scan
    if name == "dump_outputs":
        from slrdoctor.dump import dump_outputs

        return dump_outputs
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
