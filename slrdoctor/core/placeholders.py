"""Commands and snippets with the path of the run in place of RUN_DIR."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path

from slrdoctor.core.ranking import Diagnosis


def with_path(text: str, path: str) -> str:
    """The text with the whole path: a command is pasted from another folder than that of the scan."""
    path = Path(path).absolute().as_posix()
    return text.replace("'RUN_DIR", f"'{path}").replace("RUN_DIR", shlex.quote(path))


def in_place(d: Diagnosis, path: str) -> Diagnosis:
    """A diagnosis whose fixes name the run that they are for."""
    fixes = tuple(dataclasses.replace(f, how=with_path(f.how, path)) for f in d.finding.fixes)
    return dataclasses.replace(d, finding=dataclasses.replace(d.finding, fixes=fixes))
