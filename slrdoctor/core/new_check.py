"""A check file to begin with: a fact, its measure, the check, and examples that can be run."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATE = '''"""CODE: TITLE."""

from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.api import (
    NOTE,
    POSSIBLE,
    Evidence,
    Finding,
    Fix,
    NotJudged,
    Targets,
    Threshold,
    Unavailable,
    abstains,
    check,
    fires,
    measure,
    quiet,
)

LONGEST = Threshold(25, "write here where the limit comes from: a paper, or what you measured")
FEWEST_TARGETS = Threshold(3, "write here why fewer show nothing")


@dataclass(frozen=True)
class CLASSLengths:
    """What is measured, with its unit: glosses per target. A fact could be wrong."""

    ids: tuple[str, ...]
    lengths: tuple[int, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        return f"the longest of {len(self.lengths)} targets has {max(self.lengths)} glosses"


@measure
def FUNCTION_lengths(targets: Targets) -> CLASSLengths:
    if not targets.ids:
        raise Unavailable("there are no targets", "give the annotations")
    return CLASSLengths(targets.ids, tuple(map(len, targets.glosses)), targets.read_from)


@check("CODE", severity=NOTE, confidence=POSSIBLE)
def FUNCTION(measured: CLASSLengths) -> Iterator[Finding]:
    """Some targets are far longer than the rest.

    Why it matters: Say what it costs a run. A check could be unfair.

    Judged by: Say in words what is compared with which limit.

    Fix: Say what to do first.

    References: Name a paper, or write "none".
    """
    if len(measured.ids) < FEWEST_TARGETS.value:
        raise NotJudged(f"there are only {len(measured.ids)} targets", "annotate more samples")
    lengths = zip(measured.ids, measured.lengths, strict=True)
    long = [name for name, length in lengths if length > LONGEST.value]
    if long:
        yield Finding(
            message=f"{len(long)} of {len(measured.ids)} targets have over {LONGEST.value:g} glosses",
            evidence=(Evidence("longer targets", len(long), measured.read_from, "samples", LONGEST),),
            fixes=(Fix("Split these samples where their sentences end."),),
            samples=tuple(long),
            affected=len(long),
            total=len(measured.ids),
        )


@fires("CODE")
def a_target_of_thirty_glosses() -> CLASSLengths:
    return CLASSLengths(("a", "b", "c"), (3, 4, 30), "train.csv")


@abstains("CODE")
def two_targets() -> CLASSLengths:
    return CLASSLengths(("a", "b"), (3, 30), "train.csv")


@quiet("CODE")
def a_target_just_at_the_limit() -> CLASSLengths:
    return CLASSLengths(("a", "b", "c"), (3, 4, 25), "train.csv")
'''
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def write_check(code: str, name: str, folder: Path) -> Path:
    """Write the file of a new check and return its path.

    `name` states the fault in words joined by hyphens, like target-longer-than-input. Raises
    ValueError for a name of another form, and FileExistsError where there is such a file.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} does not name a fault in words joined by hyphens: clips-too-dark")
    words = name.split("-")
    text = TEMPLATE.replace("CODE", code).replace("TITLE", " ".join(words))
    text = text.replace("CLASS", "".join(map(str.capitalize, words))).replace(
        "FUNCTION", "_".join(words)
    )
    path = folder / f"{'_'.join(words)}.py"
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path
