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
Stored = dict[str, dict[str, str]]


def messages_of(tests: Sequence[str]) -> list[dict[str, str]]:
    """Code, message and test of everything that the checks find in these tests."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "messages.jsonl"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
        environment = os.environ | {"SLRDOCTOR_MESSAGES": str(record), "OMP_NUM_THREADS": "1"}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        lines = record.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def stored() -> Stored:
    """What the file holds: by code, the message and the test that it comes from."""
    read: Stored = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def examples(messages: Sequence[dict[str, str]]) -> Stored:
    """Of each of our own checks the first message that is short enough, else the shortest."""
    packs.load_all()
    by_code: Stored = {}
    for code, check in sorted(REGISTRY.checks.items()):
        own = [one for one in messages if one["code"] == code]
        if check.pack == "builtin" and own:
            short = [one for one in own if len(one["message"]) <= LONGEST]
            best = short[0] if short else min(own, key=lambda one: len(one["message"]))
            by_code[code] = {"message": best["message"], "test": best["test"]}
    return by_code


def main() -> None:
    by_code = examples(messages_of(["tests/checks"]))
    FILE.write_text(json.dumps(by_code, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    missing = [code for code in REGISTRY.checks if code not in by_code]
    print(f"{len(by_code)} messages; none of {', '.join(missing) or 'any other check'}", file=sys.stderr)


if __name__ == "__main__":
    main()
