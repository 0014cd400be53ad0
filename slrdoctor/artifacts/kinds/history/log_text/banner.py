"""What a log says around its numbers: that it is one, and facts of the run it is of."""

from __future__ import annotations

import re
from typing import Any

_BANNER = re.compile(
    r"(?i)\bloading (?:the )?(?:model|data|checkpoint)|\bparameters:|\bgpu available|\boptimizer\b|"
    r"\b(?:start|begin)\w* (?:of |the )?train|\bstart\w* epoch|\bepoch\s*[:\[(]?\s*\d+|"
    r"\btraining (?:started|begins|start|on|for|with|from|model)\b|"
    r"\btrain(?:ing)?\s*(?:samples|set|batches|size|loader|epochs)\b|"
    r"\b(?:trainable|total|number of|model) param"
)
_BEST = re.compile(r"(?i)\bbest\b")
_NAMED_LOG = re.compile(
    r"(?i)(?:^|[^a-z])(?:logs?|train(?:ing)?|stdout|stderr|output|nohup|slurm|console|run)(?:[^a-z]|$)"
)
# programs around a training whose logs lie in its folder, and which read no batch of it
_OTHER_PROGRAM = re.compile(
    r"(?i)(?:^|[^a-z])(?:pre-?process|prepare|extract|convert|download|install|setup|pip|conda|crop|resize|"
    r"infer|predict|demo|serve|export|visuali[sz]e|plot)(?:[a-z]*)(?![a-z])"
)
_TRAINS = re.compile(r"(?i)train|fit|finetun")
_TRACED = re.compile(r'^\s*File "([^"\n]{1,300})", line \d+')
_OTHER_TEXT = ".md .rst .tex .html .yaml .yml .toml .ini .cfg .sh .bib .stm .ctm"
_NO_LOGS = tuple(_OTHER_TEXT.split())
_CLASSES = r"(?i)\b(?:num(?:ber)?[ _](?:of[ _])?)?(?:classes|num_class)\b\W{0,4}(\d{1,12})\b"
_FACTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("classes", re.compile(_CLASSES)),
    ("parameters", re.compile(r"(?i)\bparam(?:eter)?s?\b\s*\w*\s*[:=]\s*([\d,]{4,20})\b")),
    ("vocabulary", re.compile(r"(?i)\bvocab(?:ulary)?(?:[ _]size)?\s*[:=]\s*(\d{1,12})\b")),
    ("batch_size", re.compile(r"(?i)\bbatch[ _]?size\b['\"]?\s*[:=]\s*(\d{1,12})\b")),
)
ENOUGH = 2  # lines of a banner that make a file named as a log one that stopped there


def is_never_log(where: str) -> bool:
    """Whether a file is text of another kind by its name: a README may quote a log."""
    return where.lower().endswith(_NO_LOGS)


def is_named_log(where: str) -> bool:
    return bool(_NAMED_LOG.search(where.rpartition("/")[2]))


class Banner:
    """Counts the lines that only a training log has, and keeps what they say of the run."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self._lines = 0
        self._program = ""  # the file at the outer end of a traceback

    def is_of_another_program(self, where: str) -> bool:
        """Whether a log without numbers is of a program beside the training."""
        names = (where.rpartition("/")[2], re.split(r"[/\\]", self._program)[-1])
        return (
            self._lines == 0
            and any(map(_OTHER_PROGRAM.search, names))
            and not any(map(_TRAINS.search, names))
        )

    @property
    def is_enough(self) -> bool:
        return self._lines >= ENOUGH

    def take(self, line: str) -> bool:
        """Read a line without numbers of the training; whether it said anything."""
        before = self._lines, len(self.facts)
        self._lines += bool(_BANNER.search(line))
        traced = _TRACED.match(line) if not self._program else None
        self._program = traced[1] if traced else self._program
        for name, pattern in _FACTS:
            match = pattern.search(line) if name not in self.facts else None
            if match:
                self.facts[name] = int(match[1].replace(",", ""))
        return before != (self._lines, len(self.facts))

    def take_best(self, english: str, line: str) -> None:
        """Keep the first line that shows that the run knows its best epoch."""
        if "best" not in self.facts and _BEST.search(english):
            self.facts["best"] = line.strip()[:200]
