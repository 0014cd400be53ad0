"""MDL606, on facts by hand and on files whose loading would create a folder."""

from __future__ import annotations

import gzip
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import slrdoctor
from slrdoctor.facts.model.checkpoint import Pickled
from slrdoctor.testing import findings


def test_mdl606_fires_and_lists_what_would_be_imported() -> None:
    names = (("best.pt", ("posix.system", "spoter.SPOTER")), ("old.pt", ("builtins.eval",)))

    (finding,) = findings("MDL606", Pickled(names, 2, 5, "best.pt"))

    assert finding.message == (
        "loading best.pt would import or call posix.system, spoter.SPOTER; so would 1 other file"
    )
    assert (finding.affected, finding.total) == (2, 5)


def test_mdl606_is_quiet_about_tensors_and_plain_containers() -> None:
    assert not findings("MDL606", Pickled((), 0, 3, "best.pt, last.pt, old.pt"))


def test_mdl606_at_the_boundary_of_a_single_name_fires() -> None:
    assert findings("MDL606", Pickled((("best.pt", ("net.Net",)),), 1, 1, "best.pt"))


class Creator:
    """Creates a folder when it is unpickled by pickle."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.path),))


@pytest.mark.parametrize("kind", ["torch", "pickle", "gzip", "bare creator"])
def test_mdl606_fires_on_a_scan_and_the_folder_is_not_made(kind: str, tmp_path: Path) -> None:
    import torch

    run, made = tmp_path / "run", tmp_path / "made"
    run.mkdir()
    content: Any = {"state_dict": {"fc.weight": np.ones((3, 4), np.float32)}, "extra": Creator(made)}
    path = run / "best.pt"
    if kind == "torch":
        torch.save(content, path)
    else:
        data = pickle.dumps({"fc.weight": Creator(made)} if kind == "bare creator" else content)
        path.write_bytes(gzip.compress(data) if kind == "gzip" else data)

    report = slrdoctor.scan(run, select=["MDL606"])

    told = [finding["message"] for finding in report.findings]
    assert told == [f"loading best.pt would import or call {os.mkdir.__module__}.mkdir"]
    assert not made.exists()
