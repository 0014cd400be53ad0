"""Lines that name their numbers and their epoch, whoever wrote them.

`Epoch [3/40] | Train Loss: 1.2, Train Acc: 0.4 | Val Loss: 2.1`, `epoch=3 dev_wer=0.87`,
`[Epoch 10] val wer 93.0`, Keras and tqdm progress lines, and epochs over several lines.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

from slrdoctor.artifacts.kinds.history.log_text.lines import NUMBER, LineReading, LogFormat, Value
from slrdoctor.artifacts.kinds.history.series import DECODED
from slrdoctor.words.series_names import is_known, meaning_of, words_of
from slrdoctor.words.splits import SPLIT_OF_SERIES

_WORTH_A_LOOK = re.compile(
    r"(?i)epoch|loss|acc|wer|bleu|belu|error|lr\b|learning|norm|sim|cost|nll|\bep\b|"
    r"blank|rouge|\bcer\b|levenshtein|exact|recall|\br@|第\s*\d"
)
_EPOCH = re.compile(
    r"(?i)\b(?<!\ds/)(?<!\d[mu]s/)(?:epoch|ep)[\s_:=#.\[(-]*"
    r"(\d{1,9}(?:\.\d{1,9})?)(?:\s*(?:/|of)\s*(\d{1,9}))?"
    r"|第\s*(\d{1,9})\s*(?:/\s*\d+\s*)?(?:个\s*)?(?:轮|epoch)|\b(\d{1,9})\s?epoch results"
)
_BATCH = re.compile(
    r"(?i)(?:batch|step|iter|iteration|it)[\s:=#\[(]*(\d{1,9})\s*(?:/|of)\s*(\d{1,9})"  # Step [100/600]
    r"|\]\s*\[\s*(\d{1,9})/(\d{1,9})\]"  # Epoch: [3][20/75]
    r"|(?<![\d/])(\d{1,9})\s*/\s*(\d{1,9})\s+batches"  # | 200/ 2983 batches
    r"|%\|[^|]*\|\s*(\d{1,9})/(\d{1,9})"  # tqdm
    r"|^\W*(\d{1,9})/(\d{1,9})\s*(?:\[[=>.\s]|[━╸╺\x1b])"  # Keras
    r"|^\W*(\d{1,9})/(\11)\s+-\s+\d+[mu]?s\b"  # Keras with verbose=2: 60/60 - 1s - loss: 0.5
)
# [640/60000 (1%)] counts samples, not batches
_ITEMS = re.compile(r"\[\s*(\d{1,9})/(\d{1,9})\s*\(\s*\d+(?:\.\d+)?%\s*\)\s*\]")
_ONE_BATCH = re.compile(
    r"(?i)\b(?:global[ _])?(?:batch|steps?|iters?|iteration|update)(?:[_ ]?(?:id|idx|no|num|index|i))?"
    r"[\s:=#\[(]*(\d{1,9})\b(?![.\d])"
)
_COUNTED = re.compile(r"^\W*(\d{1,9})\s*/\s*(\d{1,9})\b(?!\s*\[)")  # [3/40] train_loss: ...
# from here on a line tells of another moment: the best epoch, a checkpoint, a summary
_ELSEWHERE = re.compile(
    r"(?i)\bbest|\bimprov|\bsav(?:ed|ing)|\bload|\brestor|\bresum|\bearly.?stop|\bpatience|\bwandb:|\bfinal\b|\blowest|"
    r"\bhighest|\bfinished training|\btraining (?:finished|complete)|\bdid not\b|\bprevious|\bbaseline"
)
_CLOSES = re.compile(r"(?i)\b(?:done|finished|completed?|end(?:ed)?|took|summary of)\b")
_FOUND = re.compile(rf"(?<![\w.@/+-])({NUMBER})\s?(%?)(?![\w:/@]|-\d|\.\d)")
# "Recall @ 1: 0.5", "Top 5 acc: 0.9" name the 1 and the 5; "Accuracy: 45/600 (7.5%)" is 7.5%
_JOINED = re.compile(
    r"(?i)\b(top|recall|acc|r|bleu|rouge|hits?)\s?[@-]?\s?(\d{1,2})\b(?=\s*(?:acc|[:=]))"
)
_OF = re.compile(r"(?<![\[\d])\d+/\d+\s*\(\s*(\d+(?:\.\d+)?)\s*%\s*\)")
_COUNT_OF_BATCHES = re.compile(
    r"(?i)(?:skipped|nan|inf|invalid|dropped|valid|finite|counted|used)[ _]batches"
)
_ASIDE = re.compile(r"(?<=\w)\s?\(([^()]{1,30})\)$")
_CUT = re.compile(r"[|,;{{}}\[\]()]|\s[-–—]+\s|=>|->|→|\.\s")


def _read(line: str) -> LineReading | None:
    if not _WORTH_A_LOOK.search(line):
        return None
    elsewhere = _ELSEWHERE.search(line)
    text = _OF.sub(r"\1%", _JOINED.sub(r"\1\2", line[: elsewhere.start()] if elsewhere else line))
    epoch = _EPOCH.search(text)
    batch, batches, whole = _batch(text)
    values = tuple(_values(text, epoch))
    if epoch is None and batch is None:
        if not values:
            return None
        epoch = _COUNTED.search(text) if any(value.split == "dev" for value in values) else None
    number = next(group for n, group in enumerate(epoch.groups()) if group and n != 1) if epoch else None
    return LineReading(
        values,
        epoch=float(number) if number else None,
        epochs=int(epoch[2]) if epoch and epoch[2] else None,
        batch=batch,
        batches=batches,
        part=batch is not None and not whole,
        last=batch is not None and batch == batches and "%|" in text,
        sums_up=whole,
        closes=bool(epoch and _CLOSES.search(text)),
    )


def _batch(text: str) -> tuple[float | None, int | None, bool]:
    """Which batch of how many a line is about, and whether its values are of the whole epoch."""
    items = _ITEMS.search(text)
    if items:
        return int(items[1]) / max(int(items[2]), 1), 1, False
    match = _BATCH.search(text)
    if match:
        number, of = (int(group) for group in match.groups() if group is not None)
        # Keras ends with the epoch's own values
        return float(number), of, number == of and bool(match[9] or match[11])
    one = _ONE_BATCH.search(text)
    return (float(one[1]), None, False) if one else (None, None, False)


def _values(text: str, epoch: re.Match[str] | None) -> list[Value]:
    """The numbers of a line that have a known name, each with the split that the line says."""
    found: list[Value] = []
    said = ""  # the split that the words so far say
    end = 0
    for number in _FOUND.finditer(text):
        before = text[end : number.start()]
        end = number.end()
        said = _split_said(before) or said
        name = _name(before)
        if not name or (epoch is not None and epoch.start() <= number.start() < epoch.end()):
            continue
        told = meaning_of(name)
        if _COUNT_OF_BATCHES.search(name):
            name = name.replace(" ", "_")
        elif told.quantity in ("other", "time", "epoch", "step"):
            continue
        split = told.split or said
        percent = bool(number[2]) or told.percent
        found.append(Value(name, float(number[1]), split, told.quantity, percent))
    return _carried(found)


def _carried(found: list[Value]) -> list[Value]:
    """`Train Loss: 1.2, WER: 0.9`: what takes decoding is of dev, unless the line has it for both."""
    times = Counter(value.quantity for value in found)
    return [
        dataclasses.replace(value, split="")
        if value.quantity in DECODED
        and value.split == "train"
        and times[value.quantity] == 1
        and not meaning_of(value.name).split
        else value
        for value in found
    ]


def _split_said(before: str) -> str:
    words = re.findall(r"[^\W\d_]+", before.lower())
    splits = (SPLIT_OF_SERIES.get(w, "") for w in reversed(words) if w not in ("tr", "fit", "vl"))
    return next(filter(None, splits), "")


def _name(before: str) -> str:
    """The name that ends right before a number: its known words, counted from the end."""
    piece = before.rstrip(" \t:=~<>\"'")
    if piece.endswith("("):  # loss: tensor(2.3 ...
        piece = piece[:-1].removesuffix("tensor").rstrip(" :=")
    aside = _ASIDE.search(piece)
    if aside is not None and all(map(is_known, words_of(aside[1]))):  # WER (validation): 0.3
        piece = piece[: aside.start()].rstrip()
    pieces = [p for p in _CUT.split(piece) if p.strip()]
    if not pieces or not piece or _CUT.fullmatch(piece[-1]):
        return ""
    last = pieces[-1].strip().split(":")[-1]
    tokens = last.split()
    kept: list[str] = []
    for token in reversed(tokens):
        words = words_of(token)
        if not words or not all(is_known(word) for word in words):
            if not kept and any(meaning_of(token).quantity == q for q in ("loss", "part_loss")):
                kept.append(token)
            break
        kept.append(token)
    return " ".join(reversed(kept)).strip(" :=*#-")


LOG = LogFormat(name="named numbers an epoch", read=_read, order=9)
