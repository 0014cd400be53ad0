"""Read a training log from its first line to its last, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from slrdoctor.artifacts.kinds.splits import split_of_name
from slrdoctor.artifacts.log_lines import LineReading, Value
from slrdoctor.artifacts.log_notes import kind_of, stage_of
from slrdoctor.artifacts.logs import LogFormat
from slrdoctor.artifacts.run import HistoryFile
from slrdoctor.artifacts.series import SeriesOfRun
from slrdoctor.artifacts.series_names import Meaning, meaning_of

OF_TRAINING = ("learning_rate", "grad_norm")
MOST_NOTES = 200  # of one kind
MOST_WAITING = 200_000  # values of a log that never names an epoch
LONGEST_LINE = 4_000  # characters that are looked at
LONGEST_RECORD = 50_000  # of a line that is a JSON record
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x08")
_BANNER = re.compile(
    r"(?i)\bloading (?:the )?(?:model|data|checkpoint)|\bparameters:|\b(?:start|begin)\w* (?:of |the )?train|\btraining (?:started|begins|start|on|for|with|from|model)\b|"
    r"\bstart\w* epoch|\bepoch\s*[:\[(]?\s*\d+|\btrain(?:ing)?\s*(?:samples|set|batches|size|loader|epochs)\b|"
    r"\b(?:trainable|total|number of|model) param|\bgpu available|\boptimizer\b"
)
_BEST = re.compile(r"(?i)\bbest\b")
_NAMED_LOG = re.compile(
    r"(?i)(?:^|[^a-z])(?:logs?|train(?:ing)?|stdout|stderr|output|nohup|slurm|console|run)(?:[^a-z]|$)"
)
_NO_LOGS = (
    ".md",
    ".rst",
    ".tex",
    ".html",
    ".yaml",
    ".yml",
    ".toml",
    ".ini",
    ".cfg",
    ".sh",
    ".bib",
    ".stm",
    ".ctm",
)
_FACTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "classes",
        re.compile(r"(?i)\b(?:num(?:ber)?[ _](?:of[ _])?)?(?:classes|num_class)\b\W{0,4}(\d+)\b"),
    ),
    ("parameters", re.compile(r"(?i)\bparam(?:eter)?s?\b\s*\w*\s*[:=]\s*([\d,]{4,})\b")),
    ("vocabulary", re.compile(r"(?i)\bvocab(?:ulary)?(?:[ _]size)?\s*[:=]\s*(\d+)\b")),
    ("batch_size", re.compile(r"(?i)\bbatch[ _]?size\b['\"]?\s*[:=]\s*(\d+)\b")),
)


class LogReading:
    """Takes the lines of a log one by one and gives the history that they tell."""

    def __init__(self, where: str, formats: Sequence[LogFormat]) -> None:
        self._where = where
        self._formats = formats
        self._series = SeriesOfRun()
        self._rows: list[float] = []
        self._again: set[int] = set()  # rows that repeat their epoch, but not its evaluation
        self._row: dict[tuple[str, str], float] = {}  # what the last row has said so far
        self._said: dict[tuple[str, str], float] = {}  # what all rows of its epoch have
        self._epoch: float | None = None
        self._inside: tuple[float, float] | None = None  # (epoch, share of it) of the last batch line
        self._passed: list[float] = []  # epochs that batch lines told of, in their order
        self._batches: dict[int, int] = {}
        self._section = ""  # the split that a heading said
        self._waiting: list[Value] = []  # values before any epoch was named
        self._closing = False  # epochs are named after their values
        self._notes: list[tuple[int, str]] = []
        self._noted: dict[str, int] = {}
        self._stages: list[tuple[int, str]] = []  # (rows before it, the line)
        self._stage = ""
        self._nan_batches: dict[float, int] = {}
        self._percent: set[str] = set()
        self._formats_seen: dict[str, int] = {}
        self._facts: dict[str, Any] = {}
        self._banner = 0
        self._lines = 0

    def take(self, number: int, line: str) -> None:
        """Read one line; progress bars put several into one, with carriage returns."""
        for text in line.split("\r") if "\r" in line else (line,):
            text = text[: LONGEST_RECORD if text.startswith("{") else LONGEST_LINE]
            if "\x1b" in text or "\x08" in text:
                text = _ANSI.sub("", text)
            if text.strip():
                self._lines += 1
                self._take_line(number, text)

    def _take_line(self, number: int, line: str) -> None:
        kind = kind_of(line)
        if kind:
            self._note(number, kind, line)
        reading = None
        if kind not in ("scorer-error", "error"):
            for format in self._formats:
                reading = format.read(line)
                if reading is not None:
                    self._formats_seen[format.name] = self._formats_seen.get(format.name, 0) + 1
                    break
        if "best" not in self._facts and _BEST.search(line):
            self._facts["best"] = line.strip()[:200]
        if reading is not None and not (kind == "nan-batch" and reading.epoch is None):
            self._take_reading(reading)
        elif self._lines < 5_000 or not self._rows:
            self._take_words(line)

    def _take_words(self, line: str) -> None:
        """A line without numbers of the training: a heading, or a fact of the banner."""
        self._banner += bool(_BANNER.search(line))
        words = line.split()
        if len(words) <= 6 and not any(c.isdigit() for c in line):
            self._section = split_of_name(" ".join(words[:3])) or self._section
        for name, pattern in _FACTS:
            match = pattern.search(line) if name not in self._facts else None
            if match:
                self._facts[name] = int(match[1].replace(",", ""))

    def _take_reading(self, reading: LineReading) -> None:
        if reading.epochs:
            self._facts["epochs_planned"] = reading.epochs
        if reading.batches and reading.batches > 1:
            self._batches[reading.batches] = self._batches.get(reading.batches, 0) + 1
        if reading.epoch is not None:
            self._enter(reading)
        if reading.part or reading.batch is not None and reading.step is not None:
            self._take_part(reading)
        elif self._epoch is None or self._closing and reading.epoch is None:
            self._waiting += reading.values if len(self._waiting) < MOST_WAITING else ()
        elif reading.values:
            self._take_row(self._epoch, reading.values)

    def _enter(self, reading: LineReading) -> None:
        """The line names an epoch: what waited for one belongs to it, or to none."""
        if reading.epoch != self._epoch:
            self._section = ""
        if self._epoch is None and self._waiting and reading.closes and not reading.values:
            self._closing = True
        self._epoch = reading.epoch
        if self._closing and self._waiting and self._epoch is not None:
            self._take_row(self._epoch, tuple(self._waiting))
        self._waiting = []

    def _take_part(self, reading: LineReading) -> None:
        """Values of a batch or a step: they stand within an epoch, or at a step."""
        self._head_by(reading)
        at, per = reading.step, "step"
        if at is None and self._epoch is not None:
            share = self._share(self._epoch, reading)
            self._inside = (self._epoch, share)
            if not self._passed or self._passed[-1] != self._epoch:
                self._passed.append(self._epoch)
            at, per = self._epoch + min(share, 0.999), "batch"
        elif at is None:
            at = reading.batch
        for value in reading.values:
            told = Meaning(value.split or self._section, value.quantity)
            if reading.last and self._epoch is not None:
                self._series.read_bar(value.name, told, self._epoch, value.value)
            else:
                self._series.read(value.name, told, at or 0.0, value.value, per)
            if value.percent:
                self._percent.add(value.name)

    def _head_by(self, reading: LineReading) -> None:
        """Batches of one split are a heading for the line without a split that sums them up."""
        said = {v.split for v in reading.values if v.split and v.quantity not in OF_TRAINING}
        if len(said) == 1:
            self._section = said.pop()
        elif reading.epoch is not None:
            self._section = ""

    def _share(self, epoch: float, reading: LineReading) -> float:
        if reading.batch is not None and reading.batches:
            return min(reading.batch / reading.batches, 1.0)
        before = self._inside[1] if self._inside is not None and self._inside[0] == epoch else 0.0
        return before + (1 - before) * 1e-3  # the batches are not counted: each a little later

    def _take_row(self, epoch: float, values: Sequence[Value]) -> None:
        """Values of a whole epoch. One said before, and differently, begins another row."""
        if not self._rows or self._rows[-1] != epoch:
            self._rows.append(epoch)
            self._row, self._said = {}, {}
        for value in values:
            split = value.split or ("" if value.quantity in OF_TRAINING else self._section)
            key = (value.name, split)
            if _same(self._row.get(key), value.value):
                continue
            judged = split in ("dev", "test")
            if key in self._row:
                self._row = {}
                self._rows.append(epoch)
                self._again.add(len(self._rows) - 1)
            if judged and key in self._said:
                self._again.discard(len(self._rows) - 1)
            self._row[key] = self._said[key] = value.value
            self._series.read(value.name, Meaning(split, value.quantity), epoch, value.value)
            if value.percent:
                self._percent.add(value.name)

    def _note(self, number: int, kind: str, line: str) -> None:
        if kind == "nan-batch" and self._epoch is not None:
            self._nan_batches[self._epoch] = self._nan_batches.get(self._epoch, 0) + 1
        if kind == "stage":
            stage = stage_of(line)
            if stage == self._stage:
                return
            self._stage = stage
            self._stages.append((len(self._rows), line.strip()[:300]))
        self._noted[kind] = self._noted.get(kind, 0) + 1
        if self._noted[kind] <= MOST_NOTES:
            self._notes.append((number, line.strip()[:300]))

    def history(self) -> HistoryFile | None:
        """What the lines told; None where they are no training log."""
        if not self._rows and not self._series:
            self._number_rows()
        if self._where.lower().endswith(_NO_LOGS) or not (
            self._tells() if self._series else self._is_banner()
        ):
            return None
        rows = self._rows or self._passed[: len(self._passed) - self._is_inside()]
        if len(self._again) > len(set(rows)) / 2:  # several lines an epoch, as a rule of this log
            rows = [epoch for number, epoch in enumerate(rows) if number not in self._again]
        split = split_of_name(self._where.rpartition("/")[2])
        return HistoryFile(
            self._where,
            "text",
            self._series.finished(split if split != "train" else ""),
            batches=max(self._batches, key=lambda n: self._batches[n], default=None),
            notes=tuple(self._notes),
            row_epochs=tuple(rows),
            started=bool(self._series),
            facts=self._all_facts(),
        )

    def _number_rows(self) -> None:
        """No line named an epoch: a name that comes again begins the next one."""
        row = 1
        seen: set[tuple[str, str]] = set()
        numbered = []
        for value in self._waiting:
            if (value.name, value.split) in seen:
                row, seen = row + 1, set()
            seen.add((value.name, value.split))
            numbered.append((float(row), value))
        if row >= 3 and any("loss" in value.quantity for value in self._waiting):
            for epoch, value in numbered:
                self._take_row(epoch, (value,))

    def _tells(self) -> bool:
        """Whether the numbers are a training's, and not one result with its epoch."""
        if self._series.has("loss", "part_loss"):
            return len(self._rows) != 1 or self._rows[0] <= 1 or self._is_named_log
        return len(set(self._rows)) > 1 and self._series.has("accuracy", "wer", "bleu", "recall", "cer")

    @property
    def _is_named_log(self) -> bool:
        return bool(_NAMED_LOG.search(self._where.rpartition("/")[2]))

    def _is_banner(self) -> bool:
        """Whether this is a log that stopped before its first numbers."""
        return self._banner >= 2 and self._is_named_log

    def _is_inside(self) -> bool:
        """Whether the log ends within an epoch, by its last batch line."""
        return self._inside is not None and self._inside[0] not in self._rows and self._inside[1] < 0.95

    def _all_facts(self) -> dict[str, Any]:
        facts = dict(self._facts)
        if self._formats_seen:
            facts["log"] = max(self._formats_seen, key=lambda name: self._formats_seen[name])
        if self._percent:
            facts["percent"] = tuple(sorted(self._percent))
        if self._nan_batches:
            facts["nan_batches"] = tuple(sorted(self._nan_batches.items()))
        stages = [(self._rows[row], text) for row, text in self._stages if 0 < row < len(self._rows)]
        if stages:
            facts["stages"] = tuple(stages)
        return facts


def _same(said: float | None, value: float) -> bool:
    return said is not None and (said == value or said != said and value != value)
