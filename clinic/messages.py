"""Write checks/messages.json: what every check says of a run that has its fault, in one of its tests.

python clinic/messages.py

The pages of the checks show it. Run it where a message was changed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from slrdoctor.core import packs
from slrdoctor.core.page import MESSAGES
from slrdoctor.core.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "checks" / MESSAGES
LONGEST = 300  # letters: of the messages of several tests one that is not too long is shown
Kept = dict[str, dict[str, str]]


def said_in(tests: Sequence[str]) -> list[dict[str, str]]:
    """Code, message and test of everything that the checks find in these tests."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "messages.jsonl"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
        environment = os.environ | {"SLRDOCTOR_MESSAGES": str(record), "OMP_NUM_THREADS": "1"}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        lines = record.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def kept() -> Kept:
    """What the file holds: by code, the message and the test that it comes from."""
    read: Kept = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def chosen(said: Sequence[dict[str, str]]) -> Kept:
    """Of each of our own checks the first message that is short enough, else the shortest."""
    packs.load_all()
    found: Kept = {}
    for code, check in sorted(REGISTRY.checks.items()):
        own = [one for one in said if one["code"] == code]
        if check.pack == "builtin" and own:
            short = [one for one in own if len(one["message"]) <= LONGEST]
            best = short[0] if short else min(own, key=lambda one: len(one["message"]))
            found[code] = {"message": best["message"], "test": best["test"]}
    return found


def main() -> None:
    found = chosen(said_in(["tests/checks"]))
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    missing = [code for code in REGISTRY.checks if code not in found]
    print(f"{len(found)} messages; none of {', '.join(missing) or 'any other check'}", file=sys.stderr)


if __name__ == "__main__":
    main()
