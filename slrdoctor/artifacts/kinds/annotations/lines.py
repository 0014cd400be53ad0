"""Annotations in plain text: tables with marks, file lists, and line-parallel files."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Sequence

from slrdoctor.artifacts.content import Content, Table, Text, Unreadable
from slrdoctor.artifacts.formats import csv_table
from slrdoctor.artifacts.kinds.annotations import cells
from slrdoctor.artifacts.kinds.annotations.samples import Found, recognise_records
from slrdoctor.artifacts.kinds.annotations.tables import recognise_table
from slrdoctor.artifacts.kinds.annotations.trees import recognise_tree
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.words.splits import split_of_name

Siblings = Callable[[str], Content | None]
_MARKS = ("|", "\t", ";", ",")
# what a word has to hold is looked for ahead of it, so that no long word is tried from every end
_LISTED = re.compile(
    r"(?=\S*?(?:[/\\]|\.(?:mp4|mov|avi|npy|npz|pt|pkl|pose|webm|mkv)\s))(\S+)\s+(?:(\d+)\s+)?(\d+)",
    re.IGNORECASE,
)
_TRANSCRIPT = re.compile(r"(?=\S*?\d)(\S+?):?[ \t]+(\S.*)")
_HINTED = re.compile(
    r"(?:^|[^a-z])(?:text|gloss|glosses|labels?|annotations?|transcripts?|transcriptions?|orth|corpus)(?:[^a-z]|$)"
)
_GLOSSES = re.compile(r"(?:^|[^a-z])(?:gloss|glosses|gls|orth)(?:[^a-z]|$)")
_LONGEST = 4000  # characters of a line
MOST_NUMBERS = 0.1  # share of the words of targets
REPEATED = 2.0  # times that a word of targets comes, on average
SEVERAL = 1.5  # words of a target, on average
_OUTPUTS = (".out", ".err")
_LOG = re.compile(
    r"(?:^|[^a-z])(?:log|logs|history|metrics|results?|stdout|stderr|readme|nohup|slurm)(?:[^a-z]|$)"
)


def recognise_lines(
    where: str, format: str, text: Text, siblings: Siblings | None
) -> AnnotationFile | None:
    """Samples from lines of text, where nearly all of them have one form."""
    lines = [(number, line) for number, line in enumerate(text.lines, 1) if line.strip()]
    if not lines or _LOG.search(where.rpartition("/")[2].lower()) or where.lower().endswith(_OUTPUTS):
        return None
    return (
        _parallel(where, format, text, siblings)
        or _in_json(where, format, text)
        or _table(where, format, [line for _, line in lines])
        or _file_list(where, format, lines)
        or _transcripts(where, format, lines)
    )


def table_of_lines(lines: Sequence[str]) -> Table | None:
    """The table that lines of text are; None where a mark does not cut them evenly."""
    mark = csv_table.find_delimiter(lines[: csv_table.PROBED])
    probed = lines[: csv_table.PROBED]
    cut = [line.count(mark) for line in probed]
    if mark not in _MARKS or not cut[0] or sum(n == cut[0] for n in cut) < 0.9 * len(cut):
        return None
    try:
        return csv_table.table_of("\n".join(lines))
    except Unreadable:
        return None


def _in_json(where: str, format: str, text: Text) -> AnnotationFile | None:
    if not text.lines[0].lstrip().startswith(("{", "[")):
        return None
    try:
        value = json.loads("\n".join(text.lines))
    except (ValueError, RecursionError):
        return None
    return recognise_tree(where, format, value)


def _table(where: str, format: str, lines: Sequence[str]) -> AnnotationFile | None:
    table = table_of_lines(lines)
    if table is None or (table.columns is None and len(table.rows) < 2):
        return None
    return recognise_table(where, format, table)


def _matches(
    pattern: re.Pattern[str], lines: Sequence[tuple[int, str]]
) -> list[tuple[int, re.Match[str]]]:
    """The lines that have a form. Very long ones have none, and would keep the pattern busy."""
    return [
        (number, match)
        for number, line in lines
        if len(line) <= _LONGEST and (match := pattern.fullmatch(line.strip()))
    ]


def _file_list(where: str, format: str, lines: Sequence[tuple[int, str]]) -> AnnotationFile | None:
    """`path class` or `path frames class`, as action recognition has it."""
    found = _matches(_LISTED, lines)
    if len(found) < max(2, 0.9 * len(lines)):
        return None
    records = [
        (
            number,
            {"path": match[1], "class": match[3], **({"num_frames": match[2]} if match[2] else {})},
            "",
        )
        for number, match in found
    ]
    return recognise_records(where, format, Found(records, "file list"))


def _transcripts(where: str, format: str, lines: Sequence[tuple[int, str]]) -> AnnotationFile | None:
    """`id GLOSS GLOSS`, as Kaldi has it: only under a name that tells of it, with ids that are alike.

    The folder may tell of it too: annotations/train.txt.
    """
    name = where.rpartition("/")[2].lower()
    hinted = bool(_HINTED.search("/".join(where.lower().split("/")[-2:])))
    found = _matches(_TRANSCRIPT, lines)
    if len(found) < max(2, 0.9 * len(lines)):
        return None
    names = [match[1] for _, match in found]
    shapes = {re.sub(r"\d+", "0", one) for one in names}
    counted = all(one.isdecimal() and len(one) < 10 and str(int(one)) == one for one in names)
    alike = len(shapes) <= max(1, 0.5 * len(names)) if hinted else len(shapes) == 1
    told = hinted or (bool(split_of_name(name)) and len(names) > 2)
    if counted and not _are_targets(
        [int(one) for one in names], [match[2].split() for _, match in found]
    ):
        return None
    if not told or not alike or len(set(names)) < 0.9 * len(names):
        return None
    if cells.are_sentences(match[2] for _, match in found):
        key = "text"
    else:  # nothing says glosses but a name that does
        key = "gloss" if _GLOSSES.search(where.lower()) else "target"
    records = [(number, {"fileid": match[1], key: match[2]}, "") for number, match in found]
    return recognise_records(where, format, Found(records, "transcripts by id"))


def _are_targets(numbers: Sequence[int], lines: Sequence[Sequence[str]]) -> bool:
    """Whether what stands behind plain numbers are targets, not a list of classes, counts or frames.

    Targets are words that come again in other lines; one word behind each of numbers that rise may
    as well be the label of a frame.
    """
    words = [word for line in lines for word in line]
    numeric = sum(cells.number(word) is not None for word in words)
    if numeric > MOST_NUMBERS * len(words) or len(words) < REPEATED * len(set(words)):
        return False
    is_rising = all(a < b for a, b in itertools.pairwise(numbers))
    return not is_rising or len(words) > SEVERAL * len(lines)


def _parallel(where: str, format: str, text: Text, siblings: Siblings | None) -> AnnotationFile | None:
    """ProgressiveTransformers: x.gloss, x.text and x.files, line by line."""
    stem, mark, ending = where.rpartition("/")[2].rpartition(".")
    if siblings is None or not mark or ending not in ("gloss", "gls"):
        return None
    files = siblings(f"{stem}.files")
    if not isinstance(files, Text):
        return None
    texts = siblings(f"{stem}.text")
    spoken = list(texts.lines) if isinstance(texts, Text) else []
    names = [line.strip() for line in files.lines]
    rows = [
        Row(
            id=name,
            split=split_of_name(where),
            glosses=tuple(line.split()),
            text=(spoken[i].strip() or None) if i < len(spoken) else None,
            line=i + 1,
        )
        for i, (name, line) in enumerate(zip(names, text.lines, strict=False))
        if name
    ]
    over = abs(len(names) - len(text.lines))
    skipped = (
        ((min(len(names), len(text.lines)) + 1, f"{over} lines without a partner in {stem}.files"),)
        if over
        else ()
    )
    convention = "line-parallel .gloss, .text and .files"
    return AnnotationFile(where, format, convention, tuple(rows), False, skipped) if rows else None
