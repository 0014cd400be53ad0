"""Read a training log from its first line to its last, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from slrdoctor.artifacts.kinds.history.log_text.banner import Banner, is_named_log, is_never_log
from slrdoctor.artifacts.kinds.history.log_text.lines import LineReading, LogFormat, Value
from slrdoctor.artifacts.kinds.history.log_text.notes import Notes, kind_of
from slrdoctor.artifacts.kinds.history.log_text.rows import Rows, numbered
from slrdoctor.artifacts.kinds.history.series import DECODED, OF_TRAINING, SeriesOfRun
from slrdoctor.artifacts.run import HistoryFile
from slrdoctor.words.series_names import Meaning
from slrdoctor.words.splits import SPLIT_OF_SERIES, split_of_name
from slrdoctor.words.translation import in_english

MOST_WAITING = 200_000  # values of a log that never names an epoch
LONGEST_LINE = 2_000  # characters that are looked at
LONGEST_RECORD = 50_000  # of a line that is a JSON record
FEW_ALIKE = 5_000  # lines alike but for their digits: of more than these, one in ten is read
ONE_OF_ALIKE = 10
MOST_ALIKE = 2_000  # kinds of lines that are told apart so
FEWEST_ROWS = 3  # without a named epoch, fewer rows are no history
_NO_DIGITS = str.maketrans("", "", "0123456789.█▏▎▍▌▋▊▉━╸╺=> ")
_AT_ITS_END = re.compile(r"\W*(\d{1,9})/\1\b")  # a bar, with the means over its epoch
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")
# signjoey scores its best checkpoint once more when it has trained
_EVALUATES = re.compile(r"\[(?:DEV|TEST|TRAIN)\] partition\b|^\W*(?:[\d:, -]+ )?Training ended since\b")
_POINT = re.compile(r"\d\.\d")
_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d+)(?!\d|[.,]\d)")
_REDRAWN = re.compile(r"[\r\x08]+")


class LogReading:
    """Takes the lines of a log one by one and gives the history that they tell."""

    def __init__(self, where: str, formats: Sequence[LogFormat]) -> None:
        self._where = where
        self._formats = formats
        self._series, self._rows, self._notes, self._banner = SeriesOfRun(), Rows(), Notes(), Banner()
        self._epoch: float | None = None
        self._inside: tuple[float, float] | None = None  # (epoch, share of it) of the last batch line
        self._passed: list[float] = []  # epochs that batch lines told of, in their order
        self._batches: dict[int, int] = {}
        self._section = ""  # the split that a heading said
        self._waiting: list[Value] = []  # values before any epoch was named
        self._summed: tuple[int | None, set[str]] | None = None  # batches and names of the epoch's bar
        self._ended_by = ""  # the last line of an error that no number comes after
        self._is_translated = False  # the log is in another language than English
        self._is_over = False  # the training has ended: what comes is the evaluation of its result
        self._is_closing = False  # epochs are named after their values
        self._percent: set[str] = set()
        self._formats_seen: dict[str, int] = {}
        self._alike: dict[str, int] = {}  # lines without their digits, and how often they came

    def take(self, number: int, line: str) -> None:
        """Read one line; progress bars put several into one, with carriage returns or backspaces."""
        for text in _REDRAWN.split(line) if "\r" in line or "\x08" in line else (line,):
            text = text[: LONGEST_RECORD if text.startswith("{") else LONGEST_LINE]
            if "\x1b" in text:
                text = _ANSI.sub("", text)
            if text and not text.isspace():
                self._take_if_new(number, text)

    def _take_if_new(self, number: int, line: str) -> None:
        """Leave out most of the lines that are alike but for their digits, where those are many.

        A log of gigabytes is batch lines, or lines that say nothing; a line of an epoch is
        always read.
        """
        alike = line.translate(_NO_DIGITS)
        times = self._alike.get(alike, 0)
        is_full = "100%|" in line or (times > FEW_ALIKE and _AT_ITS_END.match(line))
        if times > FEW_ALIKE and times % ONE_OF_ALIKE and not is_full:
            self._alike[alike] += 1
        elif self._take_line(number, line) and (times or len(self._alike) < MOST_ALIKE):
            self._alike[alike] = times + 1

    def _take_line(self, number: int, line: str) -> bool:
        """Read a line; whether lines like it may be left out."""
        kind = kind_of(line)
        english = self._in_english(line)
        reading = None if kind in ("scorer-error", "error") else self._reading_of(english)
        if kind == "nan-batch" and reading is not None:
            if any(value.quantity in DECODED for value in reading.values):
                kind = ""  # an evaluation: "Recognition Loss: nan  Translation Loss: -1  WER 100"
            elif reading.epoch is None:
                reading = None  # "loss is nan, skipping": of a batch, whatever it names
            elif reading.values and not reading.part:
                kind = ""  # an epoch's own line
        if kind:
            epoch = reading.epoch if reading is not None and reading.epoch is not None else self._epoch
            self._notes.take(number, kind, line, epoch, len(self._rows.epochs))
        self._note_end(kind, line, reading)
        self._banner.take_best(english, line)
        if reading is not None:
            self._take_reading(reading)
            return reading.part and not kind
        self._is_over = self._is_over or bool(_EVALUATES.search(line))
        # a line may be both: "starting training on cuda:0" is of the device, and of a beginning
        is_banner = self._banner.take(english)
        return not (kind or is_banner or self._is_heading(english))

    def _in_english(self, line: str) -> str:
        """The line with the words that readers know, and a point where others write a comma."""
        english = in_english(line)
        self._is_translated = self._is_translated or english is not line
        has_commas = self._is_translated and "," in english and not _POINT.search(english)
        return _COMMA.sub(r"\1.\2", english) if has_commas else english

    def _note_end(self, kind: str, line: str, reading: LineReading | None) -> None:
        """Keep the last error after which no number of the training came."""
        if kind == "error":
            self._ended_by = line.strip()[:300]
        elif reading is not None and reading.values:
            self._ended_by = ""

    def _reading_of(self, line: str) -> LineReading | None:
        for format in self._formats:
            reading = format.read(line)
            if reading is not None:
                self._formats_seen[format.name] = self._formats_seen.get(format.name, 0) + 1
                return reading
        return None

    def _is_heading(self, line: str) -> bool:
        """Whether a line is a heading such as "Validation:", which says the split of what follows."""
        words = re.findall(r"[^\W_]+", line.lower()) if len(line) < 80 else []
        said = [SPLIT_OF_SERIES[word] for word in words[:3] if word in SPLIT_OF_SERIES]
        if not said or len(words) > 6 or any(word.isdigit() for word in words):
            return False
        self._section = said[-1]
        return True

    def _take_reading(self, reading: LineReading) -> None:
        if reading.epochs:
            self._banner.facts["epochs_planned"] = reading.epochs
        if reading.batches and reading.batches > 1:
            self._batches[reading.batches] = self._batches.get(reading.batches, 0) + 1
        if reading.epoch is not None:
            self._enter(reading)
        if reading.part or (reading.batch is not None and reading.step is not None):
            self._take_part(reading)
        elif self._epoch is None or (self._is_closing and reading.epoch is None):
            self._waiting += reading.values if len(self._waiting) < MOST_WAITING else ()
        elif reading.values and not self._is_over:
            values = self._added(reading) if reading.sums_up else reading.values
            self._take_row(self._epoch, values)

    def _added(self, reading: LineReading) -> tuple[Value, ...]:
        """What a bar at its end adds to its epoch.

        A bar is drawn a second time once dev was scored. A further bar of the epoch, of
        another length or with the same names, is of `model.evaluate`, and of no epoch.
        """
        if self._summed is None:
            self._summed = (reading.batches, set())
        batches, names = self._summed
        if batches != reading.batches:
            return ()
        added = tuple(value for value in reading.values if value.name not in names)
        names.update(value.name for value in added)
        return added

    def _enter(self, reading: LineReading) -> None:
        """The line names an epoch: what waited for one belongs to it, or to none."""
        self._is_over = False
        if reading.epoch != self._epoch:
            self._section = ""
        if reading.epoch != self._epoch or reading.epochs:
            self._summed = None
        if self._epoch is None and self._waiting and reading.closes and not reading.values:
            self._is_closing = True
        self._epoch = reading.epoch
        if self._is_closing and self._waiting and self._epoch is not None:
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
        for value, split in self._rows.take(epoch, values, self._section):
            self._series.read(value.name, Meaning(split, value.quantity), epoch, value.value)
            if value.percent:
                self._percent.add(value.name)

    def history(self) -> HistoryFile | None:
        """What the lines told; None where they are no training log."""
        if not self._rows.epochs and not self._series:
            self._number_rows()
        is_told = self._is_training() if self._series else self._is_stopped_log()
        if is_never_log(self._where) or not is_told:
            return None
        split = split_of_name(self._where.rpartition("/")[2])
        return HistoryFile(
            self._where,
            "text",
            self._series.finished(split if split != "train" else ""),
            batches=max(self._batches, key=lambda n: self._batches[n], default=None),
            notes=tuple(self._notes.lines),
            row_epochs=tuple(
                self._rows.finished() or self._passed[: len(self._passed) - self._is_inside()]
            ),
            # a few lines about a device do not say that a training began, and so not that it stopped
            started=bool(self._series) or not self._banner.is_enough,
            facts=self._facts(),
        )

    def _number_rows(self) -> None:
        rows = numbered(self._waiting)
        if rows and rows[-1][0] >= FEWEST_ROWS and any("loss" in v.quantity for v in self._waiting):
            for epoch, value in rows:
                self._take_row(epoch, (value,))

    def _is_training(self) -> bool:
        """Whether the numbers are a training's, and not one result with its epoch."""
        epochs = self._rows.epochs
        if self._series.has("loss", "part_loss"):
            return len(epochs) != 1 or epochs[0] <= 1 or is_named_log(self._where)
        return len(set(epochs)) > 1 and self._series.has(
            "accuracy", "wer", "bleu", "recall", "cer", "levenshtein"
        )

    def _is_stopped_log(self) -> bool:
        """Whether this is a log without numbers: it stopped before them, or they are kept elsewhere."""
        is_log = self._where.lower().endswith((".log", ".out", ".err"))
        return is_named_log(self._where) and (
            self._banner.is_enough
            or (
                is_log
                and bool(self._notes.lines)
                and not self._banner.is_of_another_program(self._where)
            )
        )

    def _is_inside(self) -> bool:
        """Whether the log ends within an epoch, by its last batch line."""
        return (
            self._inside is not None
            and self._inside[0] not in self._rows.epochs
            and self._inside[1] < 0.95
        )

    def _facts(self) -> dict[str, Any]:
        facts = self._banner.facts | self._notes.facts(self._rows.epochs)
        if self._ended_by:
            facts["ended_by"] = self._ended_by
        if self._formats_seen:
            facts["log"] = max(self._formats_seen, key=lambda name: self._formats_seen[name])
        if self._percent:
            facts["percent"] = tuple(sorted(self._percent))
        return facts
