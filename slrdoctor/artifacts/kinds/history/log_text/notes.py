"""Lines of a log that are no numbers but tell of trouble: scorer errors, skipped batches, devices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

MOST_NOTES = 200  # lines of one kind that are kept

_SCORER_ERROR = re.compile(
    r"(?i)unexpected error:|conv_ret|mergectmstm|"
    r"sclite.*(?:not found|no such file|denied|cannot|error|fail)|"
    r"(?:no such file|permission denied|not found).*sclite|"
    r"(?:evaluation|scoring|scorer|sclite|computing (?:the )?(?:wer|bleu)|wer|bleu)\W+(?:\w+\W+){0,3}"
    r"(?:failed|crashed|error:|exception)|"
    r"(?:error|exception|failed|could not)\b.{0,40}\b"
    r"(?:evaluat|scor(?:e|ing)|sclite|comput\w+ (?:the )?(?:wer|bleu))"
)
_NAN_BATCH = re.compile(
    r"(?i)loss (?:is|was|became)\s+(?:nan|inf|not finite|infinite)|"
    r"(?:nan|inf|infinite|non-?finite)\W+(?:\w+\W+){0,2}loss|"
    r"skip\w*\W+(?:\w+\W+){0,3}batch(?!\w*\s*[:=])|batch\W+(?:\w+\W+){0,3}skipped|"
    r"(?:nan|inf)\b.{0,30}\b(?:detected|encountered|found|skipp|ignor)|"
    r"(?:detected|encountered|found|skipping|ignoring)\b.{0,30}\b(?:nan|inf)\b"
)
_DEVICE = re.compile(
    r"(?i)(?:using|on|running|use|selected|training|computation)\W+(?:\w+\W+){0,3}(?:cpu|cuda|gpu|mps)\b|"
    r"device\w*\s*(?:[:=]|is|set to|type)?\s*['\"(]*(?:type=')?(?:cpu|cuda|gpu|mps)\b|"
    r"(?:cuda|gpu)s?\W+(?:is |are )?(?:not )?(?:available|found|enabled|compiled|visible)|"
    r"not compiled with cuda|no (?:cuda|gpu)|without (?:cuda|gpu)|could not (?:load|find) .*cud|"
    r"cuda\.is_available|gpu available: \w+, used"
)
_STAGE = re.compile(
    r"(?i)\b(?:stage|phase|curriculum(?: level)?)\s*[:#=]?\s*(?:\d+|[ivx]{1,3}\b)|"
    r"\b(?:start|begin|enter|switch|mov)\w*\W+(?:\w+\W+){0,3}(?:stage|phase|curriculum|fine-?tun)|"
    r"\bun-?fr(?:eez|ozen)|\bfreez|\bswitching to\b|"
    r"\bwarm-?up (?:ended|finished|done|complete|over)"
)
_SCHEDULE = re.compile(
    r"(?i)(?:reduc|lower|decay|decreas|adjust|drop)\w*\W+(?:\w+\W+){0,2}(?:learning rate|lr)\b"
)
_ERROR = re.compile(
    r"^Traceback \(most recent|^\s*(?:\w+\.)*\w*(?:Error|Exception|Interrupt)\b(?::|$)|"
    r"(?i:out of memory)|^\s+size mismatch for |^Killed|(?i:segmentation fault)"
)
# kind -> literals of which a line holds one, in lower case, and what the line must look like
_KINDS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "scorer-error",
        ("sclite", "conv_ret", "unexpected error", "scor", "ctm", "evaluat", "jiwer", "wer", "bleu"),
        _SCORER_ERROR,
    ),
    ("nan-batch", ("nan", " inf", "=inf", "finite", "skip"), _NAN_BATCH),
    ("device", ("cuda", "gpu", "cpu", "device", "mps"), _DEVICE),
    (
        "stage",
        ("stage", "phase", "freez", "curriculum", "warm", "switch", "fine-tun", "finetun"),
        _STAGE,
    ),
    ("schedule", ("learning rate", "lr "), _SCHEDULE),
    (
        "error",
        (
            "error",
            "traceback",
            "size mismatch",
            "killed",
            "exception",
            "interrupt",
            "out of memory",
            "segmentation",
        ),
        _ERROR,
    ),
)


def kind_of(line: str) -> str:
    """scorer-error, nan-batch, device, stage, schedule or error; "" for an ordinary line."""
    lower = line.lower()
    for kind, literals, pattern in _KINDS:
        if any(literal in lower for literal in literals) and pattern.search(line):
            return kind
    return ""


class Notes:
    """The lines of a log that tell of trouble, and what is counted of them."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self._kept: dict[str, int] = {}
        self._nan_batches: dict[float, int] = {}
        self._stages: list[tuple[int, str]] = []  # (rows before it, the line)
        self._stage = ""

    def take(self, number: int, kind: str, line: str, epoch: float | None, rows: int) -> None:
        """Keep line `number`, which stands in `epoch` after so many rows."""
        if kind == "nan-batch" and epoch is not None:
            self._nan_batches[epoch] = self._nan_batches.get(epoch, 0) + 1
        if kind == "stage":
            match = _STAGE.search(line)
            stage = " ".join(match[0].lower().split()) if match else ""
            if stage == self._stage:  # a log that names its stage in every line
                return
            self._stage = stage
            self._stages.append((rows, line.strip()[:300]))
        self._kept[kind] = self._kept.get(kind, 0) + 1
        if self._kept[kind] <= MOST_NOTES:
            self.lines.append((number, line.strip()[:300]))

    def facts(self, epochs: Sequence[float]) -> dict[str, Any]:
        """`nan_batches` by epoch, `stages` by their first epoch; `epochs` are those of the rows."""
        facts: dict[str, Any] = {}
        if self._nan_batches:
            facts["nan_batches"] = tuple(sorted(self._nan_batches.items()))
        stages = tuple((epochs[row], text) for row, text in self._stages if 0 < row < len(epochs))
        return facts | ({"stages": stages} if stages else {})
