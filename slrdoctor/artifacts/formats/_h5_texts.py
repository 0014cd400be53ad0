"""Read the texts of variable length in an HDF5 file: attributes and datasets.

libhdf5 can crash or loop on them where a file is damaged (seen with h5py 3.16 on files with
one byte changed), so `read_texts` reads them in a process of its own, which calls `main`.
Numbers and texts of fixed length stood the same test in 60,000 files.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from slrdoctor.python_path import child_command, child_environment

SECONDS = 20.0  # and one more for every 50 MB of the file


class TextsDamaged(Exception):
    """libhdf5 could not read the texts of a file. The message is a sentence."""


def read_texts(path: Path, datasets: list[str], attributes: list[tuple[str, str]]) -> dict[str, Any]:
    """The texts by "dataset", and by "object/attribute" ("attribute" for those of the file).

    A single text is a str, several are a list of them. Raises TextsDamaged.
    """
    wanted = json.dumps([datasets, attributes])
    if not sys.executable:  # an embedded Python: there is nothing to run it with
        return _texts(str(path), wanted)
    limit = SECONDS + path.stat().st_size / 50e6
    try:
        done = subprocess.run(
            child_command(__name__, str(path)),
            env=child_environment(),
            input=wanted.encode("ascii"),
            capture_output=True,
            timeout=limit,
            check=True,
        )
        return dict(json.loads(done.stdout))
    except subprocess.TimeoutExpired as error:
        raise TextsDamaged("libhdf5 does not come to an end with its texts") from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise TextsDamaged("libhdf5 fails on its texts") from error


def _texts(path: str, wanted: str) -> dict[str, Any]:
    import h5py

    datasets, attributes = json.loads(wanted)
    found: dict[str, Any] = {}
    with h5py.File(path, "r") as file:
        for owner, name in attributes:
            item = file[owner] if owner else file
            found[f"{owner}/{name}" if owner else name] = _plain(item.attrs[name])
        for name in datasets:
            found[name] = _plain(file[name][()])
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value
    return [_plain(item) for item in value.ravel().tolist()]


def main() -> None:
    sys.stdout.write(json.dumps(_texts(sys.argv[1], sys.stdin.read())))
